"""OpenTelemetry's interceptors trace calls, whichever way they take."""

import grpc
import pytest
from opentelemetry.instrumentation.grpc import aio_client_interceptors, client_interceptor
from opentelemetry.instrumentation.grpc.grpcext import intercept_channel
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from simulator.api import METHODS, RestoreServiceStub, restore_pb2

ANYTHING = restore_pb2.ListRestoresRequest()
NOTHING = restore_pb2.GetRestoreRequest(id="rst:none")
LIST, GET = (METHODS[name].path.lstrip("/") for name in ("ListRestores", "GetRestore"))


@pytest.fixture
def exporter():
    return InMemorySpanExporter()


@pytest.fixture
def provider(exporter):
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    yield provider
    provider.shutdown()


@pytest.fixture
def spans(exporter):
    """The calls that were traced: name and status code."""
    return lambda: [
        (span.name.lstrip("/"), span.attributes["rpc.grpc.status_code"]) for span in exporter.get_finished_spans()
    ]


def test_calls_are_traced(sim, open_channel, provider, spans):
    stub = RestoreServiceStub(intercept_channel(open_channel(sim), client_interceptor(provider)))

    stub.ListRestores(ANYTHING)
    stub.ListRestores.with_call(ANYTHING)
    with pytest.raises(grpc.RpcError):
        stub.GetRestore(NOTHING)

    ok, not_found = (code.value[0] for code in (grpc.StatusCode.OK, grpc.StatusCode.NOT_FOUND))
    assert spans() == [(LIST, ok), (LIST, ok), (GET, not_found)]
    assert all("traceparent" in dict(call.metadata) for call in sim.calls)


async def test_calls_on_asyncio_are_traced(sim, transport, provider, spans):
    async with sim.aio_channel(transport=transport, interceptors=aio_client_interceptors(provider)) as channel:
        stub = RestoreServiceStub(channel)
        await stub.ListRestores(ANYTHING)
        with pytest.raises(grpc.aio.AioRpcError):
            await stub.GetRestore(NOTHING)

    assert [name for name, _ in spans()] == [LIST, GET]
    assert all("traceparent" in dict(call.metadata) for call in sim.calls)
