"""An unclosed variable or set of characters is reported."""

import pytest

from scenarios.checks import warnings_of


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        (
            "steps: [{repeat: {times: 2, steps: [{list: {bearer: ▸'poll-${index'}}]}}]",
            "steps[0].repeat.steps[0].list.bearer: has a '${' that is not closed, and stands for itself: 'poll-${inde",
        ),
        (
            "steps: [{list: {as: b}}, {list: {bearer: ▸'${b.${b.pagination.total_records}}'}}]",
            "steps[1].list.bearer: has a '${' that is not closed",
        ),
        ("faults: [{error: {message: ▸'${parameters.a'}}]", "faults[0].error.message: has a '${' that is not closed"),
        (
            "faults: [{restore: ▸'orders-[ab', hang: }]",
            "faults[0].restore: has a '[' that is not closed, and stands for",
        ),
        ("faults: [{restore: [a, ▸'[b]-[!'], hang: }]", "faults[0].restore[1]: has a '[' that is not closed"),
        ("faults: [{hang: , unless: {label: {team: ▸'['}}}]", "faults[0].unless.label.team: has a '[' that is not"),
        ("steps: [{inject: {caller: ▸'[a', hang: }}]", "steps[0].inject.caller: has a '[' that is not closed"),
        ("steps: [{expect: {timeline: [{name: ▸'[]'}]}}]", "steps[0].expect.timeline[0].name: has a '[' that is not"),
        ("steps: [{expect: {calls: [{caller: ▸'[a', count: 0}]}}]", "steps[0].expect.calls[0].caller: has a '[' that"),
    ],
)
def test_what_is_not_closed(load, text, warning):
    before, after = f"version: 1\n{text}".split("▸")

    [found] = [problem for problem in warnings_of(load(before + after)) if "not closed" in problem.message]

    assert (found.line, found.column) == (2, len(before) - before.rfind("\n"))
    assert f"{found.path}: {found.message}".startswith(warning)


@pytest.mark.parametrize(
    "text",
    [
        "description: '${ and ['",
        "faults: [{restore: ['[a]', '[]]', '[!]]'], error: {message: '[oops'}}]",
        "steps: [{list: {bearer: '$[index', account: 'a}'}}]",
        "parameters: [{case: '${'}]",
    ],
)
def test_what_is_closed_or_no_pattern(warnings_in, text):
    assert warnings_in(f"version: 1\n{text}") == []
