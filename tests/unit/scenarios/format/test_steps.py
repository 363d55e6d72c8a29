"""A step is exactly one verb with the arguments of that verb."""

import pytest

from scenarios.format.steps import Step, count_steps
from simulator.documents.changes import ChangeDocument

VERBS = ", ".join(Step.model_fields)
CHANGES = ", ".join(ChangeDocument.model_fields)
EACH_VERB = ", ".join(map(repr, list(Step.model_fields)[:12]))
NO_DURATION = "is no duration; expected something like 90s, 10m, 1h30m, 250ms or a number of seconds"


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        ("▸advance", "steps[0]: is 'advance'; expected a mapping"),
        ("▸[]", "steps[0]: is an empty list; expected a mapping"),
        ("▸{}", f"steps[0]: has none; expected exactly one of {VERBS}"),
        (
            "parallel: [{steps: [{matrix: }]}, {name: ▸'', steps: [{matrix: }]}]",
            "steps[0].parallel[1].name: is ''; expected 1 or more characters",
        ),
        ("get:▸", "steps[0].get: has no value; expected a mapping, or no such key"),
        ("create: {name: a, namespace: ▸~}", "steps[0].create.namespace: has no value; expected one, or no such key"),
        (
            "▸{advance: 1s, matrix: {}}",
            f"steps[0]: has matrix and advance; expected exactly one of {VERBS}",
        ),
        (
            "▸{advance: 1s, matrix: ~}",
            f"steps[0]: has matrix and advance; expected exactly one of {VERBS}",
        ),
        ("▸advanc: 1s", "steps[0].advanc: is no key here; did you mean 'advance' or 'advance_until'?"),
        ("advance: ▸never", f"steps[0].advance: 'never' {NO_DURATION}"),
        ("advance: ▸-1", f"steps[0].advance: -1 {NO_DURATION}"),
        ("advance: ▸.inf", f"steps[0].advance: '.inf' {NO_DURATION}"),
        ("advance: ▸365001d", "steps[0].advance: '365001d' is too long; expected at most 1000 years (365000d)"),
        ("create: ▸orders-copy", "steps[0].create: is 'orders-copy'; expected a mapping"),
        ("create: ▸{}", "steps[0].create.name: is missing"),
        ("create: {name: ▸7}", "steps[0].create.name: is 7; expected a text"),
        ("create: {name: a, labels: {team: ▸1}}", "steps[0].create.labels.team: is 1; expected a text"),
        ("create: {name: a, labels: ▸[team]}", "steps[0].create.labels: is a list; expected a mapping"),
        ("create: {name: a, as: ▸''}", "steps[0].create.as: is ''; expected 1 or more characters"),
        ("create: {name: a, ▸alias: b}", "steps[0].create.alias: is no key here; expected one of 'as', 'token',"),
        ("recreate: ▸{restore: a}", "steps[0].recreate.name: is missing"),
        ("list: {sort: {by: ▸NAMES}}", "steps[0].list.sort.by: 'NAMES' is no field to sort by; did you mean 'NAME'?"),
        ("list: {sort: {order: ▸DSC}}", "steps[0].list.sort.order: 'DSC' is no order; did you mean 'DESC' or 'ASC'?"),
        ("list: {page: ▸2}", "steps[0].list.page: is 2; expected a mapping"),
        ("list: {page: {number: ▸first}}", "steps[0].list.page.number: is 'first'; expected a whole number"),
        (
            "list: ▸{tenant: acme-engineering, project_id: x}",
            "steps[0].list: lists by tenant and project_id; expected at most one of them",
        ),
        ("list: {bearer: ▸ü}", "steps[0].list.bearer: can't be sent as metadata; expected printable ASCII"),
        (
            'list: {account: ▸"a\\n"}',
            "steps[0].list.account: can't be sent as metadata; expected printable ASCII",
        ),
        ("list: {bearer: ▸7}", "steps[0].list.bearer: is …; expected a text"),
        (
            "advance_until: {restore: a, phase: ▸FAILD}",
            "steps[0].advance_until.phase: 'FAILD' is no phase; did you mean",
        ),
        ("advance_until: ▸{phase: FAILED}", "steps[0].advance_until.restore: is missing"),
        ("advance_until: {restore: a, phase: FAILED, limit: ▸x}", f"steps[0].advance_until.limit: 'x' {NO_DURATION}"),
        ("change: ▸{}", f"steps[0].change: has none; expected exactly one of {CHANGES}"),
        (
            "change: ▸{delete_backup: a, lose_credentials: b}",
            f"steps[0].change: has delete_backup and lose_credentials; expected exactly one of {CHANGES}",
        ),
        (
            "change: {▸delete_bakup: a}",
            "steps[0].change.delete_bakup: is no key here; did you mean 'delete_backup' or 'complete_backup'?",
        ),
        ("parallel:▸", "steps[0].parallel: has no value; expected a list, or no such key"),
        ("parallel: ▸{}", "steps[0].parallel: is an empty mapping; expected a list"),
        ("parallel: ▸[]", "steps[0].parallel: has 0; expected at least 2"),
        ("parallel: ▸[{steps: [matrix: ]}]", "steps[0].parallel: has 1; expected at least 2"),
        ("parallel: [▸[matrix: ], {steps: [matrix: ]}]", "steps[0].parallel[0]: is a list; expected a mapping"),
        ("parallel: [{steps: [matrix: ]}, ▸{}]", "steps[0].parallel[1].steps: is missing"),
        (
            "parallel: [{steps: [matrix: ]}, {steps: ▸[]}]",
            "steps[0].parallel[1].steps: is an empty list; expected a list that is not empty",
        ),
        (
            "parallel: [{steps: [matrix: ]}, {steps: [matrix: ], ▸nam: a}]",
            "steps[0].parallel[1].nam: is no key here; did you mean 'name'?",
        ),
        (
            'parallel: [{steps: [matrix: ], name: ▸"a\tb"}, {steps: [matrix: ]}]',
            "steps[0].parallel[0].name: is 'a\\tb'; expected one line without control characters",
        ),
        (
            f"parallel: [{{steps: [matrix: ], name: ▸{'a' * 101}}}, {{steps: [matrix: ]}}]",
            f"steps[0].parallel[0].name: is '{'a' * 78}…; expected ",
        ),
        (
            "parallel: [{steps: [matrix: ]}, {steps: [▸wait: 3s]}]",
            f"steps[0].parallel[1].steps[0].wait: is no key here; expected one of {EACH_VERB}",
        ),
        (
            "repeat: {times: 1, steps: [▸advanc: 3s]}",
            "steps[0].repeat.steps[0].advanc: is no key here; did you mean 'advance' or 'advance_until'?",
        ),
        ("repeat: {times: ▸0, steps: [matrix: ]}", "steps[0].repeat.times: is 0; expected "),
        ("repeat: {times: ▸1001, steps: [matrix: ]}", "steps[0].repeat.times: is 1001; expected "),
        (
            "repeat: {times: 2, steps: ▸[]}",
            "steps[0].repeat.steps: is an empty list; expected a list that is not empty",
        ),
    ],
)
def test_what_is_wrong_with_a_step_is_told_with_its_place(problem_at_mark, step, problem):
    assert problem_at_mark(f"version: 1\nsteps:\n  - {step}").startswith(problem)


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1])
def test_a_page_number_that_no_int64_holds_is_refused(problem_at_mark, number):
    problem = problem_at_mark(f"version: 1\nsteps:\n  - list: {{page: {{size: ▸{number}}}}}")

    assert problem.startswith(f"steps[0].list.page.size: is {number}; expected ")


