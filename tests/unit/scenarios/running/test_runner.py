"""A scenario is run step by step, by a real client, until the first step that fails."""

import pytest

from scenarios.running.runner import ScenarioRun

HEAD = "version: 1\nsteps:\n"
CREATE = "  - create: {name: copy, backup: orders-backup, namespace: shop-staging, project: shop}\n"


def test_each_step_tells_where_it_stands_when_it_was_done_and_what_came_of_it(run):
    results = run(
        HEAD + CREATE + "  - advance: 1m\n  - get: {restore: copy}\n\n  # a comment\n"
        "  - advance_until: {restore: copy, phase: SUCCESSFUL}\n  - list: {}\n  - matrix: {}\n"
    )

    assert [(result.line, result.at_seconds, result.passed) for result in results] == [
        (3, 0, True),
        (4, 60, True),
        (5, 60, True),
        (8, 158.4, True),
        (9, 158.4, True),
        (10, 158.4, True),
    ]
    create, advance, get, until, page, matrix = (result.summary for result in results)
    assert create.startswith("create copy → INITIALIZING rst:")
    assert advance == "advance 60 s"
    assert get.startswith("get copy → RESTORING_CLOUDSNAP rst:")
    assert until == "advance until copy SUCCESSFUL"
    assert page == "list → 1 of 1, page 1 of 1"
    assert matrix == "matrix → 3 data services"


def test_a_failed_run_tells_of_the_rules_that_missed_what_came(run):
    results = run(
        "version: 1\nfaults:\n"
        "  - {name: misspelt, phase: PENDING, restore: cpoy, fail: }\n"
        "  - {name: unasked, method: RecreateRestore, error: }\n"
        "  - {name: late, backup_location: vault, at: 1h, lose_credentials: }\n"
        "  - {name: met, phase: PENDING, slow: 2}\n"
        "steps:\n" + CREATE + "  - advance_until: {restore: copy, phase: FAILED}\n"
    )

    assert [result.summary for result in results if not result.passed] == ["advance until copy FAILED", "rules"]
    assert results[-1].complaints[0].startswith("the rule 'misspelt' matched nothing: what came closest:\n")
    assert [complaint.split("'")[1] for complaint in results[-1].complaints] == ["misspelt", "unasked"]


def test_time_that_comes_to_its_end_fails_the_step(run):
    results = run(HEAD + "  - advance: 365000d\n" * 9)

    assert [result.passed for result in results] == [True] * 7 + [False]
    assert results[-1].complaints == ("the clock ends with the year 9999; the target lies after that",)


def test_a_phase_that_does_not_come_fails_the_step_and_tells_why(run):
    late = run(HEAD + CREATE + "  - advance_until: {restore: copy, phase: SUCCESSFUL, limit: 2m}\n")[-1]
    never = run(HEAD + CREATE + "  - advance_until: {restore: copy, phase: FAILED}\n")[-1]

    assert late.at_seconds == 120
    assert "is RESTORING_DATA_SERVICE_DEPLOYMENT since 2025-01-01T00:01:53.400000Z" in late.complaints[0]
    assert "it did not come to SUCCESSFUL within 120 s" in late.complaints[0]
    assert "it can't come to FAILED any more" in never.complaints[0]


def test_an_unforeseen_error_still_ends_the_simulator(load):
    def interrupted():
        with ScenarioRun(load("version: 1")) as current:
            runs.append(current)
            raise KeyboardInterrupt

    runs = []
    with pytest.raises(KeyboardInterrupt):
        interrupted()

    with pytest.raises(RuntimeError, match="does not run"):
        _ = runs[0].simulator.target


def test_a_wall_clock_scenario_makes_its_calls_in_the_time_there_is(run):
    results = run(
        "version: 1\nclock: wall\nspeed: 1000000000\nsteps:\n"
        + CREATE
        + "  - list: {expect: {names: [copy]}}\n  - matrix: {}\n"
    )

    assert [result.passed for result in results] == [True, True, True]
    assert results[0].at_seconds <= results[2].at_seconds


HELD = """
version: 1
{}
faults:
  - {{name: stuck, phase: PENDING, stall: }}
  - {{name: never, phase: RESTORING_CLOUDSNAP, fail: {{}}}}
steps:
  - create: {{name: orders-copy, backup: orders-backup, namespace: shop-staging, project: shop}}
  - advance: 1h
"""


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("strict: true", ["rules", "held restores"]),
        ("allow_held: true", ["rules"]),
        ("strict: false", []),
    ],
)
def test_rules_that_never_fired_and_those_that_hold_restores_fail_apart_from_each_other(run, said, told):
    failed = [result for result in run(HELD.format(said)) if not result.passed]

    assert [result.summary for result in failed] == told
    assert all("never" in complaint for result in failed[:1] for complaint in result.complaints)
    assert all("stuck" in complaint for result in failed[1:] for complaint in result.complaints)
