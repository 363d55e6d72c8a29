"""An answer tells of a moment in the past; only Get and List can."""

import math

import pytest

from fakes.faults.errors import InvalidRule
from simulator.faults.stale import Stale


@pytest.mark.parametrize("age_seconds", [30, 0.000_001])
def test_the_call_is_asked_for_how_things_were(make_call, make_firing, handler, answer, age_seconds):
    call = make_call()

    assert answer(Stale(age_seconds), call, handler, make_firing()) is handler.answer
    assert call.stale_seconds == age_seconds


def test_it_happens_to_calls_that_only_look():
    assert {"GetRestore", "ListRestores", "GetBackup"} <= set(Stale.methods)
    assert all(name.startswith(("Get", "List")) for name in Stale.methods)
    assert "GetRestorabilityMatrix" not in Stale.methods


@pytest.mark.parametrize("age_seconds", [0, -5, math.nan, math.inf, None, "1m"])
def test_an_age_that_makes_no_sense_is_refused(age_seconds):
    with pytest.raises(InvalidRule, match=f"^age: is {age_seconds!r}; expected a number of seconds above 0"):
        Stale(age_seconds)
