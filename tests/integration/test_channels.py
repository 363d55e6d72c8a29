"""A channel of a simulator does what clients rely on, whichever way it takes."""

import queue
import threading

import grpc
import pytest
from google.protobuf import empty_pb2
from grpc_status import rpc_status

from simulator import faults
from simulator.api import METHODS, RestoreServiceStub, restore_pb2
from tests.patience import PATIENCE_SECONDS

LIST = METHODS["ListRestores"].path
NOTHING = restore_pb2.GetRestoreRequest(id="rst:none")
ANYTHING = restore_pb2.ListRestoresRequest()


def test_a_call_can_be_asked_how_it_went(stub):
    response, call = stub.ListRestores.with_call(ANYTHING)

    assert len(response.restores) == 0
    assert (call.code(), call.details()) == (grpc.StatusCode.OK, "")
    assert (tuple(call.initial_metadata()), tuple(call.trailing_metadata())) == ((), ())
    assert not call.is_active()
    assert not call.cancel()
    assert "StatusCode.OK" in repr(call)


def test_a_failure_is_an_error_a_call_and_a_future(stub, failure_of):
    error = failure_of(lambda: stub.GetRestore(NOTHING))

    assert isinstance(error, grpc.Call)
    assert isinstance(error, grpc.Future)
    assert (error.code(), error.details()) == (grpc.StatusCode.NOT_FOUND, "restore 'rst:none' not found")
    assert error.debug_error_string() == "NOT_FOUND:restore 'rst:none' not found"
    assert (error.done(), error.running(), error.cancelled(), error.cancel()) == (True, False, False, False)
    assert error.exception() is error
    assert error.traceback() is not None
    assert failure_of(error.result) is error
    told = []
    error.add_done_callback(told.append)
    assert told == [error]
    assert "StatusCode.NOT_FOUND" in str(error)


def test_details_of_a_status_are_found_by_grpc_status(stub, failure_of):
    error = failure_of(lambda: stub.GetRestore(NOTHING))

    status = rpc_status.from_call(error)

    assert (status.code, status.message) == (grpc.StatusCode.NOT_FOUND.value[0], error.details())
    assert [key for key, _ in error.trailing_metadata()] == ["grpc-status-details-bin"]


def test_a_future_gives_the_response_and_tells_those_who_asked(stub):
    told = queue.SimpleQueue()
    future = stub.ListRestores.future(ANYTHING, timeout=PATIENCE_SECONDS)
    future.add_done_callback(told.put)

    assert future.result(timeout=PATIENCE_SECONDS) == stub.ListRestores(ANYTHING)
    assert told.get(timeout=PATIENCE_SECONDS) is future
    assert (future.code(), future.done(), future.running(), future.exception()) == (
        grpc.StatusCode.OK,
        True,
        False,
        None,
    )
    assert future.traceback() is None
    assert not future.cancelled()
    assert 0 <= future.time_remaining() <= PATIENCE_SECONDS


def test_a_future_that_fails_is_its_own_error(stub, failure_of):
    future = stub.GetRestore.future(NOTHING)

    assert future.exception(PATIENCE_SECONDS) is future
    assert future.code() is grpc.StatusCode.NOT_FOUND
    assert failure_of(future.result) is future
    assert future.traceback() is not None
    with pytest.raises(ZeroDivisionError):
        future.add_done_callback(lambda _: 1 / 0)


def test_a_future_that_hangs_can_be_waited_for_and_cancelled(sim, stub):
    sim.inject(faults.hang(), method="ListRestores")
    future = stub.ListRestores.future(ANYTHING)
    cancelled = threading.Event()
    assert future.add_callback(cancelled.set)
    with pytest.raises(grpc.FutureTimeoutError):
        future.result(timeout=0.01)
    assert future.is_active()

    assert future.cancel()

    assert (future.cancelled(), future.done(), future.cancel()) == (True, True, False)
    assert future.code() is grpc.StatusCode.CANCELLED
    with pytest.raises(grpc.FutureCancelledError):
        future.result()
    with pytest.raises(grpc.FutureCancelledError):
        future.exception()
    assert cancelled.wait(PATIENCE_SECONDS)


