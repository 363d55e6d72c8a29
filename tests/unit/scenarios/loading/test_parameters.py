"""A table of parameters makes a case of each row, and puts its values where the document names them."""

import pytest

from scenarios.loading.errors import ScenarioError
from scenarios.loading.loader import load_cases

SCALAR = "expected a text, a number, true or false (a seed also as a list)"
WHOLE = "expected a whole number, or a list of such"


@pytest.fixture
def cases(write):
    """Loads what stands in a table, with a document that takes the parameters as its description."""

    def load(table: str, rest: str = ""):
        return load_cases(write(f"version: 1\nparameters: {table}\n{rest}"))

    return load


@pytest.fixture
def problems(write):
    """What is wrong with a text: ``line:column: path: message`` of each, sorted by place."""

    def find(text: str) -> list[str]:
        file = write(text)
        with pytest.raises(ScenarioError) as caught:
            load_cases(file)
        return [line.removeprefix(f"{file}:") for line in caught.value.lines()]

    return find


@pytest.mark.parametrize(
    ("table", "names"),
    [
        ("[{size: 1GiB}]", ["1GiB"]),
        ("[{size: 1GiB, code: OK}, {size: 2GiB, code: OK}]", ["1GiB-OK", "2GiB-OK"]),
        ("[{code: OK, size: 1}, {size: 1, code: NO}]", ["OK-1", "1-NO"]),
        ("[{case: small, size: 1}, {size: 2}]", ["small", "2"]),
        ("[{size: 1.5, deep: true}, {size: 7, deep: false}]", ["1.5-true", "7-false"]),
        ("[{major: 17.1}, {major: 17.10}, {major: '17.100'}]", ["17.1", "17.10", "17.100"]),
        ("[{deep: true}, {deep: True}]", ["true", "True"]),
        ("[{size: 007, seed: 08}]", ["007"]),
        ("[{seed: [08, 9]}]", ["seed8", "seed9"]),
        ("[{size: 1, seed: 4}, {size: 2}]", ["1", "2"]),
        ("[{seed: 4}, {seed: 5}]", ["seed4", "seed5"]),
        ("[{seed: [4, 5]}]", ["seed4", "seed5"]),
        ("[{case: any, seed: [-1, 2]}]", ["any-seed-1", "any-seed2"]),
        ("[{size: 1, seed: [3]}]", ["1-seed3"]),
        ("[{case: größer als null}]", ["größer als null"]),
        ('[{text: "two\\nlines"}]', ["two\\nlines"]),
        ("[{}]", [""]),
    ],
)
def test_a_case_is_called_by_its_values_unless_it_has_a_name(cases, table, names):
    assert [scenario.case for scenario in cases(table)] == names


def test_a_row_brings_its_seed_and_otherwise_that_of_the_scenario_holds(cases):
    rows = "[{case: a, seed: 4}, {case: b, seed: [0, 6]}, {case: c}]"

    assert [scenario.document.seed for scenario in cases(rows, "seed: 9")] == [4, 0, 6, 9]


def test_a_seed_of_the_scenario_may_be_a_parameter(cases):
    assert [scenario.document.seed for scenario in cases("[{n: 4}, {n: 5}]", "seed: '${parameters.n}'")] == [4, 5]


@pytest.mark.parametrize(
    ("value", "description", "expected"),
    [
        ("7", "a ${parameters.v} b", "a 7 b"),
        ("17.10", "postgresql:${parameters.v}", "postgresql:17.10"),
        ("007", "agent-${parameters.v}", "agent-007"),
        ("+1e3", "${parameters.v}s", "+1e3s"),
        ("1.", "${parameters.v}0", "1.0"),
        ("true", "is ${parameters.v}", "is true"),
        ("TRUE", "is ${parameters.v}", "is TRUE"),
        ("False", "is ${parameters.v}", "is False"),
        ("&anchor 1.50", "${parameters.v}s", "1.50s"),
        ("text", "${parameters.v}", "text"),
        ("text", "${parameters.v}${parameters.v}", "texttext"),
        ("'${parameters.v}'", "${parameters.v}", "${parameters.v}"),
        ("x", "$${parameters.v} {parameters.v}", "$x {parameters.v}"),
        ("x", "${parameter.v}", "${parameter.v}"),
    ],
)
def test_within_a_text_a_value_is_written_out_once(cases, value, description, expected):
    [scenario] = cases(f"[{{case: one, v: {value}}}]", f"description: '{description}'")

    assert scenario.document.description == expected


