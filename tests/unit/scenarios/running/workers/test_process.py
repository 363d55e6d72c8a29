"""A process of a pool answers one question after the other."""

import io

from scenarios.running.workers.process import Answers


def question(file, *, case="", seed=None):
    return {"file": str(file), "case": case, "seed": seed, "path": [], "real_seconds": None}


def test_a_case_is_asked_for_by_its_name(write):
    file = write(
        "version: 1\nparameters: [{case: a, for: 1s}, {case: b, for: 2s}]\nsteps: [advance: '${parameters.for}']\n"
    )
    answers = Answers(io.StringIO())

    told = [answers(question(file, case=case)) for case in ("b", "a", "c")]

    assert [answer["outcome"]["virtual_seconds"] for answer in told[:2]] == [2.0, 1.0]
    assert "has no case 'c'" in told[2]["error"]
