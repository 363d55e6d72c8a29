"""The terminal tells as much as it is asked to, failures always in full."""

from dataclasses import replace
from itertools import pairwise

import click
import pytest

from scenarios.reports.failure_text import failure_lines
from scenarios.reports.terminal import CALLS, FAILURES_ONLY, STEPS, VERDICTS, TerminalReport


@pytest.fixture
def told():
    """What is told of outcomes at a level, with colours."""

    def tell(level, *outcomes, scenario_count=1):
        lines = []
        report = TerminalReport(lambda text: lines.extend(text.split("\n")), level)
        for outcome in outcomes:
            report.tell(outcome)
        report.sum_up(scenario_count)
        return lines

    return tell


@pytest.fixture
def plain(told):
    def tell(*arguments, **options):
        return [click.unstyle(line) for line in told(*arguments, **options)]

    return tell


def test_each_level_tells_what_the_one_before_it_does_and_more(plain, passed, failed):
    levels = [plain(level, passed, failed, scenario_count=2) for level in (FAILURES_ONLY, VERDICTS, STEPS, CALLS)]

    for less, more in pairwise(levels):
        assert set(less) < set(more)


def test_failures_are_told_in_full_at_every_level(plain, failed):
    for level in (FAILURES_ONLY, VERDICTS, STEPS, CALLS, CALLS + 1):
        lines = plain(level, failed)
        assert {f"  {line}" for line in failure_lines(failed)} <= set(lines)
        assert "       0.000 s  ✗ expect copy" in lines


def test_cases_are_told_apart(plain, passed):
    assert plain(VERDICTS, replace(passed, case="small"))[0] == "good[small]: It passes."


def test_complaints_stand_out(told, failed):
    [complaint] = [line for line in told(STEPS, failed) if "expected 'SUCCESSFUL'" in line]

    assert complaint == click.style(click.unstyle(complaint), fg="red")
