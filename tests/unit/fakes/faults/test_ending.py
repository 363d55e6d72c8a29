"""An end comes once, by its time or before it."""

import math

import pytest

from fakes.faults.ending import once, require_duration
from fakes.faults.errors import InvalidRule


def test_only_the_first_call_acts():
    calls = []
    end = once(lambda: calls.append("end"))

    end()
    end()

    assert calls == ["end"]


def test_an_end_that_comes_while_it_acts_does_not_act_again():
    calls = []

    def action():
        calls.append("end")
        end()

    end = once(action)
    end()

    assert calls == ["end"]


@pytest.mark.parametrize("duration", [None, 1e-6, 60, 100 * 365.25 * 24 * 3600])
def test_durations_up_to_a_hundred_years_make_sense_and_so_does_none(duration):
    require_duration(duration)


@pytest.mark.parametrize("duration", [0, -1, math.nan, math.inf, 1e10])
def test_others_are_refused(duration):
    with pytest.raises(InvalidRule) as caught:
        require_duration(duration)

    assert str(caught.value) == (
        f"duration: is {duration:g}; expected a number of seconds above 0, at most a hundred years"
    )
