"""``pds-sim run`` writes the reports that it is asked for, also of failures, and says before when it can't."""

import json
from xml.etree import ElementTree

import pytest

from simulator import Simulator

OPTIONS = ["--timeline", "--junit", "--json", "--html"]


@pytest.fixture
def reports(tmp_path):
    """Where each report goes."""
    return {option: tmp_path / "reports" / option.strip("-") for option in OPTIONS}


def arguments(reports):
    return [part for option, target in reports.items() for part in (option, target)]


def test_all_reports_are_written_of_what_passed_and_what_failed(pds_sim, passing, failing, reports):
    outcome = pds_sim("run", *arguments(reports), passing, failing)

    assert (outcome.exit_code, outcome.stderr) == (1, "")
    assert [suite.get("name") for suite in ElementTree.parse(reports["--junit"]).getroot()] == [  # noqa: S314  # ours
        "passing",
        "a scenario that fails",
    ]
    report = json.loads(reports["--json"].read_text(encoding="utf-8"))
    assert (report["passed"], report["failed"]) == (1, 1)
    assert {file.name for file in reports["--html"].iterdir()} == {
        *("index.html", "passing.html", "a_scenario_that_fails.html"),
    }
    assert {file.name for file in reports["--timeline"].iterdir()} == {"passing.jsonl", "failing.jsonl"}


def test_reports_are_the_same_whatever_the_number_of_jobs(pds_sim, passing, failing, tmp_path):
    def report(name, *options):
        pds_sim("run", *options, "--json", tmp_path / name, passing, failing)
        document = json.loads((tmp_path / name).read_text(encoding="utf-8"))
        for scenario in document["scenarios"]:
            del scenario["wall_seconds"]
        return document

    assert report("two", "--jobs", "2") == report("one")


def test_json_on_stdout_is_alone_there(pds_sim, passing, failing):
    outcome = pds_sim("run", "--json", "-", passing, failing)

    assert outcome.exit_code == 1
    assert json.loads(outcome.stdout)["failed"] == 1
    assert outcome.stderr.splitlines()[-1] == "1 passed, 1 failed"


def test_what_is_not_run_any_more_is_in_no_report(pds_sim, passing, failing, reports):
    pds_sim("run", "-x", *arguments(reports), failing, passing)

    report = json.loads(reports["--json"].read_text(encoding="utf-8"))
    assert ([scenario["name"] for scenario in report["scenarios"]], report["not_run"]) == (["a scenario that fails"], 1)
    assert [file.name for file in reports["--timeline"].iterdir()] == ["failing.jsonl"]


@pytest.mark.parametrize("option", OPTIONS)
def test_a_target_that_can_not_be_written_ends_with_2_before_anything_is_run(pds_sim, passing, option, monkeypatch):
    def start(_):
        raise AssertionError("nothing should have been run")

    monkeypatch.setattr(Simulator, "start", start)
    outcome = pds_sim("run", option, passing / "below", passing)

    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert outcome.stderr.startswith(f"{option} {passing}")
    assert outcome.stderr.endswith(": Not a directory\n")


@pytest.mark.parametrize("option", OPTIONS)
def test_a_target_in_a_folder_that_takes_no_files_is_told_as_it_was_asked_for(pds_sim, passing, option):
    outcome = pds_sim("run", option, "/proc/report", passing)  # which not even root can write to

    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert outcome.stderr.startswith(f"{option} /proc/report: ")


@pytest.mark.parametrize("option", ["--junit", "--json"])
def test_a_folder_that_became_read_only_meanwhile_is_told_likewise(pds_sim, passing, tmp_path, monkeypatch, option):
    def refuse(prefix, **_):
        raise PermissionError(13, "Permission denied", f"{tmp_path}/{prefix}x7k2")

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    outcome = pds_sim("run", option, tmp_path / "report", passing)

    assert (outcome.exit_code, outcome.stderr) == (2, f"{option} {tmp_path}/report: Permission denied\n")


@pytest.mark.parametrize("option", ["--junit", "--json"])
def test_a_folder_in_the_place_of_a_file_ends_with_2(pds_sim, passing, tmp_path, option):
    outcome = pds_sim("run", option, tmp_path, passing)

    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert "is a directory" in outcome.stderr


def test_a_report_that_can_not_be_written_any_more_ends_with_2(pds_sim, passing, tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(28, "No space left on device", "junit.xml")

    monkeypatch.setattr("scenarios.reports.junit_file.write_whole", refuse)
    outcome = pds_sim("run", "--junit", tmp_path / "junit.xml", "--json", tmp_path / "report.json", passing)

    assert (outcome.exit_code, outcome.stderr) == (2, "--junit junit.xml: No space left on device\n")
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["passed"] == 1


def test_two_reports_do_not_overwrite_each_other(pds_sim, passing, tmp_path):
    outcome = pds_sim("run", "--junit", tmp_path / "report", "--json", tmp_path / "report", passing)

    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert outcome.stderr == f"--junit, --json: both would write {tmp_path / 'report'}\n"


def test_old_reports_stay_when_a_file_is_wrong(pds_sim, wrong, tmp_path):
    old = tmp_path / "report.json"
    old.write_text("old", encoding="utf-8")

    outcome = pds_sim("run", "--json", old, wrong)

    assert (outcome.exit_code, old.read_text(encoding="utf-8")) == (2, "old")


def test_a_report_that_does_not_fit_is_told_with_its_path(pds_sim, passing):
    outcome = pds_sim("run", "--json", "/dev/full", passing)

    assert (outcome.exit_code, outcome.stderr) == (2, "--json /dev/full: No space left on device\n")
