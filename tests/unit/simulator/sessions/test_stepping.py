"""Stepping moves virtual time from one visible event to the next, and never further than asked."""

import pytest

from fakes import ANYBODY, LiveWorld, Phase, RestoreSpec, default_world
from fakes.environment import END_OF_TIME_MICROSECONDS
from simulator.sessions.stepping import advance_until, approach, step

SECOND = 1_000_000
HOUR = 3600 * SECOND
CLOUDSNAP_DONE = 3 + 5 + 10 * 1024 // 100 + 0.4  # 10 GiB over the 100 MiB/s of west


@pytest.fixture
def world():
    return LiveWorld(default_world(), seed=7, start_microseconds=0)


@pytest.fixture
def start_restore(world):
    def start(name="orders-copy", *, backup="orders-backup", namespace="shop-staging"):
        order = RestoreSpec(
            name=name,
            namespace=world.namespaces[namespace].uid,
            project=world.projects["shop"].uid,
            backup=world.backups[backup].uid,
        )
        return world.create_restore(order, ANYBODY)

    return start


def seconds_now(world):
    return world.environment.now_microseconds / SECOND


def test_a_step_goes_from_one_transition_to_the_next(world, start_restore):
    restore = start_restore()
    seen = []

    while step(world):
        seen.append((seconds_now(world), restore.status.phase))

    assert seen == [
        (1, Phase.PENDING),
        (3, Phase.RESTORING_CLOUDSNAP),
        (CLOUDSNAP_DONE, Phase.RESTORING_DATA_SERVICE_DEPLOYMENT_CR),
        (CLOUDSNAP_DONE + 3, Phase.RESTORING_DATA_SERVICE_DEPLOYMENT),
        (CLOUDSNAP_DONE + 33, Phase.DATA_SERVICE_DEPLOYMENT_ENTERING_NORMAL_MODE),
        (CLOUDSNAP_DONE + 48, Phase.SUCCESSFUL),
    ]


def test_all_that_happens_at_one_moment_is_one_step(world, start_restore):
    restores = [start_restore("one"), start_restore("two", namespace="shop-prod")]

    assert step(world)

    assert [restore.status.phase for restore in restores] == [Phase.PENDING, Phase.PENDING]


def test_a_step_in_an_idle_world_moves_nothing(world):
    assert not step(world)
    assert world.environment.now_microseconds == 0


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase is not Phase.FAILED])
def test_advancing_until_a_phase_stops_at_the_moment_it_is_entered(world, start_restore, phase):
    restore = start_restore()

    advance_until(world, restore, phase, limit_microseconds=HOUR)

    assert restore.status.phase is phase
    assert restore.status.updated_at_microseconds == world.environment.now_microseconds


def test_advancing_until_the_present_phase_moves_nothing(world, start_restore):
    restore = start_restore()
    advance_until(world, restore, Phase.PENDING, limit_microseconds=HOUR)
    world.environment.advance_to(int(1.5 * SECOND))

    advance_until(world, restore, Phase.PENDING, limit_microseconds=0)

    assert seconds_now(world) == 1.5


def test_a_failure_can_be_waited_for(world, start_restore):
    restore = start_restore("orders", namespace="shop-prod")

    advance_until(world, restore, Phase.FAILED, limit_microseconds=HOUR)

    assert restore.status.phase is Phase.FAILED


def test_a_phase_entered_exactly_at_the_limit_is_in_time(world, start_restore):
    restore = start_restore()

    advance_until(world, restore, Phase.RESTORING_CLOUDSNAP, limit_microseconds=3 * SECOND)

    assert seconds_now(world) == 3


def test_past_the_limit_the_error_tells_where_the_restore_is_and_how_long_it_took(world, start_restore):
    restore = start_restore()

    with pytest.raises(TimeoutError) as timeout:
        advance_until(world, restore, Phase.RESTORING_CLOUDSNAP, limit_microseconds=3 * SECOND - 1)

    assert str(timeout.value) == (
        f"restore 'orders-copy' ({restore.uid}) is PENDING since 1970-01-01T00:00:01.000000Z;"
        " it did not come to RESTORING_CLOUDSNAP within 3 s, that is, by 1970-01-01T00:00:02.999999Z"
    )
    assert world.environment.now_microseconds == 3 * SECOND - 1


def test_a_phase_that_lies_behind_ends_the_waiting_at_once(world, start_restore):
    restore = start_restore()
    advance_until(world, restore, Phase.RESTORING_CLOUDSNAP, limit_microseconds=HOUR)

    with pytest.raises(TimeoutError, match=r"is RESTORING_CLOUDSNAP since .*; it can't come to PENDING any more"):
        advance_until(world, restore, Phase.PENDING, limit_microseconds=HOUR)

    assert seconds_now(world) == 3


