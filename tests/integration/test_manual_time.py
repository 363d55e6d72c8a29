"""Manual time moves when the test says so, exactly as far as it says, and not otherwise."""

import math
from datetime import UTC, datetime, timedelta

import pytest

from simulator import Phase, Simulator, UnknownEntity
from simulator.api import restore_pb2

START = datetime(2025, 1, 1, tzinfo=UTC)


def phase_of(stub, restore):
    return stub.GetRestore(restore_pb2.GetRestoreRequest(id=restore.meta.uid)).status.phase


def test_time_begins_with_the_year_2025_in_utc(sim):
    assert sim.now == START
    assert sim.now.utcoffset() == timedelta(0)


def test_calls_do_not_move_the_time(sim, stub, create_request):
    created = stub.CreateRestore(create_request())
    stub.GetRestore(restore_pb2.GetRestoreRequest(id=created.meta.uid))
    stub.ListRestores(restore_pb2.ListRestoresRequest())

    assert sim.now == START
    assert created.meta.create_time.ToDatetime(tzinfo=UTC) == START


@pytest.mark.parametrize(
    ("duration", "seconds"), [(30, 30), (0.25, 0.25), (0, 0), (timedelta(minutes=2, microseconds=1), 120.000001)]
)
def test_advancing_takes_seconds_or_a_timedelta(sim, duration, seconds):
    sim.advance(duration)

    assert sim.now == START + timedelta(seconds=seconds)


def test_advancing_in_many_parts_arrives_where_advancing_at_once_does(sim):
    for _ in range(10):
        sim.advance(0.1)

    assert sim.now == START + timedelta(seconds=1)


def test_events_at_exactly_the_target_time_happen(sim, stub, create_request):
    created = stub.CreateRestore(create_request())

    sim.advance(0.999999)
    assert phase_of(stub, created) == Phase.INITIALIZING
    sim.advance(timedelta(microseconds=1))
    assert phase_of(stub, created) == Phase.PENDING


def test_everything_on_the_way_happens_at_its_own_time(sim, stub, create_request):
    created = stub.CreateRestore(create_request())

    sim.advance(timedelta(hours=1))

    restore = stub.GetRestore(restore_pb2.GetRestoreRequest(id=created.meta.uid))
    assert restore.status.phase == Phase.SUCCESSFUL
    assert restore.status.started_at.ToDatetime(tzinfo=UTC) == START + timedelta(seconds=3)
    assert restore.status.completed_at.ToDatetime(tzinfo=UTC) < sim.now == START + timedelta(hours=1)


def test_steps_lead_from_event_to_event_until_there_is_none(sim, stub, create_request):
    created = stub.CreateRestore(create_request())
    phases = []
    while sim.step():
        phases.append(phase_of(stub, created))
    ended = sim.now

    assert phases == [phase for phase in Phase if phase not in (Phase.INITIALIZING, Phase.FAILED)]
    assert sim.step() is False
    assert sim.now == ended


def test_steps_in_an_idle_world_leave_the_time_alone(sim):
    assert sim.step() is False
    assert sim.now == START


def test_running_until_idle_leaves_nothing_live(sim, stub, create_request):
    created = [stub.CreateRestore(create_request(f"copy {number}")) for number in range(5)]

    sim.run_until_idle()

    assert {phase_of(stub, restore) for restore in created} == {Phase.SUCCESSFUL}
    assert sim.step() is False


@pytest.mark.parametrize("phase", [Phase.RESTORING_CLOUDSNAP, "RESTORING_CLOUDSNAP", 3])
@pytest.mark.parametrize("given_by", ["uid", "name", "value"])
def test_a_restore_is_advanced_until_a_phase_however_both_are_given(sim, stub, create_request, phase, given_by):
    uid = stub.CreateRestore(create_request("orders-copy")).meta.uid
    restore = {"uid": uid, "name": "orders-copy", "value": sim.world.restores[uid]}[given_by]

    reached = sim.advance_until(restore, phase)

    assert (reached.uid, reached.status.phase) == (uid, Phase.RESTORING_CLOUDSNAP)
    assert sim.now == START + timedelta(seconds=3)