def test_a_future_that_nobody_keeps_is_cancelled(sim, stub):
    answered = queue.SimpleQueue()
    sim.session.subscribe(lambda _, event: answered.put(event))
    sim.inject(faults.hang(), method="ListRestores")
    future = stub.ListRestores.future(ANYTHING)
    assert answered.get(timeout=PATIENCE_SECONDS).kind == "fault"

    del future

    assert answered.get(timeout=PATIENCE_SECONDS).code == "CANCELLED"


def test_interceptors_see_calls_and_change_them(sim, channel, failure_of, tracing):
    stub = RestoreServiceStub(grpc.intercept_channel(channel, tracing))

    assert stub.ListRestores(ANYTHING) == stub.ListRestores.future(ANYTHING).result(PATIENCE_SECONDS)
    assert stub.ListRestores.with_call(ANYTHING)[1].code() is grpc.StatusCode.OK
    assert failure_of(lambda: stub.GetRestore(NOTHING)).code() is grpc.StatusCode.NOT_FOUND
    assert tracing.passed == [LIST, LIST, LIST, METHODS["GetRestore"].path]
    assert all(("trace", "1") in call.metadata for call in sim.calls)


@pytest.mark.parametrize(
    ("metadata", "arrives"),
    [
        ((("key", "value"), ("key", "another")), (("key", "value"), ("key", "another"))),
        ([["key", "value"]], (("key", "value"),)),
        ((("key", b"bytes"),), (("key", "bytes"),)),
        ((("key", ""),), (("key", ""),)),
        ((("key", None),), (("key", ""),)),
        ((("key-bin", b"\x00\xff"),), (("key-bin", b"\x00\xff"),)),
        ((("grpc-timeout", "1S"), ("te", "x"), ("user-agent", "mine"), ("content-type", "x")), ()),
    ],
)
def test_metadata_arrives(sim, stub, metadata, arrives):
    stub.ListRestores(ANYTHING, metadata=metadata)

    agent, *others = sim.calls[-1].metadata
    assert agent[0] == "user-agent"
    assert tuple(others) == arrives


@pytest.mark.parametrize(
    "entry",
    [("Upper", "x"), ("with space", "x"), ("", "x"), (":path", "x"), ("é", "x"), ("key", "é"), ("key", "a\nb")],
)
def test_metadata_that_http_can_not_carry_is_refused(sim, stub, entry, failure_of):
    error = failure_of(lambda: stub.ListRestores(ANYTHING, metadata=(entry,)))

    assert error.code() is grpc.StatusCode.INTERNAL
    assert not sim.calls


@pytest.mark.parametrize(
    ("metadata", "error"),
    [
        (5, TypeError),
        ((("key", 5),), TypeError),
        (((5, "x"),), TypeError),
        ((("key-bin", "text"),), TypeError),
        ((("key",),), ValueError),
        ({"key": "x"}, ValueError),
    ],
)
def test_metadata_that_is_none_is_a_mistake(sim, stub, metadata, error):
    with pytest.raises(error):
        stub.ListRestores(ANYTHING, metadata=metadata)
    assert not sim.calls


@pytest.mark.parametrize("timeout", [-1, float("nan"), float("inf"), float("-inf"), 1e300])
def test_a_deadline_that_has_passed_or_never_will_is_exceeded(sim, stub, timeout, failure_of):
    error = failure_of(lambda: stub.ListRestores(ANYTHING, timeout=timeout))

    assert error.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    assert not sim.calls


def test_a_deadline_is_a_number(stub):
    with pytest.raises(TypeError):
        stub.ListRestores(ANYTHING, timeout="soon")


def test_waiting_for_the_server_and_compressing_change_nothing(stub):
    response = stub.ListRestores(ANYTHING, wait_for_ready=True, compression=grpc.Compression.Gzip)

    assert response == stub.ListRestores(ANYTHING)


