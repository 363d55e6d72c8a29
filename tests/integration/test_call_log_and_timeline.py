"""What a test can ask afterwards: every call with what was sent and answered, and every event in its order and time."""

import itertools
import json
from datetime import timedelta

import grpc
import pytest
from google.protobuf import empty_pb2

from simulator import Phase, Simulator
from simulator.api import restore_pb2


@pytest.fixture
def events(sim):
    """What the timeline tells as JSON lines."""
    return lambda: [json.loads(line) for line in sim.timeline.to_json_lines().splitlines()]


def test_a_call_is_logged_with_all_that_was_sent_and_answered(sim, stub, create_request):
    request = create_request()
    sim.advance(5)

    response = stub.CreateRestore(request, metadata=(("authorization", "Bearer x"), ("px-account-id", "acc:y")))

    (call,) = sim.calls
    assert (call.method, call.request, call.response) == ("CreateRestore", request, response)
    assert (call.code, call.message) == ("OK", "")
    assert {("authorization", "Bearer [redacted]"), ("px-account-id", "acc:y")} <= set(call.metadata)
    assert call.at == sim.now


def test_a_failed_call_is_logged_with_its_status(sim, stub, refusal):
    request = restore_pb2.GetRestoreRequest(id="rst:nothing")

    refused = refusal(stub.GetRestore, request)

    (call,) = sim.calls
    assert (call.request, call.response) == (request, None)
    assert (call.code, call.message) == (refused.code.name, refused.message)


def test_a_call_with_bytes_that_are_no_message_is_logged_without_a_request(sim, open_channel):
    method = open_channel(sim).unary_unary("/public.portworx.pds.restore.v1.RestoreService/GetRestore")

    with pytest.raises(grpc.RpcError):
        method(b"\xff")

    (call,) = sim.calls
    assert (call.method, call.request, call.response, call.code) == ("GetRestore", None, None, "INVALID_ARGUMENT")


def test_calls_are_logged_in_the_order_in_which_they_were_answered(sim, stub, create_request):
    created = stub.CreateRestore(create_request())
    for _ in range(3):
        stub.GetRestore(restore_pb2.GetRestoreRequest(id=created.meta.uid))
        sim.advance(20)
    stub.GetRestorabilityMatrix(empty_pb2.Empty())
    stub.ListRestores(restore_pb2.ListRestoresRequest())

    methods = [call.method for call in sim.calls]
    polls = sim.calls.of("GetRestore")

    assert methods == ["CreateRestore", *["GetRestore"] * 3, "GetRestorabilityMatrix", "ListRestores"]
    assert [later.at - earlier.at for earlier, later in itertools.pairwise(polls)] == [timedelta(seconds=20)] * 2


def test_the_log_keeps_the_answer_as_it_was(sim, stub, create_request):
    created = stub.CreateRestore(create_request())
    sim.advance_until(created.meta.uid, "SUCCESSFUL")

    assert sim.calls[0].response.status.phase == Phase.INITIALIZING


def test_the_timeline_tells_calls_transitions_and_changes_in_their_order(sim, stub, create_request, events):
    created = stub.CreateRestore(create_request())
    sim.advance_until(created.meta.uid, "SUCCESSFUL")
    stub.GetRestore(restore_pb2.GetRestoreRequest(id=created.meta.uid))

    told = events()

    phases = [phase.name for phase in Phase if phase is not Phase.FAILED]
    assert [event["to"] for event in told if event["event"] == "transition"] == phases
    assert [event["from"] for event in told if event["event"] == "transition"] == [None, *phases[:-1]]
    assert [event["event"] for event in told] == [
        "transition",
        "rpc",
        *["transition"] * 5,
        "world",
        "transition",
        "rpc",
    ]
    assert [event["sequence"] for event in told] == list(range(1, len(told) + 1))
    assert [event["time"] for event in told] == sorted(event["time"] for event in told)


def test_a_call_is_told_with_its_method_code_and_subject(stub, create_request, events):
    created = stub.CreateRestore(create_request())
    with pytest.raises(grpc.RpcError) as caught:
        stub.GetRestore(restore_pb2.GetRestoreRequest(id="rst:nothing"))

    made, failed = (event for event in events() if event["event"] == "rpc")

    assert (made["method"], made["code"], made["subject"], made["message"]) == (
        "CreateRestore",
        "OK",
        created.meta.uid,
        "",
    )
    assert (failed["method"], failed["code"], failed["subject"], failed["message"]) == (
        "GetRestore",
        "NOT_FOUND",
        "rst:nothing",
        caught.value.details(),
    )


def test_a_failure_is_told_with_its_error(sim, stub, create_request, events):
    created = stub.CreateRestore(create_request())
    sim.world.lose_credentials("vault")
    sim.advance_until(created.meta.uid, "FAILED")

    told = events()

    assert told[-1]["to"] == "FAILED"
    assert told[-1]["error_code"] == "FAILED_BACKUP_CREDENTIAL_SYNC"
    assert "vault" in told[-1]["error_message"]
    assert {"change": "credentials lost", "name": "vault"}.items() <= told[2].items()


def test_a_reset_forgets_what_happened(sim, stub, create_request):
    stub.CreateRestore(create_request())

    sim.reset()

    assert not sim.calls
    assert not sim.timeline
    assert not stub.ListRestores(restore_pb2.ListRestoresRequest()).restores


def test_the_same_seed_and_the_same_calls_give_the_same_timeline(create_request, open_stub):
    def history():
        with Simulator(seed=3) as simulator:
            stub = open_stub(simulator)
            for name in ("first", "second", "third"):
                stub.CreateRestore(create_request(name))
            simulator.run_until_idle()
            stub.ListRestores(restore_pb2.ListRestoresRequest())
            return simulator.timeline.to_json_lines(), [call.response for call in simulator.calls]

    assert history() == history()
