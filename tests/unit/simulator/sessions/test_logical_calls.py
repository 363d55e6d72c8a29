"""Attempts at the same call belong together, and it can be asserted that they came at ever longer gaps."""

import pytest

from simulator.api import restore_pb2
from simulator.sessions.attempts import SHOWN_MAX
from simulator.sessions.call_log import CallLog
from simulator.sessions.call_record import CallRecord
from simulator.sessions.clock import ClockMode

START_MICROSECONDS = 1_735_689_600_000_000
WALL_MICROSECONDS = 1_900_000_000_000_000


@pytest.fixture
def log():
    return CallLog()


@pytest.fixture
def call(log):
    """Logs a call: seconds of the wall clock and of the world, what was asked for and how it ended."""

    def add(wall_seconds, code="UNAVAILABLE", *, method="GetRestore", uid="rst:1", caller="", **others):
        virtual_seconds = others.pop("virtual_seconds", wall_seconds)
        arrived_microseconds = START_MICROSECONDS + round(virtual_seconds * 1e6)
        record = CallRecord(
            method=method,
            request_bytes=restore_pb2.GetRestoreRequest(id=uid).SerializeToString() if uid is not None else b"\xff",
            response_parts=None,
            code=code,
            message="",
            metadata=others.pop("metadata", ()),
            caller=caller,
            arrived_microseconds=arrived_microseconds,
            answered_microseconds=arrived_microseconds,
            wall_microseconds=WALL_MICROSECONDS + round(wall_seconds * 1e6),
            deadline_seconds=others.pop("deadline_seconds", None),
            delay_seconds=0.0,
        )
        log_of_call = others.pop("to", log)
        assert not others
        log_of_call.append(record)

    return add


def attempts(log, method=None):
    return [[attempt.code for attempt in logical.attempts] for logical in log.logical(method)]


def test_attempts_with_the_same_request_are_one_call_up_to_the_first_that_went_well(log, call):
    for at, code in enumerate(["UNAVAILABLE", "ABORTED", "OK", "OK", "UNAVAILABLE", "OK"]):
        call(at, code)

    assert attempts(log) == [["UNAVAILABLE", "ABORTED", "OK"], ["OK"], ["UNAVAILABLE", "OK"]]


def test_other_requests_methods_and_callers_are_other_calls(log, call):
    call(0)
    call(1, uid="rst:2")
    call(2, method="RecreateRestore")
    call(3, caller="bob")
    call(4, "OK")

    assert attempts(log) == [["UNAVAILABLE", "OK"], ["UNAVAILABLE"], ["UNAVAILABLE"], ["UNAVAILABLE"]]


def test_metadata_and_deadlines_make_no_other_call(log, call):
    call(0, metadata=(("attempt", "1"),), deadline_seconds=5.0)
    call(1, "OK", metadata=(("attempt", "2"),), deadline_seconds=2.5)

    assert attempts(log) == [["UNAVAILABLE", "OK"]]


def test_calls_can_be_told_of_one_method_only(log, call):
    call(0, method="GetRestore")
    call(1, method="RecreateRestore")

    assert [logical.attempts[0].method for logical in log.logical("RecreateRestore")] == ["RecreateRestore"]
    assert len(log.logical()) == 2


def test_requests_that_were_no_message_are_alike(log, call):
    call(0, "INVALID_ARGUMENT", uid=None)
    call(1, "INVALID_ARGUMENT", uid=None)

    assert attempts(log) == [["INVALID_ARGUMENT", "INVALID_ARGUMENT"]]


def test_attempts_stand_in_the_order_in_which_they_came_not_in_that_of_their_answers(log, call):
    call(7, "OK")
    call(2, "CANCELLED")

    (logical,) = log.logical()
    assert [attempt.code for attempt in logical.attempts] == ["CANCELLED", "OK"]
    assert logical.gaps_seconds("wall") == [5]


def test_gaps_are_told_in_the_time_of_the_world_and_of_the_wall(log, call):
    call(0, virtual_seconds=0)
    call(0.25, virtual_seconds=30)
    call(0.75, "OK", virtual_seconds=90)

    (logical,) = log.logical()
    assert logical.gaps_seconds() == logical.gaps_seconds("virtual") == [30, 60]
    assert logical.gaps_seconds("wall") == [0.25, 0.5]


def test_a_call_without_a_second_attempt_has_no_gaps(log, call):
    call(0, "OK")

    assert log.logical()[0].gaps_seconds() == []


def test_there_is_no_third_clock(log, call):
    call(0)

    with pytest.raises(ValueError, match="clock is 'sun'; expected 'virtual' or 'wall'"):
        log.logical()[0].gaps_seconds("sun")


@pytest.mark.parametrize("gaps", [(1, 2, 4, 8), (0.9, 1.8, 3.6), (5, 5, 5), (1,)])
def test_gaps_that_grow_fast_enough_pass(log, call, gaps):
    at = 0
    call(at)
    for gap in gaps:
        at += gap
        call(at)

    log.assert_backoff(1, factor=2, jitter=0.1)


