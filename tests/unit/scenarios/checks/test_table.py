"""A parameter that only the table has is reported, once for all cases."""

from scenarios.checks import warnings_of
from scenarios.loading.loader import load_cases

TEXT = """\
version: 1
parameters:
  - {case: one, seed: 1, size: 1, wait: 1s}
  - {case: two, size: 2, wait: 2s}
steps:
  - advance: ${parameters.wait}
"""


def test_a_parameter_that_nobody_uses(write):
    found = [warnings_of(scenario) for scenario in load_cases(write(TEXT))]

    [first], [second] = found
    assert first == second
    assert (first.line, first.column, first.path) == (3, 32, "parameters[0].size")
    assert first.message == "nothing uses the parameter 'size'; expected ${parameters.size} somewhere"


def test_a_parameter_within_a_text_is_used(write):
    text = TEXT.replace("advance: ${parameters.wait}", 'list: {bearer: "a-${parameters.size}-${parameters.wait}"}')

    assert [warnings_of(scenario) for scenario in load_cases(write(text))] == [[], []]
