"""A clock decides alone what moves the time of a world: nothing, the wall, or polls."""

import datetime
import math
from itertools import accumulate

import pytest
from freezegun import freeze_time
from hypothesis import given
from hypothesis import strategies as st

from fakes import ANYBODY, LiveWorld, Phase, RestoreSpec, default_world
from fakes.environment import END_OF_TIME_MICROSECONDS
from simulator.sessions.clock import Clock, ClockMode, OnPollClock, WallClock, make_clock, read_wall_microseconds

SECOND = 1_000_000
NEW_YEAR_2025 = 1_735_689_600 * SECOND


class Wall:
    """A wall clock that shows what it is set to."""

    def __init__(self, microseconds=NEW_YEAR_2025):
        self.microseconds = microseconds

    def read(self):
        return self.microseconds


def start_world(clock):
    return LiveWorld(default_world(), seed=7, start_microseconds=clock.start_microseconds())


def start_restore(world):
    order = RestoreSpec(
        name="orders-copy",
        namespace=world.namespaces["shop-staging"].uid,
        project=world.projects["shop"].uid,
        backup=world.backups["orders-backup"].uid,
    )
    return world.create_restore(order, ANYBODY)


@pytest.mark.parametrize("clock", [Clock(), OnPollClock()])
def test_virtual_time_begins_with_the_year_2025(clock):
    assert clock.is_virtual
    assert start_world(clock).environment.now_microseconds == NEW_YEAR_2025


def test_neither_calls_nor_polls_move_manual_time():
    clock = Clock()
    world = start_world(clock)
    restore = start_restore(world)

    clock.catch_up(world)
    clock.poll(world)

    assert world.environment.now_microseconds == NEW_YEAR_2025
    assert restore.status.phase is Phase.INITIALIZING


def test_each_poll_moves_on_poll_time_to_the_next_transition():
    clock = OnPollClock()
    world = start_world(clock)
    restore = start_restore(world)

    clock.poll(world)
    first = (restore.status.phase, world.environment.now_microseconds)
    clock.poll(world)
    second = (restore.status.phase, world.environment.now_microseconds)

    assert first == (Phase.PENDING, NEW_YEAR_2025 + 1 * SECOND)
    assert second == (Phase.RESTORING_CLOUDSNAP, NEW_YEAR_2025 + 3 * SECOND)


def test_a_call_that_is_no_poll_leaves_on_poll_time_where_it_is():
    clock = OnPollClock()
    world = start_world(clock)
    start_restore(world)

    clock.catch_up(world)

    assert world.environment.now_microseconds == NEW_YEAR_2025


def test_a_poll_of_an_idle_world_leaves_on_poll_time_where_it_is():
    clock = OnPollClock()
    world = start_world(clock)

    clock.poll(world)

    assert world.environment.now_microseconds == NEW_YEAR_2025


def test_wall_time_begins_at_what_the_wall_shows():
    wall = Wall(microseconds=1_234_567)
    clock = WallClock(60, wall.read)

    assert not clock.is_virtual
    assert start_world(clock).environment.now_microseconds == 1_234_567


@pytest.mark.parametrize(
    ("speed", "elapsed", "moved"),
    [
        (1, 60 * SECOND, 60 * SECOND),
        (60, SECOND, 60 * SECOND),
        (0.5, 3 * SECOND, 1_500_000),
        (0.001, SECOND, 1_000),
        (1e-6, SECOND, 1),
        (2.5, 1, 2),
    ],
)
def test_wall_time_moves_by_what_elapsed_times_the_speed(speed, elapsed, moved):
    wall = Wall()
    clock = WallClock(speed, wall.read)
    world = start_world(clock)

    wall.microseconds += elapsed
    clock.catch_up(world)

    assert world.environment.now_microseconds == NEW_YEAR_2025 + moved


@given(
    speed=st.sampled_from([0.125, 0.25, 0.75, 1, 2.5, 60]),
    elapsed=st.lists(st.integers(min_value=0, max_value=10 * SECOND), max_size=30),
)
def test_how_often_wall_time_is_read_makes_no_difference(speed, elapsed):
    wall = Wall()
    clock = WallClock(speed, wall.read)
    world = start_world(clock)

    for length in elapsed:
        wall.microseconds += length
        clock.catch_up(world)

    assert world.environment.now_microseconds == NEW_YEAR_2025 + math.floor(sum(elapsed) * speed)


