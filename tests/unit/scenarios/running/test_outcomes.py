"""What came of a scenario is a plain value that tells everything that reports need."""

import json
import shlex
from dataclasses import replace

import pytest

from scenarios.loading.selection import parse_selection
from scenarios.running.outcomes import ScenarioOutcome, failed_to_run, run_scenario
from scenarios.running.runner import ScenarioRun
from simulator import Simulator

CREATE = "create: {name: copy, backup: orders-backup, namespace: shop-staging, project: shop}"


@pytest.fixture
def outcome_of(load):
    def run(*steps, seed=None):
        return run_scenario(load("\n  - ".join(["version: 1\nseed: 5\nsteps:", *steps])), seed=seed)

    return run


def test_steps_that_pass_and_their_events_are_told(outcome_of):
    outcome = outcome_of(CREATE, "advance: 1s")

    assert (outcome.passed, outcome.passed_count, outcome.step_count, outcome.error) == (True, 2, 2, "")
    assert [(step.line, step.at_seconds, step.passed) for step in outcome.steps] == [(4, 0.0, True), (5, 1.0, True)]
    assert [step.event_count for step in outcome.steps] == [2, 1]
    assert [outcome.event_line(event, {}).strip() for event in outcome.events[::2]] == [
        "0.000 s  copy: INITIALIZING",
        "1.000 s  copy: PENDING",
    ]
    assert outcome.virtual_seconds == 1.0
    assert len(outcome.timeline.splitlines()) == 3


def test_a_step_that_fails_ends_it_and_has_its_source(outcome_of):
    outcome = outcome_of(CREATE, "get: {restore_id: 'rst:x'}", "advance: 1s")

    assert (outcome.passed, outcome.passed_count, outcome.step_count, len(outcome.steps)) == (False, 1, 3, 2)
    assert [line.text for line in outcome.steps[1].source if line.marked] == ["  - get: {restore_id: 'rst:x'}"]
    assert outcome.steps[0].source == ()


@pytest.mark.parametrize(("given", "used"), [(None, 5), (0, 0), (77, 77)])
def test_the_seed_is_the_one_that_was_used(outcome_of, given, used):
    assert outcome_of("advance: 1s", seed=given).seed == used


def test_an_exception_is_part_of_the_outcome_with_what_happened_before(outcome_of, monkeypatch):
    steps = ScenarioRun.steps

    def fail_after_the_first(run):
        yield next(steps(run))
        raise RuntimeError("the simulator is at fault")

    monkeypatch.setattr(ScenarioRun, "steps", fail_after_the_first)
    outcome = outcome_of(CREATE, "advance: 1s")

    assert (outcome.passed, len(outcome.steps), outcome.step_count) == (False, 1, 2)
    assert outcome.error.startswith("Traceback ")
    assert outcome.error.endswith("RuntimeError: the simulator is at fault\n")
    assert len(outcome.timeline.splitlines()) == 2


def test_a_simulator_that_does_not_start_is_an_outcome(outcome_of, monkeypatch):
    def refuse(_):
        raise OSError("no port is free")

    monkeypatch.setattr(Simulator, "start", refuse)
    outcome = outcome_of("advance: 1s")

    assert (outcome.passed, outcome.seed, outcome.timeline, outcome.steps) == (False, 5, "", ())
    assert outcome.error.endswith("OSError: no port is free\n")


def test_an_interruption_is_no_outcome(outcome_of, monkeypatch):
    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(ScenarioRun, "steps", interrupt)

    with pytest.raises(KeyboardInterrupt):
        outcome_of("advance: 1s")


def test_it_is_the_same_after_a_way_through_json(outcome_of):
    outcome = outcome_of(CREATE, "get: {restore_id: 'rst:x'}")

    assert ScenarioOutcome.from_plain(json.loads(json.dumps(outcome.to_plain()))) == outcome


def test_what_was_never_run_has_a_reason(load):
    outcome = failed_to_run(load("version: 1\nseed: 3\nsteps: [advance: 1s]"), seed=None, error="nobody was there")

    assert (outcome.passed, outcome.error, outcome.seed, outcome.step_count) == (False, "nobody was there", 3, 1)


@pytest.mark.parametrize("case", ["large", "two words", "10GiB-1.5", "it's", 'say "a"', "a]b"])
def test_the_replay_of_a_case_selects_that_case_alone(outcome_of, case):
    outcome = replace(outcome_of("advance: 1s"), name="name", case=case)
    command = shlex.split(outcome.replay)

    assert command[:5] == ["pds-sim", "run", "--seed", "5", outcome.file]
    selects = parse_selection(command[command.index("-k") + 1])
    assert selects([outcome.title])
    assert not selects([f"name[{case}r]"])
    assert not selects([f"name[x{case}]"])


def test_the_replay_of_a_file_with_spaces_is_quoted(outcome_of):
    outcome = replace(outcome_of("advance: 1s"), file="with spaces.yaml")

    assert outcome.replay == "pds-sim run --seed 5 'with spaces.yaml'"
