"""``pds-sim run`` tells what happened and says by its exit code whether all was as expected."""

import json
import re
import sys

import pytest

from scenarios.running.outcomes import run_scenario
from simulator import Simulator


def without_seconds(text):
    """What is printed, without the real time that it took."""
    return re.sub(r" in [0-9.]+ s$", "", text, flags=re.MULTILINE)


def test_a_scenario_that_passes_ends_with_0(pds_sim, passing):
    outcome = pds_sim("run", passing)

    assert (outcome.exit_code, outcome.stderr) == (0, "")
    uid = re.search("rst:[0-9a-f-]{36}", outcome.stdout)[0]
    assert without_seconds(outcome.stdout).splitlines() == [
        "passing: What it shows.",
        "       0.000 s    copy: INITIALIZING",
        f"       0.000 s  ✓ create copy → INITIALIZING {uid}",
        "       1.000 s    copy: PENDING",
        "       1.000 s  ✓ advance 1 s",
        "  passed: 2 of 2 steps, 1 s of virtual time",
    ]


def test_a_scenario_that_fails_ends_with_1_and_shows_place_expectation_finding_history_and_replay(pds_sim, failing):
    outcome = pds_sim("run", failing)

    assert (outcome.exit_code, outcome.stderr) == (1, "")
    uid = re.search("rst:[0-9a-f-]{36}", outcome.stdout)[0]
    lines = without_seconds(outcome.stdout).splitlines()
    assert lines[0] == "a scenario that fails"
    assert lines[3:] == [
        "       0.000 s  ✗ expect copy",
        f"  {failing}:6: status.phase: expected 'SUCCESSFUL', found 'INITIALIZING'",
        "      5 |   - create: {name: copy, backup: orders-backup, namespace: shop-staging, project: shop}",
        "    > 6 |   - expect:",
        "      7 |       restore: copy",
        "      8 |       fields: {status.phase: SUCCESSFUL}",
        f"    copy ({uid})",
        "         0.000 s  copy: INITIALIZING",
        "         0.000 s  CreateRestore copy → OK",
        "         0.000 s  GetRestore copy → OK",
        "  failed: 1 of 3 steps, 0 s of virtual time",
        f"  replay: pds-sim run --seed 5 {failing}",
    ]


def test_a_scenario_without_steps_is_nothing_to_run(pds_sim, passing, write):
    file = write("version: 1", "none.yaml")

    outcome = pds_sim("run", passing, file)

    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert outcome.stderr == f"{file}:1:1: has no steps; there is nothing to run\n"


def test_quiet_tells_only_what_failed(pds_sim, passing, failing):
    outcome = pds_sim("run", "-q", passing, failing)

    lines = without_seconds(outcome.stdout).splitlines()
    assert lines[:3] == [
        "passing: What it shows.",
        "  passed: 2 of 2 steps, 1 s of virtual time",
        "a scenario that fails",
    ]
    assert [line for line in lines if "✓" in line] == []
    assert f"  {failing}:6: status.phase: expected 'SUCCESSFUL', found 'INITIALIZING'" in lines
    assert without_seconds(outcome.stdout) == without_seconds(pds_sim("run", "--quiet", passing, failing).stdout)


def test_a_wrong_file_ends_with_2_and_nothing_is_run(pds_sim, passing, wrong, tmp_path, monkeypatch):
    def start(_):
        raise AssertionError("nothing should have been run")

    monkeypatch.setattr(Simulator, "start", start)
    outcome = pds_sim("run", passing, wrong, tmp_path / "missing.yaml", "--timeline", tmp_path / "timelines")

    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert outcome.stderr.splitlines() == [
        f"{wrong}:3:5: steps[0].advanc: is no key here; did you mean 'advance' or 'advance_until'?",
        f"{tmp_path / 'missing.yaml'}: can't be read: No such file or directory",
    ]
    assert not (tmp_path / "timelines").exists()


def test_timelines_are_written_as_json_lines(pds_sim, passing, failing, tmp_path):
    outcome = pds_sim("run", "-q", "--timeline", tmp_path / "some" / "where", passing, failing)

    assert outcome.exit_code == 1
    files = sorted((tmp_path / "some" / "where").iterdir())
    assert [file.name for file in files] == ["failing.jsonl", "passing.jsonl"]
    events = [json.loads(line) for line in files[1].read_text(encoding="utf-8").splitlines()]
    assert [(event["sequence"], event["time"], event["event"]) for event in events] == [
        (1, "2025-01-01T00:00:00.000000Z", "transition"),
        (2, "2025-01-01T00:00:00.000000Z", "rpc"),
        (3, "2025-01-01T00:00:01.000000Z", "transition"),
    ]


def test_files_of_one_name_do_not_overwrite_each_others_timeline(pds_sim, passing, tmp_path):
    (tmp_path / "other").mkdir()
    twin = tmp_path / "other" / passing.name
    twin.write_bytes(passing.read_bytes())

    outcome = pds_sim("run", "--timeline", tmp_path / "out", passing, twin)

    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert outcome.stderr == "--timeline: several files would write passing.jsonl; run them one by one\n"
    assert not (tmp_path / "out").exists()


def test_a_file_in_the_place_of_the_directory_ends_with_2(pds_sim, passing):
    outcome = pds_sim("run", "--timeline", passing, passing)

    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert "is a file" in outcome.stderr


def test_a_timeline_that_can_not_be_written_ends_with_2(pds_sim, passing, tmp_path):
    (tmp_path / "passing.jsonl").mkdir()

    outcome = pds_sim("run", "-q", "--timeline", tmp_path, passing)

    assert outcome.exit_code == 2
    assert outcome.stderr == f"--timeline {tmp_path / 'passing.jsonl'}: Is a directory\n"


@pytest.mark.parametrize("name", ["naïve ✓.yaml", "with spaces.yaml", "no-suffix"])
def test_any_name_of_a_file_will_do(pds_sim, write, name):
    outcome = pds_sim("run", write("version: 1\nsteps: [advance: 1s]", name))

    assert outcome.stdout.splitlines()[0] == name.removesuffix(".yaml")


def test_what_was_run_before_an_interruption_is_in_the_reports(pds_sim, passing, failing, tmp_path, monkeypatch):
    def interrupted(scenarios, **_):
        yield run_scenario(scenarios[0], seed=None)
        raise KeyboardInterrupt

    monkeypatch.setattr(sys.modules["scenarios.cli.run"], "run_scenarios", interrupted)
    outcome = pds_sim("run", "--json", tmp_path / "report.json", "--junit", tmp_path / "report.xml", passing, failing)

    assert (outcome.exit_code, outcome.stderr.strip()) == (130, "interrupted")
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert ([scenario["name"] for scenario in report["scenarios"]], report["not_run"]) == (["passing"], 1)
    assert 'tests="1"' in (tmp_path / "report.xml").read_text(encoding="utf-8")
