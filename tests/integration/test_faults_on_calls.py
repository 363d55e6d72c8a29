"""What rules do to calls, seen by a client: the status, the rule that it names, and what became of the call."""

from dataclasses import dataclass

import grpc
import pytest
from google.protobuf import empty_pb2
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from simulator import Constant, Phase, Simulator, Token, default_world, faults
from simulator.api import METHODS, RestoreServiceStub, restore_pb2

DEADLINE = {"timeout": 1000}
"""Nobody waits for it: in virtual time it passes at once."""


@dataclass(frozen=True)
class Failure:
    """How a call failed; details by the names of their types."""

    code: grpc.StatusCode
    message: str
    details: dict


@pytest.fixture
def fail():
    """Makes a call that has to fail, and tells how it did."""

    def call(method, request, **options):
        with pytest.raises(grpc.RpcError) as caught:
            method(request, **(DEADLINE | options))
        status = rpc_status.from_call(caught.value)
        details = {}
        for packed in status.details:
            name = packed.TypeName().rpartition(".")[2]
            details[name] = getattr(error_details_pb2, name)()
            packed.Unpack(details[name])
        return Failure(caught.value.code(), status.message, details)

    return call


@pytest.fixture
def fired(sim):
    """Tells of the faults in the timeline: the rule, the effect and what it happened to."""
    return lambda: [(event.rule, event.effect, event.name) for event in sim.timeline if event.kind == "fault"]


