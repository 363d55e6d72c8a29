"""Phases can be told apart and read in every colour scheme, with any kind of eyes."""

import math
import re
from itertools import pairwise

import pytest

from fakes.lifecycle.phases import Phase
from scenarios.charts.palette import PHASE_LOOKS, outcome_look
from simulator.dashboard.embedding import read_asset

CONTRAST_OF_TEXT_MIN = 4.5
"""What WCAG 2.2 asks of text (1.4.3, level AA)."""


DISTANCE_OF_NEIGHBOURS_MIN = 20
"""In CIELAB; 2.3 can just be seen."""

EYES = {
    "any": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
    "deuteranopia": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    "tritanopia": ((1.256, -0.077, -0.179), (-0.078, 0.931, 0.148), (0.005, 0.691, 0.304)),
}
"""What becomes of red, green and blue: Machado, Oliveira and Fernandes (2009)."""

TO_XYZ = ((0.4339, 0.3762, 0.1899), (0.2126, 0.7152, 0.0722), (0.0178, 0.1095, 0.8727))
"""For sRGB, relative to its white."""


def linear(color):
    channels = [int(color[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    return [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]


def times(matrix, vector):
    return [sum(weight * value for weight, value in zip(row, vector, strict=True)) for row in matrix]


def contrast(one, other):
    darker, lighter = sorted(times(TO_XYZ, linear(color))[1] for color in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


def seen(color, eyes):
    """Where a colour lies in CIELAB for somebody with such eyes."""
    x, y, z = (
        max(value, 0) ** (1 / 3) if value > 0.008856 else 7.787 * value + 16 / 116
        for value in times(TO_XYZ, times(EYES[eyes], linear(color)))
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.fixture(params=["light", "dark"])
def color(request):
    """Gives the colour that a variable of the style sheet has in a scheme."""
    light, dark = read_asset("look.css").split("@media (prefers-color-scheme: dark)")
    variables = {
        name: value for part in (light, dark)[: 1 + (request.param == "dark")] for name, value in COLORS.findall(part)
    }
    return lambda phase, what="": variables[f"{phase.name.lower().replace('_', '-')}{what}"]


COLORS = re.compile(r"--([\w-]+): (#[0-9a-f]{6});")


def test_every_phase_that_takes_time_has_a_look():
    assert list(PHASE_LOOKS) == [phase for phase in Phase if not phase.is_final]


@pytest.mark.parametrize("phase", PHASE_LOOKS, ids=lambda phase: phase.name)
def test_text_on_a_phase_can_be_read(phase, color):
    assert contrast(color(phase), color(phase, "-ink")) >= CONTRAST_OF_TEXT_MIN


@pytest.mark.parametrize("eyes", EYES)
def test_phases_that_follow_each_other_can_be_told_apart(eyes, color):
    places = [seen(color(phase), eyes) for phase in PHASE_LOOKS]

    assert min(math.dist(one, other) for one, other in pairwise(places)) >= DISTANCE_OF_NEIGHBOURS_MIN


def test_no_two_phases_look_the_same(color):
    assert len({color(phase) for phase in PHASE_LOOKS}) == len(PHASE_LOOKS)
    for what in ("letter", "terminal_color"):
        assert len({getattr(look, what) for look in PHASE_LOOKS.values()}) == len(PHASE_LOOKS)


def test_outcomes_differ_in_sign():
    looks = [outcome_look(phase) for phase in (Phase.SUCCESSFUL, Phase.FAILED, Phase.PENDING)]

    assert len({look.sign for look in looks}) == 3
    assert outcome_look(Phase.INITIALIZING) == outcome_look(Phase.PENDING)
