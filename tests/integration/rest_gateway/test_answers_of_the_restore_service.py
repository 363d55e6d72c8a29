"""The RestoreService answers over HTTP as it does behind a stock grpc-gateway, request by request."""

import json
from pathlib import Path

import pytest

from scenarios.loading.loader import load_scenario
from simulator import Simulator

RECORDED = json.loads(Path(__file__).with_name("restores.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def answers(tmp_path_factory, serve_rest):
    """What the gateway answers to each request, in their order, as a poll moves the time."""
    clients = {}
    for name, text in RECORDED["scenarios"].items():
        file = tmp_path_factory.mktemp("scenarios") / name
        file.write_text(text, encoding="utf-8")
        arguments = load_scenario(file).simulator_arguments() | {"clock": "on_poll"}
        clients[name] = serve_rest(Simulator(**arguments, listen=False).start())
    found = {}
    for name, request, _ in RECORDED["cases"]:
        client = clients["golden-auth.yaml" if name.startswith("auth: ") else "golden.yaml"]
        found[name] = client.ask(request["method"], request["path"], request["body"], request["headers"])
    return found


@pytest.mark.parametrize(("name", "expected"), [(name, expected) for name, _, expected in RECORDED["cases"]])
def test_a_request_is_answered_as_recorded(answers, name, expected):
    answer = answers[name]

    told = {header: answer.headers.get(header.lower()) for header in ("Content-Type", "Www-Authenticate")}
    body = json.loads(answer.content) if answer.content else ""
    if expected["status"] != 200 and body and "message" not in expected["body"]:
        assert body.pop("message")
    assert (answer.status, body) == (expected["status"], expected["body"])
    assert {header: value for header, value in told.items() if value is not None} == expected["headers"]
