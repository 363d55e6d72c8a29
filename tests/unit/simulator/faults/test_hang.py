"""A call is not answered and does not happen before its deadline; in virtual time that takes no real time."""

import grpc
import pytest

from simulator.faults.hang import Hang


def test_in_virtual_time_the_time_moves_on_to_the_deadline(make_call, make_firing, handler, failure):
    call = make_call(deadline_seconds=5)

    failed = failure(Hang(), call, handler, make_firing())

    assert failed.code is grpc.StatusCode.DEADLINE_EXCEEDED
    assert failed.message == "no answer before the deadline, by the rule 'bad luck'"
    assert call.client.waited_seconds == []
    assert call.session.world.environment.now_microseconds == call.arrived_microseconds + 5_000_000
    assert handler.count == 0


@pytest.mark.parametrize("speed", [0.5, 1, 3600])
def test_on_the_wall_clock_the_client_waits_for_its_deadline_at_any_speed(
    make_call, make_firing, handler, failure, speed
):
    call = make_call(deadline_seconds=5, speed=speed)

    failed = failure(Hang(), call, handler, make_firing())

    assert call.client.waited_seconds == [5]
    assert failed.code is grpc.StatusCode.DEADLINE_EXCEEDED
    assert handler.count == 0
