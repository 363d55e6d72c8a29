"""The JSON Schema is that of the models: current where it ships, the same in every process, and told in words."""

import json
import os
import subprocess
import sys

import pytest
from jsonschema import Draft202012Validator

from fakes import ErrorCode, Phase
from scenarios.format.json_schema import ENUMS, QUANTITIES, SCHEMA_FILE, scenario_schema, scenario_schema_text
from scenarios.format.steps import Step
from simulator.api import METHOD_NAMES
from simulator.faults import EFFECTS

SCHEMA = scenario_schema()
MODELS = {"the scenario": SCHEMA} | {name: made for name, made in SCHEMA["$defs"].items() if "properties" in made}


def test_it_is_json_schema_of_2020_12():
    Draft202012Validator.check_schema(SCHEMA)

    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_the_one_that_ships_is_current():
    assert SCHEMA_FILE.read_text(encoding="utf-8") == scenario_schema_text(), (
        f"run: pds-sim schema --output {SCHEMA_FILE}"
    )


def test_it_is_the_same_in_another_process():
    environment = os.environ | {"PYTHONHASHSEED": "4711"}
    command = [
        sys.executable,
        "-c",
        "import sys; from scenarios.format.json_schema import *; print(scenario_schema_text())",
    ]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)  # noqa: S603

    assert ended.stdout.rstrip() == scenario_schema_text().rstrip()


@pytest.mark.parametrize("name", MODELS)
def test_every_key_is_described(name):
    described = {key: entry.get("description") for key, entry in MODELS[name]["properties"].items()}

    assert MODELS[name]["description"]
    assert [key for key, text in described.items() if not text or not text[0].isupper() or not text.endswith(".")] == []


@pytest.mark.parametrize("name", MODELS)
def test_other_keys_are_refused(name):
    assert MODELS[name]["type"] == "object"
    assert MODELS[name]["additionalProperties"] is False


def test_what_can_be_listed_is_listed():
    text = json.dumps(SCHEMA)
    phases = [phase.name for phase in Phase]

    assert json.dumps(phases) in text
    assert json.dumps([phase.name for phase in Phase if not phase.is_final]) in text
    assert json.dumps([*METHOD_NAMES, *METHOD_NAMES.values()]) in text
    assert json.dumps([code.name for code in ErrorCode]) in text
    assert set(SCHEMA["$defs"]["Step"]["properties"]) == set(Step.model_fields)
    rule = SCHEMA["$defs"]["FaultDocument"]
    assert [alternative["required"] for alternative in rule["oneOf"]] == [[effect.name] for effect in EFFECTS]
    assert "DEADLINE_EXCEEDED" in SCHEMA["$defs"]["StatusCode"]["anyOf"][0]["enum"]


def test_defaults_that_mean_something_are_told():
    definitions = SCHEMA["$defs"]

    assert definitions.keys() - MODELS.keys() == {"Place", *QUANTITIES, *ENUMS}
    assert definitions["AdvanceUntilStep"]["properties"]["limit"]["default"] == 1800
    assert definitions["Expectation"]["properties"]["code"]["default"] == "OK"
    assert "default" not in definitions["CreateStep"]["properties"]["backup"]
    assert "null" not in json.dumps(definitions["CreateStep"])
