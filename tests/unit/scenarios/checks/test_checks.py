"""All warnings come together, in the order of their places; the scenarios that ship have none."""

import pytest

from scenarios.checks import WARNINGS, warnings_of
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
            "  - list: {as: page}\n"
            "  - matrix: {bearer: '${index'}\n"
            "  - matrix: {expect: {fields: {}}}\n"
            "  - list: {expect: {names: [copy]}}\n"
            "parameters:\n"
            "  - {size: 1}\n"
        )
    )

    assert len(problems) == len(WARNINGS)
    assert [(problem.line, problem.path) for problem in problems] == [
        (3, "steps[0].list.as"),
        (4, "steps[1].matrix.bearer"),
        (5, "steps[2].matrix.expect.fields"),
        (6, "steps[3]"),
        (8, "parameters[0].size"),
    ]


def test_of_very_many_warnings_the_first_are_told(warnings_in):
    steps = "".join(f"  - list: {{as: page-{number}}}\n" for number in range(1_100))

    warnings = warnings_in(f"version: 1\nsteps:\n{steps}")

    assert len(warnings) == 1_001
    assert warnings[-1] == "steps[1000].list.as: more than 1000 problems; from here on they are not told"
