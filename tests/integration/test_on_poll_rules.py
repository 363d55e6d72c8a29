"""On-poll time goes on whatever rules make of a poll, so that what they do ends; what can't end is told."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial
from operator import methodcaller

import grpc
import pytest

from simulator import Phase, Simulator, default_world, faults
from simulator.api import METHODS, RestoreServiceStub, error_details_pb2, restore_pb2, status_pb2

POLLS_MAX = 50
"""More than any loop here takes that comes to its end."""
FINAL = (Phase.SUCCESSFUL, Phase.FAILED)
AFTER_THE_RESTORE_SECONDS = 10_000
ENDLESS = "1,000 calls in a row, and nothing will ever change by itself: "


@pytest.fixture
def sim():
    with Simulator(clock="on_poll", seed=7, strict=False) as simulator:
        yield simulator


@pytest.fixture
def restore(stub, create_request):
    return stub.CreateRestore(create_request())


@pytest.fixture
def deployment(sim, open_channel, restore):
    """Asks for the deployment that the restore makes."""
    method = METHODS["GetDataServiceDeployment"]
    call = open_channel(sim).unary_unary(method.path, methodcaller("SerializeToString"), method.response.FromString)
    return partial(call, method.request(id=restore.config.destination_references.data_service_deployment_id))


@pytest.fixture(params=["GetRestore", "ListRestores"])
def fetch(request, stub, restore):
    """Asks for the restore in one of the ways in which clients do."""

    def get(**options):
        return stub.GetRestore(restore_pb2.GetRestoreRequest(id=restore.meta.uid), **options)

    def list_all(**options):
        listed = stub.ListRestores(restore_pb2.ListRestoresRequest(), **options).restores
        return next((found for found in listed if found.meta.uid == restore.meta.uid), restore)

    return {"GetRestore": get, "ListRestores": list_all}[request.param]


def poll_until_final(fetch, **options):
    """Polls as clients do that try again after every error, and tells what each poll saw."""
    seen = []
    while not seen or seen[-1] not in FINAL:
        assert len(seen) < POLLS_MAX, f"the loop does not end: {seen[-3:]}"
        try:
            seen.append(Phase(fetch(**options).status.phase))
        except grpc.RpcError as error:
            seen.append(error.code())
    return seen


@pytest.mark.parametrize(
    "effect",
    [faults.error(), faults.lose_response(), faults.hang(), faults.delay(10_000), faults.stale(60)],
    ids=lambda effect: effect.name,
)
@pytest.mark.parametrize("end_seconds", [2, 100, AFTER_THE_RESTORE_SECONDS])
def test_the_time_between_which_a_rule_applies_comes_to_its_end(sim, fetch, effect, end_seconds):
    sim.inject(effect, between=(0, end_seconds), method=["Get*", "List*"])

    assert poll_until_final(fetch, timeout=600)[-1] is Phase.SUCCESSFUL


@pytest.mark.parametrize("effect", [faults.error(), faults.hang(), faults.stale(60)], ids=repr)
def test_a_client_that_polls_the_deployment_gets_on_as_well(sim, deployment, effect):
    sim.inject(effect, method="Get*", between=(0, 1000))

    for _ in range(POLLS_MAX):
        try:
            status = deployment(timeout=60).status
        except grpc.RpcError:
            continue
        if status.phase == status.DEPLOYED:
            assert sim.rules[0].fired_count > 0
            return
    pytest.fail("the loop does not end")


def test_a_refused_poll_moves_to_the_next_event_like_one_that_is_answered(sim, fetch):
    sim.inject(faults.error(), times=3, method=["Get*", "List*"])

    seen = poll_until_final(fetch)

    assert seen == [grpc.StatusCode.UNAVAILABLE] * 3 + [
        Phase.RESTORING_DATA_SERVICE_DEPLOYMENT,
        Phase.DATA_SERVICE_DEPLOYMENT_ENTERING_NORMAL_MODE,
        Phase.SUCCESSFUL,
    ]


@pytest.mark.parametrize("per_second", [0.001, 0.1, 10])
def test_a_rate_limit_lets_a_polling_loop_through(sim, fetch, per_second):
    sim.inject(faults.rate_limit(per_second), method=["Get*", "List*"])

    assert poll_until_final(fetch)[-1] is Phase.SUCCESSFUL


@pytest.mark.parametrize("age_seconds", [0.5, 60, 100_000])
def test_answers_of_the_past_come_to_the_end_of_the_restore(sim, fetch, age_seconds):
    sim.inject(faults.stale(age_seconds), method="ListRestores")

    assert poll_until_final(fetch)[-1] is Phase.SUCCESSFUL


def test_several_rules_on_one_poll_all_come_to_their_end(sim, fetch):
    sim.inject(faults.stale(500), method=["Get*", "List*"], between=(0, 3000))
    sim.inject(faults.rate_limit(0.01), method=["Get*", "List*"])
    sim.inject(faults.error(), method=["Get*", "List*"], between=(200, 1000))

    assert poll_until_final(fetch)[-1] is Phase.SUCCESSFUL


def test_a_poll_that_ends_by_its_deadline_takes_its_deadline_and_nothing_else(sim, fetch):
    sim.inject(faults.hang(), method=["Get*", "List*"])
    before = sim.now

    with pytest.raises(grpc.RpcError):
        fetch(timeout=42)

    assert sim.now - before == timedelta(seconds=42)


async def test_a_poll_that_the_caller_gives_up_moves_the_time_on(sim, restore, transport):
    sim.inject(faults.hang(), method="GetRestore", between=(0, 100))
    request = restore_pb2.GetRestoreRequest(id=restore.meta.uid)
    async with sim.aio_channel(transport=transport) as channel:
        stub = RestoreServiceStub(channel)
        for _ in range(POLLS_MAX):
            try:
                phase = (await asyncio.wait_for(stub.GetRestore(request), 0.2)).status.phase
                break
            except TimeoutError:
                pass

    assert phase == Phase.RESTORING_DATA_SERVICE_DEPLOYMENT


def test_who_tries_again_to_create_gets_to_the_end_of_the_rule(sim, stub, create_request):
    sim.inject(faults.error(), method="CreateRestore", between=(0, 3600))
    with pytest.raises(grpc.RpcError):
        stub.CreateRestore(create_request())

    assert stub.CreateRestore(create_request()).meta.name == "orders-copy"


@pytest.mark.parametrize("how", [{"times": 2}, {"probability": 0.5}])
def test_a_rule_that_ends_by_itself_moves_no_time_once_the_restore_is_final(sim, fetch, how):
    poll_until_final(fetch)
    sim.inject(faults.error(), method=["Get*", "List*"], between=(0, 100_000), **how)
    before = sim.now

    assert poll_until_final(fetch)[-1] is Phase.SUCCESSFUL
    assert sim.now == before


def test_a_refused_call_that_would_see_no_live_restore_is_no_poll(sim, stub, restore):
    sim.inject(faults.error(), method=["Get*", "List*"])
    before = sim.now

    with pytest.raises(grpc.RpcError):
        stub.GetRestore(restore_pb2.GetRestoreRequest(id="rst:none"))
    with pytest.raises(grpc.RpcError):
        stub.ListRestores(restore_pb2.ListRestoresRequest(pagination={"page_number": -1}))

    assert restore.meta.uid in sim.world.restores
    assert sim.now == before


def poll_until_refused(fetch, code):
    for count in range(2000):
        try:
            fetch()
        except grpc.RpcError as error:
            if error.code() is code:
                return count, error
    pytest.fail("the loop goes on for ever")


def test_a_loop_that_waits_for_a_closed_gate_is_told_so(sim, fetch):
    gate = sim.gate(phase="PENDING", name="door")

    count, error = poll_until_refused(fetch, grpc.StatusCode.FAILED_PRECONDITION)

    assert count > 1000
    assert error.details() == f"{ENDLESS}'orders-copy' is PENDING, held by the rule 'door'"
    gate.open()
    assert poll_until_final(fetch)[-1] is Phase.SUCCESSFUL


def test_a_loop_that_waits_for_a_cluster_that_is_gone_is_told_so(create_request_for, open_stub):
    world = default_world()
    clusters = [replace(cluster, heartbeat_limit_seconds=1e12) for cluster in world.clusters]
    with Simulator(world=replace(world, clusters=clusters), clock="on_poll") as sim:
        stub = open_stub(sim)
        request = restore_pb2.GetRestoreRequest(id=stub.CreateRestore(create_request_for(sim)).meta.uid)
        sim.world.disconnect_cluster("west")

        _, error = poll_until_refused(lambda: stub.GetRestore(request), grpc.StatusCode.FAILED_PRECONDITION)

    assert error.details() == f"{ENDLESS}'orders-copy' stays INITIALIZING"


def test_a_loop_that_a_rule_refuses_for_ever_is_told_so(sim, fetch, read_reason):
    sim.inject(faults.error(), method=["Get*", "List*"], name="never")

    count, error = poll_until_refused(fetch, grpc.StatusCode.FAILED_PRECONDITION)

    assert count > 1000
    assert error.details() == f"{ENDLESS}the rule 'never' keeps the caller from what there is, and has no end"
    assert read_reason(error) == "ENDLESS_POLLING"


def test_many_refusals_are_no_endless_loop_as_long_as_answers_come_in_between(sim, fetch):
    poll_until_final(fetch)
    sim.inject(faults.error(), method=["Get*", "List*"], probability=0.9)
    seen = set()

    for _ in range(3000):
        try:
            fetch()
        except grpc.RpcError as error:
            seen.add(error.code())

    assert seen == {grpc.StatusCode.UNAVAILABLE}


@pytest.fixture
def read_reason():
    """The reason that an error tells in its ErrorInfo."""

    def read(error):
        details = dict(error.trailing_metadata())["grpc-status-details-bin"]
        (packed,) = status_pb2.Status.FromString(details).details
        info = error_details_pb2.ErrorInfo()
        packed.Unpack(info)
        return info.reason

    return read
