"""Beside the API, tools find the standard services: health checking, and reflection that describes what is served."""

import grpc
import pytest
from google.api import annotations_pb2, field_behavior_pb2
from google.protobuf import descriptor_pb2
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

from simulator import Simulator
from simulator.api import METHODS, SERVICE
from simulator.api.pool import POOL

HEALTH = "grpc.health.v1.Health"
REFLECTION = "grpc.reflection.v1alpha.ServerReflection"
PATIENCE_SECONDS = 20
SERVING = health_pb2.HealthCheckResponse.SERVING
FILES = (
    "public/portworx/common/apiv1/meta.proto",
    "public/portworx/common/apiv1/pagination.proto",
    "public/portworx/common/apiv1/sort.proto",
    "public/portworx/pds/restore/apiv1/restore.proto",
)
SYMBOLS = [
    symbol.full_name
    for path in FILES
    for symbols in (
        POOL.FindFileByName(path).message_types_by_name,
        POOL.FindFileByName(path).enum_types_by_name,
        POOL.FindFileByName(path).services_by_name,
    )
    for symbol in symbols.values()
]


@pytest.fixture
def health(sim, open_channel):
    return health_pb2_grpc.HealthStub(open_channel(sim))


@pytest.fixture
def reflected(sim, open_channel):
    return ProtoReflectionDescriptorDatabase(open_channel(sim))


def request(service):
    return health_pb2.HealthCheckRequest(service=service)


@pytest.mark.parametrize("service", ["", SERVICE, HEALTH, REFLECTION])
def test_every_service_is_serving(health, service):
    assert health.Check(request(service)).status == SERVING


def test_the_health_of_an_unknown_service_is_not_found(health):
    with pytest.raises(grpc.RpcError) as caught:
        health.Check(request("no.such.Service"))

    assert caught.value.code() is grpc.StatusCode.NOT_FOUND


def test_a_watcher_is_told_the_health_at_once_and_goes_on_watching(health, stub, create_request):
    watch = health.Watch(request(SERVICE))

    assert next(watch).status == SERVING
    assert stub.CreateRestore(create_request()).meta.uid
    assert watch.is_active()
    watch.cancel()


def test_a_watcher_of_an_unknown_service_is_told_so(health):
    watch = health.Watch(request("no.such.Service"))

    assert next(watch).status == health_pb2.HealthCheckResponse.SERVICE_UNKNOWN
    watch.cancel()


def test_more_watchers_than_the_server_has_threads_leave_room_for_calls(health, stub, create_request):
    watches = [health.Watch(request(SERVICE)) for _ in range(40)]

    assert {next(watch).status for watch in watches} == {SERVING}
    assert stub.CreateRestore(create_request()).meta.uid
    for watch in watches:
        watch.cancel()


def test_health_can_be_watched_after_another_simulator_has_closed(health, stub, create_request):
    with Simulator():
        pass

    watch = health.Watch(request(SERVICE))

    assert next(watch).status == SERVING
    watch.cancel()
    assert stub.CreateRestore(create_request()).meta.uid


@pytest.mark.parametrize("is_told", [True, False], ids=["told", "not told yet"])
def test_a_simulator_closes_although_its_watchers_have_just_gone(is_told, open_channel):
    for _ in range(5):
        with Simulator() as simulator:
            health = health_pb2_grpc.HealthStub(open_channel(simulator))
            watches = [health.Watch(request(SERVICE)) for _ in range(40)]
            if is_told:
                assert {next(watch).status for watch in watches} == {SERVING}
            for watch in watches:
                watch.cancel()

        assert all(watch.code() is grpc.StatusCode.CANCELLED for watch in watches)


def test_reflection_lists_all_services(reflected):
    assert sorted(reflected.get_services()) == sorted([SERVICE, HEALTH, REFLECTION])


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_reflection_finds_the_file_of_every_symbol(reflected, symbol):
    found = reflected.FindFileContainingSymbol(symbol)

    compiled = descriptor_pb2.FileDescriptorProto()
    POOL.FindFileContainingSymbol(symbol).CopyToProto(compiled)
    assert found == compiled


