"""The scenarios that ship pass, and show what they are there for."""

from pathlib import Path

import pytest

from fakes.history.events import FaultFired
from scenarios.format.steps import count_steps
from scenarios.loading.loader import load_cases
from scenarios.running.runner import ScenarioRun
from scenarios.running.verbs import CALLS, LASTING_VERBS, VERBS
from simulator import ErrorCode
from simulator.faults import EFFECTS

LIBRARY = Path(__file__).parents[2] / "scenarios" / "library"
FILES = sorted(LIBRARY.rglob("*.yaml"))
CASES = [scenario for file in FILES for scenario in load_cases(file)]


@pytest.fixture(scope="module")
def runs():
    """What came of every case of every scenario: its results and its simulator, by title."""
    finished = {}
    for scenario in CASES:
        with ScenarioRun(scenario) as current:
            finished[scenario.title] = (list(current.steps()), current)
    return finished


@pytest.mark.parametrize("scenario", CASES, ids=lambda scenario: scenario.title)
def test_a_scenario_passes(runs, scenario):
    results, current = runs[scenario.title]

    assert [complaint for result in results for complaint in result.complaints] == []
    assert len(results) == count_steps(current.scenario.document.steps) > 0


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_scenario_says_what_it_shows(file):
    scenario = load_cases(file)[0]

    assert scenario.name == file.stem
    assert scenario.document.description.endswith(".")


def test_every_verb_is_shown(runs):
    shown = {step.verb for _, current in runs.values() for step in _all(current.scenario.document.steps)}

    assert shown == {*CALLS, *VERBS, *LASTING_VERBS, "repeat", "parallel"}


def test_every_effect_is_shown_by_a_scenario_of_its_name(runs):
    for effect in EFFECTS:
        _, current = runs[effect.name.replace("_", "-")]
        fired = {event.effect for event in current.simulator.timeline if isinstance(event, FaultFired)}
        assert effect.name in fired


def _all(steps):
    for step in steps:
        yield step
        if step.repeat:
            yield from _all(step.repeat.steps)
        for lane in step.parallel or ():
            yield from _all(lane.steps)


def test_every_way_to_fail_is_shown(runs):
    codes = {
        event.status.error_code for _, current in runs.values() for event in current.simulator.timeline.transitions()
    }

    assert codes == {None, *ErrorCode}


def test_every_clock_of_virtual_time_is_shown(runs):
    assert {current.scenario.document.clock for _, current in runs.values()} == {"manual", "on_poll"}
