"""A row of an expected timeline is said to match no event only when that is so, as a run shows."""

import re
from pathlib import Path

import pytest

import scenarios
from scenarios.checks.timelines import CHANGES

RULE = "faults:\n  - {name: busy, method: ListRestores, times: 1, error: }"
LIST = "list: {expect: {code: UNAVAILABLE}}"


@pytest.mark.parametrize(
    ("row", "warning"),
    [
        ("▸{method: GetRestore, from: PENDING}", "no event has 'from' and 'method'; they are of different kinds"),
        ("▸{rule: busy, change: backup deleted}", "no event has 'rule' and 'change'; they are of different kinds"),
        ("{event: rpc, from: ▸PENDING}", "an event 'rpc' has no 'from'; it has method, code, caller"),
        ("{event: world, rule: ▸busy}", "an event 'world' has no 'rule'; it has name, change"),
        ("{from: PENDING, to: ▸PENDING}", "PENDING is followed by RESTORING_CLOUDSNAP, or by FAILED, not by PENDING"),
        ("{from: PENDING, to: ▸SUCCESSFUL}", "PENDING is followed by RESTORING_CLOUDSNAP, or by FAILED, not by SUCC"),
        ("{from: RESTORING_CLOUDSNAP, to: ▸PENDING}", "RESTORING_CLOUDSNAP is followed by RESTORING_DATA_SERVICE_DE"),
        ("{from: ▸FAILED}", "a restore that is FAILED stays so"),
        ("{from: ▸SUCCESSFUL, to: FAILED}", "a restore that is SUCCESSFUL stays so"),
        ("{to: SUCCESSFUL, error_code: ▸RESTORE_INTERNAL_ERROR}", "only a transition to FAILED has one, not one to SU"),
        ("{rule: ▸bsy}", "there is no rule 'bsy'; did you mean 'busy'?"),
        ("{rule: ▸'x*'}", "there is no rule 'x*'; expected one of 'busy'"),
        ("{effect: ▸erorr}", "there is no effect 'erorr'; did you mean 'error'?"),
        ("{change: ▸backup removed}", "there is no change 'backup removed'; did you mean 'backup "),
    ],
)
def test_a_row_that_no_event_is_like(hopeless, row, warning):
    found = hopeless(f"expect: {{timeline: [{row}]}}", top=RULE, before=(LIST,))

    path, message = found.split(": ", 1)
    assert path.startswith("steps[1].expect.timeline[0]")
    assert message.startswith(f"can't match: {warning}")


def test_a_row_that_no_event_is_like_is_told_of_also_where_none_is_expected(warning_at_mark):
    text = "version: 1\nsteps:\n  - expect: {timeline: [{change: ▸deleted, count: 0}]}"

    assert "can't match: there is no change 'deleted'; " in warning_at_mark(text)


@pytest.mark.parametrize(
    "row",
    [
        "{rule: busy, effect: err*, name: x}",
        "{rule: 'busy #2'}",
        "{rule: 'b?sy'}",
        "{rule: '${copy.meta.name}'}",
        "{from: PENDING, to: RESTORING_CLOUDSNAP, at: 3s}",
        "{from: DATA_SERVICE_DEPLOYMENT_ENTERING_NORMAL_MODE, to: FAILED, error_code: RESTORE_INTERNAL_ERROR}",
        "{event: transition, to: INITIALIZING}",
        "{change: '*'}",
        "{name: copy}",
        "{event: rpc, count: 0}",
    ],
)
def test_a_row_that_an_event_may_be_like(warnings_in, row):
    create = "create: {name: copy, backup: orders-backup, namespace: shop-staging, project: shop}"
    text = f"version: 1\n{RULE}\nsteps:\n  - {create}\n  - list:\n  - expect: {{timeline: [{row}]}}"

    assert warnings_in(text) == []


def test_the_page_about_scenarios_has_all_changes():
    page = (Path(scenarios.__file__).parent / "README.md").read_text(encoding="utf-8")
    [told] = re.findall(r"The changes of the world are (.*?)\.\n", page, flags=re.DOTALL)

    assert tuple(re.findall(r"`(.+?)`", told)) == CHANGES
