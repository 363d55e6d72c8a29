"""Effects take numbers that make sense, and refuse all else with a message that says what would have."""

import math

import pytest

from fakes.faults.errors import InvalidRule
from fakes.faults.numbers import require_duration, require_fraction, require_number


@pytest.mark.parametrize("value", [0, -1, 0.5, 10**300])
def test_finite_numbers_are_numbers(value):
    assert require_number("factor", value) == value


@pytest.mark.parametrize("value", ["2", "1m", None, True, [1], math.nan, math.inf, 1j])
def test_nothing_else_is(value):
    with pytest.raises(InvalidRule) as caught:
        require_number("factor", value)

    assert str(caught.value) == f"factor: is {value!r}; expected a number"


@pytest.mark.parametrize("value", [10**400, -(10**5000)], ids=["beyond floats", "beyond decimals"])
def test_a_number_that_no_float_holds_is_none(value):
    with pytest.raises(InvalidRule, match=r"^factor: is .{1,200}; expected a number$"):
        require_number("factor", value)


@pytest.mark.parametrize("at", [0, 0.0, 0.333, 1])
def test_places_in_a_phase_are_accepted(at):
    require_fraction(at)


@pytest.mark.parametrize("at", [-0.001, 1.001, 50, math.nan, -math.inf, "50%"])
def test_other_places_are_refused(at):
    with pytest.raises(InvalidRule) as caught:
        require_fraction(at)

    assert str(caught.value) == (
        f"at: is {at!r}; expected how far into the phase, from 0 to 1 (in YAML also from 0% to 100%)"
    )


@pytest.mark.parametrize("duration", [None, 1e-6, 60, 100 * 365.25 * 24 * 3600])
def test_durations_up_to_a_hundred_years_make_sense_and_so_does_none(duration):
    require_duration(duration)


@pytest.mark.parametrize("duration", [0, -1, math.nan, math.inf, 1e10, "1m"])
def test_other_durations_are_refused(duration):
    with pytest.raises(InvalidRule) as caught:
        require_duration(duration)

    assert str(caught.value) == (
        f"duration: is {duration!r}; expected a number of seconds above 0, at most a hundred years"
    )
