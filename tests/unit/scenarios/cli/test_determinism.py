"""A second run in another process is compared with the first, event by event."""

import sys
from dataclasses import replace

import pytest

from scenarios.cli import determinism
from scenarios.loading.loader import load_scenario
from scenarios.running.outcomes import run_scenario


class Unwatched:
    def begin(self, title):
        """Nobody watches."""

    def end(self, title, *, passed):
        """Nobody watches."""


@pytest.fixture
def differences():
    """What differs when scenarios are run again, after the outcomes of the first run were *changed*."""

    def compare(*files, seed=None, changed=lambda outcome: outcome):
        scenarios = [load_scenario(file) for file in files]
        outcomes = [changed(run_scenario(scenario, seed=seed)) for scenario in scenarios]
        return determinism.differences(scenarios, outcomes, watcher=Unwatched(), seed=seed)

    return compare


def test_what_is_the_same_has_no_differences(passing, failing, differences):
    assert differences(passing, failing, seed=3) == {}


def test_the_first_difference_is_shown_as_it_was_in_both_runs(passing, differences):
    def with_something(event):
        return replace(event, told=event.told | {"to": "SOMETHING"}) if event.text("to") == "PENDING" else event

    [[file, told]] = differences(
        passing, changed=lambda first: replace(first, events=tuple(map(with_something, first.events)))
    ).items()

    assert file == str(passing)
    assert told.startswith("event 3 was\n    ")
    assert told.index('"SOMETHING"') < told.index("and is") < told.index('"PENDING"')


def test_an_event_too_few_is_a_difference(passing, differences):
    def without_the_last(first):
        return replace(first, events=first.events[:-1])

    [told] = differences(passing, changed=without_the_last).values()

    assert told.startswith("event 3 was\n    nothing\n  and is\n")


def test_files_of_one_name_are_told_apart(tmp_path, passing, differences):
    twin = tmp_path / "folder" / passing.name
    twin.parent.mkdir()
    twin.write_bytes(passing.read_bytes())

    def change_twin(first):
        return replace(first, events=()) if first.file == str(twin) else first

    assert list(differences(passing, twin, changed=change_twin)) == [str(twin)]


def test_what_can_not_be_run_again_is_told(passing, differences):
    def remove(first):
        passing.unlink()
        return first

    [told] = differences(passing, changed=remove).values()

    assert told.endswith(f"{passing}: can't be read: No such file or directory")


def test_run_checks_determinism_where_it_is_asked_to(pds_sim, passing, failing):
    good = pds_sim("run", "--check-determinism", passing)
    bad = pds_sim("run", "--check-determinism", "--seed", "4", failing)

    assert (good.exit_code, good.stdout.splitlines()[-1]) == (0, "1 of 1 timelines are the same in another process")
    assert (bad.exit_code, bad.stdout.splitlines()[-1]) == (1, "1 of 1 timelines are the same in another process")


def test_a_difference_fails_the_run(pds_sim, passing, monkeypatch):
    module = sys.modules["scenarios.cli.run"]  # the package has the command under this name
    monkeypatch.setattr(module, "differences", lambda *_, **__: {str(passing): "event 1 was …"})

    outcome = pds_sim("run", "--check-determinism", passing)

    assert outcome.exit_code == 1
    assert f"{passing}: not deterministic: event 1 was …" in outcome.stdout
    assert outcome.stdout.splitlines()[-1] == "0 of 1 timelines are the same in another process"


def test_only_what_was_run_is_run_again(pds_sim, passing, failing):
    outcome = pds_sim("run", "-x", "--check-determinism", failing, passing)

    assert outcome.stdout.splitlines()[-2:] == [
        "0 passed, 1 failed, 1 not run",
        "1 of 1 timelines are the same in another process",
    ]


def test_a_folder_stands_for_the_scenarios_in_it_and_below(pds_sim, tmp_path, passing):
    below = tmp_path / "below"
    below.mkdir()
    below.joinpath("deeper.yaml").write_bytes(passing.read_bytes())
    empty = tmp_path / "empty"
    empty.mkdir()

    assert pds_sim("run", tmp_path).stdout.splitlines()[-1] == "2 passed, 0 failed"
    assert pds_sim("run", empty).exit_code == 2
