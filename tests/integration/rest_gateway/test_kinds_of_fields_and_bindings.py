"""Fields and bindings of every kind are read and written as a stock grpc-gateway does."""

import json
from pathlib import Path

import pytest


def read(text):
    return json.loads(text, parse_int=float)  # 64 bits are texts anyway, and doubles may look like whole numbers


RECORDED = read(Path(__file__).with_name("samples.json").read_text(encoding="utf-8"))


def differences(sample):
    return {
        name: value
        for name, value in sample.items()
        if name not in RECORDED["empty"] or value != RECORDED["empty"][name]
    }


def told(answer):
    """What an answer tells, in the form in which it is recorded."""
    is_json = answer.headers["content-type"] == "application/json" and answer.content
    body = read(answer.content) if is_json else answer.content.decode()
    if answer.status != 200:
        return {"status": answer.status} | (body or {"body": ""})
    if isinstance(body, dict) and RECORDED["empty"].keys() <= body.keys():
        return {"status": 200, "changed": differences(body)}
    return {"status": 200, "body": body}


def cases(*, of_streams):
    return [
        pytest.param(request, expected, id=name)
        for name, request, expected in RECORDED["cases"]
        if ("lines" in expected) is of_streams
    ]


@pytest.mark.parametrize(("asked", "expected"), cases(of_streams=False))
def test_a_request_is_answered_as_recorded(samples, asked, expected):
    headers = {"Content-Type": "application/json"} | asked.get("headers", {})

    answer = told(samples.ask(asked["method"], asked["path"], asked.get("body"), headers))

    if expected["status"] != 200 and "code" in expected:
        expected = {"details": []} | expected
        if "message" not in expected:
            assert answer.pop("message")
    assert answer == expected


@pytest.mark.parametrize(("asked", "expected"), cases(of_streams=True))
def test_a_stream_is_answered_line_by_line(samples, asked, expected):
    answer = samples.ask(asked["method"], asked["path"])

    lines = [read(line) for line in answer.content.splitlines()]
    assert answer.status == expected["status"]
    assert [{"result": differences(line["result"])} if "result" in line else line for line in lines] == expected[
        "lines"
    ]
