"""What is wrong with a file is written as compilers write it: file, line, column, path, message."""

import pytest

from scenarios.loading.errors import Problem, ScenarioError
from simulator.documents.problems import PATH_LENGTH_MAX, path_text, shown


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("version",), "version"),
        (("steps", 2, "create", "backup"), "steps[2].create.backup"),
        ((0, 1, "a"), "[0][1].a"),
        (("world", "accounts", "", "uid"), "world.accounts.''.uid"),
        (("world", "two\nlines", "\x1b[31m"), "world.two\\nlines.\\x1b[31m"),
    ],
)
def test_a_path_is_written_for_people(path, text):
    assert path_text(path) == text


def test_all_problems_are_told_in_the_order_of_the_file():
    error = ScenarioError("a.yaml", [Problem(7, 3, "b", "second"), Problem(7, 1, "a", "first"), Problem(9, 1, "", "x")])

    assert str(error) == "a.yaml:7:1: a: first\na.yaml:7:3: b: second\na.yaml:9:1: x"
    assert [problem.message for problem in error.problems] == ["first", "second", "x"]


def test_of_very_many_problems_the_first_are_told():
    problems = [Problem(line, 1, f"k{line}", "is no key here") for line in range(2_000, 0, -1)]

    lines = ScenarioError("a.yaml", problems).lines()

    assert lines[:2] == ["a.yaml:1:1: k1: is no key here", "a.yaml:2:1: k2: is no key here"]
    assert lines[-2:] == [
        "a.yaml:1000:1: k1000: is no key here",
        "a.yaml:1001:1: k1001: more than 1000 problems; from here on they are not told",
    ]
    assert len(ScenarioError("a.yaml", problems[:1_000]).lines()) == 1_000


def test_a_problem_is_one_line_whatever_the_file_has_in_it():
    error = ScenarioError("a\nb.yaml", [Problem(1, 2, "steps", "has no a\r\nb\x1b[0m\u2028ü")])

    assert str(error) == "a\\nb.yaml:1:2: steps: has no a\\r\\nb\\x1b[0m\\u2028ü"


def test_a_problem_of_the_whole_file_has_no_line():
    assert ScenarioError("a.yaml", [Problem(0, 0, "", "can't be read")]).lines() == ["a.yaml: can't be read"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "nothing"),
        (True, "true"),
        (False, "false"),
        ({"a": 1}, "a mapping"),
        ([1], "a list"),
        (1.5, "1.5"),
        ("a b", "'a b'"),
        ("x" * 200, "'" + "x" * 78 + "…"),
    ],
)
def test_a_wrong_value_is_shown_in_few_words(value, text):
    assert shown(value) == text


def test_of_a_long_path_both_ends_are_shown():
    text = path_text(("steps", 0, "repeat") * 100)

    assert len(text) == PATH_LENGTH_MAX + 1
    assert text.startswith("steps[0].repeat.steps[0]")
    assert text.endswith("[0].repeat")
    assert "…" in text