@pytest.fixture
def described_files(sim, open_channel):
    """Asks for files as grpcurl does: ``described_files(file_containing_symbol=...)`` gives their names."""
    stub = reflection_pb2_grpc.ServerReflectionStub(open_channel(sim))

    def ask(**question):
        requests = iter([reflection_pb2.ServerReflectionRequest(**question)])
        (response,) = stub.ServerReflectionInfo(requests)
        files = response.file_descriptor_response.file_descriptor_proto
        return [descriptor_pb2.FileDescriptorProto.FromString(file).name for file in files]

    return ask


@pytest.mark.parametrize("method", METHODS)
def test_reflection_finds_the_file_of_every_method(described_files, method):
    assert FILES[-1] in described_files(file_containing_symbol=f"{SERVICE}.{method}")


@pytest.mark.parametrize("symbol", [HEALTH, REFLECTION, "google.protobuf.Empty", "google.protobuf.Timestamp"])
def test_reflection_finds_what_the_services_use(reflected, symbol):
    assert symbol.rpartition(".")[0] == reflected.FindFileContainingSymbol(symbol).package


@pytest.mark.parametrize(
    ("extension", "path"),
    [
        (annotations_pb2.http, "google/api/annotations.proto"),
        (field_behavior_pb2.field_behavior, "google/api/field_behavior.proto"),
    ],
)
def test_reflection_finds_the_extensions_that_annotate_the_api(reflected, described_files, extension, path):
    extended = extension.containing_type.full_name
    question = reflection_pb2.ExtensionRequest(containing_type=extended, extension_number=extension.number)

    assert list(reflected.FindAllExtensionNumbers(extended)) == [extension.number]
    assert path in described_files(file_containing_extension=question)


def test_reflection_does_not_know_a_symbol_that_is_not_served(reflected):
    with pytest.raises(KeyError):
        reflected.FindFileContainingSymbol("no.such.Symbol")


@pytest.mark.parametrize("path", FILES)
def test_reflection_finds_files_by_name(reflected, path):
    assert reflected.FindFileByName(path).package == POOL.FindFileByName(path).package


def test_a_client_can_be_built_from_reflection_alone(reflected, sim, open_channel):
    service = DescriptorPool(reflected).FindServiceByName(SERVICE)

    assert [(method.name, method.input_type.full_name, method.output_type.full_name) for method in service.methods] == [
        (method.name, method.request.DESCRIPTOR.full_name, method.response.DESCRIPTOR.full_name)
        for method in METHODS.values()
    ]
    matrix = open_channel(sim).unary_unary(f"/{service.full_name}/{service.methods[4].name}", request_serializer=bytes)
    assert matrix(b"")


def test_a_service_has_no_other_methods(sim, open_channel):
    for path in (f"/{SERVICE}/DeleteRestore", f"/{SERVICE}/", "/no.such.Service/GetRestore"):
        with pytest.raises(grpc.RpcError) as caught:
            open_channel(sim).unary_unary(path)(b"")
        assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_a_method_of_health_that_nobody_serves_is_unimplemented(health):
    with pytest.raises(grpc.RpcError) as caught:
        health.List(health_pb2.HealthListRequest(), timeout=PATIENCE_SECONDS)

    assert (caught.value.code(), caught.value.details()) == (grpc.StatusCode.UNIMPLEMENTED, "Method not implemented!")


def test_closing_returns_after_streams_of_what_is_no_message():
    for _ in range(4):
        with Simulator() as simulator:
            channel = simulator.channel(transport="loopback")
            method = f"/{REFLECTION}/ServerReflectionInfo"
            with pytest.raises(grpc.RpcError):
                list(channel.stream_stream(method)(iter([b"\xff"]), timeout=PATIENCE_SECONDS))

    with pytest.raises(RuntimeError, match="does not run"):
        _ = simulator.target
