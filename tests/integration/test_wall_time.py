"""Wall time follows the wall clock at every call; under freezegun it moves by `tick`, and by nothing else.

freezegun freezes the time for gRPC as well, whose deadlines then lie in the past or never come. A test that calls with
a timeout freezes with ``ignore=["grpc"]``; one that does not needs nothing.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import grpc
import pytest
from freezegun import freeze_time

from simulator import Phase, Simulator
from simulator.api import RestoreServiceStub, restore_pb2

MOMENT = datetime(2019, 3, 9, 12, tzinfo=UTC)
CLOUDSNAP_FROM, CLOUDSNAP_TO = 3, 3 + 5 + 102.4  # 10 GiB over the 100 MiB/s of west


@pytest.fixture(params=[MOMENT, datetime(2087, 6, 5, tzinfo=UTC)], ids=["in the past", "in the future"])
def moment(request):
    return request.param


def get(stub, restore, **options):
    return stub.GetRestore(restore_pb2.GetRestoreRequest(id=restore.meta.uid), **options)


def test_a_world_begins_at_what_the_wall_shows(moment, create_request, open_stub):
    with freeze_time(moment), Simulator(clock="wall") as sim:
        created = open_stub(sim).CreateRestore(create_request())

        assert sim.now == moment
        assert created.meta.create_time.ToDatetime(tzinfo=UTC) == moment


def test_a_tick_of_a_minute_moves_restores_by_a_minute_at_the_next_call(moment, create_request, open_stub):
    with freeze_time(moment) as frozen, Simulator(clock="wall") as sim:
        stub = open_stub(sim)
        created = stub.CreateRestore(create_request())

        frozen.tick(60)
        after_one = get(stub, created)
        frozen.tick(60)
        after_two = get(stub, created)

    assert after_one.status.phase == Phase.RESTORING_CLOUDSNAP
    assert after_one.meta.update_time.ToDatetime(tzinfo=UTC) == moment + timedelta(seconds=CLOUDSNAP_FROM)
    assert after_two.status.phase == Phase.RESTORING_DATA_SERVICE_DEPLOYMENT
    assert after_two.meta.update_time.ToDatetime(tzinfo=UTC) == moment + timedelta(seconds=CLOUDSNAP_TO + 3)


def test_every_method_sees_the_present(create_request, open_stub):
    with freeze_time(MOMENT) as frozen, Simulator(clock="wall") as sim:
        stub = open_stub(sim)
        stub.CreateRestore(create_request())

        frozen.tick(60)
        listed = stub.ListRestores(restore_pb2.ListRestoresRequest())
        later = stub.CreateRestore(create_request("later"))

    assert [restore.status.phase for restore in listed.restores] == [Phase.RESTORING_CLOUDSNAP]
    assert later.meta.create_time.ToDatetime(tzinfo=UTC) == MOMENT + timedelta(seconds=60)


def test_frozen_time_stands_still_while_the_server_goes_on_answering(create_request, open_stub):
    with freeze_time(MOMENT), Simulator(clock="wall") as sim:
        stub = open_stub(sim)
        created = stub.CreateRestore(create_request())

        seen = [get(stub, created) for _ in range(50)]

        assert {restore.status.phase for restore in seen} == {Phase.INITIALIZING}
        assert sim.now == MOMENT


def test_frozen_time_is_the_same_in_every_thread(create_request, open_stub):
    with freeze_time(MOMENT) as frozen, Simulator(clock="wall") as sim:
        stub = open_stub(sim)
        created = stub.CreateRestore(create_request())
        frozen.tick(60)
        with ThreadPoolExecutor(8) as clients:
            seen = list(clients.map(lambda _: get(stub, created), range(40)))

        assert {restore.status.phase for restore in seen} == {Phase.RESTORING_CLOUDSNAP}
        assert {call.at for call in sim.calls.of("GetRestore")} == {MOMENT + timedelta(seconds=60)}


def test_time_may_be_frozen_while_the_simulator_runs(create_request, open_stub):
    with Simulator(clock="wall") as sim:
        stub = open_stub(sim)
        started = sim.now
        with freeze_time(started + timedelta(days=1)) as frozen:
            created = stub.CreateRestore(create_request())
            frozen.tick(60)
            seen = get(stub, created)

        assert created.meta.create_time.ToDatetime(tzinfo=UTC) == started + timedelta(days=1)
        assert seen.status.phase == Phase.RESTORING_CLOUDSNAP


@pytest.mark.parametrize(
    ("speed", "tick_seconds", "phase"),
    [
        (60, 1, Phase.RESTORING_CLOUDSNAP),
        (60, 2, Phase.RESTORING_DATA_SERVICE_DEPLOYMENT),
        (3600, 1, Phase.SUCCESSFUL),
        (0.5, 5.9, Phase.PENDING),
        (0.5, 6, Phase.RESTORING_CLOUDSNAP),
        (0.001, 999, Phase.INITIALIZING),
        (0.001, 1000, Phase.PENDING),
    ],
)
def test_time_moves_at_the_speed_asked_for(create_request, speed, tick_seconds, phase, open_stub):
    with freeze_time(MOMENT) as frozen, Simulator(clock="wall", speed=speed) as sim:
        stub = open_stub(sim)
        created = stub.CreateRestore(create_request())

        frozen.tick(timedelta(seconds=tick_seconds))

        assert get(stub, created).status.phase == phase
        assert sim.now == MOMENT + timedelta(seconds=tick_seconds) * speed


def test_no_fraction_is_lost_however_often_somebody_calls(create_request, open_stub):
    with freeze_time(MOMENT) as frozen, Simulator(clock="wall", speed=0.25) as sim:
        stub = open_stub(sim)
        created = stub.CreateRestore(create_request())

        for _ in range(40):
            frozen.tick(timedelta(microseconds=1))
            get(stub, created)

        assert sim.now == MOMENT + timedelta(microseconds=10)


def test_time_that_jumps_back_never_runs_backwards(create_request, open_stub):
    with freeze_time(MOMENT) as frozen, Simulator(clock="wall") as sim:
        stub = open_stub(sim)
        created = stub.CreateRestore(create_request())
        frozen.tick(2)
        before = get(stub, created)

        frozen.move_to(MOMENT - timedelta(days=365))
        while_back = get(stub, created)
        stood_at = sim.now
        frozen.tick(1)
        onwards = get(stub, created)

    assert while_back == before
    assert stood_at == MOMENT + timedelta(seconds=2)
    assert onwards.status.phase == Phase.RESTORING_CLOUDSNAP
    assert onwards.meta.update_time.ToDatetime(tzinfo=UTC) == MOMENT + timedelta(seconds=3)


def test_the_end_of_a_freeze_does_not_take_time_back(create_request, open_stub):
    with Simulator(clock="wall") as sim:
        stub = open_stub(sim)
        with freeze_time(sim.now + timedelta(days=365)):
            created = stub.CreateRestore(create_request())
            frozen_at = sim.now

        assert get(stub, created).meta.create_time == created.meta.create_time
        assert sim.now >= frozen_at


def test_a_reset_begins_again_at_what_the_wall_shows_by_then(create_request, open_stub):
    with freeze_time(MOMENT) as frozen, Simulator(clock="wall", speed=60) as sim:
        open_stub(sim).CreateRestore(create_request())
        frozen.tick(10)

        sim.reset()

        assert sim.now == MOMENT + timedelta(seconds=10)
        assert len(sim.world.restores) == 0


def test_with_grpc_ignored_by_the_freeze_calls_may_have_a_timeout(moment, create_request, open_stub):
    with freeze_time(moment, ignore=["grpc"]) as frozen, Simulator(clock="wall") as sim:
        stub = open_stub(sim)
        created = stub.CreateRestore(create_request(), timeout=30)

        frozen.tick(60)
        seen = get(stub, created, timeout=30)

        assert created.meta.create_time.ToDatetime(tzinfo=UTC) == moment
        assert seen.status.phase == Phase.RESTORING_CLOUDSNAP
        assert sim.now == moment + timedelta(seconds=60)


def test_with_grpc_ignored_by_the_freeze_deadlines_on_a_socket_pass(moment, create_request):
    with freeze_time(moment, ignore=["grpc"]), Simulator(clock="wall") as sim:
        stub = RestoreServiceStub(sim.channel(transport="loopback"))
        with sim.session, pytest.raises(grpc.RpcError) as failure:  # nobody else gets at the world meanwhile
            stub.CreateRestore(create_request(), timeout=0.05)

    assert failure.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED


def test_without_a_freeze_time_moves_by_itself(create_request, open_stub):
    with Simulator(clock="wall", speed=1e6) as sim:
        stub = open_stub(sim)
        created = stub.CreateRestore(create_request())

        seen = get(stub, created)
        while seen.status.phase != Phase.SUCCESSFUL:
            seen = get(stub, created)

    assert seen.status.completed_at.ToDatetime() > seen.status.started_at.ToDatetime()
