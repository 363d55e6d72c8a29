"""The head of a document: version, name, seed, clock and speed."""

import pytest

from fakes import default_world


def test_the_version_is_enough(load):
    scenario = load("version: 1")

    assert scenario.name == "scenario"
    assert scenario.document.steps == ()
    assert scenario.simulator_arguments() == {
        "world": default_world(),
        "seed": 0,
        "clock": "manual",
        "speed": 1.0,
        "rules": [],
        "strict": True,
        "allow_held": False,
    }


def test_a_scenario_says_how_its_simulator_starts(load):
    scenario = load("version: 1\nname: a name\ndescription: what it shows\nseed: -7\nclock: wall\nspeed: 60")

    assert scenario.name == "a name"
    assert scenario.document.description == "what it shows"
    assert scenario.simulator_arguments() == {
        "world": default_world(),
        "seed": -7,
        "clock": "wall",
        "speed": 60.0,
        "rules": [],
        "strict": True,
        "allow_held": False,
    }


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("▸hello", "is 'hello'; expected a mapping with 'version'"),
        ("▸- version: 1", "is a list; expected a mapping with 'version'"),
        ("---\n▸~", "is nothing; expected a mapping with 'version'"),
        ("▸name: a", "version: is missing; expected the version of the format, which is 1"),
        ("version: ▸2", "version: is 2; expected 1"),
        ("version: ▸'1'", "version: is '1'; expected 1"),
        ("version: ▸true", "version: is true; expected 1"),
        ("version:▸", "version: is nothing; expected 1"),
        ("version: 1\n▸nmae: a", "nmae: is no key here; did you mean 'name'?"),
        ("version: 1\nname: ▸7", 'name: is 7; expected a text; in quotes, it is one: "7"'),
        (f"version: 1\nname: ▸{'x' * 101}", f"name: is '{'x' * 78}…; expected at most 100 characters"),
        ("version: 1\ndescription: ▸[a]", "description: is a list; expected a text"),
        ("version: 1\nseed: ▸1.5", "seed: is 1.5; expected a whole number"),
        ("version: 1\nseed: ▸yes", "seed: is 'yes'; expected a whole number"),
        ("version: 1\nseed: ▸true", "seed: is true; expected a whole number"),
        ("version: 1\nseed: ▸1:30", "seed: is '1:30'; expected a whole number"),
        ("version: 1\nclock: ▸wal", "clock: 'wal' is no clock; did you mean 'wall'?"),
        ("version: 1\nclock: ▸[wall]", "clock: a list is no clock; did you mean 'wall'?"),
        ("version: 1\nclock: wall\nspeed: ▸0", "speed: is 0; expected greater than 0"),
        ("version: 1\nclock: wall\nspeed: ▸-1", "speed: is -1; expected greater than 0"),
        ("version: 1\nclock: wall\nspeed: ▸1e999", "speed: is 1e999; expected a finite number"),
        ("version: 1\nclock: wall\nspeed: ▸fast", "speed: is 'fast'; expected a number"),
        ("version: 1\nspeed: ▸2", "speed: is 2, but only 'clock: wall' has a speed"),
        ("version: 1\nspeed: ▸2\nclock: on_poll", "speed: is 2, but only 'clock: wall' has a speed"),
        ("version: 1\nworld: ▸empty", "world: is 'empty'; expected a mapping"),
        ("version: 1\nworld:▸", "world: is nothing; expected a mapping"),
        ("version: 1\nsteps: ▸{get: {restore: a}}", "steps: is a mapping; expected a list"),
        ("version: 1\nsteps: ▸advance", "steps: is 'advance'; expected a list"),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_what_was_expected(problem_at_mark, text, problem):
    assert problem_at_mark(text) == problem


@pytest.mark.parametrize("key", ["xyzzy", "[key]"])
def test_a_key_that_nothing_comes_close_to_is_answered_with_all_there_are(problem_at_mark, key):
    known = (
        "'version', 'name', 'description', 'parameters', 'seed', 'clock', 'speed', 'snapshot', 'world', 'defaults',"
        " 'faults', 'strict', 'allow_held', 'steps'"
    )

    assert problem_at_mark(f"version: 1\n▸'{key}': a") == f"{key}: is no key here; expected one of {known}"


def test_a_huge_number_is_refused_in_few_words(problem_at_mark):
    problem = problem_at_mark(f"version: 1\nclock: wall\nspeed: ▸{'9' * 4000}")

    assert problem.endswith("…; expected a number")
    assert len(problem) < 200
