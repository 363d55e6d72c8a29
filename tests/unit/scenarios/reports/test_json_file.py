"""The JSON report has a form that programs can rely on."""

import json

import pytest

from scenarios.reports import json_file
from scenarios.reports.failure_text import failure_lines
from scenarios.reports.json_file import json_text

KEYS_DOCUMENTED = {
    key.strip()
    for line in json_file.__doc__.splitlines()
    if line.lstrip().startswith("``")
    for key in line.split("``")[1].split(",")
}


@pytest.fixture
def document(passed, failed, broken):
    return json.loads(json_text([passed, failed, broken], not_run_count=2))


def test_scenarios_are_counted(document):
    assert {key: document[key] for key in ("version", "passed", "failed", "not_run")} == {
        "version": 1,
        "passed": 1,
        "failed": 2,
        "not_run": 2,
    }


def test_each_key_is_documented(document):
    assert {*document, *document["scenarios"][0]} == KEYS_DOCUMENTED
    assert set(document["scenarios"][0]["steps"][0]) == {"line", "at_seconds", "summary", "passed", "complaints"}


def test_a_scenario_that_failed_tells_what_and_why(document, failed):
    scenario = document["scenarios"][1]

    assert scenario["steps"][1] == {
        "line": 6,
        "at_seconds": 0.0,
        "summary": "expect copy",
        "passed": False,
        "complaints": ["status.phase: expected 'SUCCESSFUL', found 'INITIALIZING'"],
    }
    assert (scenario["name"], scenario["case"], scenario["seed"], scenario["passed"]) == ("bad", "", 5, False)
    assert (len(scenario["steps"]), scenario["step_count"]) == (2, 3)
    assert scenario["replay"] == f"pds-sim run --seed 5 {failed.file}"
    assert scenario["failure"] == failure_lines(failed)
    assert [event["event"] for event in scenario["timeline"]] == ["transition", "rpc", "rpc"]
    assert scenario["error"] is None


def test_a_scenario_that_passed_has_nothing_to_explain(document):
    scenario = document["scenarios"][0]

    assert (scenario["passed"], scenario["failure"], scenario["timeline"], scenario["error"]) == (True, [], [], None)
    assert (scenario["virtual_seconds"], len(scenario["steps"])) == (1.0, 2)


def test_a_fault_of_the_simulator_is_told(document):
    assert "RuntimeError: the simulator is at fault" in document["scenarios"][2]["error"]
