"""How phases and outcomes look: in colours that the colour-blind can tell apart, and where there is no colour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fakes.lifecycle.phases import Phase


@dataclass(frozen=True, slots=True)
class Shade:
    """A colour to fill with, and one in which text on it can be read; as ``#rrggbb``."""

    fill: str
    ink: str


@dataclass(frozen=True, slots=True)
class PhaseLook:
    """How a phase looks.

    Args:
        title: A short name, to be written into a bar.
        letter: Stands for the phase where there are only characters.
        light: On a light background.
        dark: On a dark background.
        terminal_color: Number of a colour among the 256 of a terminal.
    """

    title: str
    letter: str
    light: Shade
    dark: Shade
    terminal_color: int


_BLACK = "#111111"
_WHITE = "#ffffff"

PHASE_LOOKS: Mapping[Phase, PhaseLook] = {
    Phase.INITIALIZING: PhaseLook("init", "I", Shade("#5c5c5c", _WHITE), Shade("#c9ced6", _BLACK), 246),
    Phase.PENDING: PhaseLook("pending", "P", Shade("#f0e442", _BLACK), Shade("#e6da3c", _BLACK), 227),
    Phase.RESTORING_CLOUDSNAP: PhaseLook("cloudsnap", "C", Shade("#56b4e9", _BLACK), Shade("#62bdf0", _BLACK), 74),
    Phase.RESTORING_DATA_SERVICE_DEPLOYMENT_CR: PhaseLook(
        "resource", "R", Shade("#e69f00", _BLACK), Shade("#e69f00", _BLACK), 178
    ),
    Phase.RESTORING_DATA_SERVICE_DEPLOYMENT: PhaseLook(
        "deployment", "D", Shade("#0072b2", _WHITE), Shade("#0f74b5", _WHITE), 25
    ),
    Phase.DATA_SERVICE_DEPLOYMENT_ENTERING_NORMAL_MODE: PhaseLook(
        "normal mode", "N", Shade("#cc79a7", _BLACK), Shade("#d488b2", _BLACK), 175
    ),
}
"""The phases that take time; the colours are those of Okabe and Ito, "Color Universal Design" (2008)."""


@dataclass(frozen=True, slots=True)
class OutcomeLook:
    """How the end of a restore looks.

    Args:
        symbol: Name of its shape.
        sign: Stands for it where there are only characters.
        terminal_color: Number of a colour among the 256 of a terminal.
    """

    symbol: str
    sign: str
    terminal_color: int


LIVE_LOOK = OutcomeLook("live", "…", 246)

_OUTCOME_LOOKS: Mapping[Phase, OutcomeLook] = {
    Phase.SUCCESSFUL: OutcomeLook("successful", "✓", 36),
    Phase.FAILED: OutcomeLook("failed", "✗", 202),
}


def outcome_look(phase: Phase) -> OutcomeLook:
    """How the end of a restore looks that was last seen in *phase*."""
    return _OUTCOME_LOOKS.get(phase, LIVE_LOOK)
