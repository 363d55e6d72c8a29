"""A call is held up: on the wall clock it waits, in virtual time its deadline is looked at and nobody waits."""

import threading

import grpc
import pytest

from fakes import Constant, LogNormal, Uniform
from fakes.faults.errors import InvalidRule
from simulator.faults.delay import Delay


@pytest.mark.parametrize("deadline_seconds", [None, 5.001, 1000])
def test_in_virtual_time_a_delay_within_the_deadline_is_only_written_down(
    make_call, make_firing, handler, answer, deadline_seconds
):
    call = make_call(deadline_seconds=deadline_seconds)

    assert answer(Delay(Constant(5)), call, handler, make_firing()) is handler.answer
    assert call.delay_seconds == 5
    assert call.client.waited_seconds == []


@pytest.mark.parametrize("deadline_seconds", [0.001, 4.999, 5])
def test_in_virtual_time_a_longer_one_takes_the_deadline_and_has_no_effect(
    make_call, make_firing, handler, failure, deadline_seconds
):
    call = make_call(deadline_seconds=deadline_seconds)

    failed = failure(Delay(Constant(5)), call, handler, make_firing())

    assert failed.code is grpc.StatusCode.DEADLINE_EXCEEDED
    assert call.delay_seconds == 5
    assert call.client.waited_seconds == []
    assert call.session.world.environment.now_microseconds == call.arrived_microseconds + deadline_seconds * 1_000_000
    assert handler.count == 0


def test_two_delays_add_up_against_the_deadline(make_call, make_firing, handler, answer, failure):
    call = make_call(deadline_seconds=9)

    def second(call):
        return answer(Delay(Constant(4)), call, handler, make_firing())

    failed = failure(Delay(Constant(5)), call, second, make_firing())

    assert failed.code is grpc.StatusCode.DEADLINE_EXCEEDED
    assert call.delay_seconds == 9


@pytest.mark.parametrize(("speed", "waited"), [(1, 5), (2, 2.5), (0.5, 10)])
def test_on_the_wall_clock_it_waits_as_long_as_the_world_takes_for_it(
    make_call, make_firing, handler, answer, speed, waited
):
    call = make_call(deadline_seconds=60, speed=speed)

    assert answer(Delay(Constant(5)), call, handler, make_firing()) is handler.answer
    assert call.client.waited_seconds == [waited]
    assert call.delay_seconds == 5


def test_on_the_wall_clock_a_call_whose_deadline_passes_meanwhile_has_no_effect(
    make_call, make_firing, handler, failure
):
    call = make_call(deadline_seconds=3, speed=1)

    assert failure(Delay(Constant(5)), call, handler, make_firing()).code is grpc.StatusCode.DEADLINE_EXCEEDED
    assert handler.count == 0


def test_a_drawn_delay_comes_from_the_stream_of_the_firing(make_call, make_firing, handler, answer):
    delays = set()
    for _ in range(2):
        call = make_call()
        answer(Delay(Uniform(1, 100)), call, handler, make_firing())
        delays.add(call.delay_seconds)

    assert len(delays) == 1
    assert 1 <= delays.pop() <= 100


@pytest.mark.parametrize("duration", [LogNormal(1e308, 1), Constant(1e300)])
def test_a_delay_beyond_all_measure_is_still_one_that_can_be_waited_for(
    make_call, make_firing, handler, answer, duration
):
    call = make_call(speed=1e-9)

    answer(Delay(duration), call, handler, make_firing())

    assert 0 < call.client.waited_seconds[0] <= threading.TIMEOUT_MAX


def test_a_number_is_so_many_seconds(make_call, make_firing, handler, answer):
    call = make_call()

    answer(Delay(5), call, handler, make_firing())

    assert call.delay_seconds == 5


@pytest.mark.parametrize("duration", [-1, "5s", None, True])
def test_what_is_no_duration_is_refused(duration):
    with pytest.raises(InvalidRule, match=r"^duration: is .*; expected a number of seconds from 0, or a duration such"):
        Delay(duration)
