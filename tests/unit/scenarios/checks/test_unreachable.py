"""After a step that can't pass, the next one is said to be out of reach, wherever the two stand."""

import pytest

HOPELESS = "list: {expect: {code: NOT_FOUND}}"


@pytest.mark.parametrize(
    ("steps", "unreachable"),
    [
        ([HOPELESS, "matrix:"], ["steps[1]"]),
        ([HOPELESS, HOPELESS, "matrix:"], ["steps[1]"]),
        (["matrix:", HOPELESS], []),
        ([f"repeat: {{times: 2, steps: [{{{HOPELESS}}}, {{matrix: }}]}}", "matrix:"], ["steps[0].repeat.steps[1]"]),
        ([f"repeat: {{times: 2, steps: [{{matrix: }}, {{{HOPELESS}}}]}}", "matrix:"], ["steps[1]"]),
    ],
)
def test_the_first_step_that_no_run_comes_to(warnings_in, steps, unreachable):
    text = "\n".join(["version: 1", "steps:", *(f"  - {step}" for step in steps)])
    told = [warning for warning in warnings_in(text) if "can't be reached" in warning]

    assert [warning.partition(": ")[0] for warning in told] == unreachable


def test_it_is_told_which_step_is_in_the_way(warnings_in):
    _, unreachable = warnings_in(f"version: 1\nsteps:\n  - matrix:\n  - {HOPELESS}\n  - matrix:\n")

    assert unreachable == "steps[2]: can't be reached: a step before it, in line 4, can never pass"


def test_lanes_are_gone_through_as_well(warnings_in):
    lanes = f"    - steps: [{{{HOPELESS}}}]\n    - steps: [{{matrix: }}]\n"

    hopeless, unreachable = warnings_in(f"version: 1\nsteps:\n  - parallel:\n{lanes}  - matrix:\n")

    assert hopeless.startswith("steps[0].parallel[0].steps[0].list.expect.code: can never hold")
    assert unreachable == "steps[1]: can't be reached: a step before it, in line 4, can never pass"
