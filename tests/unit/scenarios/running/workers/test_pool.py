"""Scenarios run in several processes come out as in one, whatever happens to a process."""

from dataclasses import replace

import pytest

from scenarios.loading.loader import load_scenario
from scenarios.running.outcomes import run_scenario
from scenarios.running.workers.pool import WorkerPool, run_scenarios

CREATE = "create: {name: copy, backup: orders-backup, namespace: shop-staging, project: shop}"
ENDLESS = """
  - repeat:
      times: 99
      steps:
        - repeat: {times: 1000, steps: [get: {restore: copy}]}
"""


class Watcher:
    """Remembers what it is told; on request, does something when a scenario begins."""

    def __init__(self, on_begin=lambda _title: None):
        self.told = []
        self._on_begin = on_begin

    def begin(self, title):
        self.told.append(("begin", title))
        self._on_begin(title)

    def end(self, title, *, passed):
        self.told.append(("end", title, passed))


@pytest.fixture
def scenario(write):
    def make(name, steps=""):
        return load_scenario(write(f"version: 1\nname: {name}\nsteps:\n  - {CREATE}{steps}\n", f"{name}.yaml"))

    return make


def without_wall_time(outcomes):
    return [replace(outcome, wall_seconds=0) for outcome in outcomes]


def test_several_processes_tell_the_same_as_one_in_the_same_order(scenario):
    scenarios = [
        scenario("long", "\n  - repeat: {times: 300, steps: [get: {restore: copy}]}"),
        scenario("short"),
        scenario("failing", "\n  - get: {restore_id: 'rst:x'}"),
    ]

    alone = list(run_scenarios(scenarios, watcher=Watcher(), seed=3))
    together = list(run_scenarios(scenarios, watcher=Watcher(), seed=3, process_count=2))

    assert [(outcome.name, outcome.passed, outcome.seed) for outcome in together] == [
        ("long", True, 3),
        ("short", True, 3),
        ("failing", False, 3),
    ]
    assert without_wall_time(together) == without_wall_time(alone)


@pytest.mark.parametrize("process_count", [1, 2])
def test_a_watcher_is_told_what_runs_and_what_came_of_it(scenario, process_count):
    watcher = Watcher()
    scenarios = [scenario("good"), scenario("bad", "\n  - get: {restore_id: 'rst:x'}")]

    outcomes = list(run_scenarios(scenarios, watcher=watcher, process_count=process_count))

    assert len(outcomes) == 2
    assert sorted(watcher.told) == [
        ("begin", "bad"),
        ("begin", "good"),
        ("end", "bad", False),
        ("end", "good", True),
    ]


def test_a_process_that_dies_fails_its_scenario_and_no_other(scenario):
    def kill(title):
        if title == "second":
            for worker in pool._processes._all:
                worker._process.kill()

    scenarios = [scenario("first"), scenario("second", ENDLESS), scenario("third")]
    with WorkerPool(1, watcher=Watcher(kill)) as pool:
        outcomes = list(pool.outcomes(scenarios, seed=9))

    assert [outcome.passed for outcome in outcomes] == [True, False, True]
    assert outcomes[1].error == "the process that ran it was ended by SIGKILL"
    assert (outcomes[1].seed, outcomes[1].title, outcomes[1].steps) == (9, "second", ())


def test_a_process_that_ends_by_itself_is_told_with_its_exit_code(scenario):
    with WorkerPool(1, watcher=Watcher(), environment={"PYTHONPATH": "", "PYTHONHOME": "/nowhere"}) as pool:
        [outcome] = pool.outcomes([scenario("first")], seed=None)

    assert outcome.error == "the process that ran it ended with exit code 1"


def test_a_file_that_has_become_wrong_fails_its_scenario(scenario, tmp_path):
    first, second = scenario("first"), scenario("second")
    (tmp_path / "first.yaml").write_text("version: 2\n", encoding="utf-8")

    with WorkerPool(1, watcher=Watcher()) as pool:
        outcomes = list(pool.outcomes([first, second], seed=None))

    assert [outcome.passed for outcome in outcomes] == [False, True]
    assert "first.yaml:1:10: version: " in outcomes[0].error


def test_no_process_is_left_when_the_outcomes_are_not_wanted_any_more(scenario):
    watcher = Watcher()
    with WorkerPool(2, watcher=watcher) as pool:
        outcomes = pool.outcomes(
            [scenario("quick"), scenario("endless", ENDLESS), scenario("waiting", ENDLESS)], seed=None
        )
        first = next(outcomes)

    assert first == replace(run_scenario(scenario("quick")), wall_seconds=first.wall_seconds)
    assert all(worker._process.returncode is not None for worker in pool._processes._all)


def test_names_that_are_no_utf_8_get_through(scenario, tmp_path):
    odd = tmp_path / "odd\udcff.yaml"
    odd.write_bytes((scenario("plain"), (tmp_path / "plain.yaml").read_bytes())[1])
    scenarios = [load_scenario(odd), scenario("other")]

    outcomes = list(run_scenarios(scenarios, watcher=Watcher(), process_count=2))

    assert [(outcome.passed, outcome.file) for outcome in outcomes] == [
        (True, str(odd)),
        (True, scenarios[1].source.file),
    ]
