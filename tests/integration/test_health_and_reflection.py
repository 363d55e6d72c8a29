"""Beside the API, tools find the standard services: health checking, and reflection that describes what is served."""

import grpc
import pytest
from google.api import annotations_pb2, field_behavior_pb2
from google.protobuf import descriptor_pb2
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase
from grpc_status import rpc_status

from simulator import Simulator
from simulator.api import METHODS, SERVICE, restore_pb2
from simulator.api import health_pb2 as our_health_pb2
from simulator.api.pool import POOL
from tests.patience import PATIENCE_SECONDS

SERVICES = list(dict.fromkeys(method.service for method in METHODS.values()))
HEALTH = "grpc.health.v1.Health"
REFLECTIONS = ("grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection")
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
IN_STATUSES = [
    "google.protobuf.Any",
    "google.protobuf.Duration",
    "google.rpc.Status",
    *(message.full_name for message in error_details_pb2.DESCRIPTOR.message_types_by_name.values()),
]


@pytest.fixture
def health(sim, open_channel):
    return health_pb2_grpc.HealthStub(open_channel(sim))


class Dialect:
    """A channel for clients of reflection v1alpha that calls another version, whose messages are the same."""

    def __init__(self, channel, service):
        self._channel = channel
        self._service = service

    def stream_stream(self, path, *arguments, **options):
        return self._channel.stream_stream(f"/{self._service}/{path.rpartition('/')[2]}", *arguments, **options)


@pytest.fixture(params=REFLECTIONS, ids=["v1", "v1alpha"])
def reflection_channel(request, sim, open_channel):
    return Dialect(open_channel(sim), request.param)


@pytest.fixture
def reflected(reflection_channel):
    return ProtoReflectionDescriptorDatabase(reflection_channel)


def request(service):
    return health_pb2.HealthCheckRequest(service=service)


@pytest.mark.parametrize("service", ["", SERVICE, HEALTH, *REFLECTIONS])
def test_every_service_is_serving(health, service):
    assert health.Check(request(service)).status == SERVING


def test_the_health_of_an_unknown_service_is_not_found(health):
    with pytest.raises(grpc.RpcError) as caught:
        health.Check(request("no.such.Service"))

    assert caught.value.code() is grpc.StatusCode.NOT_FOUND


def test_the_health_of_all_services_is_listed(sim, open_channel):
    listing = open_channel(sim).unary_unary(f"/{HEALTH}/List")  # younger than some stubs

    statuses = our_health_pb2.HealthListResponse.FromString(listing(b"")).statuses

    assert {service: response.status for service, response in statuses.items()} == dict.fromkeys(
        ["", *SERVICES, HEALTH, *REFLECTIONS], SERVING
    )


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
    assert sorted(reflected.get_services()) == sorted([*SERVICES, HEALTH, *REFLECTIONS])


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_reflection_finds_the_file_of_every_symbol(reflected, symbol):
    found = reflected.FindFileContainingSymbol(symbol)

    compiled = descriptor_pb2.FileDescriptorProto()
    POOL.FindFileContainingSymbol(symbol).CopyToProto(compiled)
    assert found == compiled


@pytest.fixture
def ask(reflection_channel):
    """Asks on one stream, as grpcurl does: ``ask({"file_containing_symbol": ...}, ...)`` gives the answers."""
    stub = reflection_pb2_grpc.ServerReflectionStub(reflection_channel)

    def ask(*questions):
        return list(
            stub.ServerReflectionInfo(
                iter([reflection_pb2.ServerReflectionRequest(host="here", **question) for question in questions]),
                timeout=PATIENCE_SECONDS,
            )
        )

    return ask


@pytest.fixture
def described_files(ask):
    """Gives the names of the files that answer a question."""

    def describe(**question):
        (response,) = ask(question)
        files = response.file_descriptor_response.file_descriptor_proto
        return [descriptor_pb2.FileDescriptorProto.FromString(file).name for file in files]

    return describe


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_reflection_finds_the_file_of_every_method(described_files, method):
    file = POOL.FindServiceByName(method.service).file

    assert file.name in described_files(file_containing_symbol=method.path[1:].replace("/", "."))


