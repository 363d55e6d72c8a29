"""Parameters that stand in the table and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator

from scenarios.checks.walk import Reading
from simulator.documents.problems import Finding


def unused_parameters(reading: Reading) -> Iterator[Finding]:
    """Parameters whose value makes no difference."""
    for key in reading.scenario.unused_parameters:
        yield ("parameters", 0, key), f"nothing uses the parameter {key!r}; expected ${{parameters.{key}}} somewhere"
