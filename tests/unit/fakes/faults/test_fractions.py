"""A place in a phase is a number from 0 to 1."""

import math

import pytest

from fakes.faults.errors import InvalidRule
from fakes.faults.fractions import require_fraction


@pytest.mark.parametrize("at", [0, 0.0, 0.333, 1])
def test_places_in_a_phase_are_accepted(at):
    require_fraction(at)


@pytest.mark.parametrize("at", [-0.001, 1.001, 50, math.nan, -math.inf])
def test_other_places_are_refused(at):
    with pytest.raises(InvalidRule) as caught:
        require_fraction(at)

    assert str(caught.value) == f"at: is {at:g}; expected how far into the phase, from 0 to 1 or from 0% to 100%"