def test_a_restore_that_fails_on_the_way_tells_why_and_when(world, start_restore):
    restore = start_restore("orders", namespace="shop-prod")

    with pytest.raises(TimeoutError) as timeout:
        advance_until(world, restore, Phase.SUCCESSFUL, limit_microseconds=HOUR)

    message = str(timeout.value)
    assert "is FAILED with DATA_SERVICE_DEPLOYMENT_NAME_ALREADY_EXIST: " in message
    assert restore.status.error_message in message
    assert message.endswith("; it can't come to SUCCESSFUL any more")
    assert world.environment.now_microseconds == restore.status.completed_at_microseconds


def test_a_restore_that_succeeds_can_no_longer_fail(world, start_restore):
    with pytest.raises(TimeoutError, match=r"is SUCCESSFUL since .*; it can't come to FAILED any more"):
        advance_until(world, start_restore(), Phase.FAILED, limit_microseconds=HOUR)


def test_a_restore_that_nothing_moves_ends_the_waiting_at_once(start_restore):
    restore = start_restore()
    another_world = LiveWorld(default_world(), seed=7, start_microseconds=0)

    with pytest.raises(TimeoutError, match=r"is INITIALIZING since .*; nothing is left that could bring it to PENDING"):
        advance_until(another_world, restore, Phase.PENDING, limit_microseconds=HOUR)

    assert another_world.environment.now_microseconds == 0


def test_a_restore_that_would_go_on_after_the_last_year_is_told_of_as_such(start_restore, world):
    world.environment.advance_to(END_OF_TIME_MICROSECONDS - 2 * SECOND)
    restore = start_restore()

    with pytest.raises(TimeoutError, match=r"is PENDING since 9999-.*; what comes next lies after the year 9999, with"):
        advance_until(world, restore, Phase.SUCCESSFUL, limit_microseconds=HOUR)


def test_an_approach_tells_each_moment_to_which_the_world_has_to_be_moved(world, start_restore):
    seen = []
    for moment in approach(world, start_restore(), Phase.RESTORING_CLOUDSNAP, limit_microseconds=HOUR):
        seen.append(moment)
        world.environment.advance_to(moment)

    assert seen == [1 * SECOND, 3 * SECOND]


def test_a_phase_that_is_there_already_needs_no_move(world, start_restore):
    assert list(approach(world, start_restore(), Phase.INITIALIZING, limit_microseconds=0)) == []


def test_who_moves_the_world_less_far_is_told_the_same_moment_again(world, start_restore):
    moments = approach(world, start_restore(), Phase.PENDING, limit_microseconds=HOUR)

    assert next(moments) == SECOND
    world.environment.advance_to(SECOND // 2)
    assert next(moments) == SECOND
    world.environment.advance_to(SECOND)
    assert list(moments) == []


def test_what_is_begun_meanwhile_is_approached_first(world, start_restore):
    moments = approach(world, start_restore(), Phase.SUCCESSFUL, limit_microseconds=HOUR)
    world.environment.advance_to(next(moments))
    world.environment.advance_to(2 * SECOND)

    assert next(moments) == 3 * SECOND
    start_restore("other", namespace="shop-prod")  # it leaves INITIALIZING in a second as well
    world.environment.advance_to(int(2.5 * SECOND))
    start_restore("third", namespace="shop-prod", backup="carts-backup")
    world.environment.advance_to(3 * SECOND)
    assert next(moments) == int(3.5 * SECOND)


def test_in_company_the_limit_is_waited_for_even_when_nothing_is_left_to_happen(start_restore):
    restore = start_restore()
    idle_world = LiveWorld(default_world(), seed=7, start_microseconds=0)
    moments = approach(idle_world, restore, Phase.PENDING, limit_microseconds=HOUR, alone=False)

    assert next(moments) == HOUR
    idle_world.environment.advance_to(HOUR)
    with pytest.raises(TimeoutError, match=r"did not come to PENDING within 3600 s, that is, by 1970-01-01T01:00:00\."):
        next(moments)


def test_in_company_nobody_waits_beyond_the_end_of_time(start_restore):
    restore = start_restore()
    idle_world = LiveWorld(default_world(), seed=7, start_microseconds=END_OF_TIME_MICROSECONDS - SECOND)
    moments = approach(idle_world, restore, Phase.PENDING, limit_microseconds=HOUR, alone=False)

    assert next(moments) == END_OF_TIME_MICROSECONDS
    idle_world.environment.advance_to(END_OF_TIME_MICROSECONDS)
    with pytest.raises(TimeoutError, match=r"did not come to PENDING .* by 9999-12-31T23:59:59\.999999Z"):
        next(moments)
