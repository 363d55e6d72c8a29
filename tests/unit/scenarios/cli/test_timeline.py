"""``pds-sim timeline`` draws a timeline or a scenario, in the terminal or as a page."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest


@pytest.fixture(autouse=True)
def _eighty_columns(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture
def recorded(pds_sim, passing, tmp_path):
    """The timeline that a run has written."""
    pds_sim("run", passing, "--timeline", tmp_path)
    return tmp_path / "passing.jsonl"


def test_a_timeline_is_drawn_in_the_terminal(pds_sim, recorded):
    outcome = pds_sim("timeline", recorded)

    assert (outcome.exit_code, outcome.stderr) == (0, "")
    lines = outcome.stdout.splitlines()
    assert lines[:2] == ["passing", "1 restore (1 live) · 1 call · no faults · 1 s from 2025-01-01 00:00:00 UTC"]
    assert any(line.startswith("copy IIIII") for line in lines)
    assert "\x1b" not in outcome.stdout


def test_a_scenario_is_run_and_then_drawn_with_all_that_is_known_of_it(pds_sim, passing):
    outcome = pds_sim("timeline", passing, "--seed", "9")

    assert (outcome.exit_code, outcome.stderr) == (0, "")
    assert outcome.stdout.startswith("passing\nWhat it shows.\n1 restore (1 live)")
    assert "seed 9\n" in outcome.stdout


def test_a_scenario_that_fails_is_drawn_as_far_as_it_came_and_ends_with_1(pds_sim, failing):
    outcome = pds_sim("timeline", failing)

    assert outcome.exit_code == 1
    assert outcome.stdout.startswith("a scenario that fails\n1 restore (1 live)")
    assert outcome.stderr == f"{failing}:6: status.phase: expected 'SUCCESSFUL', found 'INITIALIZING'\n"


@pytest.mark.parametrize("of", ["recorded", "passing"])
def test_a_page_is_written_and_its_path_is_printed(pds_sim, request, tmp_path, of):
    page = tmp_path / "picture.html"

    outcome = pds_sim("timeline", request.getfixturevalue(of), "--html", page)

    assert (outcome.exit_code, outcome.stdout, outcome.stderr) == (0, f"{page}\n", "")
    assert ET.fromstring(page.read_bytes()).findtext("body/header/h1") == "passing"  # noqa: S314  # we wrote it


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("broken.jsonl", b"\n{\n", ":2: is no JSON: Expecting property name enclosed in double quotes at column 2"),
        ("poor.jsonl", b'{"event": "rpc"}\n', ":1: has no text for 'time'"),
        ("latin.jsonl", b"\xe9", ": is not UTF-8: unexpected end of data"),
        ("wrong.yaml", b"version: 1\nsteps:\n  - advanc: 1s\n", ":3:5: steps[0].advanc: is no key here"),
        ("notes.txt", b"", ": expected a timeline (.jsonl) or a scenario (.yaml, .yml)"),
    ],
)
def test_a_wrong_file_is_told_with_its_place_and_ends_with_2(pds_sim, write, name, content, complaint):
    file = write(content, name)

    outcome = pds_sim("timeline", file)

    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert outcome.stderr.startswith(f"{file}{complaint}")


@pytest.mark.parametrize("name", ["absent.jsonl", "absent.yaml"])
def test_a_file_that_is_not_there_ends_with_2(pds_sim, tmp_path, name):
    outcome = pds_sim("timeline", tmp_path / name)

    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert outcome.stderr == f"{tmp_path / name}: can't be read: No such file or directory\n"


def test_a_page_that_can_not_be_written_ends_with_2(pds_sim, recorded):
    outcome = pds_sim("timeline", recorded, "--html", Path("/proc/nowhere/page.html"))

    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert outcome.stderr == "--html /proc/nowhere/page.html: No such file or directory\n"


@pytest.mark.parametrize("option", ["--seed", "--case"])
def test_a_timeline_has_no_seed_and_no_cases(pds_sim, recorded, option):
    outcome = pds_sim("timeline", recorded, option, "3")

    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert outcome.stderr == f"{option}: {recorded} is a timeline, which is not run\n"


def test_one_of_several_cases_has_to_be_named(pds_sim, cases):
    unnamed, named = pds_sim("timeline", cases), pds_sim("timeline", cases, "--case", "large")

    assert (unnamed.exit_code, unnamed.stdout) == (2, "")
    assert unnamed.stderr == (
        f"{cases}:2:1: parameters: has several cases; expected one of 'small', 'large'; --case NAME says which\n"
    )
    assert (named.exit_code, named.stdout.splitlines()[0]) == (0, "cases[large]")
