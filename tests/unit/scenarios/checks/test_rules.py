"""A rule is said never to take effect only when that is so: each of these warnings is held against a run."""

import pytest

from scenarios.running.runner import ScenarioRun

CREATE = "create: {name: copy, backup: orders-backup, namespace: shop-staging, project: shop, labels: {team: pay}}"
CREATE_EACH = CREATE.replace("copy", "'copy-${index}'")
END = "advance_until: {restore: copy, phase: SUCCESSFUL}"


def text_of(*rules, steps, top=""):
    lines = ["version: 1", *filter(None, [top])]
    lines += ["faults:", *(f"  - {rule}" for rule in rules)] if rules else []
    return "\n".join([*lines, "steps:", *(f"  - {step}" for step in steps)])


@pytest.fixture
def idle(load, warning_at_mark):
    """The one warning about a scenario of which a run shows that a rule never takes effect."""

    def find(text: str) -> str:
        with ScenarioRun(load(text.replace("▸", "")), lenient=True) as run:
            list(run.steps())
            assert [active.fired_count for active in run.simulator.rules].count(0) == 1
        return warning_at_mark(text)

    return find


@pytest.mark.parametrize(
    ("rule", "warning"),
    [
        (
            "{method: ▸RecreateRestore, error: }",
            "method: can't match: no call meets method 'RecreateRestore'; there is 'CreateRestore', 'GetRestore'",
        ),
        ("{method: GetRestore, caller: ▸ci, hang: }", "caller: can't match: no call meets caller 'ci'"),
        (
            "{phase: PENDING, restore: ▸[orders-*, a], fail: }",
            "restore: can't match: no restore meets restore 'orders-*' or 'a'; there is 'copy'",
        ),
        (
            "{phase: PENDING, cluster: ▸east, slow: 2}",
            "cluster: can't match: no restore meets cluster 'east'; there is",
        ),
        (
            "{phase: PENDING, namespace: ▸shop-prod, slow: 2}",
            "namespace: can't match: no restore meets namespace 'shop",
        ),
        (
            "{phase: PENDING, project: ▸analytics, slow: 2}",
            "project: can't match: no restore meets project 'analytics'",
        ),
        (
            "{phase: PENDING, backup: ▸carts-backup, slow: 2}",
            "backup: can't match: no restore meets backup 'carts-backu",
        ),
        ("{phase: PENDING, data_service: ▸Kafka, gate: }", "data_service: can't match: no restore meets data_service"),
        ("{phase: PENDING, label: {team: ▸ops}, slow: 2}", "label.team: can't match: no restore meets team 'ops'"),
        ("{phase: PENDING, label: {tier: ▸'*'}, slow: 2}", "label.tier: can't match: no restore meets tier '*'"),
        (
            "{phase: PENDING, any_of: ▸[{cluster: east}, {project: analytics}], slow: 2}",
            "any_of: can't match: no restore meets any_of as a whole",
        ),
        ("{method: CreateRestore, restore: ▸other, hang: }", "restore: can't match: no call meets restore 'other'"),
        (
            "{method: GetRestore, after: ▸1, hang: }",
            "after: can't take effect: it lets 1 matches pass, and at most 1 calls can match",
        ),
        (
            "{phase: [PENDING, INITIALIZING], after: ▸2, slow: 2}",
            "after: can't take effect: it lets 2 matches pass, and at most 2 phases of restores can match",
        ),
        (
            "{cluster: west, at: ▸1d, outage: }",
            "at: never comes: it is 86400 s from the start, and the steps let at most 1800 s pass",
        ),
        (
            "{phase: PENDING, between: ▸[2025-01-02T00:00:00Z, 2d], slow: 2}",
            "between: never comes: it is 86400 s from the start, and the steps let at most 1800 s pass",
        ),
    ],
)
def test_a_rule_that_nothing_can_match(idle, rule, warning):
    found = idle(text_of(rule, steps=[CREATE, END, "get: {restore: copy}"]))

    assert found.startswith(f"faults[0].{warning}")


