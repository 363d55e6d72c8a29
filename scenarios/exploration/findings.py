"""The results of an exploration: findings, each with its smallest schedule, and the coverage."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from scenarios.exploration.coverage import Coverage


@dataclass(frozen=True)
class Finding:
    """Something that breaks a client.

    Args:
        oracle: Name of the oracle that complains.
        cause: What it complains of; findings are grouped by oracle and cause.
        message: What happened in the smallest schedule.
        rules: The smallest schedule, as in YAML; empty where the client breaks without any fault.
        seed: The seed of the run with these rules.
        count: How many runs had this cause.
        is_flaky: Whether the same rules and seed did not break it again, because the client behaves randomly.
        scenario: The file that the finding was written to; empty if there is none.
    """

    oracle: str
    cause: str
    message: str
    rules: Sequence[Mapping[str, Any]]
    seed: int
    count: int
    is_flaky: bool = False
    scenario: str = ""

    @property
    def title(self) -> str:
        """The finding in one line."""
        return f"{self.oracle}: {self.cause}"

    @property
    def replay(self) -> str:
        """The shell command that reproduces it."""
        return shlex.join(["pds-sim", "run", self.scenario])

    def or_smaller(self, other: Finding) -> Finding:
        """The one of two findings with the same cause that has fewer rules, with both counts."""
        smaller = min(self, other, key=lambda finding: (len(finding.rules), str(finding.rules)))
        return replace(smaller, count=self.count + other.count)


@dataclass(frozen=True)
class Exploration:
    """The result of an exploration.

    Args:
        runs: How many schedules were run, those of the corpus and the one without faults included.
        findings: What breaks the client, by oracle and cause.
        coverage: What was reached.
        never_reached: What the client was meant to meet and never did, by method, phase or ``error codes``.
        seconds: How long it took, in real time.
        is_interrupted: Whether Ctrl-C ended it before its time; findings are then not as small as they could be.
    """

    runs: int
    findings: Sequence[Finding]
    coverage: Coverage
    never_reached: Mapping[str, Sequence[str]]
    seconds: float
    is_interrupted: bool = False

    def to_plain(self) -> dict[str, Any]:
        """As JSON knows it; the same for the same seed and number of runs."""
        return {
            "runs": self.runs,
            "findings": [{**asdict(finding), "rules": [*finding.rules]} for finding in self.findings],
            "never_reached": dict(self.never_reached),
            "coverage": self.coverage.to_plain(),
        }
