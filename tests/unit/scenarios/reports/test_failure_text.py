"""A failure is explained: expected, found, the place in the file, what the restores did, and how to see it again."""

import re
from dataclasses import replace

import pytest

from scenarios.reports.failure_text import EVENTS_SHOWN_MAX, failure_lines, headline
from scenarios.running.outcomes import run_scenario

TWO_RESTORES = """\
version: 1
seed: 5
steps:
  - create: {name: first, backup: orders-backup, namespace: shop-staging, project: shop}
  - create: {name: second, as: other, backup: carts-backup, namespace: shop-staging, project: shop}
"""


@pytest.fixture
def failing(load):
    """The outcome of two creates and a step that fails."""

    def run(step, head=TWO_RESTORES):
        outcome = run_scenario(load(f"{head}  - {step}\n"))
        assert not outcome.passed
        return outcome

    return run


def histories(lines):
    """The names of the restores whose history is shown."""
    return [line.split()[0] for line in lines if re.fullmatch(r"  [\w-]+ \(rst:[0-9a-f-]{36}\)", line)]


def test_a_failure_is_told_from_the_expectation_to_the_replay(failing):
    outcome = failing("expect: {restore: first, fields: {status.phase: PENDING}}")
    uid = outcome.steps[2].subjects[0]

    assert failure_lines(outcome) == [
        f"{outcome.file}:6: status.phase: expected 'PENDING', found 'INITIALIZING'",
        "    5 |   - create: {name: second, as: other, backup: carts-backup, namespace: shop-staging, project: shop}",
        "  > 6 |   - expect: {restore: first, fields: {status.phase: PENDING}}",
        f"  first ({uid})",
        "       0.000 s  first: INITIALIZING",
        "       0.000 s  CreateRestore first → OK",
        "       0.000 s  GetRestore first → OK",
        f"replay: pds-sim run --seed 5 {outcome.file}",
    ]


@pytest.mark.parametrize(
    ("step", "shown"),
    [
        ("expect: {restore: other, fields: {status.phase: PENDING}}", ["second"]),
        ("get: {restore: other, expect: {fields: {status.phase: PENDING}}}", ["second"]),
        ("expect: {answer: first, fields: {status.phase: PENDING}}", ["first"]),
        ("advance_until: {restore: other, phase: SUCCESSFUL, limit: 1s}", ["second"]),
        ("list: {project: shop, expect: {names: [second]}}", ["first", "second"]),
        ("get: {restore_id: 'rst:x'}", ["first", "second"]),
    ],
)
def test_the_history_of_those_restores_is_shown_that_the_step_is_about(failing, step, shown):
    assert histories(failure_lines(failing(step))) == shown


def test_not_more_than_a_few_histories_are_shown(failing):
    create = "  - create: {name: 'r-${index}', backup: orders-backup, namespace: shop-staging, project: shop}\n"
    head = f"version: 1\nsteps:\n  - repeat:\n      times: 5\n      steps:\n      {create}"

    lines = failure_lines(failing("get: {restore_id: 'rst:x'}", head))

    assert histories(lines) == ["r-1", "r-2", "r-3"]
    assert "  … and 2 more restores" in lines


def test_calls_that_are_left_out_are_counted(failing):
    head = f"{TWO_RESTORES}  - repeat: {{times: 9, steps: [get: {{restore: first}}]}}\n"

    lines = failure_lines(failing("expect: {restore: first, fields: {status.phase: PENDING}}", head))

    assert "    … without 6 earlier calls" in lines


def test_faults_of_calls_that_are_left_out_are_left_out_too(failing):
    rule = "faults:\n  - {method: GetRestore, times: 90, error: {}}\n"
    get = "{get: {restore: first, expect: {code: UNAVAILABLE}}}"
    head = f"{TWO_RESTORES}  - repeat: {{times: 90, steps: [{get}]}}\n".replace("steps:", f"{rule}steps:", 1)

    lines = failure_lines(failing("expect: {restore: first, fields: {status.phase: PENDING}}", head))

    assert "    … without 87 earlier calls" in lines
    assert len(lines) < 30


def test_not_more_than_some_events_of_a_restore_are_shown(failing):
    rules = "  - {phase: PENDING, restart_phase: {}}\n" * 60
    head = f"{TWO_RESTORES}  - advance: 1h\n".replace("steps:", f"faults:\n{rules}steps:", 1)

    lines = failure_lines(failing("expect: {restore: first, fields: {status.phase: PENDING}}", head))

    assert re.search("without [0-9]+ earlier events", "\n".join(lines))
    assert len(lines) < EVENTS_SHOWN_MAX + 20


def test_each_complaint_has_a_line_and_the_first_is_the_headline(failing):
    outcome = failing("expect: {restore: first, fields: {status.phase: PENDING, meta.name: second}}")

    complaints = [line for line in failure_lines(outcome) if line.startswith(f"{outcome.file}:6: ")]
    assert len(complaints) == 2
    assert complaints[0] == f"{outcome.file}:6: {headline(outcome)}"


def test_faults_are_told_at_the_restore_that_they_hit(failing):
    head = """\
version: 1
faults:
  - {name: breaks, phase: RESTORING_CLOUDSNAP, restore: first, fail: {message: it broke}}
  - {name: busy, method: GetRestore, times: 1, error: {code: UNAVAILABLE, message: try again}}
steps:
  - advance: 10s
  - create: {name: first, backup: orders-backup, namespace: shop-staging, project: shop}
  - create: {name: second, backup: carts-backup, namespace: shop-staging, project: shop}
  - get: {restore: first, expect: {code: UNAVAILABLE}}
"""

    lines = failure_lines(failing("advance_until: {restore: first, phase: SUCCESSFUL}", head))

    assert lines[lines.index(next(line for line in lines if line.startswith("  first ("))) + 1 : -1] == [
        "      10.000 s  first: INITIALIZING",
        "      10.000 s  CreateRestore first → OK",
        "      10.000 s  fault 'busy' (error) on GetRestore first",
        "      10.000 s  GetRestore first → UNAVAILABLE: try again",
        "      11.000 s  first: PENDING",
        "      13.000 s  first: RESTORING_CLOUDSNAP",
        "      13.000 s  fault 'breaks' (fail) on first",
        "      13.000 s  first: FAILED (RESTORE_INTERNAL_ERROR: it broke)",
    ]


def test_a_rule_that_never_took_effect_is_shown_where_it_stands(failing):
    head = "version: 1\nfaults:\n  - {phase: PENDING, slow: 2}\nsteps:\n"

    lines = failure_lines(failing("advance: 1s", head))

    assert "  > 2 | faults:" in lines
    assert "    3 |   - {phase: PENDING, slow: 2}" in lines


def test_a_fault_of_the_simulator_is_told_with_its_traceback(failing):
    outcome = replace(failing("get: {restore_id: 'rst:x'}"), error="Traceback …\n  File …\nRuntimeError: boom\n")

    lines = failure_lines(outcome)

    assert headline(outcome) == "RuntimeError: boom"
    assert lines.index(f"{outcome.file}: could not be run to its end") < lines.index("  RuntimeError: boom")
    assert lines[-1].startswith("replay: ")


def test_a_complaint_of_several_lines_is_indented(failing):
    outcome = failing("get: {restore_id: 'rst:x'}")
    step = replace(outcome.steps[2], complaints=("first line\nsecond line",))
    changed = replace(outcome, steps=(step,))

    assert failure_lines(changed)[:2] == [f"{outcome.file}:6: first line", "  second line"]
    assert headline(changed) == "first line"
