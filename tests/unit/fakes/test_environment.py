"""Time is counted exactly, and only events that somebody waits for move it."""

import math
from datetime import UTC, datetime

import pytest

from fakes.environment import END_OF_TIME_MICROSECONDS, Environment, to_microseconds


@pytest.fixture
def happened():
    return []


def test_an_event_at_exactly_the_target_time_happens(environment, happened):
    environment.schedule_entry(30, "call", lambda: happened.append(environment.now_microseconds))

    environment.advance_to(30)

    assert happened == [30]
    assert environment.now_microseconds == 30


def test_an_event_after_the_target_time_does_not_happen_yet(environment, happened):
    environment.schedule_entry(31, "call", lambda: happened.append(environment.now_microseconds))

    environment.advance_to(30)
    assert happened == []

    environment.advance_to(31)
    assert happened == [31]


def test_events_that_events_at_the_target_time_cause_at_that_time_happen_too(environment, happened):
    def cause_another():
        environment.schedule_entry(
            0, "call", lambda: environment.schedule_entry(0, "call", lambda: happened.append("caused"))
        )

    environment.schedule_entry(30, "call", cause_another)
    environment.advance_to(30)

    assert happened == ["caused"]


def test_events_of_the_same_time_happen_in_the_order_in_which_they_were_arranged(environment, happened):
    for number in range(20):
        environment.schedule_entry(5, "call", lambda number=number: happened.append(number))

    environment.advance_to(5)

    assert happened == list(range(20))


def test_an_entry_that_was_cancelled_is_not_handled(environment, happened):
    environment.cancel(environment.schedule_entry(10, "call", lambda: happened.append("called")))

    environment.advance_to(20)

    assert happened == []
    assert environment.now_microseconds == 20


def test_an_entry_that_was_cancelled_moves_nothing(environment, happened):
    cancelled = environment.schedule_entry(10, "call", lambda: happened.append("called"))
    environment.schedule_entry(25, "call", lambda: happened.append("kept"))
    environment.cancel(cancelled)

    assert environment.peek() == 25


def test_nothing_lies_ahead_when_all_is_cancelled(environment):
    for entry in [environment.schedule_entry(delay, "call", lambda: None) for delay in (3, 1, 2)]:
        environment.cancel(entry)

    assert environment.peek() == math.inf
    assert environment.now_microseconds == 0


def test_peeking_moves_nothing(environment, happened):
    environment.schedule_entry(10, "call", lambda: happened.append("called"))

    assert [environment.peek() for _ in range(3)] == [10, 10, 10]
    assert environment.now_microseconds == 0
    assert happened == []


def test_time_never_goes_back(environment):
    environment.advance_to(100)
    environment.advance_to(50)

    assert environment.now_microseconds == 100


def test_ten_times_a_tenth_of_a_second_is_a_second(environment):
    for _ in range(10):
        environment.advance_to(environment.now_microseconds + to_microseconds(0.1))

    assert environment.now_microseconds == to_microseconds(1)


def test_time_stays_a_whole_number_even_far_from_zero():
    environment = Environment(END_OF_TIME_MICROSECONDS - 3)

    environment.advance_to(END_OF_TIME_MICROSECONDS - 2)

    # A float could not tell these two apart.
    assert environment.now_microseconds == END_OF_TIME_MICROSECONDS - 2


@pytest.mark.parametrize(
    ("seconds", "microseconds"),
    [(0, 0), (1, 1_000_000), (0.1, 100_000), (0.000_000_4, 0), (0.000_000_6, 1), (29.999_999_9, 30_000_000)],
)
def test_seconds_are_rounded_to_whole_microseconds(seconds, microseconds):
    assert to_microseconds(seconds) == microseconds


@pytest.mark.parametrize("seconds", [1e12, 1e302, 1e308, math.inf, 10**400])
def test_what_takes_longer_than_the_clock_has_lies_beyond_its_end(seconds):
    assert to_microseconds(seconds) > END_OF_TIME_MICROSECONDS


def test_the_clock_ends_where_dates_end():
    end = datetime.max.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)

    assert (end.days * 86_400 + end.seconds) * 1_000_000 + end.microseconds == END_OF_TIME_MICROSECONDS


def test_the_last_moment_can_be_reached(environment):
    environment.advance_to(END_OF_TIME_MICROSECONDS)

    assert environment.now_microseconds == END_OF_TIME_MICROSECONDS


def test_advancing_past_the_year_9999_is_refused_and_moves_nothing(environment, happened):
    environment.schedule_entry(10, "call", lambda: happened.append("called"))

    with pytest.raises(OverflowError, match="9999"):
        environment.advance_to(END_OF_TIME_MICROSECONDS + 1)

    assert environment.now_microseconds == 0
    assert happened == []


def test_processes_of_simpy_go_on_among_the_calls(environment, happened):
    def process():
        for _ in range(2):
            yield environment.timeout(10)
            happened.append(("process", environment.now_microseconds))

    environment.process(process())
    environment.schedule_entry(15, "call", lambda: happened.append(("call", environment.now_microseconds)))
    environment.advance_to(100)

    assert happened == [("process", 10), ("call", 15), ("process", 20)]
    assert environment.now_microseconds == 100


def test_what_nobody_listens_to_does_not_move_the_clock(environment):
    environment.timeout(10)
    environment.cancel(environment.schedule_entry(20, "call", lambda: None))

    assert environment.peek() == float("inf")
    environment.timeout(10)
    environment.advance_to(5)
    environment.advance_to(50)
    assert environment.now_microseconds == 50


def test_calls_are_made_by_the_run_of_simpy_too(environment, happened):
    environment.schedule_entry(5, "call", lambda: happened.append(environment.now_microseconds))
    environment.cancel(environment.schedule_entry(7, "call", lambda: happened.append("called off")))

    environment.run(until=20)

    assert happened == [5]
    assert environment.now_microseconds == 20
