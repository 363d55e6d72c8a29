"""The gateway describes itself: what the description allows is answered as it says, and what it forbids is refused."""

import re
import subprocess
import sysconfig
from itertools import combinations
from pathlib import Path

import pytest

from scenarios.loading.setups import read_setup
from scenarios.recording import write_scenario
from simulator.server import SimulatorServer
from simulator.services.control.host import SessionSetup
from simulator.services.product import SERVICES
from simulator.transports.rest_gateway.openapi import openapi_document

CONFIGURATION = """
[generation]
deterministic = true
max-examples = 3

[phases.coverage]
unexpected-methods = []  # those are answered with 501, as the gateway of the product does

[[operations]]
include-path-regex = ":(search|kpis)$"
checks.positive_data_acceptance.enabled = false  # what a selector may name depends on what is listed

[[operations]]
include-path-regex = "^/simulator/v1/sessions(/[^/]*:change)?$"
checks.positive_data_acceptance.enabled = false  # documents have a schema of their own
"""


@pytest.fixture
def everything(serve_anything):
    """A client of a gateway in front of all services of the product, and of the control service."""
    with SimulatorServer(SessionSetup(), read_scenario=read_setup, write_scenario=write_scenario) as server:
        channel = server.channel()
        descriptors = [*(service.descriptor for service in SERVICES), *server.descriptors]
        yield serve_anything(channel, descriptors, channel.close)


@pytest.fixture(scope="module")
def description(sample_pool):
    """Of the service with fields of all kinds."""
    return openapi_document([sample_pool.FindServiceByName("gateway.testing.v1.SampleService")])


@pytest.mark.parametrize(
    "options",
    # A stream of a session that there is does not end.
    [["--phases=coverage"], ["--phases=fuzzing,stateful", "--exclude-path-regex=events:watch$"]],
    ids=["corners", "samples"],
)
def test_schemathesis_finds_nothing_wrong(everything, tmp_path, options):
    configuration = tmp_path / "schemathesis.toml"
    configuration.write_text(CONFIGURATION)
    schemathesis = Path(sysconfig.get_path("scripts")) / "schemathesis"
    url = f"http://127.0.0.1:{everything.port}/openapi.json"

    ended = subprocess.run(  # noqa: S603  # our own environment
        [schemathesis, f"--config-file={configuration}", "run", "--suppress-health-check=all", *options, url],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert re.search("[1-9][0-9]* generated, [1-9][0-9]* passed", ended.stdout)


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
    assert sample["samples"]["additionalProperties"] == sample["children"]["items"]
    assert sample["time"]["anyOf"] == [{"type": "string", "format": "date-time"}, {"type": "null"}]
    assert sample["color"]["enum"] == ["COLOR_UNSPECIFIED", "RED", "GREEN", "BELOW"]


def test_a_number_that_a_rule_limits_keeps_its_format():
    described = openapi_document(service.descriptor for service in SERVICES)
    page = described["components"]["schemas"]["public.portworx.common.v1.PageBasedPaginationRequest-Request"]
    text, number = page["properties"]["pageSize"]["anyOf"][0]["anyOf"]

    assert text["format"] == number["format"] == "int64"
    assert text["pattern"].startswith("^([0-9]")


def test_requests_may_be_more_than_responses_are(description):
    schemas = description["components"]["schemas"]
    sent, told = (schemas[f"gateway.testing.v1.Sample{kind}"]["properties"] for kind in ("-Request", ""))

    assert told["big"]["type"] == "string"
    assert [kind["type"] for kind in sent["big"]["anyOf"][0]["anyOf"]] == ["string", "integer"]
    assert sent["text"]["anyOf"][1] == {"type": "null"}
    choices = ("choiceText", "choiceBig", "choiceSample", "choiceColor")
    excluded = schemas["gateway.testing.v1.Sample-Request"]["not"]["anyOf"]
    assert [pair["required"] for pair in excluded] == [[*pair] for pair in combinations(choices, 2)]


def test_errors_of_a_stream_may_come_in_a_line_of_their_own(description):
    errors = description["paths"]["/v1/counts/{number}"]["get"]["responses"]["default"]["content"]

    assert errors["application/json"]["schema"]["anyOf"][1]["required"] == ["error"]


def test_what_the_service_expects_is_in_the_description(rest):
    schemas = rest.ask("GET", "/openapi.json").json["components"]["schemas"]

    meta = schemas["public.portworx.common.v1.Meta-Request"]
    labels, _null = meta["properties"]["labels"]["anyOf"]
    assert meta["required"] == ["name"]
    assert (meta["properties"]["name"]["minLength"], labels["maxProperties"]) == (3, 128)
    assert meta["properties"]["createTime"]["readOnly"] is True
