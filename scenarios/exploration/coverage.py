"""The coverage of an exploration: tables of counts that can be added up, and what they lack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import grpc

from fakes import ErrorCode
from fakes.history.events import FaultFired, RemoteCall, Transition
from scenarios.clients.client_run import ClientRun
from scenarios.exploration.space import Space
from simulator.faults.error import Error

Table = dict[str, dict[str, int]]
"""Counts by row and column."""

CALLS = "calls"
CALL_FAULTS = "call_faults"
PHASE_FAULTS = "phase_faults"
ERROR_CODES = "error_codes"
RETRIES = "retries"
TITLES: Mapping[str, tuple[str, str]] = {
    CALLS: ("method", "status"),
    CALL_FAULTS: ("method", "effect"),
    PHASE_FAULTS: ("phase", "effect"),
    ERROR_CODES: ("phase", "error code"),
    RETRIES: ("method", "status that was retried"),
}
"""The tables, and what their rows and columns are."""
ANY_PHASE = "no phase"
"""The row of faults in the world."""


@dataclass
class Coverage:
    """Counts of what happened in runs."""

    tables: dict[str, Table] = field(default_factory=lambda: {name: {} for name in TITLES})

    def add(self, run: ClientRun) -> None:
        """Count what happened in a run."""
        phases: dict[str, str] = {}
        """The phase of each restore."""
        phases_of_rules = {rule.name: "|".join(rule.where.patterns.get("phase", (ANY_PHASE,))) for rule in run.rules}
        for event in run.timeline:
            if isinstance(event, RemoteCall):
                self.count(CALLS, event.method, event.code)
            elif isinstance(event, Transition):
                phases[event.restore.uid] = event.status.phase.name
                if event.status.error_code is not None and event.from_ is not None:
                    self.count(ERROR_CODES, event.from_.name, event.status.error_code.name)
            elif isinstance(event, FaultFired):
                if event.method:
                    self.count(CALL_FAULTS, event.method, event.effect)
                else:
                    row = phases.get(event.uid) or phases_of_rules.get(event.rule, ANY_PHASE)
                    self.count(PHASE_FAULTS, row, event.effect)
        self._add_retries(run)

    def _add_retries(self, run: ClientRun) -> None:
        failed: dict[tuple[str, bytes], str] = {}
        """The status of the last attempt at what has not gone well yet."""
        for call in run.calls:
            key = (call.method, call.request_bytes)
            if key in failed:
                self.count(RETRIES, call.method, failed.pop(key))
            if call.code != grpc.StatusCode.OK.name:
                failed[key] = call.code

    def count(self, table: str, row: str, column: str, number: int = 1) -> None:
        """Count something that has happened so many times."""
        columns = self.tables[table].setdefault(row, {})
        columns[column] = columns.get(column, 0) + number

    def merge(self, tables: Mapping[str, Table]) -> None:
        """Add the counts of others."""
        for name, table in tables.items():
            for row, columns in table.items():
                for column, number in columns.items():
                    self.count(name, row, column, number)

    def to_plain(self) -> dict[str, Table]:
        """As JSON knows it, in a fixed order."""
        return {
            name: {row: dict(sorted(columns.items())) for row, columns in sorted(table.items())}
            for name, table in self.tables.items()
        }

    def never_reached(self, space: Space) -> dict[str, list[str]]:
        """What the space has and no run has met: statuses and effects by method, effects by phase, error codes."""
        missing: dict[str, list[str]] = {}
        for table, row, column in dict.fromkeys(_wanted(space)):
            if column not in self.tables[table].get(row, {}):
                missing.setdefault(row, []).append(column)
        reached = {code for codes in self.tables[ERROR_CODES].values() for code in codes}
        codes = [code.name for code in ErrorCode if code.name not in reached]
        return missing | ({"error codes": codes} if codes else {})


def _wanted(space: Space) -> Iterator[tuple[str, str, str]]:
    for rule in space.rules:
        for dimension in rule.where:
            if dimension.key == "method":
                yield from ((CALL_FAULTS, method, rule.effect.name) for method in dimension.values)
                if rule.effect is Error:
                    codes = next(each for each in rule.settings if each.key == "code")
                    yield from ((CALLS, method, code) for method in dimension.values for code in codes.values)
            elif dimension.key == "phase":
                yield from ((PHASE_FAULTS, phase, rule.effect.name) for phase in dimension.values)