def test_what_is_nothing_but_a_parameter_keeps_its_type(cases):
    rest = """\
strict: ${parameters.strict}
speed: ${parameters.speed}
clock: wall
steps:
  - repeat: {times: "${parameters.times}", steps: [list: {page: {number: "${parameters.times}"}}]}
"""
    [scenario] = cases("[{strict: false, speed: 2.5, times: 3}]", rest)

    [step] = scenario.document.steps
    assert scenario.document.strict is False
    assert scenario.document.speed == 2.5
    assert (step.repeat.times, step.repeat.steps[0].list.page.number) == (3, 3)


def test_a_text_that_looks_like_a_number_stays_a_text(problems):
    text = "version: 1\nparameters:\n  - {n: '3'}\nseed: ${parameters.n}\n"

    assert problems(text) == ["4:7: seed: is '3'; expected a whole number"]


def test_a_value_may_be_an_entity_of_the_world_and_a_quantity(cases):
    rest = """\
steps:
  - create: {name: "${parameters.backup} copy", backup: "${parameters.backup}", namespace: shop-prod, project: shop}
  - advance: ${parameters.wait}
"""
    first, second = cases("[{backup: orders-backup, wait: 1m}, {backup: carts-backup, wait: 5}]", rest)

    assert [step.model_fields_set for step in first.document.steps] == [{"create"}, {"advance"}]
    assert (first.document.steps[0].create.backup, first.document.steps[1].advance) == ("orders-backup", 60)
    assert (second.document.steps[0].create.name, second.document.steps[1].advance) == ("carts-backup copy", 5)


def test_the_table_itself_is_not_filled_in(cases):
    [scenario] = cases("[{a: '${parameters.b}', b: x}]", "description: ${parameters.a}")

    assert scenario.document.description == "${parameters.b}"


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ("▸[]", "parameters: is an empty list; expected a list that is not empty"),
        ("▸{a: 1}", "parameters: is a mapping; expected a list"),
        ("▸7", "parameters: is 7; expected a list"),
        ("▸~", "parameters: is nothing; expected a list"),
        ("[▸7]", "parameters[0]: is 7; expected a mapping"),
        ("[{a: ▸~}]", f"parameters[0].a: is nothing; {SCALAR}"),
        ("[{a: ▸{b: c}}]", f"parameters[0].a: is a mapping; {SCALAR}"),
        ("[{a: ▸[x]}]", f"parameters[0].a: is a list; {SCALAR}"),
        ("[{a: ▸[]}]", f"parameters[0].a: is an empty list; {SCALAR}"),
        ("[{case: x, a: ▸[1, 2]}]", "parameters[0].a: is a list; expected a text, a number, true or false"),
        ("[{case: ▸7}]", "parameters[0].case: is 7; expected a name"),
        ("[{case: ▸''}]", "parameters[0].case: is ''; expected a name"),
        ('[{case: ▸"a\\tb"}]', "parameters[0].case: is 'a\\tb'; expected a name"),
        ("[{case: ▸[1]}]", "parameters[0].case: is a list; expected a name"),
        ("[{seed: ▸x}]", f"parameters[0].seed: is 'x'; {WHOLE}"),
        ("[{seed: ▸1.5}]", f"parameters[0].seed: is 1.5; {WHOLE}"),
        ("[{seed: ▸true}]", f"parameters[0].seed: is true; {WHOLE}"),
        ("[{seed: ▸[]}]", f"parameters[0].seed: is an empty list; {SCALAR}"),
        ("[{seed: ▸[1, true]}]", f"parameters[0].seed: is a list; {SCALAR}"),
        ("[{seed: ▸[1, 2, 1]}]", "parameters[0].seed: has 1 twice"),
        ("[{a: 1, b: 2, c: 3}, ▸{a: 2}]", "parameters[1]: has no b and no c, which other rows have"),
        ("[▸{a: 1}, {a: 2, b: 2}]", "parameters[0]: has no b, which other rows have"),
        ("[{a: 1}, ▸{a: 1}]", "parameters[1]: is the case '1', as row 1 is; add another 'case'"),
        ("[{case: x}, {case: y}, ▸{case: x}]", "parameters[2]: is the case 'x', as row 1 is; add another 'case'"),
        ("[{case: x, seed: [1, 2]}, ▸{case: x-seed2}]", "parameters[1]: is the case 'x-seed2', as row 1 is; add"),
        ("[{}, ▸{}]", "parameters[1]: is the case '', as row 1 is; add another 'case'"),
        ("[{a: 1, ▸a: 2}]", "parameters[0].a: stands twice; first in line 2"),
        ("[{case: ▸17.10}]", "parameters[0].case: is 17.10; expected a name"),
        ("[{seed: ▸[7, 007]}]", "parameters[0].seed: has 007 twice"),
        (f"▸[{{seed: {list(range(1001))}}}]", "parameters: makes 1001 cases; expected at most 1000"),
    ],
)
def test_what_is_wrong_with_a_table_is_told_with_its_place(problem_at_mark, table, problem):
    assert problem_at_mark(f"version: 1\nparameters: {table}").startswith(problem)


