"""Each caller has a bucket of tokens; who finds it empty is refused, and let in after the time that it is told."""

import math

import grpc
import pytest

from fakes.faults.errors import InvalidRule
from simulator.api import error_details_pb2
from simulator.faults.rate_limit import RateLimit

START_MICROSECONDS = 1_735_689_600_000_000


@pytest.fixture
def refused(make_firing):
    """Tells of calls at some seconds which of them are refused."""

    def tell(limit, seconds, callers=None, memory=None):
        memory = {} if memory is None else memory
        firings = [
            make_firing(
                caller=callers[index] if callers else "alice",
                now_microseconds=START_MICROSECONDS + round(at * 1e6),
                memory=memory,
            )
            for index, at in enumerate(seconds)
        ]
        return [limit.happens(firing) for firing in firings]

    return tell


@pytest.mark.parametrize(
    ("limit", "seconds", "expected"),
    [
        (RateLimit(1), [0, 0, 0.999_999, 1, 1.5, 2], [False, True, True, False, True, False]),
        (RateLimit(2), [0, 0.25, 0.5, 0.75, 1], [False, True, False, True, False]),
        (RateLimit(1, burst=3), [0, 0, 0, 0, 1, 1], [False, False, False, True, False, True]),
        (RateLimit(1, burst=2), [0, 0, 100, 100, 100], [False, False, False, False, True]),
        (RateLimit(0.1), [0, 9, 10, 19, 20], [False, True, False, True, False]),
    ],
)
def test_calls_above_the_rate_are_refused_after_a_burst(refused, limit, seconds, expected):
    assert refused(limit, seconds) == expected


def test_in_the_long_run_as_many_pass_as_the_rate_says(refused):
    outcomes = refused(RateLimit(5), [number / 100 for number in range(10_000)])

    assert outcomes.count(False) == 500


def test_every_caller_has_a_bucket_of_its_own(refused):
    callers = ["alice", "bob", "alice", "bob", "carol"]

    assert refused(RateLimit(1), [0, 0, 0, 0, 0], callers) == [False, False, True, True, False]


def test_every_rule_has_buckets_of_its_own(refused):
    assert refused(RateLimit(1), [0]) == refused(RateLimit(1), [0]) == [False]


@pytest.mark.parametrize("per_second", [0.3, 1, 3, 7, 1000 / 3, 123_456.789])
def test_who_waits_as_long_as_told_is_let_in(refused, make_firing, make_call, handler, failure, per_second):
    limit, memory, at = RateLimit(per_second), {}, 0.0
    for _ in range(50):
        assert refused(limit, [at], memory=memory) == [False]
        assert refused(limit, [at], memory=memory) == [True]
        failed = failure(limit, make_call(), handler, make_firing(memory=memory))
        at += failed.details[1].retry_delay.ToMicroseconds() / 1e6


def test_who_is_refused_is_told_why_and_when_to_try_again(refused, make_firing, make_call, handler, failure):
    memory = {}
    refused(RateLimit(0.5), [0, 0.5], memory=memory)

    failed = failure(RateLimit(0.5), make_call(), handler, make_firing(memory=memory))

    assert failed.code is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert failed.message == "'alice' calls more than 0.5 times a second, by the rule 'bad luck'"
    assert isinstance(failed.details[1], error_details_pb2.RetryInfo)
    assert failed.details[1].retry_delay.ToMicroseconds() == 1_500_000
    assert handler.count == 0


@pytest.mark.parametrize("per_second", [0, -1, math.nan, math.inf, 1e-300])
def test_a_rate_that_makes_no_sense_is_refused(per_second):
    with pytest.raises(InvalidRule, match=r"^per_second: is .*; expected a finite number of at least 1e-09$"):
        RateLimit(per_second)


def test_a_burst_that_no_float_holds_is_refused():
    with pytest.raises(InvalidRule, match=r"^burst: is .{1,200}; expected a whole number, 1 or more$"):
        RateLimit(1, 10**400)


@pytest.mark.parametrize("burst", [0, -1, 1.5, None])
def test_a_burst_of_nothing_is_refused(burst):
    with pytest.raises(InvalidRule, match=f"^burst: is {burst}; expected a whole number, 1 or more$"):
        RateLimit(1, burst)
