"""The result of an exploration as text, for a terminal or a log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import yaml

from fakes.printable import printable
from scenarios.exploration.corpus import readable
from scenarios.exploration.coverage import CALLS, TITLES
from scenarios.exploration.findings import Exploration, Finding
from scenarios.reports.wording import counted


def report_text(exploration: Exploration) -> str:
    """The findings, then the coverage: first what was never reached."""
    return printable(
        "\n".join([", ".join(summary(exploration)), *_findings(exploration), *_coverage(exploration)]), keep="\n"
    )


def summary(exploration: Exploration) -> list[str]:
    """How much was found, in how many runs, and in what time."""
    rate = exploration.runs / max(exploration.seconds, 1e-9)
    parts = [
        counted(len(exploration.findings), "finding") if exploration.findings else "no findings",
        counted(exploration.runs, "run"),
        f"{exploration.seconds:.1f} s",
        f"{rate:.0f} runs/s",
    ]
    return [*parts, "interrupted"] if exploration.is_interrupted else parts


def _findings(exploration: Exploration) -> Iterator[str]:
    if exploration.runs and not exploration.coverage.tables[CALLS]:
        yield "no run made a call, so no fault could show: the client has to call the simulator that it is given"
    for finding in exploration.findings:
        yield ""
        yield f"✗ {finding.title} ({counted(finding.count, 'run')})"
        yield f"  {finding.message}"
        yield from (f"  {line}" for line in schedule_lines(finding))
        if finding.is_flaky:
            yield "  the same rules did not break it again: the client has chance of its own"
        if finding.scenario:
            yield f"  {finding.replay}"


def schedule_lines(finding: Finding) -> list[str]:
    """The smallest schedule of a finding, a rule a line, as in YAML."""
    rules = [
        yaml.safe_dump(readable(rule), default_flow_style=True, sort_keys=False, width=LINE_LENGTH_MAX)
        for rule in finding.rules
    ]
    seed = [f"seed: {finding.seed}"] if finding.seed else []
    return [*(f"- {rule.strip()}" for rule in rules), *seed] if rules else ["without any fault", *seed]


LINE_LENGTH_MAX = 10_000


def _coverage(exploration: Exploration) -> Iterator[str]:
    if exploration.never_reached:
        yield ""
        yield "never reached"
        yield from _rows({row: ", ".join(columns) for row, columns in exploration.never_reached.items()})
    for name, table in exploration.coverage.to_plain().items():
        if table:
            yield ""
            yield " by ".join(TITLES[name])
            yield from _rows({row: _counts(columns) for row, columns in table.items()})


def _counts(columns: Mapping[str, int]) -> str:
    return ", ".join(f"{column} {count}" for column, count in columns.items())


def _rows(rows: Mapping[str, str]) -> Iterator[str]:
    width = max(map(len, rows))
    return (f"  {row:<{width}}  {text}" for row, text in rows.items())