@given(jumps=st.lists(st.integers(min_value=-(10**9), max_value=10**9), max_size=30))
def test_wall_time_stands_still_while_the_wall_runs_backwards(jumps):
    wall = Wall()
    clock = WallClock(1, wall.read)
    world = start_world(clock)
    seen = []

    for jump in jumps:
        wall.microseconds += jump
        clock.catch_up(world)
        seen.append(world.environment.now_microseconds)

    forwards = (max(0, jump) for jump in jumps)
    assert seen == list(accumulate(forwards, initial=NEW_YEAR_2025))[1:]


def test_what_lies_between_two_readings_of_the_wall_happens_at_its_own_time():
    wall = Wall()
    clock = WallClock(1, wall.read)
    world = start_world(clock)
    restore = start_restore(world)

    wall.microseconds += 3600 * SECOND
    clock.catch_up(world)

    assert restore.status.phase is Phase.SUCCESSFUL
    assert restore.status.completed_at_microseconds < wall.microseconds
    assert world.timeline.transitions()[1].at_microseconds == NEW_YEAR_2025 + SECOND


def test_wall_time_ends_with_the_year_9999():
    wall = Wall()
    clock = WallClock(1e12, wall.read)
    world = start_world(clock)

    for _ in range(2):
        wall.microseconds += 3600 * SECOND
        clock.catch_up(world)

    assert world.environment.now_microseconds == END_OF_TIME_MICROSECONDS


def test_starting_again_begins_at_what_the_wall_shows_by_then():
    wall = Wall()
    clock = WallClock(0.3, wall.read)
    start_world(clock)
    wall.microseconds += 7 * SECOND + 1

    again = start_world(clock)
    clock.catch_up(again)

    assert again.environment.now_microseconds == wall.microseconds


@pytest.mark.parametrize(("speed", "seconds"), [(1, 1), (60, 1 / 60), (0.5, 2)])
def test_the_wait_for_the_next_event_is_told_in_seconds_of_the_wall(speed, seconds):
    clock = WallClock(speed, Wall().read)
    world = start_world(clock)
    start_restore(world)

    assert clock.wait_seconds(world) == pytest.approx(seconds)


def test_the_wait_in_an_idle_world_is_endless():
    clock = WallClock(1, Wall().read)

    assert clock.wait_seconds(start_world(clock)) == math.inf


def test_a_speed_that_no_float_holds_is_refused():
    with pytest.raises(ValueError, match=r"^speed is .{1,200}; expected a finite number above 0$"):
        make_clock("wall", speed=10**400)


@pytest.mark.parametrize("speed", [0, -1, math.nan, math.inf])
def test_a_speed_at_which_time_does_not_move_forward_is_refused(speed):
    with pytest.raises(ValueError, match=f"speed is {speed!r}; expected a finite number above 0"):
        WallClock(speed, Wall().read)


@pytest.mark.parametrize(
    "moment",
    [
        datetime.datetime(2031, 5, 4, 3, 2, 1, 123_456, tzinfo=datetime.UTC),
        datetime.datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=datetime.UTC),
    ],
)
def test_the_wall_shows_frozen_time_to_the_microsecond(moment):
    with freeze_time(moment):
        shown = read_wall_microseconds()

    since_1970 = moment - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
    assert shown == since_1970 // datetime.timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("mode", "kind"), [("manual", Clock), ("on_poll", OnPollClock), ("wall", WallClock), (ClockMode.WALL, WallClock)]
)
def test_a_clock_is_made_by_the_name_or_the_value_of_its_mode(mode, kind):
    assert type(make_clock(mode, speed=1)) is kind


@pytest.mark.parametrize("mode", ["wal", "", "MANUAL", None, 1])
def test_an_unknown_mode_is_refused_and_the_known_ones_are_named(mode):
    with pytest.raises(ValueError, match="expected one of 'manual', 'wall', 'on_poll'") as refusal:
        make_clock(mode, speed=1)

    assert repr(mode) in str(refusal.value)


@pytest.mark.parametrize("mode", ["manual", "on_poll"])
def test_a_speed_for_time_that_moves_by_steps_is_refused(mode):
    with pytest.raises(ValueError, match="speed is 60, but only clock='wall' has a speed"):
        make_clock(mode, speed=60)