@pytest.mark.parametrize("symbol", [HEALTH, *REFLECTIONS, "google.protobuf.Empty", *IN_STATUSES])
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


@pytest.mark.parametrize(
    "question",
    [
        {"file_by_filename": "no/such/file.proto"},
        {"file_containing_symbol": "no.such.Symbol"},
        {"file_containing_symbol": f"{SERVICE}.NoSuchMethod"},
        {"file_containing_symbol": ""},
        {"file_containing_extension": {"containing_type": "no.such.Message", "extension_number": 1052}},
        {"file_containing_extension": {"containing_type": "google.protobuf.FieldOptions", "extension_number": -1}},
        {"all_extension_numbers_of_type": "no.such.Message"},
    ],
)
def test_reflection_says_what_it_does_not_know(ask, question):
    (response,) = ask(question)

    assert response.error_response.error_code == grpc.StatusCode.NOT_FOUND.value[0]
    assert next(iter(question)) in response.error_response.error_message


def test_a_request_of_reflection_that_asks_for_nothing_is_invalid(ask):
    (response,) = ask({})

    assert response.error_response.error_code == grpc.StatusCode.INVALID_ARGUMENT.value[0]


def test_reflection_answers_every_message_of_a_stream_in_its_order(ask):
    questions = [{"list_services": ""}, {"file_containing_symbol": "no.such.Symbol"}, {"file_by_filename": FILES[0]}]

    responses = ask(*questions)

    assert [response.WhichOneof("message_response") for response in responses] == [
        "list_services_response",
        "error_response",
        "file_descriptor_response",
    ]
    assert [(response.valid_host, response.original_request) for response in responses] == [
        ("here", reflection_pb2.ServerReflectionRequest(host="here", **question)) for question in questions
    ]


def test_the_details_of_an_error_can_be_read_with_reflection_alone(reflected, stub, failure_of):
    status = rpc_status.from_call(failure_of(lambda: stub.CreateRestore(restore_pb2.CreateRestoreRequest())))
    (packed,) = status.details

    detail = GetMessageClass(DescriptorPool(reflected).FindMessageTypeByName(packed.TypeName()))()

    assert packed.Unpack(detail)
    assert [violation.field for violation in detail.field_violations][:3] == ["namespace_id", "project_id", "restore"]


@pytest.mark.parametrize("path", FILES)
def test_reflection_finds_files_by_name(reflected, path):
    assert reflected.FindFileByName(path).package == POOL.FindFileByName(path).package


def test_a_client_can_be_built_from_reflection_alone(reflected, sim, open_channel):
    service = DescriptorPool(reflected).FindServiceByName(SERVICE)

    assert [(method.name, method.input_type.full_name, method.output_type.full_name) for method in service.methods] == [
        (method.name, method.request.DESCRIPTOR.full_name, method.response.DESCRIPTOR.full_name)
        for method in METHODS.values()
        if method.service == SERVICE
    ]
    matrix = open_channel(sim).unary_unary(f"/{service.full_name}/{service.methods[4].name}", request_serializer=bytes)
    assert matrix(b"")


def test_a_service_has_no_other_methods(sim, open_channel):
    for path in (f"/{SERVICE}/DeleteRestore", f"/{SERVICE}/", "/no.such.Service/GetRestore"):
        with pytest.raises(grpc.RpcError) as caught:
            open_channel(sim).unary_unary(path)(b"")
        assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_closing_returns_after_streams_of_what_is_no_message():
    for _ in range(4):
        with Simulator() as simulator:
            channel = simulator.channel(transport="loopback")
            method = f"/{REFLECTIONS[0]}/ServerReflectionInfo"
            with pytest.raises(grpc.RpcError):
                list(channel.stream_stream(method)(iter([b"\xff"]), timeout=PATIENCE_SECONDS))

    with pytest.raises(RuntimeError, match="does not run"):
        _ = simulator.target
