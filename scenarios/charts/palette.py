"""How phases and outcomes look in a terminal, with colours and without."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fakes.lifecycle.phases import Phase


@dataclass(frozen=True, slots=True)
class PhaseLook:
    """How a phase looks.

    Args:
        letter: Stands for the phase in plain text.
        terminal_color: Number of a colour among the 256 of a terminal.
        terminal_ink: Number of a colour that can be read on it.
    """

    letter: str
    terminal_color: int
    terminal_ink: int


_BLACK, _WHITE = 16, 231

PHASE_LOOKS: Mapping[Phase, PhaseLook] = {
    Phase.INITIALIZING: PhaseLook("I", 246, _BLACK),
    Phase.PENDING: PhaseLook("P", 227, _BLACK),
    Phase.RESTORING_CLOUDSNAP: PhaseLook("C", 74, _BLACK),
    Phase.RESTORING_DATA_SERVICE_DEPLOYMENT_CR: PhaseLook("R", 178, _BLACK),
    Phase.RESTORING_DATA_SERVICE_DEPLOYMENT: PhaseLook("D", 25, _WHITE),
    Phase.DATA_SERVICE_DEPLOYMENT_ENTERING_NORMAL_MODE: PhaseLook("N", 175, _BLACK),
}
"""The phases that take time; pages have the same colours (``look.css`` of the dashboard)."""


@dataclass(frozen=True, slots=True)
class OutcomeLook:
    """How the end of a restore looks.

    Args:
        sign: Stands for it in plain text.
        terminal_color: Number of a colour among the 256 of a terminal.
    """

    sign: str
    terminal_color: int


LIVE_LOOK = OutcomeLook("…", 246)

_OUTCOME_LOOKS: Mapping[Phase, OutcomeLook] = {
    Phase.SUCCESSFUL: OutcomeLook("✓", 36),
    Phase.FAILED: OutcomeLook("✗", 202),
}


def outcome_look(phase: Phase) -> OutcomeLook:
    """How the end of a restore looks if it was last seen in *phase*."""
    return _OUTCOME_LOOKS.get(phase, LIVE_LOOK)