@pytest.mark.parametrize(
    ("gaps", "number", "gap", "wanted"),
    [
        ((0.5,), 2, "0.500", "0.900"),
        ((1, 1), 3, "1.000", "1.800"),
        ((1, 2, 3.5), 4, "3.500", "3.600"),
        ((0,), 2, "0.000", "0.900"),
    ],
)
def test_a_gap_that_is_too_short_fails_and_the_attempts_are_shown(log, call, gaps, number, gap, wanted):
    at = 0
    call(at)
    for seconds in gaps:
        at += seconds
        call(at)

    with pytest.raises(AssertionError) as caught:
        log.assert_backoff(1, factor=2, jitter=0.1)
    first, *shown = str(caught.value).splitlines()
    assert first == (
        f"attempt {number} of GetRestore came {gap} s after the one before it, expected at least {wanted} s"
        " in virtual time (the simulator's clock is 'manual')"
    )
    assert shown[0] == "  1. GetRestore: UNAVAILABLE"
    assert shown[number - 1] == f"  {number}. GetRestore after {gap} s: UNAVAILABLE"
    assert len(shown) == len(gaps) + 1


def test_attempts_are_shown_with_their_deadlines(log, call):
    call(0, deadline_seconds=10.0)
    call(0.5, "OK", deadline_seconds=9.5)

    assert log.logical()[0].told("wall").splitlines() == [
        "  1. GetRestore: UNAVAILABLE, deadline 10.0 s",
        "  2. GetRestore after 0.500 s: OK, deadline 9.5 s",
    ]


def test_only_so_many_attempts_are_shown(log, call):
    for number in range(SHOWN_MAX + 30):
        call(number)

    *shown, last = log.logical()[0].told().splitlines()
    assert len(shown) == SHOWN_MAX
    assert last == "  … and 30 more"


def test_every_call_that_was_tried_again_has_to_wait(log, call):
    call(0, uid="rst:1")
    call(0, uid="rst:2")
    call(1, "OK", uid="rst:1")
    call(0.1, "OK", uid="rst:2")

    with pytest.raises(AssertionError, match=r"attempt 2 of GetRestore came 0\.100 s"):
        log.assert_backoff(1)


def test_polling_is_not_trying_again(log, call):
    call(0, method="RecreateRestore")
    call(1, "OK", method="RecreateRestore")
    for at in range(1, 20):
        call(at * 0.1, "OK", method="GetRestore")

    log.assert_backoff(1)


def test_it_can_be_asserted_of_one_method(log, call):
    call(0, method="GetRestore")
    call(0.1, "OK", method="GetRestore")
    call(0, method="RecreateRestore")
    call(5, "OK", method="RecreateRestore")

    log.assert_backoff(1, method="RecreateRestore")
    with pytest.raises(AssertionError):
        log.assert_backoff(1, method="GetRestore")


@pytest.mark.parametrize(
    ("mode", "measured", "other"),
    [
        (ClockMode.MANUAL, "virtual", "wall"),
        (ClockMode.ON_POLL, "virtual", "wall"),
        (ClockMode.WALL, "wall", "virtual"),
    ],
)
def test_gaps_are_measured_in_the_time_that_clients_of_the_clock_wait_in(log, call, mode, measured, other):
    log = CallLog(mode)
    waited_seconds = {measured: 30, other: 0.001}
    call(0, to=log)
    call(waited_seconds["wall"], "OK", virtual_seconds=waited_seconds["virtual"], to=log)

    assert log.logical()[0].gaps_seconds() == [30]
    log.assert_backoff(30)
    log.assert_backoff(30, clock=measured)
    named = rf"came 0\.001 s after .* in {other} time \(the simulator's clock is '{mode.value}'\)"
    with pytest.raises(AssertionError, match=named):
        log.assert_backoff(30, clock=other)


def test_a_clock_that_there_is_not_is_refused_though_nobody_tried_again(log):
    with pytest.raises(ValueError, match="clock is 'sun'; expected 'virtual' or 'wall'"):
        log.assert_backoff(1, clock="sun")


def test_a_failure_is_shown_where_it_was_asserted(log, call):
    call(0)
    call(0)

    with pytest.raises(AssertionError) as caught:
        log.assert_backoff(1)

    shown = [entry.name for entry in caught.traceback.filter(caught)]
    assert shown == ["test_a_failure_is_shown_where_it_was_asserted"]


@pytest.mark.parametrize("calls", [(), (("OK", "rst:1"), ("UNAVAILABLE", "rst:2"))])
def test_when_nobody_tried_again_there_is_nothing_to_assert(log, call, calls):
    for at, (code, uid) in enumerate(calls):
        call(at, code, uid=uid)

    with pytest.raises(AssertionError, match=f"nobody tried again; {len(calls)} calls were made, none twice"):
        log.assert_backoff(1)


@pytest.mark.parametrize("key", ["min_seconds", "factor", "jitter"])
@pytest.mark.parametrize("value", [-1, float("nan"), float("inf"), "1", None, True])
def test_what_is_no_number_from_zero_is_refused(log, key, value):
    with pytest.raises(ValueError, match=f"^{key} is .*; expected a finite number from 0$"):
        log.assert_backoff(**{"min_seconds": 1, key: value})


def test_more_attempts_than_gaps_can_grow_are_no_error(log, call):
    for at in range(1100):
        call(at)

    log.assert_backoff(0, 2.0)
    with pytest.raises(AssertionError, match=r"^attempt 4 of GetRestore came 1\.000 s .* expected at least inf s"):
        log.assert_backoff(1e-300, 1e300, jitter=0, clock="virtual")