def test_a_verb_has_defaults_for_what_may_be_left_out(load):
    create, until, get = load(
        "version: 1\n"
        "steps:\n"
        "  - create: {name: abc, as: first, backup: orders-backup, namespace: shop-prod, project: shop}\n"
        "  - advance_until: {restore: first, phase: FAILED}\n"
        "  - list: {}\n"
    ).document.steps

    assert (create.verb, create.create.alias, create.create.expect.code) == ("create", "first", "OK")
    assert (until.verb, until.advance_until.limit) == ("advance_until", 1800)
    assert (get.verb, get.list.sort.by, get.list.page.number) == ("list", "FIELD_UNSPECIFIED", 0)


@pytest.mark.parametrize(
    ("steps", "count"),
    [
        ("[]", 0),
        ("[matrix: , matrix: ]", 2),
        ("[repeat: {times: 3, steps: [matrix: , matrix: ]}]", 6),
        ("[parallel: [{steps: [matrix: ]}, {steps: [matrix: , matrix: ]}]]", 3),
        ("[repeat: {times: 2, steps: [parallel: [{steps: [matrix: ]}, {steps: [matrix: ]}]]}, matrix: ]", 5),
    ],
)
def test_steps_are_counted_as_often_as_they_are_done(load, steps, count):
    assert count_steps(load(f"version: 1\nsteps: {steps}").document.steps) == count
