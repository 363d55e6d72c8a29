"""A process of a pool answers a line with a line."""

import json

from scenarios.loader import load_scenario
from scenarios.outcomes import ScenarioOutcome, run_scenario
from scenarios.workers.process import answer


def question(file, seed=None):
    return json.dumps({"file": str(file), "case": "", "seed": seed})


def test_the_answer_is_the_outcome(write):
    file = write("version: 1\nsteps: [advance: 1s]\n")

    told = answer(question(file, seed=4))

    assert told.endswith("\n")
    assert told.count("\n") == 1
    outcome = ScenarioOutcome.from_plain(json.loads(told)["outcome"])
    expected = run_scenario(load_scenario(file), seed=4)
    assert (outcome.seed, outcome.steps, outcome.timeline) == (4, expected.steps, expected.timeline)


def test_a_wrong_file_is_an_answer_too(write):
    file = write("version: 1\nsteps: [advanc: 1s]\n")

    [error] = json.loads(answer(question(file))).values()

    assert error.startswith(f"{file}:2:")
