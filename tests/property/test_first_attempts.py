"""The first attempt of a call is the same whenever somebody asks, and asking reads no call twice."""

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.sessions.call_log import CallLog
from simulator.sessions.call_record import CallRecord


def record(caller, code):
    return CallRecord("GetRestore", b"", None, code, "", (), caller, 0, 0, 0, None, 0.0)


def first_attempts(log):
    return {number: log.first_attempt(number) for number, _ in log.after(0)}


calls = st.tuples(st.sampled_from("abc"), st.sampled_from(["OK", "UNAVAILABLE"]))
asks = st.floats(0, 1)


@settings(max_examples=300)
@given(st.integers(1, 8), st.lists(calls | asks, max_size=40))
def test_when_it_was_asked_before_changes_nothing(kept_max, happenings):
    asked, unasked = CallLog(), CallLog()
    for log in (asked, unasked):
        log.limit(kept_max)
    for happening in happenings:
        if isinstance(happening, tuple):
            for log in (asked, unasked):
                log.append(record(*happening))
        elif asked:
            asked.first_attempt(asked.first_number + round(happening * (len(asked) - 1)))

    # The expectation is read from what is kept alone: a call continues with the latest one before it that has its
    # caller, unless that ended with OK.
    expected, latest = {}, {}
    for number, call in unasked.after(0):
        before = latest.get(call.caller)
        continues = before is not None and before[1].code != "OK"
        expected[number] = expected[before[0]] if continues else number
        latest[call.caller] = (number, call)
    assert first_attempts(asked) == first_attempts(unasked) == expected


@pytest.mark.parametrize("code", ["OK", "UNAVAILABLE"])
def test_a_page_takes_as_long_however_many_calls_there_are(code):
    def functions_called(call_count):
        log = CallLog()
        for _ in range(call_count):
            log.append(record("a", code))
        first_attempts(log)
        counted = []
        sys.setprofile(lambda _frame, event, _argument: counted.append(event))
        try:
            page = [log.first_attempt(number) for number, _ in log.after(call_count - 5)]
        finally:
            sys.setprofile(None)
        assert len(page) == 5
        return len(counted)

    assert functions_called(1_000) == functions_called(10)