@pytest.mark.parametrize("limit", [3, timedelta(seconds=3)])
def test_a_phase_entered_exactly_at_the_limit_is_in_time(sim, stub, create_request, limit):
    stub.CreateRestore(create_request("orders-copy"))

    sim.advance_until("orders-copy", "RESTORING_CLOUDSNAP", limit=limit)

    assert sim.now == START + timedelta(seconds=3)


def test_at_the_limit_the_error_tells_where_the_restore_is_and_the_time_stands_there(sim, stub, create_request):
    created = stub.CreateRestore(create_request("orders-copy"))

    with pytest.raises(TimeoutError) as timeout:
        sim.advance_until("orders-copy", "SUCCESSFUL", limit=60)

    assert str(timeout.value) == (
        f"restore 'orders-copy' ({created.meta.uid}) is RESTORING_CLOUDSNAP since 2025-01-01T00:00:03.000000Z;"
        " it did not come to SUCCESSFUL within 60 s, that is, by 2025-01-01T00:01:00.000000Z"
    )
    assert sim.now == START + timedelta(seconds=60)


def test_half_an_hour_is_the_limit_unless_told_otherwise(sim, stub, create_request):
    for number in range(6):  # west works on two at once, and 50 GiB over half of its bandwidth take 1024 s
        request = create_request(
            f"copy {number}", backup="events-backup", namespace="analytics-prod", project="analytics"
        )
        stub.CreateRestore(request)

    with pytest.raises(
        TimeoutError, match=r"is PENDING since .* within 1800 s, that is, by 2025-01-01T00:30:00\.000000Z"
    ):
        sim.advance_until("copy 5", "RESTORING_CLOUDSNAP")

    assert sim.advance_until("copy 5", "RESTORING_CLOUDSNAP", limit=600).status.phase is Phase.RESTORING_CLOUDSNAP


def test_a_phase_that_lies_behind_is_refused_without_moving(sim, stub, create_request):
    stub.CreateRestore(create_request("orders-copy"))
    sim.advance(10)

    with pytest.raises(TimeoutError, match=r"is RESTORING_CLOUDSNAP since .*; it can't come to PENDING any more"):
        sim.advance_until("orders-copy", Phase.PENDING)

    assert sim.now == START + timedelta(seconds=10)


def test_a_restore_that_fails_on_the_way_tells_why(sim, stub, create_request):
    stub.CreateRestore(create_request("orders", namespace="shop-prod"))

    with pytest.raises(TimeoutError, match=r"is FAILED with DATA_SERVICE_DEPLOYMENT_NAME_ALREADY_EXIST: .* any more"):
        sim.advance_until("orders", "SUCCESSFUL")


def test_a_restore_of_before_a_reset_is_told_to_be_stuck(sim, stub, create_request):
    stub.CreateRestore(create_request("orders-copy"))
    left_behind = sim.world.restores["orders-copy"]
    sim.reset()

    with pytest.raises(TimeoutError, match="nothing is left that could bring it to SUCCESSFUL"):
        sim.advance_until(left_behind, "SUCCESSFUL")

    assert sim.now == START


def test_an_unknown_restore_is_told_with_the_nearest_name(sim, stub, create_request):
    stub.CreateRestore(create_request("orders-copy"))

    with pytest.raises(UnknownEntity, match=r"no restore 'orders-cpoy'; did you mean 'orders-copy'\?"):
        sim.advance_until("orders-cpoy", "SUCCESSFUL")


def test_a_name_that_two_restores_have_asks_for_a_uid(sim, stub, create_request):
    first = stub.CreateRestore(create_request("orders-copy"))
    second = stub.CreateRestore(create_request("orders-copy", namespace="shop-prod"))

    with pytest.raises(UnknownEntity, match="2 restores are named 'orders-copy'; choose by uid") as ambiguous:
        sim.advance_until("orders-copy", "SUCCESSFUL")

    assert first.meta.uid in str(ambiguous.value)
    assert second.meta.uid in str(ambiguous.value)


@pytest.mark.parametrize("phase", ["DONE", "successful", 0, 9, -1, None])
def test_an_unknown_phase_is_refused_and_the_known_ones_are_named(sim, stub, create_request, phase):
    stub.CreateRestore(create_request("orders-copy"))

    with pytest.raises(
        ValueError, match=r"expected one of '?INITIALIZING.*FAILED|did you mean 'SUCCESSFUL'"
    ) as refusal:
        sim.advance_until("orders-copy", phase)

    assert f"phase is {phase!r}" in str(refusal.value)
    assert sim.now == START


