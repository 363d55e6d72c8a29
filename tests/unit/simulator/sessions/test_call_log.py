"""The call log is a sequence that can be read while calls go on."""

from datetime import UTC, datetime

import pytest

from simulator.sessions.call_log import KEPT_BYTES_EACH, CallLog
from simulator.sessions.call_record import CallRecord


def record(method, at_microseconds=0, request_bytes=b"", response_parts=None):
    return CallRecord(
        method=method,
        request_bytes=request_bytes,
        response_parts=response_parts,
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


def test_of_so_many_that_are_to_be_kept_the_latest_are_with_their_numbers(log):
    log.limit(2)
    for at in range(5):
        log.append(record("ListRestores", at))

    assert [call.arrived_microseconds for call in log] == [3, 4]
    assert (len(log), log.first_number, log.last_number) == (2, 7, 8)
    assert [log.first_attempt(number) for number, _ in log.after(0)] == [7, 8]


def test_of_very_many_never_more_than_so_many_are_kept():
    log = CallLog()
    log.limit(5_000)
    lengths = set()
    for _ in range(10_020):
        log.append(record("ListRestores"))
        lengths.add(len(log))

    assert max(lengths) == 5_000
    assert len(log) > 4_990
    assert log.last_number == 10_020


def test_large_requests_leave_room_for_fewer(log):
    log.limit(100)
    large = bytes(KEPT_BYTES_EACH * 100 // 4)
    for number in range(20):
        log.append(record("ListRestores", request_bytes=large[:-1] + bytes([number])))

    assert [call.request_bytes[-1] for call in log] == [16, 17, 18, 19]
    assert log.first_number == 20


def test_one_that_is_too_large_for_all_is_kept_until_the_next(log):
    log.limit(1)
    log.append(record("ListRestores", request_bytes=bytes(KEPT_BYTES_EACH * 2)))
    assert [call.method for call in log] == ["ListRestores"]

    log.append(record("GetRestore"))
    assert [call.method for call in log] == ["GetRestore"]


def test_answers_that_share_their_parts_count_once(log):
    log.limit(100)
    item = bytes(KEPT_BYTES_EACH * 30)
    for _ in range(50):
        log.append(record("ListRestores", response_parts=(item, item, b"")))
    assert len(log) == 53

    for number in range(50):
        log.append(record("ListRestores", response_parts=(bytes([number]) * KEPT_BYTES_EACH * 30,)))
    assert len(log) == 3


def test_a_limit_counts_for_what_is_there_already_and_none_keeps_all(log):
    log.limit(1)
    assert [call.method for call in log] == ["GetRestore"]

    log.limit(None)
    for _ in range(10):
        log.append(record("ListRestores"))
    assert (len(log), log.first_number) == (11, 3)


def test_a_cleared_log_counts_from_1_again(log):
    log.limit(1)
    log.clear()
    log.append(record("ListRestores", request_bytes=b"x"))
    log.append(record("ListRestores"))

    assert (log.first_number, log.last_number) == (2, 2)