@pytest.mark.no_cover  # the same lines, a thousand times
def test_a_thousand_cases_are_not_too_many(cases):
    assert len(cases(f"[{{seed: {list(range(1000))}}}]")) == 1000


def test_many_cases_of_a_large_document_are_refused_before_they_take_minutes(problem_at_mark):
    steps = ", ".join(["matrix: "] * 1000)

    problem = problem_at_mark(f"version: 1\nparameters: ▸[{{seed: {list(range(999))}}}]\nsteps: [{steps}]")

    assert problem == (
        "parameters: makes 999 cases of a document with 2003 values; expected at most 1000000 values in all"
    )


def filled_at(path_of_too_much, parameter_length, text, case_count=1):
    return f"""\
version: 1
parameters:
  - {{case: a, x: {"x" * parameter_length}, seed: {list(range(case_count))}}}
steps:
  - list: {{backup_id: {text}}}
  - list: {{backup_id: ▸{path_of_too_much}}}
"""


@pytest.mark.parametrize(
    ("parameter_length", "text", "too_much", "case_count"),
    [
        (40_000, "x", '"' + 250 * "${parameters.x} " + '"', 1),
        (5_000_000 // 20, '"' + 20 * "-${parameters.x}" + '"', '"' + 20 * "${parameters.x}-" + '"', 1),
        (10_000, "x", '"${parameters.x}-"', 1_000),
        (1, "x", '"${parameters.x}' + 10_000 * "x" + '"', 1_000),
    ],
    ids=["one text", "two texts", "many cases", "long text"],
)
def test_values_that_make_too_much_text_are_refused_where_they_do(
    problem_at_mark, parameter_length, text, too_much, case_count
):
    problem = problem_at_mark(filled_at(too_much, parameter_length, text, case_count))

    assert problem == (
        "steps[1].list.backup_id: with this, all cases together have more than 10000000 characters of filled-in text;"
        " expected fewer or shorter parameters"
    )


def test_what_is_wrong_in_very_many_cases_is_told_without_trying_them_all(problems):
    steps = "".join(f"  - get: {{restore: nobody-{number}}}\n" for number in range(200))
    text = f"version: 1\nparameters: [{{case: a, seed: {list(range(900))}}}]\nsteps:\n{steps}"

    assert len(problems(text)) == 200


def test_everything_that_is_wrong_with_a_table_is_told_at_once(problems):
    text = """\
version: 1
parameters:
  - {size: 1, code: OK}
  - {size: 1, code: OK}
  - {size: 2, seed: soon}
  - {case: 3, size: 3, code: [1]}
"""

    assert problems(text) == [
        "4:5: parameters[1]: is the case '1-OK', as row 1 is; add another 'case'",
        "5:5: parameters[2]: has no code, which other rows have",
        f"5:21: parameters[2].seed: is 'soon'; {WHOLE}",
        "6:12: parameters[3].case: is 3; expected a name",
        "6:30: parameters[3].code: is a list; expected a text, a number, true or false",
    ]


def test_a_parameter_that_no_row_has_is_told_once_wherever_it_is_named(problems):
    text = """\
version: 1
parameters: [{backup: a}, {backup: b}]
description: of ${parameters.bakup}
steps:
  - list: {backup_id: "${parameters.}"}
  - list: {backup_id: "${parameters.backup}", account: "${parameters.seed}"}
"""

    assert problems(text) == [
        "3:14: description: there is no parameter 'bakup'; did you mean 'backup'?",
        "5:23: steps[0].list.backup_id: there is no parameter ''; expected one of 'backup'",
        "6:56: steps[1].list.account: there is no parameter 'seed'; expected one of 'backup'",
    ]


def test_what_is_wrong_in_some_cases_only_names_the_first_of_them(problems):
    text = """\
version: 1
parameters:
  - {case: good, backup: orders-backup, wait: 1m}
  - {case: bad, backup: order-backup, wait: 1m}
  - {case: worse, backup: order-backup, wait: soon}
steps:
  - list: {backup: "${parameters.backup}"}
  - advance: ${parameters.wait}
"""

    unknown, wrong = problems(text)

    assert unknown.startswith("7:20: steps[0].list.backup: the world has no 'order-backup' among its backups; did you")
    assert unknown.endswith(" (in the case 'bad')")
    assert wrong.startswith("8:14: steps[1].advance: 'soon' is no duration; ")
    assert wrong.endswith(" (in the case 'worse')")
