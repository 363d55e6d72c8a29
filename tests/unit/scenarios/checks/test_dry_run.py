"""What a run would show is warned of before, with its place, unless a run would take its time."""

import pytest

from scenarios.checks import dry_run

CREATE = "create: {name: copy, backup: orders-backup, namespace: shop-staging, project: shop}"


def text_of(*steps, top=""):
    return "\n".join(["version: 1", *filter(None, [top]), "steps:", *(f"  - {step}" for step in steps)])


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        (["▸list: {expect: {code: NOT_FOUND}}", "matrix:"], "fails when it is run: expected code NOT_FOUND"),
        ([CREATE, "▸expect: {restore: copy, fields: {status.phase: PENDING}}"], "fails when it is run: status.phase"),
        (
            [CREATE, "▸advance_until: {restore: copy, phase: SUCCESSFUL, limit: 1s}"],
            "fails when it is run: restore 'copy'",
        ),
        ([CREATE, "▸expect: {timeline: [{change: gone}]}"], "fails when it is run: "),
    ],
    ids=["a code", "a field", "a limit", "a row of the timeline"],
)
def test_the_first_step_that_fails_is_told_with_its_place(warning_at_mark, steps, message):
    assert message in warning_at_mark(text_of(*steps))


def test_a_step_in_a_lane_of_a_repetition_is_found(warning_at_mark):
    inner = "parallel: [{steps: [{matrix: }]}, {steps: [▸{list: {expect: {names: [x]}}}]}]"

    path = warning_at_mark(text_of(f"repeat: {{times: 2, steps: [{{{inner}}}]}}")).partition(": ")[0]

    assert path == "steps[0].repeat.steps[0].parallel[1].steps[0]"


def test_a_rule_that_never_takes_effect_is_told_with_what_came_closest(warnings_in):
    [warning] = warnings_in(text_of(CREATE, "advance: 1h", top="faults: [{phase: PENDING, cluster: east, slow: 2}]"))

    assert warning.startswith("faults: fails when it is run: the rule ")
    assert "never fired" in warning
    assert "copy in PENDING" in warning


@pytest.mark.parametrize(
    "top",
    ["clock: wall\nfaults: [{method: GetRestore, hang: }]", "strict: false\nfaults: [{method: GetRestore, hang: }]"],
    ids=["the wall clock moves the time", "rules need not take effect"],
)
def test_what_a_run_would_not_complain_of_is_not_warned_of(warnings_in, top):
    assert warnings_in(text_of("matrix:", top=top)) == []


def test_a_scenario_without_steps_is_for_others_to_run(warnings_in):
    assert warnings_in("version: 1\nfaults: [{method: GetRestore, hang: }]") == []


def test_a_long_repetition_is_given_up_without_a_verdict(warnings_in, monkeypatch):
    monkeypatch.setattr(dry_run, "STEPS_MAX", 3)
    rounds = "repeat: {times: 1000, steps: [{matrix: }]}"

    assert warnings_in(text_of(rounds, "list: {expect: {names: [x]}}")) == []
