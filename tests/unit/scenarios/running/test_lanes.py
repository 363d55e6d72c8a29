"""Lanes take turns in a fixed order, and wait together for whatever comes first."""

import pytest

from scenarios.running.lanes import Wait, side_by_side


@pytest.fixture
def clock():
    """A time that the tests set and the lanes look at."""
    return {"now": 0}


@pytest.fixture
def lane(clock):
    """Makes a lane: a text is something done, a number is a time to wait for."""

    def make(*plan: str | int):
        for entry in plan:
            if isinstance(entry, str):
                yield entry
                continue
            yield Wait(entry)
            while clock["now"] < entry:
                yield Wait(entry)

    return make


@pytest.fixture
def follow(clock):
    """Goes along a lane, sets the time as it says, and tells what was done and when."""

    def go(lane, *, at_most=10**9):
        told = []
        for done in lane:
            if isinstance(done, Wait):
                clock["now"] = max(clock["now"], min(done.until_microseconds, clock["now"] + at_most))
            else:
                told.append((clock["now"], done))
        return told

    return go


def test_lanes_take_turns_the_first_first(lane, follow):
    lanes = [lane("a1", "a2", "a3"), lane("b1"), lane("c1", "c2")]

    assert [done for _, done in follow(side_by_side(lanes))] == ["a1", "b1", "c1", "a2", "c2", "a3"]


def test_one_lane_is_as_it_is_alone(lane, follow):
    plan = ("a", 5, "b", 5, "c", 9)

    assert follow(side_by_side([lane(*plan)])) == [(0, "a"), (5, "b"), (5, "c")]


def test_no_lanes_do_nothing():
    assert list(side_by_side([])) == []


def test_nobody_waits_while_another_has_something_to_do(lane):
    waiting = side_by_side([lane(7, "late"), lane("first", "second")])

    assert [next(waiting), next(waiting), next(waiting)] == ["first", "second", Wait(7)]


def test_all_wait_for_whoever_is_first(lane, follow):
    lanes = [lane(30, "slow"), lane(10, "early", 20, "middle"), lane(20, "also")]

    assert follow(side_by_side(lanes)) == [(10, "early"), (20, "middle"), (20, "also"), (30, "slow")]


def test_at_the_same_time_the_first_lane_is_first_whoever_began_to_wait_before(lane, follow):
    lanes = [lane(5, 10, "one"), lane(10, "two")]

    assert follow(side_by_side(lanes)) == [(10, "one"), (10, "two")]


def test_who_is_resumed_too_early_goes_on_waiting(lane, follow):
    lanes = [lane(30, "slow"), lane(10, "early")]

    assert follow(side_by_side(lanes), at_most=4) == [(10, "early"), (30, "slow")]


def test_a_time_that_has_passed_already_is_no_wait(lane, follow, clock):
    clock["now"] = 50

    assert follow(side_by_side([lane(10, "a"), lane(60, "b")])) == [(50, "a"), (60, "b")]


def test_lanes_within_a_lane_do_not_hold_up_the_lanes_beside_it(lane, follow):
    def nested():
        yield "before"
        yield from side_by_side([lane(10, "x"), lane(40, "y")])
        yield "after"

    lanes = [nested(), lane(20, "beside", 50, "last")]

    assert follow(side_by_side(lanes)) == [
        (0, "before"),
        (10, "x"),
        (20, "beside"),
        (40, "y"),
        (40, "after"),
        (50, "last"),
    ]


def test_what_one_lane_does_may_end_the_wait_of_another(clock):
    def opens():
        yield Wait(10)
        clock["gate"] = True
        yield "opened"

    def waits():
        while "gate" not in clock:
            yield Wait(1_000)
        yield "went on"

    assert [str(done) for done in side_by_side([waits(), opens()]) if not isinstance(done, Wait)] == [
        "opened",
        "went on",
    ]


def test_an_error_in_a_lane_comes_out():
    def fails():
        yield "fine"
        raise ValueError("broken")

    lanes = side_by_side([fails(), iter(["other"])])

    assert [next(lanes), next(lanes)] == ["fine", "other"]
    with pytest.raises(ValueError, match="broken"):
        next(lanes)
