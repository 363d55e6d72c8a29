"""A call is never answered and never happens; in virtual time its deadline passes at once."""

import grpc
import pytest

from simulator.faults.hang import Hang


def test_in_virtual_time_nobody_waits_for_the_deadline(make_call, make_firing, handler, failure):
    call = make_call(deadline_seconds=5)

    failed = failure(Hang(), call, handler, make_firing())

    assert failed.code is grpc.StatusCode.DEADLINE_EXCEEDED
    assert failed.message == "no answer before the deadline, by the rule 'bad luck'"
    assert call.client.waited_seconds == []
    assert handler.count == 0


@pytest.mark.parametrize("speed", [0.5, 1, 3600])
def test_on_the_wall_clock_the_client_waits_for_its_deadline_at_any_speed(
    make_call, make_firing, handler, failure, speed
):
    call = make_call(deadline_seconds=5, speed=speed)

    failed = failure(Hang(), call, handler, make_firing())

    assert call.client.waited_seconds == [5]
    assert failed.code is grpc.StatusCode.CANCELLED
    assert failed.message == "the caller no longer waits for an answer, which never came by the rule 'bad luck'"
    assert handler.count == 0
