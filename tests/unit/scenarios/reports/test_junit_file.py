"""JUnit's XML has what continuous integration reads, in the form that the strictest reader takes."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from scenarios.reports.junit_file import junit_text

COUNTS = {"tests", "failures", "errors", "time"}
ATTRIBUTES = {
    "testsuites": {"name", *COUNTS},
    "testsuite": {"name", *COUNTS, "skipped", "file"},
    "properties": set(),
    "property": {"name", "value"},
    "testcase": {"classname", "name", "time"},
    "failure": {"type", "message"},
    "error": {"type", "message"},
    "system-out": set(),
}
CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"properties", "testcase"},
    "properties": {"property"},
    "testcase": {"failure", "error", "system-out"},
}
"""What junit-10.xsd of Jenkins' xUnit plugin has of what is written; there is more."""


@pytest.fixture
def document(passed, failed, broken):
    return ElementTree.fromstring(junit_text([passed, failed, broken]))  # noqa: S314  # it is ours


def property_of(suite, name):
    return suite.find(f"properties/property[@name='{name}']").get("value")


def test_every_element_and_attribute_is_one_that_readers_know(document):
    elements = list(document.iter())

    assert {element.tag for element in elements} == set(ATTRIBUTES)
    for element in elements:
        assert set(element.attrib) == ATTRIBUTES[element.tag]
        assert {child.tag for child in element} <= CHILDREN.get(element.tag, set())


def test_scenarios_failures_and_errors_are_counted(document):
    assert [document.get(name) for name in ("tests", "failures", "errors")] == ["3", "1", "1"]
    assert [(suite.get("name"), suite.get("failures"), suite.get("errors")) for suite in document] == [
        ("good", "0", "0"),
        ("bad", "1", "0"),
        ("ugly", "0", "1"),
    ]


def test_times_are_seconds_that_add_up(document, passed, failed, broken):
    total = sum(outcome.wall_seconds for outcome in (passed, failed, broken))

    assert all(re.fullmatch(r"\d+\.\d{3}", element.get("time")) for element in document.iter() if element.get("time"))
    assert float(document.get("time")) == pytest.approx(total, abs=0.001)
    assert [suite.get("time") for suite in document] == [suite.find("testcase").get("time") for suite in document]


def test_a_case_is_named_and_sorted_into_its_file(document, passed):
    case = document.find("testsuite/testcase")

    assert case.get("name") == "good"
    assert case.get("classname").endswith(".scenario")
    assert "/" not in case.get("classname")
    assert document.find("testsuite").get("file") == passed.file


def test_seed_and_replay_are_properties(document, failed):
    _, suite, _ = document

    assert property_of(suite, "seed") == "5"
    assert property_of(suite, "replay") == f"pds-sim run --seed 5 {failed.file}"
    assert property_of(suite, "virtual_seconds") == "0"


def test_a_failure_has_its_reason_in_a_line_and_the_whole_text(document, failed):
    failure = document.find("testsuite[@name='bad']/testcase/failure")

    assert failure.get("message") == "status.phase: expected 'SUCCESSFUL', found 'INITIALIZING'"
    lines = failure.text.splitlines()
    assert lines[0] == f"{failed.file}:6: status.phase: expected 'SUCCESSFUL', found 'INITIALIZING'"
    assert lines[-1] == f"replay: pds-sim run --seed 5 {failed.file}"


def test_a_fault_of_the_simulator_is_an_error(document):
    error = document.find("testsuite[@name='ugly']/testcase/error")

    assert error.get("message") == "RuntimeError: the simulator is at fault"
    assert "Traceback …" in error.text
    assert document.find("testsuite[@name='good']/testcase/error") is None


def test_the_steps_that_were_done_are_the_output(document):
    lines = document.find("testsuite[@name='bad']/testcase/system-out").text.splitlines()

    assert [line.split()[2] for line in lines] == ["✓", "✗"]


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\x0b", "\ufffe", "\udc80"])
def test_characters_that_xml_can_not_hold_do_no_harm(failed, character):
    text = f'odd{character}text <&">]]>'
    step = replace(failed.steps[1], complaints=(text,), summary=text)
    outcome = replace(failed, file=text, name=text, steps=(step,), error=text)

    document = ElementTree.fromstring(junit_text([outcome]).encode())  # noqa: S314  # it is ours

    assert document.find("testsuite").get("name") == f'odd{ascii(character)[1:-1]}text <&">]]>'


def test_cases_of_a_scenario_are_told_apart(passed):
    document = ElementTree.fromstring(  # noqa: S314  # it is ours
        junit_text([replace(passed, case="small"), replace(passed, case="large")])
    )

    assert [case.get("name") for case in document.iter("testcase")] == ["good[small]", "good[large]"]
