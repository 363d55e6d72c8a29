"""A second run in another process is compared with the first, event by event."""

import sys

import pytest

from scenarios.cli import determinism
from scenarios.loader import load_scenario
from scenarios.runner import ScenarioRun


@pytest.fixture
def timeline():
    def of(file, seed=None):
        with ScenarioRun(load_scenario(file), seed=seed) as run:
            list(run.steps())
        return run.simulator.timeline.to_json_lines()

    return of


def test_what_is_the_same_has_no_differences(passing, failing, timeline):
    timelines = {str(file): timeline(file, 3) for file in (passing, failing)}

    assert determinism.differences(timelines, 3) == {}


def test_the_first_difference_is_shown_as_it_was_in_both_runs(passing, timeline):
    whole = timeline(passing)
    changed = whole.replace('"PENDING"', '"SOMETHING"')
    cut = "".join(whole.splitlines(keepends=True)[:-1])

    [told] = determinism.differences({str(passing): changed}, None).values()
    [told_of_the_end] = determinism.differences({str(passing): cut}, None).values()

    assert told.startswith("event 3 was\n    ")
    assert told.index('"SOMETHING"') < told.index("and is") < told.index('"PENDING"')
    assert told_of_the_end.startswith(f"event {len(whole.splitlines())} was\n    nothing\n  and is\n")


def test_files_of_one_name_are_run_apart(tmp_path, passing, timeline):
    twin = tmp_path / "folder" / passing.name
    twin.parent.mkdir()
    twin.write_bytes(passing.read_bytes())

    assert determinism.differences({str(passing): timeline(passing), str(twin): timeline(twin)}, None) == {}


def test_what_can_not_be_run_again_is_told(tmp_path):
    with pytest.raises(RuntimeError, match=r"could not run again: .*gone\.yaml: can't be read"):
        determinism.differences({str(tmp_path / "gone.yaml"): ""}, None)


def test_run_checks_determinism_where_it_is_asked_to(pds_sim, passing, failing):
    good = pds_sim("run", "--check-determinism", passing)
    bad = pds_sim("run", "--check-determinism", "--seed", "4", failing)

    assert (good.exit_code, good.stdout.splitlines()[-1]) == (0, "1 of 1 timelines are the same in another process")
    assert (bad.exit_code, bad.stdout.splitlines()[-1]) == (1, "1 of 1 timelines are the same in another process")


def test_a_difference_fails_the_run(pds_sim, passing, monkeypatch):
    module = sys.modules["scenarios.cli.run"]  # the package has the command under this name
    monkeypatch.setattr(module, "differences", lambda timelines, _seed: dict.fromkeys(timelines, "event 1 was …"))

    outcome = pds_sim("run", "--check-determinism", passing)

    assert outcome.exit_code == 1
    assert f"{passing}: not deterministic: event 1 was …" in outcome.stdout
    assert outcome.stdout.splitlines()[-1] == "0 of 1 timelines are the same in another process"


def test_a_folder_stands_for_the_scenarios_in_it_and_below(pds_sim, tmp_path, passing):
    below = tmp_path / "below"
    below.mkdir()
    below.joinpath("deeper.yaml").write_bytes(passing.read_bytes())
    empty = tmp_path / "empty"
    empty.mkdir()

    assert pds_sim("run", tmp_path).stdout.splitlines()[-1] == "2 passed, 0 failed"
    assert pds_sim("run", empty).exit_code == 2
