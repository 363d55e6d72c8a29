"""The gateway describes itself: what the description allows is answered as it says, and what it forbids is refused."""

import subprocess
import sysconfig
from pathlib import Path

import pytest

from simulator.transports.rest_gateway.openapi import openapi_document

CONFIGURATION = """
[generation]
deterministic = true
max-examples = 12

[phases.coverage]
unexpected-methods = []  # those are answered with 501, as the gateway of the product does
"""


@pytest.fixture(scope="module")
def description(sample_pool):
    """Of the service with fields of all kinds."""
    return openapi_document([sample_pool.FindServiceByName("gateway.testing.v1.SampleService")])


def test_schemathesis_finds_nothing_wrong(rest, tmp_path):
    configuration = tmp_path / "schemathesis.toml"
    configuration.write_text(CONFIGURATION)
    command = [Path(sysconfig.get_path("scripts")) / "schemathesis", f"--config-file={configuration}", "run"]

    ended = subprocess.run(  # noqa: S603  # our own environment
        [
            *command,
            "--phases=coverage,fuzzing",
            "--suppress-health-check=all",
            f"http://127.0.0.1:{rest.port}/openapi.json",
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "Tested: 5" in ended.stdout


def test_every_binding_is_an_operation(description):
    operations = {
        (method, path): operation["operationId"]
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    }

    assert operations["post", "/v1/samples"] == "SampleService_Echo"
    assert operations["get", "/v1/samples:query"] == "SampleService_Echo_2"
    assert operations["get", "/v1/projects/{text}"] == "SampleService_Echo_9"
    assert len(set(operations.values())) == len(operations) == 20


def test_parameters_are_the_fields_that_are_left_and_exclude_each_other_where_they_do(description):
    parameters = {
        parameter["name"]: parameter for parameter in description["paths"]["/v1/samples:query"]["get"]["parameters"]
    }

    assert parameters["big"]["schema"] == {
        "type": "integer",
        "format": "int64",
        "minimum": -(2**63),
        "maximum": 2**63 - 1,
    }
    assert parameters["texts"]["schema"]["type"] == "array"
    assert "choiceText" not in parameters
    assert parameters["choice"]["schema"]["maxProperties"] == 1
    assert list(parameters["choice"]["schema"]["properties"]) == ["choiceText", "choiceBig", "choiceColor"]
    assert "text" not in [
        parameter["name"]
        for parameter in description["paths"]["/v1/samples/{text}/child"]["put"]["parameters"]
        if parameter["in"] == "query"
    ]


def test_messages_are_components_that_may_contain_themselves(description):
    sample = description["components"]["schemas"]["gateway.testing.v1.Sample"]["properties"]

    assert sample["children"]["items"] == {"$ref": "#/components/schemas/gateway.testing.v1.Sample"}
    assert sample["samples"]["additionalProperties"]["anyOf"][1] == {"type": "null"}
    assert sample["time"]["anyOf"][0] == {"type": "string", "format": "date-time"}
    assert sample["color"]["enum"] == ["COLOR_UNSPECIFIED", "RED", "GREEN", "BELOW"]


def test_what_the_service_expects_is_in_the_description(rest):
    schemas = rest.ask("GET", "/openapi.json").json["components"]["schemas"]

    meta = schemas["public.portworx.common.v1.Meta"]
    assert meta["required"] == ["name"]
    assert (meta["properties"]["name"]["minLength"], meta["properties"]["labels"]["maxProperties"]) == (3, 128)
    assert meta["properties"]["createTime"]["readOnly"] is True
