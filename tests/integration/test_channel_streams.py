"""Streams do what clients rely on, whichever way they take."""

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from simulator.api import METHODS, SERVICE, restore_pb2
from tests.patience import PATIENCE_SECONDS

LIST = METHODS["ListRestores"].path
ANYTHING = restore_pb2.ListRestoresRequest()


def test_interceptors_see_streams(channel, tracing):
    intercepted = grpc.intercept_channel(channel, tracing)

    watch = health_pb2_grpc.HealthStub(intercepted).Watch(health_pb2.HealthCheckRequest())
    assert next(watch).status == health_pb2.HealthCheckResponse.SERVING
    watch.cancel()
    requests = iter([reflection_pb2.ServerReflectionRequest(list_services="")])
    (services,) = reflection_pb2_grpc.ServerReflectionStub(intercepted).ServerReflectionInfo(requests)
    assert SERVICE in [service.name for service in services.list_services_response.service]
    assert len(tracing.passed) == 2


def test_a_stream_that_is_cancelled_raises_itself(channel, failure_of):
    watch = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest())
    next(watch)

    assert watch.is_active()
    assert watch.cancel()

    assert failure_of(lambda: next(watch)) is watch
    assert (watch.code(), watch.cancelled()) == (grpc.StatusCode.CANCELLED, True)


def test_a_stream_ends_with_its_deadline(channel, failure_of):
    watch = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest(), timeout=0.1)

    assert failure_of(lambda: list(watch)).code() is grpc.StatusCode.DEADLINE_EXCEEDED


@pytest.mark.parametrize("kind", ["unary_stream", "stream_unary", "stream_stream"])
def test_a_call_of_another_kind_gets_the_one_response_all_the_same(channel, stub, kind):
    method = getattr(channel, kind)(LIST, response_deserializer=restore_pb2.ListRestoresResponse.FromString)

    answered = method(iter([b""]) if kind.startswith("stream") else b"")

    assert (answered if kind == "stream_unary" else list(answered)) in (
        stub.ListRestores(ANYTHING),
        [stub.ListRestores(ANYTHING)],
    )


def test_a_stream_of_requests_for_one_response_has_a_future_and_a_call(channel):
    method = channel.stream_unary(LIST)

    response, call = method.with_call(iter([b""]))

    assert call.code() is grpc.StatusCode.OK
    assert method.future(iter([b""])).result(PATIENCE_SECONDS) == response


@pytest.mark.usefixtures("silent")
def test_requests_that_can_not_be_had_are_an_unknown_error(channel, failure_of):
    def requests():
        yield b""
        raise ValueError

    for given in (requests(), [b""]):
        method = channel.stream_stream("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo")
        error = failure_of(lambda method=method, given=given: list(method(given)))
        assert error.code() is grpc.StatusCode.UNKNOWN


def test_a_failed_health_check_has_its_status(channel, failure_of):
    check = channel.unary_unary("/grpc.health.v1.Health/Check")

    assert failure_of(lambda: check(b"\x0a\x01x")).code() is grpc.StatusCode.NOT_FOUND