@pytest.mark.parametrize(
    ("effect", "code", "happens"),
    [
        (faults.error("ABORTED"), grpc.StatusCode.ABORTED, False),
        (faults.lose_response(), grpc.StatusCode.UNAVAILABLE, True),
        (faults.lose_response("DEADLINE_EXCEEDED"), grpc.StatusCode.DEADLINE_EXCEEDED, True),
        (faults.delay(Constant(5000)), grpc.StatusCode.DEADLINE_EXCEEDED, False),
        (faults.hang(), grpc.StatusCode.DEADLINE_EXCEEDED, False),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_a_call_fails_as_the_rule_says_and_happens_or_not(sim, stub, create_request, fail, effect, code, happens):
    sim.inject(effect, method="CreateRestore", times=1, name="bad luck")

    failure = fail(stub.CreateRestore, create_request())

    assert failure.code is code
    assert "bad luck" in failure.message
    assert dict(failure.details["ErrorInfo"].metadata) == {"rule": "bad luck", "effect": effect.name}
    assert [restore.name for restore in sim.world.restores.values()] == ["orders-copy"] * happens
    fault, *_, call = sim.timeline
    assert (fault.kind, fault.rule, fault.effect, fault.method) == ("fault", "bad luck", effect.name, "CreateRestore")
    assert (fault.uid, fault.name, fault.call) == ("", "orders-copy", call.call)
    assert (call.kind, call.method, call.code, call.message) == ("rpc", "CreateRestore", code.name, failure.message)
    assert (sim.calls[0].code, sim.calls[0].response) == (code.name, None)


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
@pytest.mark.parametrize("attribute", ["name", "qualified_name"])
def test_every_method_can_fail(sim, open_channel, fail, fired, method, attribute):
    sim.inject(faults.error("DATA_LOSS", "gone"), method=getattr(method, attribute))
    call = open_channel(sim).unary_unary(method.path, request_serializer=bytes)

    # The rule comes before anything else is looked at, so it does not matter what the request says.
    failure = fail(call, b"")

    assert (failure.code, failure.message) == (grpc.StatusCode.DATA_LOSS, "gone")
    assert [effect for _, effect, _ in fired()] == ["error"]


def test_other_methods_are_not_touched(sim, stub, create_request, fail):
    sim.inject(faults.error(), method=["GetRestore", "List*"])

    created = stub.CreateRestore(create_request())
    assert stub.GetRestorabilityMatrix(empty_pb2.Empty()).conditions
    assert fail(stub.GetRestore, restore_pb2.GetRestoreRequest(id=created.meta.uid)).code.name == "UNAVAILABLE"
    assert fail(stub.ListRestores, restore_pb2.ListRestoresRequest()).code.name == "UNAVAILABLE"


def test_an_error_brings_its_details_and_when_to_try_again(sim, stub, fail):
    detail = {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{"subject": "project:shop"}]}
    sim.inject(faults.error("RESOURCE_EXHAUSTED", "full", 2.5, [detail]), method="ListRestores")

    failure = fail(stub.ListRestores, restore_pb2.ListRestoresRequest())

    assert list(failure.details) == ["ErrorInfo", "RetryInfo", "QuotaFailure"]
    assert failure.details["RetryInfo"].retry_delay.ToMilliseconds() == 2500
    assert failure.details["QuotaFailure"].violations[0].subject == "project:shop"


METADATA = (("x-request-id", "f81d4fae"), ("x-trace-bin", b"\x00\xff"))


def test_an_error_brings_its_metadata(sim, stub):
    sim.inject(
        faults.error(initial_metadata=METADATA, trailing_metadata={"grpc-retry-pushback-ms": "1500"} | dict(METADATA))
    )

    for failed in (stub.ListRestores.future(restore_pb2.ListRestoresRequest()) for _ in range(2)):
        assert tuple(failed.initial_metadata()) == METADATA
        trailing = tuple(failed.trailing_metadata())
        assert set(trailing) >= {("grpc-retry-pushback-ms", "1500"), *METADATA}
        assert "grpc-status-details-bin" in dict(trailing)


async def test_an_error_brings_its_metadata_to_channels_for_asyncio(sim, transport):
    sim.inject(faults.error(initial_metadata=METADATA, trailing_metadata=METADATA))

    async with sim.aio_channel(transport=transport) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await RestoreServiceStub(channel).ListRestores(restore_pb2.ListRestoresRequest())

    assert tuple(caught.value.initial_metadata()) == METADATA
    assert set(caught.value.trailing_metadata()) > set(METADATA)


def test_the_longest_name_of_a_rule_still_reaches_the_client(sim, stub, fail):
    sim.inject(faults.error("ABORTED"), restore=[f"rst:{number:036}" for number in range(500)] + ["*"])

    failure = fail(stub.GetRestore, restore_pb2.GetRestoreRequest(id="rst:x"))

    assert failure.code is grpc.StatusCode.ABORTED
    assert failure.details["ErrorInfo"].metadata["rule"].startswith("error on restore=rst:0000")


def test_who_tries_again_after_a_lost_response_finds_that_it_exists(sim, stub, create_request, fail):
    sim.inject(faults.lose_response(), method="CreateRestore", times=1)
    fail(stub.CreateRestore, create_request())

    second = fail(stub.CreateRestore, create_request())

    (restore,) = sim.world.restores.values()
    assert second.code is grpc.StatusCode.ALREADY_EXISTS
    assert second.details["ResourceInfo"].resource_name == restore.uid
    assert stub.GetRestore(restore_pb2.GetRestoreRequest(id=restore.uid)).meta.name == "orders-copy"
    sim.advance_until(restore.uid, "SUCCESSFUL")


def test_a_lost_response_of_a_recreation_leaves_the_new_restore(sim, stub, create_request, fail):
    sim.inject(faults.fail(), phase="PENDING", times=1)
    failed = stub.CreateRestore(create_request())
    sim.advance(10)
    sim.inject(faults.lose_response(), method="RecreateRestore")

    request = restore_pb2.RecreateRestoreRequest(
        id=failed.meta.uid,
        name="second",
        project_id=sim.world.projects["shop"].uid,
        namespace_id=sim.world.namespaces["shop-staging"].uid,
    )
    assert fail(stub.RecreateRestore, request).code is grpc.StatusCode.UNAVAILABLE

    assert sim.world.restores["second"].status.phase == Phase.INITIALIZING


def test_a_refusal_is_lost_like_any_other_answer(sim, stub, create_request, fail):
    sim.inject(faults.lose_response(), method="CreateRestore")

    failure = fail(stub.CreateRestore, create_request(name="?"))

    assert failure.code is grpc.StatusCode.UNAVAILABLE
    assert list(failure.details) == ["ErrorInfo"]
    assert len(sim.world.restores) == 0


def test_a_short_delay_is_written_down_and_nothing_waits(sim, stub, create_request, fired):
    sim.inject(faults.delay(Constant(999)), method="CreateRestore", name="slow network")
    before = sim.now

    created = stub.CreateRestore(create_request(), **DEADLINE)

    assert created.meta.name == "orders-copy"
    assert sim.now == before
    assert sim.calls[-1].delay_seconds == 999
    assert [(rule, effect) for rule, effect, _ in fired()] == [("slow network", "delay")]


def test_a_rate_limit_holds_for_each_caller_and_lets_in_after_the_delay_it_tells(sim, stub, fail):
    sim.inject(faults.rate_limit(0.5, burst=2), method="ListRestores", name="quota")
    request = restore_pb2.ListRestoresRequest()
    alice, bob = ({"metadata": (("px-account-id", name),)} for name in ("alice", "bob"))
    for _ in range(2):
        stub.ListRestores(request, **alice)

    failure = fail(stub.ListRestores, request, **alice)
    assert failure.code is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert failure.message == "'alice' calls more than 0.5 times a second, by the rule 'quota'"
    assert failure.details["ErrorInfo"].metadata["rule"] == "quota"
    delay = failure.details["RetryInfo"].retry_delay.ToTimedelta()
    assert delay.total_seconds() == 2
    stub.ListRestores(request, **bob)

    sim.advance(delay)
    stub.ListRestores(request, **alice)
    assert fail(stub.ListRestores, request, **alice).code is grpc.StatusCode.RESOURCE_EXHAUSTED


def test_a_rate_limit_fires_only_for_calls_that_it_refuses(sim, stub, fail, fired):
    active = sim.inject(faults.rate_limit(1), method="ListRestores", name="quota")
    stub.ListRestores(restore_pb2.ListRestoresRequest())
    assert (fired(), active.fired_count) == ([], 0)

    fail(stub.ListRestores, restore_pb2.ListRestoresRequest())
    assert (fired(), active.fired_count) == ([("quota", "rate_limit", "")], 1)


def test_two_rules_on_one_call_act_in_their_order(sim, stub, create_request, fail, fired):
    sim.inject(faults.lose_response(), method="CreateRestore", name="outer")
    sim.inject(faults.delay(Constant(5)), method="CreateRestore", name="middle")
    sim.inject(faults.error("ABORTED"), method="CreateRestore", name="inner")

    failure = fail(stub.CreateRestore, create_request())

    assert failure.code is grpc.StatusCode.UNAVAILABLE
    assert [rule for rule, _, _ in fired()] == ["outer", "middle", "inner"]
    assert sim.calls[-1].delay_seconds == 5
    assert len(sim.world.restores) == 0


def test_of_two_errors_the_client_gets_that_of_the_first_rule(sim, stub, fail):
    for code in ("ABORTED", "DATA_LOSS"):
        sim.inject(faults.error(code), method="ListRestores", name=code)

    assert fail(stub.ListRestores, restore_pb2.ListRestoresRequest()).code is grpc.StatusCode.ABORTED


def test_who_may_not_call_does_not_meet_the_rules(fail, open_stub):
    world = default_world()
    token = Token("alice", secret="of-alice", projects=["shop"])  # noqa: S106  # it is none
    guarded = type(world)(**{name: getattr(world, name) for name in world.__dataclass_fields__} | {"tokens": [token]})
    with Simulator(world=guarded, strict=False) as sim:
        sim.inject(faults.error("ABORTED"), caller="alice")
        stub, request = open_stub(sim), restore_pb2.ListRestoresRequest()

        assert fail(stub.ListRestores, request).code is grpc.StatusCode.UNAUTHENTICATED
        known = {"metadata": (("authorization", "Bearer of-alice"),)}
        assert fail(stub.ListRestores, request, **known).code is grpc.StatusCode.ABORTED
