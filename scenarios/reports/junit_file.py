"""Outcomes of scenarios for continuous integration: JUnit's XML.

There is no standard; what is written here is what the strictest reader takes, the schema of Jenkins' xUnit plugin
(``junit-10.xsd``), and what GitLab reads. That schema has no properties in a test case, so each scenario is a suite of
one case.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePath
from xml.etree import ElementTree

from fakes.printable import printable
from scenarios.loading.loader import Scenario
from scenarios.reports.failure_text import failure_lines, headline
from scenarios.reports.files import check_file, write_whole
from scenarios.running.outcomes import ScenarioOutcome, StepOutcome


class JUnitFile:
    """The file, as `scenarios.reports.report.Report` says."""

    def __init__(self, target: Path, _scenarios: Sequence[Scenario]) -> None:
        check_file(target)
        self._target = target

    def write(self, outcomes: Sequence[ScenarioOutcome]) -> None:
        write_whole(self._target, junit_text(outcomes))


def junit_text(outcomes: Sequence[ScenarioOutcome]) -> str:
    """The whole document; times are those of the wall clock, in seconds."""
    suites = ElementTree.Element("testsuites", {"name": "pds-sim", **_counts(outcomes)})
    for outcome in outcomes:
        suites.append(_suite(outcome))
    ElementTree.indent(suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(suites, encoding="unicode")}\n'


def _counts(outcomes: Sequence[ScenarioOutcome]) -> dict[str, str]:
    error_count = sum(bool(outcome.error) for outcome in outcomes)
    failed_count = sum(not outcome.passed for outcome in outcomes)
    return {
        "tests": str(len(outcomes)),
        "failures": str(failed_count - error_count),
        "errors": str(error_count),
        "time": _seconds(sum(outcome.wall_seconds for outcome in outcomes)),
    }


def _suite(outcome: ScenarioOutcome) -> ElementTree.Element:
    title = printable(outcome.title)
    suite = ElementTree.Element(
        "testsuite", {"name": title, **_counts([outcome]), "skipped": "0", "file": printable(outcome.file)}
    )
    properties = ElementTree.SubElement(suite, "properties")
    for name, value in {
        "seed": str(outcome.seed),
        "virtual_seconds": f"{outcome.virtual_seconds:g}",
        "replay": outcome.replay,
    }.items():
        ElementTree.SubElement(properties, "property", name=name, value=printable(value))
    case = ElementTree.SubElement(
        suite, "testcase", classname=_class_name(outcome.file), name=title, time=_seconds(outcome.wall_seconds)
    )
    if not outcome.passed:
        kind, reason = ("error", "UnexpectedError") if outcome.error else ("failure", "FailedExpectation")
        failure = ElementTree.SubElement(case, kind, type=reason, message=printable(headline(outcome)))
        failure.text = "\n".join(failure_lines(outcome))
    ElementTree.SubElement(case, "system-out").text = "\n".join(map(_step_line, outcome.steps))
    return suite


def _step_line(step: StepOutcome) -> str:
    return f"{step.at_seconds:>10.3f} s  {'✓' if step.passed else '✗'} {printable(step.summary)}"


def _class_name(file: str) -> str:
    """The file as a dotted name, by which readers group cases into folders."""
    parts = [part for part in PurePath(file).with_suffix("").parts if part.strip("./\\")]
    return printable(".".join(part.replace(".", "_") for part in parts))


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}"
