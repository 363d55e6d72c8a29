"""A server serves a user's own services in every session, with the world of that session, over gRPC and HTTP."""

import json
import subprocess
import sys
import threading
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import grpc
import pytest
from click.testing import CliRunner
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from scenarios.cli import main
from scenarios.loading.setups import read_setup
from simulator.api import annotations_pb2, reflection_pb2
from simulator.api.pool import POOL
from simulator.server import SimulatorServer
from simulator.services.control.host import SessionSetup
from simulator.services.control.service import SERVICE as CONTROL
from simulator.transports import grpc_server, rest_gateway

SERVICE = "quota.testing.v1.QuotaService"
PATH = f"/{SERVICE}/GetQuota"
REFLECTION = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"


def describe_quotas():
    """What importing generated messages does: the default pool has them."""
    options = annotations_pb2.DESCRIPTOR.pool.FindMessageTypeByName("google.protobuf.MethodOptions")
    route = message_factory.GetMessageClass(options)()
    route.Extensions[annotations_pb2.http].get = "/quotas/{name}"
    file = descriptor_pb2.FileDescriptorProto(name="quota/testing/v1/quota.proto", syntax="proto3")
    file.package = SERVICE.rpartition(".")[0]
    quota = file.message_type.add(name="Quota")
    quota.field.add(name="name", number=1, type="TYPE_STRING", label="LABEL_OPTIONAL", json_name="name")
    quota.field.add(name="used", number=2, type="TYPE_INT32", label="LABEL_OPTIONAL", json_name="used")
    kind = f".{file.package}.Quota"
    method = file.service.add(name="QuotaService").method.add(name="GetQuota", input_type=kind, output_type=kind)
    method.options.MergeFromString(route.SerializeToString())
    descriptor_pool.Default().AddSerializedFile(file.SerializeToString())
    return message_factory.GetMessageClass(descriptor_pool.Default().FindMessageTypeByName(kind[1:]))


Quota = describe_quotas()


def add_quotas(server, world):
    calls = []

    def get_quota(request, _context):
        calls.append(request.name)
        return Quota(name=f"{request.name}, call {len(calls)}", used=len(world.backups))

    handler = grpc.unary_unary_rpc_method_handler(get_quota, Quota.FromString, Quota.SerializeToString)
    server.add_registered_method_handlers(SERVICE, {"GetQuota": handler})


def add_where_there_is_a_vault(server, world):
    world.backup_locations["vault"]
    add_quotas(server, world)


def call(channel, path, request, response_type, session=""):
    metadata = (("x-pds-session", session),) if session else ()
    method = channel.unary_unary(path, lambda message: message.SerializeToString(), response_type.FromString)
    return method(request, timeout=20, metadata=metadata)


def quota(channel, session=""):
    return call(channel, PATH, Quota(name="q"), Quota, session)


def create_session(channel, session_id, **options):
    service = POOL.FindServiceByName(CONTROL)
    types = [service.methods_by_name["CreateSession"].input_type, service.methods_by_name["CreateSession"].output_type]
    request_type, response_type = map(message_factory.GetMessageClass, types)
    return call(channel, f"/{CONTROL}/CreateSession", request_type(session_id=session_id, **options), response_type)


@pytest.fixture
def server():
    services = [add_where_there_is_a_vault]
    with SimulatorServer(SessionSetup(), read_scenario=read_setup, services=services) as running:
        yield running


@pytest.fixture(params=["in process", "loopback"])
def channel(server, request):
    opened = server.channel() if request.param == "in process" else grpc.insecure_channel(server.target)
    with opened:
        yield opened


def test_each_session_has_its_own_services_with_its_own_world(server, channel):
    create_session(channel, "other")
    server.sessions.get("other").session.world.delete_backup("orders-backup")

    assert [quota(channel, session) for session in ("", "other", "", "other")] == [
        Quota(name="q, call 1", used=6),
        Quota(name="q, call 1", used=5),
        Quota(name="q, call 2", used=6),
        Quota(name="q, call 2", used=5),
    ]


def test_a_reset_gives_the_services_the_new_world(server, channel):
    server.default.world.delete_backup("orders-backup")
    assert quota(channel).used == 5

    server.default.reset()

    assert quota(channel).used == 6


def test_a_port_of_a_session_serves_them(channel):
    with grpc.insecure_channel(create_session(channel, "other", dedicated_port=True).target) as own:
        assert quota(own) == Quota(name="q, call 1", used=6)


def test_a_session_that_there_is_not_is_never_the_default_one(channel, failure_of):
    error = failure_of(lambda: quota(channel, "nowhere"))

    assert (error.code(), "'nowhere'" in error.details()) == (grpc.StatusCode.FAILED_PRECONDITION, True)


def test_a_session_whose_world_lacks_what_the_services_need_is_refused_and_leaves_nothing(server, channel, failure_of):
    error = failure_of(lambda: create_session(channel, "bare", world={"base": "empty"}))

    assert error.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert error.details().startswith("add_where_there_is_a_vault fails to add its services: UnknownEntity")
    assert [hosted.id for hosted in server.sessions] == ["default"]
    assert create_session(channel, "bare").id == "bare"


def test_the_services_of_a_session_end_with_it(server, channel):
    create_session(channel, "other")
    session = server.sessions.get("other").session
    server.sessions.remove("other")

    assert server._added.find(session, PATH) is None
    assert server._added.find(server.default, PATH) is not None


def reflected(channel, **question):
    request = reflection_pb2.ServerReflectionRequest(**question)
    answer = reflection_pb2.ServerReflectionResponse
    method = channel.stream_stream(REFLECTION, lambda message: message.SerializeToString(), answer.FromString)
    return next(iter(method(iter([request]), timeout=20)))


