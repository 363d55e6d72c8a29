"""All warnings come together, in the order of their places; the scenarios that ship have none."""

import pytest

from scenarios.checks import SIZE_MAX, WARNINGS, warnings_of
from scenarios.loading.loader import load_cases
from scenarios.loading.shipped import SUFFIX, library, shipped_names


@pytest.mark.parametrize("name", shipped_names())
def test_a_scenario_that_ships_has_no_warnings(name):
    for scenario in load_cases(library() / f"{name}{SUFFIX}"):
        assert warnings_of(scenario) == []


def test_warnings_of_every_kind_come_in_the_order_of_their_places(load):
    problems = warnings_of(
        load(
            "version: 1\n"
            "steps:\n"
            "  - list: {as: page, expect: {code: ABORTED}}\n"
            "  - matrix: {bearer: '${index'}\n"
            "  - matrix: {expect: {fields: {}}}\n"
            "  - expect: {timeline: [{change: gone}]}\n"
            "faults:\n"
            "  - {method: GetRestore, hang: }\n"
            "parameters:\n"
            "  - {size: 1}\n"
        )
    )

    assert len(problems) == len(WARNINGS)
    assert [(problem.line, problem.path) for problem in problems] == [
        (3, "steps[0].list.as"),
        (3, "steps[0].list.expect.code"),
        (4, "steps[1]"),
        (4, "steps[1].matrix.bearer"),
        (5, "steps[2].matrix.expect.fields"),
        (6, "steps[3].expect.timeline[0].change"),
        (8, "faults[0].method"),
        (10, "parameters[0].size"),
    ]


def test_a_scenario_that_nobody_wrote_by_hand_is_not_looked_through(load):
    [problem] = warnings_of(load("version: 1\nsteps:\n" + "  - list: {as: page}\n" * (SIZE_MAX + 1)))

    assert problem.message == "has more than 1000 steps and rules; only errors are looked for"