@pytest.mark.parametrize("duration", [-1, -1e-6, math.nan, math.inf, timedelta(microseconds=-1)])
def test_time_neither_goes_back_nor_nowhere(sim, stub, create_request, duration):
    stub.CreateRestore(create_request("orders-copy"))

    with pytest.raises(ValueError, match=r"duration is \S+( s)?; expected a finite number of seconds, 0 or more"):
        sim.advance(duration)
    with pytest.raises(ValueError, match=r"limit is .*; expected a finite number of seconds, 0 or more"):
        sim.advance_until("orders-copy", "SUCCESSFUL", limit=duration)

    assert sim.now == START


@pytest.mark.parametrize("duration", ["30", None, [30]])
def test_what_is_no_number_is_no_duration(sim, duration):
    with pytest.raises(TypeError):
        sim.advance(duration)

    assert sim.now == START


@pytest.mark.parametrize("duration", [1e12, 10**400, timedelta.max])
def test_time_ends_with_the_year_9999(sim, duration):
    with pytest.raises(OverflowError, match="the clock ends with the year 9999"):
        sim.advance(duration)

    assert sim.now == START


@pytest.mark.parametrize("clock", ["manual", "on_poll"])
def test_what_would_happen_after_the_year_9999_never_happens(clock, create_request, open_stub):
    with Simulator(clock=clock) as sim:
        stub = open_stub(sim)
        end = datetime.max.replace(tzinfo=UTC)
        sim.advance(end - sim.now)
        created = stub.CreateRestore(create_request())

        assert sim.step() is False
        with pytest.raises(TimeoutError, match="what comes next lies after the year 9999, with which the clock ends"):
            sim.advance_until(created.meta.uid, "PENDING")
        assert phase_of(stub, created) == Phase.INITIALIZING
        assert sim.now == end


def test_reset_begins_again_as_newly_started_on_the_same_port(sim, stub, create_request):
    target = sim.target
    first = stub.CreateRestore(create_request())
    sim.world.delete_backup("carts-backup")
    sim.advance(3600)

    sim.reset()

    assert (sim.now, sim.target) == (START, target)
    assert (len(sim.calls), len(sim.timeline), len(sim.world.restores)) == (0, 0, 0)
    assert "carts-backup" in sim.world.backups.names()
    assert "orders-copy" not in sim.world.deployments.names()
    assert stub.CreateRestore(create_request()) == first


def test_after_a_reset_the_same_calls_give_the_same_history(sim, stub, create_request):
    def history():
        stub.CreateRestore(create_request())
        sim.run_until_idle()
        stub.ListRestores(restore_pb2.ListRestoresRequest())
        return sim.timeline.to_json_lines()

    first = history()
    sim.reset()

    assert history() == first


MOVES = [
    lambda sim: sim.advance(1),
    lambda sim: sim.step(),
    lambda sim: sim.run_until_idle(),
]


@pytest.mark.parametrize("move", MOVES, ids=["advance", "step", "run_until_idle"])
def test_wall_time_can_not_be_moved(move):
    with (
        Simulator(clock="wall") as sim,
        pytest.raises(RuntimeError, match="the wall clock moves this world; only clock='manual' and clock='on_poll'"),
    ):
        move(sim)


@pytest.mark.parametrize("move", MOVES, ids=["advance", "step", "run_until_idle"])
def test_on_poll_time_can_also_be_moved_by_the_test(move, create_request, open_stub):
    with Simulator(clock="on_poll") as sim:
        created = open_stub(sim).CreateRestore(create_request())

        move(sim)

        assert sim.now > START
        assert sim.world.restores[created.meta.uid].status.phase > Phase.INITIALIZING


def test_the_answer_of_a_call_says_which_restore_is_meant(sim, stub, create_request):
    created = stub.CreateRestore(create_request())

    assert sim.advance_until(created, "PENDING").uid == created.meta.uid
    with pytest.raises(TypeError, match="expected its uid or name, or the answer of a call"):
        sim.advance_until(None, "PENDING")


@pytest.mark.parametrize("duration", ["30", True, None])
def test_a_duration_is_a_number_or_a_timedelta(sim, duration):
    with pytest.raises(TypeError, match="expected a number of seconds or a timedelta"):
        sim.advance(duration)