@pytest.mark.parametrize("symbol", [SERVICE, f"{SERVICE}.GetQuota", "quota.testing.v1.Quota"])
def test_reflection_lists_and_describes_them(channel, symbol):
    listed = reflected(channel, list_services="").list_services_response
    described = reflected(channel, file_containing_symbol=symbol).file_descriptor_response

    assert SERVICE in [service.name for service in listed.service]
    [file] = map(descriptor_pb2.FileDescriptorProto.FromString, described.file_descriptor_proto)
    assert file.name == "quota/testing/v1/quota.proto"
    assert reflected(channel, file_by_filename=file.name).file_descriptor_response == described
    assert reflected(channel, file_containing_symbol=f"{symbol}X").error_response.error_code == 5


def test_they_are_healthy(channel):
    request = bytes([0x0A, len(SERVICE)]) + SERVICE.encode()

    assert channel.unary_unary("/grpc.health.v1.Health/Check")(request) == b"\x08\x01"


def test_annotated_methods_have_routes_in_each_session(server):
    channel = server.channel()
    create_session(channel, "other")
    application = rest_gateway.app(channel, server.descriptors, own_address=rest_gateway.OwnAddress("127.0.0.1"))
    http = rest_gateway.HttpServer(application, "127.0.0.1", 0, end_calls=channel.close)
    with closing(HTTPConnection(urlsplit(http.url).netloc, timeout=20)) as connection:

        def fetch(path):
            connection.request("GET", path)
            return json.loads(connection.getresponse().read())

        assert [fetch(path) for path in ("/quotas/a", "/sessions/other/quotas/a", "/quotas/b")] == [
            {"name": "a, call 1", "used": 6},
            {"name": "a, call 1", "used": 6},
            {"name": "b, call 2", "used": 6},
        ]
        assert "/quotas/{name}" in fetch("/openapi.json")["paths"]
    http.stop()


@pytest.fixture
def modules(tmp_path, monkeypatch):
    """A folder with modules, in which the command runs."""
    (tmp_path / "quotas_of_test.py").write_text(
        "LIMIT = 7\ndef add_nothing(server, world): pass\ndef add_one(server): pass\n", encoding="utf-8"
    )
    (tmp_path / "quotas_broken.py").write_text("import no_such_module_of_anybody\n", encoding="utf-8")
    (tmp_path / "quotas_failing.py").write_text("1 / 0\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", [*sys.path])
    monkeypatch.setattr("sys.modules", {**sys.modules})
    return tmp_path


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ("quotas_of_test", "'quotas_of_test' names no function; expected 'module:function'"),
        ("quotas of:test", "'quotas of:test' names no function"),
        ("no_quotas:add", "there is no module 'no_quotas', neither in"),
        ("quotas_of_test.inner:add", "there is no module 'quotas_of_test.inner'"),
        ("quotas_broken:add", "can't be imported: ModuleNotFoundError: No module named 'no_such_module_of_anybody'"),
        ("quotas_failing:add", "'quotas_failing' can't be imported: ZeroDivisionError"),
        ("quotas_of_test:add_nothin", "has no function 'add_nothin'; did you mean 'add_nothing'"),
        ("quotas_of_test:LIMIT", "'LIMIT' of the module 'quotas_of_test'"),
        ("quotas_of_test:add_nothing", "add_nothing adds no service to the server that it gets"),
        ("quotas_of_test:add_one", "add_one fails to add its services: TypeError"),
    ],
)
@pytest.mark.usefixtures("modules")
def test_a_function_that_can_not_be_used_ends_the_start(named, message):
    outcome = CliRunner().invoke(main, ["serve", "--port", "0", "--service", named], terminal_width=10_000)

    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert message in outcome.stderr


def test_the_example_of_the_documentation_is_served(tmp_path):
    page = (Path(__file__).parents[3] / "simulator" / "README.md").read_text(encoding="utf-8")
    [program] = [block for block in page.split("```python\n") if "def add_billing" in block.split("```")[0]]
    (tmp_path / "billing.py").write_text(program.split("```")[0], encoding="utf-8")
    command = [Path(sys.executable).with_name("pds-sim"), "serve", "--port", "0", "--json"]
    with subprocess.Popen(  # noqa: S603  # our own command
        [*command, "--service", "billing:add_billing"], cwd=tmp_path, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            target = json.loads(process.stdout.readline())["target"]
            with grpc.insecure_channel(target, options=[("grpc.enable_http_proxy", 0)]) as channel:
                assert channel.unary_unary("/billing.v1.Billing/CountRestores")(b"", timeout=20) == b"0"
        finally:
            process.terminate()


def test_its_calls_that_hang_leave_the_control_service_answering(monkeypatch):
    monkeypatch.setattr(grpc_server, "THREADED_CALLS_MAX", 2)
    arrived, may_go_on = threading.Semaphore(0), threading.Event()

    def hang(request, _context):
        arrived.release()
        may_go_on.wait(20)
        return request

    def add_hanging(server, _world):
        handler = grpc.unary_unary_rpc_method_handler(hang, Quota.FromString, Quota.SerializeToString)
        server.add_registered_method_handlers(SERVICE, {"GetQuota": handler})

    server = SimulatorServer(SessionSetup(), read_scenario=read_setup, services=[add_hanging])
    with server, grpc.insecure_channel(server.target) as channel:
        hanging = [channel.unary_unary(PATH).future(b"", timeout=20) for _ in range(2)]
        for _ in hanging:
            assert arrived.acquire(timeout=20)

        with pytest.raises(grpc.RpcError) as refused:
            quota(channel)

        assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert create_session(channel, "another").id == "another"
        may_go_on.set()
        assert [call.result() for call in hanging] == [b"", b""]