@pytest.mark.parametrize(
    ("steps", "warning"),
    [
        (
            [CREATE, "inject: ▸{hang: }", "advance: 1h"],
            "can't match: no step after it makes a call to which hang can happen",
        ),
        (
            ["matrix:", "inject: ▸{stale: 3s}", "matrix:"],
            "can't match: no step after it makes a call to which stale can happen",
        ),
        (
            [CREATE, "inject: ▸{phase: PENDING, slow: 2}", "list:"],
            "can't match: no step after it lets a restore come to another phase",
        ),
        (["inject: ▸{phase: PENDING, slow: 2}", "advance: 1h"], "can't match: no step creates a restore"),
        (
            [CREATE, "inject: {method: ▸GetRestore, hang: }", "list:"],
            "can't match: no call after it meets method 'GetRestore'; there is 'ListRestores'",
        ),
    ],
)
def test_a_rule_that_comes_too_late_or_to_nothing(idle, steps, warning):
    assert idle(text_of(steps=steps)).endswith(f": {warning}")


@pytest.mark.parametrize(
    ("rules", "steps"),
    [
        (["{hang: , times: 1}"], ["matrix: {expect: {code: DEADLINE_EXCEEDED}}"]),
        (["{phase: PENDING, restore: c?py, slow: 2}"], [CREATE, "advance: 1s"]),
        (["{phase: PENDING, restore: 'rst:*', slow: 2}"], [CREATE, "advance: 1s"]),
        (["{phase: PENDING, label: {team: p*}, slow: 2}"], [CREATE, "advance: 1s"]),
        (["{phase: PENDING, unless: {cluster: east}, slow: 2}"], [CREATE, "advance: 1s"]),
        (["{phase: PENDING, any_of: [{cluster: east}, {cluster: w*}], slow: 2}"], [CREATE, "advance: 1s"]),
        (["{method: GetRestore, restore: copy, stale: 1s}"], [CREATE, "advance: 1s", "expect: {restore: copy}"]),
        (["{method: ListRestores, project: shop, stale: 1s}"], ["list: {project: shop, expect: {names: []}}"]),
        (["{method: ListRestores, data_service: Redis, stale: 1s}"], ["list: {backup: carts-backup}"]),
        (
            ["{method: RecreateRestore, label: {team: pay}, hang: }", "{phase: INIT*, fail: }"],
            [
                CREATE.replace("}}", "}, expect: {fields: {status.phase: FAILED}}}"),
                "recreate: {restore: copy, name: again, expect: {code: DEADLINE_EXCEEDED}}",
            ],
        ),
        (
            ["{phase: PENDING, restore: copy-3, slow: 2}"],
            [f"repeat: {{times: 3, steps: [{{{CREATE_EACH}}}, {{advance: 1s}}]}}"],
        ),
        (
            ["{method: CreateRestore, after: 2, error: }"],
            [
                f"repeat: {{times: 2, steps: [{{{CREATE_EACH}}}]}}",
                CREATE.replace("}}", "}, expect: {code: UNAVAILABLE}}"),
            ],
        ),
        (["{cluster: west, at: 3s, outage: {duration: 1s}}"], [CREATE, "advance: 3s"]),
        (["{phase: PENDING, between: [1s, 9s], slow: 2}"], [CREATE, "advance: 1s"]),
        (
            ["{phase: PENDING, data_service: PostgreSQL, backup_location: vault, slow: 2}"],
            [
                "change: {create_backup: {name: nightly-1, deployment: orders}}",
                "change: {complete_backup: nightly-1}",
                CREATE.replace("orders-backup", "nightly-1"),
                "advance: 1s",
            ],
        ),
        (
            [
                "{phase: RESTORING_CLOUDSNAP, times: 1, restart_phase: }",
                "{phase: RESTORING_CLOUDSNAP, after: 1, slow: 2}",
            ],
            [CREATE, CREATE.replace("copy", "other"), "advance: 1h"],
        ),
        (
            [],
            [
                "repeat: {times: 2, steps: [{list: }, {inject: {method: ListRestores, times: 1, stale: 1s}}]}",
                "list:",
            ],
        ),
    ],
)
def test_a_rule_that_can_match_is_not_warned_of_and_a_run_shows_it(run, warnings_in, rules, steps):
    text = text_of(*rules, steps=steps)

    assert [complaint for result in run(text) for complaint in result.complaints] == []
    assert warnings_in(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "version: 1\nfaults: [{method: GetRestore, hang: }]",
        "version: 1\nclock: wall\nfaults: [{cluster: west, at: 9d, outage: }]\nsteps: [{list: }]",
        "version: 1\nclock: on_poll\nfaults: [{cluster: west, at: 9d, outage: }]\nsteps: [{list: }]",
    ],
    ids=["nobody knows the calls", "nobody knows the time", "polls move the time"],
)
def test_what_a_run_alone_can_not_tell_is_not_warned_of(warnings_in, text):
    assert warnings_in(text) == []
