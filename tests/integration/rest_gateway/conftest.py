"""What tests of the REST gateway use: it, on a port; an HTTP client; a service with fields of all kinds."""

import http.client
import json
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.descriptor import ServiceDescriptor

from simulator import Simulator, default_world
from simulator.api import SERVICE, status_pb2
from simulator.api.pool import POOL
from simulator.sessions.clock import Clock
from simulator.sessions.session import Session
from simulator.transports import rest_gateway
from simulator.transports.in_process.channel import InProcessChannel
from simulator.transports.service_registry import ServiceRegistry

RESTORE_SERVICE: ServiceDescriptor = POOL.FindServiceByName(SERVICE)
PROTO = Path(__file__).with_name("sample.proto")
PACKAGE = "gateway.testing.v1"


@dataclass(frozen=True)
class Answer:
    """What an HTTP client is told."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        assert self.headers["content-type"] == "application/json"
        return json.loads(self.content)


class HttpClient:
    """Sends what it is told to, however wrong."""

    def __init__(self, server: rest_gateway.HttpServer) -> None:
        self.server = server
        self.port = server.port

    def ask(self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None) -> Answer:
        content = body if body is None or isinstance(body, (str, bytes)) else json.dumps(body)
        encoded = content.encode() if isinstance(content, str) else content
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            connection.putrequest(method, path, skip_host="Host" in (headers or {}), skip_accept_encoding=True)
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            if encoded is not None:
                connection.putheader("Content-Length", str(len(encoded)))
            connection.endheaders(encoded)
            answer = connection.getresponse()
            return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())


Serve = Callable[..., HttpClient]


@pytest.fixture(scope="session")
def serve_anything() -> Iterator[Serve]:
    """Serves what a channel leads to, and gives a client; keywords go to the application."""
    with ExitStack() as stack:

        def serve(
            channel: grpc.Channel, services: list[ServiceDescriptor], end_calls: Callable[[], None], **options: Any
        ) -> HttpClient:
            options = {"own_address": rest_gateway.OwnAddress("127.0.0.1")} | options
            application = rest_gateway.app(channel, services, **options)
            server = rest_gateway.HttpServer(application, "127.0.0.1", 0, end_calls=end_calls)
            stack.callback(server.stop)
            return HttpClient(server)

        yield serve


@pytest.fixture(scope="session")
def serve_rest(serve_anything: Serve) -> Serve:
    """The same for a simulator."""

    def serve(simulator: Simulator, **options: Any) -> HttpClient:
        channel = simulator.channel()
        return serve_anything(channel, [RESTORE_SERVICE], channel.close, **options)

    return serve


@pytest.fixture(scope="session")
def shared(serve_anything: Serve) -> tuple[HttpClient, dict[str, Session]]:
    """A client of whatever session a test puts in, as servers take a while to stop."""
    sessions: dict[str, Session] = {}
    channel = InProcessChannel(ServiceRegistry(lambda _metadata: sessions["current"]))
    return serve_anything(channel, [RESTORE_SERVICE], channel.close), sessions


@pytest.fixture
def rest(sim: Simulator, shared: tuple[HttpClient, dict[str, Session]]) -> HttpClient:
    """A client of the simulator that a test uses."""
    client, sessions = shared
    sessions["current"] = sim.session
    return client


@pytest.fixture(scope="session")
def sample_pool(tmp_path_factory):
    """A descriptor pool with the service of sample.proto."""
    compiled = tmp_path_factory.mktemp("protos") / "sample.binpb"
    libraries = sysconfig.get_path("purelib")
    subprocess.run(  # noqa: S603  # our own interpreter
        [
            *(sys.executable, "-m", "grpc_tools.protoc", f"--proto_path={PROTO.parent}", f"--proto_path={libraries}"),
            *(f"--proto_path={libraries}/grpc_tools/_proto", "--include_imports"),
            *(f"--descriptor_set_out={compiled}", PROTO.name),
        ],
        check=True,
    )
    pool = descriptor_pool.DescriptorPool()
    for file in descriptor_pb2.FileDescriptorSet.FromString(compiled.read_bytes()).file:
        pool.AddSerializedFile(file.SerializeToString())
    return pool


class SampleService(ServiceRegistry):
    """Answers with what it is asked."""

    def __init__(self, pool):
        session = Session(default_world(), seed=7, clock=Clock())
        super().__init__(lambda _metadata: session)
        self._messages = lambda name: message_factory.GetMessageClass(pool.FindMessageTypeByName(name))
        self._methods = {
            "Echo": grpc.unary_unary_rpc_method_handler(self._echo),
            "Later": grpc.unary_unary_rpc_method_handler(self._later),
            "Fail": grpc.unary_unary_rpc_method_handler(self._fail),
            "Count": grpc.unary_stream_rpc_method_handler(self._count),
            "Raw": grpc.unary_unary_rpc_method_handler(self._raw),
        }

    def find(self, path):
        return self._methods[path.rpartition("/")[2]]

    def _sample(self, content=b""):
        return self._messages(f"{PACKAGE}.Sample").FromString(content)

    def _echo(self, request, context):
        sample = self._sample(request)
        context.send_initial_metadata((("x-initial", "one"), ("x-binary-bin", b"\x01\x02")))
        if sample.odd_name == "metadata":
            sample.Clear()
            for key, value in context.invocation_metadata():
                sample.labels[key] = value if isinstance(value, str) else value.hex()
        return sample.SerializeToString()

    def _later(self, request, _context):
        sample = self._sample(request)
        sample.odd_name = "later"
        return sample.SerializeToString()

    def _fail(self, request, context):
        asked = self._messages(f"{PACKAGE}.FailRequest").FromString(request)
        if asked.code == 0:
            return b""
        status = status_pb2.Status.FromString(request)  # the same fields
        code = next((code for code in grpc.StatusCode if code.value[0] == asked.code), grpc.StatusCode.UNKNOWN)
        context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
        context.abort(code, asked.message)
        return None

    def _count(self, request, context):
        asked = self._messages(f"{PACKAGE}.CountRequest").FromString(request)
        for number in range(asked.number):
            if asked.fail_at and number + 1 == asked.fail_at:
                context.abort(grpc.StatusCode.ABORTED, "enough")
            sample = self._sample()
            sample.number = number
            yield sample.SerializeToString()

    def _raw(self, request, _context):
        body = self._messages("google.api.HttpBody")
        return body(content_type="text/csv", data=f"a,b\n{self._sample(request).text}".encode()).SerializeToString()


@pytest.fixture(scope="session")
def samples(sample_pool, serve_anything: Serve) -> HttpClient:
    """A client of a gateway in front of the service of sample.proto."""
    channel = InProcessChannel(SampleService(sample_pool))
    service = sample_pool.FindServiceByName(f"{PACKAGE}.SampleService")
    return serve_anything(channel, [service], channel.close)
