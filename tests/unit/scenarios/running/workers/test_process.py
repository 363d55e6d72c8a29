"""A process of a pool answers a line with a line."""

import json

from scenarios.loading.loader import load_scenario
from scenarios.running.outcomes import ScenarioOutcome, run_scenario
from scenarios.running.workers.process import Answers


def question(file, *, case="", seed=None):
    return json.dumps({"file": str(file), "case": case, "seed": seed})


def test_the_answer_is_the_outcome(write):
    file = write("version: 1\nsteps: [advance: 1s]\n")

    told = Answers().to(question(file, seed=4))

    assert told.endswith("\n")
    assert told.count("\n") == 1
    outcome = ScenarioOutcome.from_plain(json.loads(told)["outcome"])
    expected = run_scenario(load_scenario(file), seed=4)
    assert (outcome.seed, outcome.steps, outcome.timeline) == (4, expected.steps, expected.timeline)


def test_a_wrong_file_is_an_answer_too(write):
    file = write("version: 1\nsteps: [advanc: 1s]\n")

    [error] = json.loads(Answers().to(question(file))).values()

    assert error.startswith(f"{file}:2:")


def test_a_case_is_asked_for_by_its_name(write):
    file = write(
        "version: 1\nparameters: [{case: a, for: 1s}, {case: b, for: 2s}]\nsteps: [advance: '${parameters.for}']\n"
    )
    answers = Answers()

    told = [json.loads(answers.to(question(file, case=case))) for case in ("b", "a", "c")]

    assert [answer["outcome"]["virtual_seconds"] for answer in told[:2]] == [2.0, 1.0]
    assert "has no case 'c'" in told[2]["error"]
