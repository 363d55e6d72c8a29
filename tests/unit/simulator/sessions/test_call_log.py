"""The call log is a sequence that can be read while calls go on."""

from datetime import UTC, datetime

import pytest

from simulator.sessions.call_log import CallLog, CallRecord


def record(method, at_microseconds=0):
    return CallRecord(
        method=method,
        request_bytes=b"",
        response_parts=None,
        code="OK",
        message="",
        metadata=(),
        caller="",
        arrived_microseconds=at_microseconds,
        answered_microseconds=at_microseconds,
        wall_microseconds=0,
        deadline_seconds=None,
        delay_seconds=0.0,
    )


@pytest.fixture
def log():
    log = CallLog()
    for method in ("CreateRestore", "GetRestore", "GetRestore"):
        log.append(record(method))
    return log


def test_calls_stand_in_the_order_in_which_they_were_answered(log):
    assert [call.method for call in log] == ["CreateRestore", "GetRestore", "GetRestore"]


def test_calls_are_found_by_their_place(log):
    assert len(log) == 3
    assert log[0].method == "CreateRestore"
    assert log[-1].method == "GetRestore"
    assert [call.method for call in log[:2]] == ["CreateRestore", "GetRestore"]


def test_calls_are_found_by_their_method(log):
    assert log.of("GetRestore") == log[1:]
    assert log.of("ListRestores") == []


def test_who_reads_all_calls_is_not_disturbed_by_further_ones(log):
    seen = []
    for call in log:
        log.append(record("ListRestores"))
        seen.append(call.method)

    assert seen == ["CreateRestore", "GetRestore", "GetRestore"]
    assert len(log) == 6


def test_a_cleared_log_is_empty(log):
    log.clear()

    assert list(log) == []


def test_a_call_tells_when_it_came_in_utc():
    assert record("GetRestore", 1_735_689_600_000_001).at == datetime(2025, 1, 1, 0, 0, 0, 1, tzinfo=UTC)