@pytest.mark.parametrize("path", ["/x/y", "x/y", "/", "/public.y/z"])
def test_a_method_that_is_not_there_is_unimplemented(sim, channel, path, failure_of):
    for make in (channel.unary_unary, channel.unary_stream):
        error = failure_of(lambda make=make: list(make(path)(b"")))
        assert (error.code(), error.details()) == (grpc.StatusCode.UNIMPLEMENTED, "Method not found!")
    for make in (channel.stream_unary, channel.stream_stream):
        assert failure_of(lambda make=make: list(make(path)(iter([b""])))).code() is grpc.StatusCode.UNIMPLEMENTED
    assert [(call.method, call.code, call.request) for call in sim.calls] == [(path, "UNIMPLEMENTED", None)] * 4
    assert [(event.method, event.code, event.message) for event in sim.timeline] == [
        (path, "UNIMPLEMENTED", "Method not found!")
    ] * 4


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        (f"{LIST}s", "the simulator has no method 'ListRestoress' of RestoreService, only CreateRestore, GetRestore, "),
        (
            "/public.portworx.pds.backupconfig.v1.BackupConfigService/GetBackupConfig",
            (
                "the simulator has no BackupConfigService (public.portworx.pds.backupconfig.v1.BackupConfigService),"
                " only RestoreService"
            ),
        ),
    ],
)
def test_what_the_product_may_have_but_the_simulator_has_not_is_unimplemented_and_said_to_be(
    sim, channel, path, sentence, failure_of
):
    error = failure_of(lambda: channel.unary_unary(path)(b""))

    assert error.code() is grpc.StatusCode.UNIMPLEMENTED
    assert error.details().startswith(sentence)
    assert [(call.method, call.message) for call in sim.calls] == [(path, error.details())]


def test_of_a_long_path_that_names_no_method_only_the_beginning_is_kept(sim, channel, failure_of):
    failure_of(lambda: channel.unary_unary("/" + "x" * 5_000)(b""))

    assert [len(call.method) for call in sim.calls] == [256]


def test_whoever_looks_for_a_service_of_grpc_that_is_not_served_is_not_recorded(sim, channel, failure_of):
    error = failure_of(lambda: channel.unary_unary("/grpc.channelz.v1.Channelz/GetServers")(b""))

    assert error.code() is grpc.StatusCode.UNIMPLEMENTED
    assert (len(sim.calls), len(sim.timeline)) == (0, 0)


@pytest.mark.usefixtures("silent")
@pytest.mark.parametrize(
    "options",
    [
        {"request_serializer": lambda _: 1 / 0},
        {"request_serializer": lambda _: None},
        {"response_deserializer": lambda _: 1 / 0},
        {"response_deserializer": lambda _: None},
    ],
)
def test_what_can_not_be_written_or_read_is_an_internal_error(channel, options, failure_of):
    error = failure_of(lambda: channel.unary_unary(LIST, **options)(b""))
    of_a_stream = failure_of(lambda: list(channel.unary_stream(LIST, **options)(b"")))

    assert error.code() is of_a_stream.code() is grpc.StatusCode.INTERNAL
    assert error.debug_error_string() is None


def test_a_serializer_gives_bytes(channel):
    with pytest.raises(TypeError):
        channel.unary_unary(LIST, request_serializer=lambda _: "text")(b"")


def test_a_request_over_four_mebibytes_does_not_arrive(sim, channel, failure_of):
    size = 4 * 1024 * 1024
    error = failure_of(lambda: channel.unary_unary(LIST)(b"x" * (size + 1)))

    assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert not sim.calls


def test_a_response_over_four_mebibytes_does_not_arrive(sim, stub, create_request, failure_of):
    for number in range(17):
        stub.CreateRestore(create_request(f"copy {number}", annotations={"key": "x" * 250_000}))

    error = failure_of(lambda: stub.ListRestores(ANYTHING))

    assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert sim.calls[-1].code == "OK"


def test_nothing_is_shared_between_client_and_simulator(sim, stub, create_request):
    request = create_request()
    response = stub.CreateRestore(request)
    expected = restore_pb2.Restore.FromString(response.SerializeToString())
    request.restore.meta.name = response.meta.name = "changed"
    sim.calls[0].response.meta.name = sim.calls[0].request.restore.meta.name = "changed"

    assert stub.GetRestore(restore_pb2.GetRestoreRequest(id=response.meta.uid)) == expected
    assert sim.calls[0].response == expected
    assert sim.calls[0].request.restore.meta.name == "orders-copy"


def test_an_empty_message_of_any_pool_is_taken(stub):
    assert stub.GetRestorabilityMatrix(empty_pb2.Empty()).conditions
