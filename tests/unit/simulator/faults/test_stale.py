"""An answer tells of a moment in the past; only Get and List can."""

import math

import pytest

from fakes.faults.errors import InvalidRule
from simulator.faults.stale import Stale


@pytest.mark.parametrize(("age_seconds", "age_microseconds"), [(30, 30_000_000), (0.000_001, 1)])
def test_the_call_is_asked_for_how_things_were(make_call, make_firing, handler, answer, age_seconds, age_microseconds):
    call, firing = make_call(), make_firing()

    assert answer(Stale(age_seconds), call, handler, firing) is handler.answer
    assert call.as_of_microseconds == firing.now_microseconds - age_microseconds


def test_it_happens_to_calls_that_only_look():
    assert Stale.methods == ("GetRestore", "ListRestores")


@pytest.mark.parametrize("age_seconds", [0, -5, math.nan, math.inf, None, "1m"])
def test_an_age_that_makes_no_sense_is_refused(age_seconds):
    with pytest.raises(InvalidRule, match=f"^age: is {age_seconds!r}; expected a number of seconds above 0"):
        Stale(age_seconds)
