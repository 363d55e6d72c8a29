"""Scenarios: what is done to a simulator and expected of it, written in YAML and run by one command."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pds_simulator_packages

if TYPE_CHECKING:
    from scenarios.loading.loader import Scenario

__all__ = ["load"]


def load(file: str | Path, case: str | None = None) -> Scenario:
    """Read a scenario file.

    Args:
        file: The file.
        case: Which of its cases, if it has several.

    Raises:
        ScenarioError: the file can't be read or is wrong. The message lists everything that is wrong, with its place.
        ImportError: foreign packages have the names of ours.

    Example:
        >>> with load("scenarios/library/bandwidth.yaml").simulator() as sim:
        ...     sim.world.clusters["east"].capacity
        4
    """
    pds_simulator_packages.require_our_own("fakes", "simulator")
    # Imported here, because `pds-sim` imports this package for every verb, and reading a file needs slow imports.
    from scenarios.loading.loader import load_scenario  # noqa: PLC0415

    return load_scenario(file, case)
