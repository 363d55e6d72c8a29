"""An exploration finds what breaks a client, shrinks each cause to the smallest schedule, and writes that down."""

import itertools
import json
import math
import os
from contextlib import suppress
from functools import partial
from pathlib import Path

import grpc
import pytest

import scenarios
from scenarios.clients.functions import NoSuchFunction
from scenarios.clients.limits import Limits
from scenarios.clients.oracles import choose_oracles
from scenarios.exploration import example, explore
from scenarios.exploration.pools import InProcess
from scenarios.exploration.search import perform
from scenarios.exploration.trials import Trials
from scenarios.loading.errors import ScenarioError
from scenarios.running.outcomes import run_scenario
from simulator.api import RestoreServiceStub, restore_pb2

FEW = {"examples": 150, "limits": Limits(calls=300), "oracles": choose_oracles(without=["abandoned_restore"])}
EXAMPLE = "scenarios.exploration.example:check"


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("findings")
    return explore(EXAMPLE, **FEW, scenarios_to=folder)


def test_each_cause_is_found_with_one_rule(found):
    assert {finding.oracle for finding in found.findings} == {"hang", "unhandled_status"}
    assert {len(finding.rules) for finding in found.findings} == {1}
    [exists] = [finding for finding in found.findings if finding.cause.startswith("ALREADY_EXISTS at ")]
    assert exists.rules == [{"method": ["CreateRestore"], "times": 1, "lose_response": {}}]
    assert all(finding.message.startswith("no end") for finding in found.findings if finding.oracle == "hang")


def test_what_was_reached_is_counted(found):
    tables = found.coverage.to_plain()

    assert found.runs == 151  # with the one without faults
    assert tables["calls"]["CreateRestore"]["OK"] > 50
    assert tables["retries"]["CreateRestore"]["UNAVAILABLE"] > 0
    assert tables["phase_faults"]["PENDING"]["stall"] > 0
    assert tables["error_codes"]["PENDING"]
    assert any("outage" in effects for phase, effects in tables["phase_faults"].items() if phase != "no phase")
    assert "outage" in tables["phase_faults"]["no phase"]
    assert tables["call_faults"]["GetRestore"]["hang"] > 0
    assert "stale" not in found.never_reached["GetRestore"]
    assert found.never_reached["CreateRestore"]
    assert "RecreateRestore" not in found.never_reached  # which it never calls


class Backwards:
    """A pool of which the last task ends first."""

    def __init__(self, setup):
        self._trials = Trials.from_plain(json.loads(json.dumps(setup)))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def results(self, tasks):
        for number, task in reversed([*enumerate(tasks)]):
            yield number, json.loads(json.dumps(perform(self._trials, json.loads(json.dumps(task)))))


@pytest.mark.no_cover  # others run the same lines, fewer times
def test_the_same_seed_finds_the_same_wherever_tasks_are_performed(found, tmp_path):
    again = explore(EXAMPLE, **FEW, pool=Backwards, scenarios_to=tmp_path)

    assert comparable(again) == comparable(found)
    assert comparable(explore(EXAMPLE, **FEW, jobs=2, scenarios_to=tmp_path)) == comparable(found)
    assert comparable(explore(EXAMPLE, **FEW, seed=1)) != comparable(found)


def comparable(exploration):
    plain = exploration.to_plain()
    for finding in plain["findings"]:
        finding["scenario"] = Path(finding["scenario"]).name
    return json.dumps(plain)


def test_a_finding_is_a_scenario_that_fails_until_the_client_is_mended(found, monkeypatch):
    assert found.findings
    loaded = [scenarios.load(finding.scenario) for finding in found.findings]

    failed = [run_scenario(scenario) for scenario in loaded]
    assert not any(outcome.passed or outcome.error for outcome in failed)
    assert [outcome.steps[0].complaints[0].partition(": ")[0] for outcome in failed] == [
        finding.oracle for finding in found.findings
    ]

    monkeypatch.setattr(example, "check", lambda simulator: simulator.advance(1))
    assert all(run_scenario(scenario).passed for scenario in loaded)


def test_a_corpus_is_run_first_and_grows(tmp_path):
    first = explore(EXAMPLE, **FEW, corpus=tmp_path)
    files = sorted(tmp_path.iterdir())

    again = explore(EXAMPLE, **FEW | {"examples": 1}, corpus=tmp_path)

    assert len(files) == len(first.findings) == len(again.findings)
    assert sorted(tmp_path.iterdir()) == files
    assert again.runs == len(files) + 2  # the run without faults, and an example
    assert [finding.rules for finding in again.findings] == [finding.rules for finding in first.findings]


@pytest.mark.no_cover  # others run the same lines, fewer times
def test_earlier_findings_stay_as_they_are(tmp_path):
    [finding, *_] = explore(EXAMPLE, **FEW, corpus=tmp_path).findings
    file = Path(finding.scenario)
    commented = f"# why we keep it\n{file.read_text(encoding='utf-8')}"
    file.write_text(commented, encoding="utf-8")

    assert explore(EXAMPLE, **FEW, corpus=tmp_path).findings[0].scenario == str(file)
    assert file.read_text(encoding="utf-8") == commented

    mended = commented.replace("  times: 1\n", "  times: 1\n  after: 999\n")  # never happens
    file.write_text(mended, encoding="utf-8")
    [numbered, *_] = explore(EXAMPLE, **FEW, corpus=tmp_path).findings
    assert file.read_text(encoding="utf-8") == mended
    assert numbered.scenario == str(file).replace(".pds.yaml", "-2.pds.yaml")
    assert scenarios.load(numbered.scenario).document.faults


@pytest.mark.parametrize("other", ["no: [yaml", "- 1\n", "\0"])
def test_a_file_of_another_kind_is_not_overwritten(tmp_path, other):
    name = "client_exit_code_3"
    (tmp_path / f"{name}.pds.yaml").write_text(other, encoding="utf-8")

    [finding] = explore(command="exit 3", examples=1, scenarios_to=tmp_path).findings

    assert finding.scenario == str(tmp_path / f"{name}-2.pds.yaml")
    assert (tmp_path / f"{name}.pds.yaml").read_text(encoding="utf-8") == other


def test_a_corpus_that_can_not_be_read_is_refused(tmp_path):
    (tmp_path / "broken.pds.yaml").write_text("version: 2", encoding="utf-8")

    with pytest.raises(ScenarioError, match=r"broken\.pds\.yaml"):
        explore(EXAMPLE, corpus=tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_what_is_no_file_is_left_alone(tmp_path):
    name = "client_exit_code_3"
    os.mkfifo(tmp_path / f"{name}.pds.yaml")

    [finding] = explore(command="exit 3", examples=1, corpus=tmp_path).findings

    assert finding.scenario == str(tmp_path / f"{name}-2.pds.yaml")


def test_a_client_that_breaks_without_faults_needs_no_rule():
    def check(simulator):
        simulator.advance(1)
        raise ValueError("always")

    [finding] = explore(check, examples=3).findings

    assert (finding.oracle, finding.message, finding.rules) == ("client", "ValueError: always", [])
    assert finding.count == 4


@pytest.mark.parametrize("effects", [["error"], ["stale"]])
def test_a_client_that_calls_nothing_that_could_go_wrong_is_explored_all_the_same(effects):
    exploration = explore(lambda simulator: simulator.advance(1), examples=30, effects=effects)

    assert (exploration.runs, exploration.findings) == (31, [])


def test_chance_in_the_client_is_told():
    runs = itertools.count()

    def check(_simulator):
        assert next(runs) != 5

    [finding] = explore(check, examples=20).findings

    assert finding.is_flaky
    assert finding.rules


def test_ctrl_c_ends_it_with_what_was_found():
    runs = itertools.count()

    def check(simulator):
        if next(runs) == 70:
            raise KeyboardInterrupt
        example.check(simulator)

    exploration = explore(check, **FEW)

    assert exploration.is_interrupted
    assert 20 <= exploration.runs <= 70
    assert exploration.findings


def test_time_is_a_limit_too():
    exploration = explore(EXAMPLE, **FEW | {"examples": 10_000}, time_seconds=0)

    assert exploration.runs == 1


def test_progress_is_told():
    told = []

    explore(EXAMPLE, **FEW | {"examples": 60}, watcher=told.append)

    assert [progress.runs for progress in told] == sorted(progress.runs for progress in told)
    assert told[-1].runs == 61
    assert told[-1].reached > told[0].reached > 0
    assert ("unhandled_status" in {oracle for oracle, _ in told[-1].causes}) is True


def test_methods_phases_and_effects_can_be_chosen():
    exploration = explore(
        EXAMPLE, **FEW | {"examples": 40}, methods=["GetRestore"], phases=["PENDING"], effects=["error", "stall"]
    )

    tables = exploration.coverage.to_plain()
    assert set(tables["call_faults"]) == {"GetRestore"}
    assert set(tables["phase_faults"]) == {"PENDING"}


def test_a_world_of_ones_own_is_explored(tmp_path):
    scenario = tmp_path / "own.yaml"
    scenario.write_text("version: 1\nworld: {backups: {tiny: {deployment: orders, size: 1GiB}}}\n", encoding="utf-8")
    world = scenarios.load(scenario).world

    exploration = explore(f"{__name__}:finds_tiny", examples=5, world=world, pool=Backwards)

    assert exploration.findings == []


def finds_tiny(simulator):
    assert simulator.world.backups["tiny"].uid


def test_a_command_is_explored(tmp_path):
    [finding] = explore(command="exit 3", examples=1, scenarios_to=tmp_path).findings

    assert (finding.oracle, finding.cause, finding.rules) == ("client", "exit code 3", [])
    outcome = run_scenario(scenarios.load(finding.scenario))
    assert outcome.steps[0].complaints == ("client: exit code 3: exit code 3",)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "expected either check or command"),
        ({"check": EXAMPLE, "command": "true"}, "expected either check or command"),
        ({"command": " "}, "the command is empty"),
        ({"check": "no_such_module:check"}, "there is no module 'no_such_module'"),
        ({"check": EXAMPLE, "examples": 0}, "examples is 0; expected a whole number from 1"),
        ({"check": EXAMPLE, "jobs": 0}, "jobs is 0; expected a whole number from 1"),
        ({"check": EXAMPLE, "jobs": "2"}, "jobs is '2'; expected a whole number from 1"),
        ({"check": EXAMPLE, "seed": "x"}, "seed is 'x'; expected a whole number"),
        ({"check": EXAMPLE, "time_seconds": -1}, "time_seconds is -1; expected a number of seconds from 0, or None"),
        ({"check": EXAMPLE, "time_seconds": math.nan}, "time_seconds is nan; expected a number of seconds"),
        ({"check": EXAMPLE, "max_rules": 101}, "max_rules is 101; expected a whole number from 1 to 100"),
        ({"check": EXAMPLE, "oracles": ["hnag"]}, "'hnag' is no oracle; did you mean 'hang'"),
        ({"check": EXAMPLE, "effects": ["eror"]}, "'eror' is no effect; did you mean 'error'"),
        ({"check": EXAMPLE, "clock": "sundial"}, "clock is 'sundial'; expected one of 'manual'"),
        ({"check": EXAMPLE, "corpus": ""}, "corpus is ''; expected a folder"),
        ({"check": EXAMPLE, "limits": 3}, "limits is 3; expected Limits"),
        ({"check": EXAMPLE, "pool": 3}, "pool is 3; expected a function that makes a pool"),
        ({"check": EXAMPLE, "scenarios_to": 3}, "scenarios_to is 3; expected a folder"),
        ({"check": EXAMPLE, "watcher": None}, "watcher is None; expected a function that is called with the progress"),
        ({"check": EXAMPLE, "world": "small"}, "world is 'small'; expected a World, or a mapping as in scenarios"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments, message):
    with pytest.raises((TypeError, ValueError), match=message):
        explore(**arguments)


@pytest.mark.parametrize("limits", [{"virtual_seconds": math.nan}, {"calls": 0}, {"real_seconds": -1}])
def test_a_limit_that_limits_nothing_is_refused(limits):
    [(name, value)] = limits.items()

    with pytest.raises(ValueError, match=f"{name} is {value}; expected a number above 0"):
        Limits(**limits)


def test_few_runs_are_spent_on_schedules_whose_runs_only_a_limit_ends():
    runs = []

    def polls_for_ever_after_a_fault(sim):
        runs.append(sim)
        client, request = RestoreServiceStub(sim.channel()), restore_pb2.ListRestoresRequest(project_id=sim.uid("shop"))
        with suppress(grpc.RpcError):
            client.ListRestores(request)
            return
        while True:
            with suppress(grpc.RpcError):
                client.ListRestores(request)

    exploration = explore(
        polls_for_ever_after_a_fault, examples=50, methods=["ListRestores"], oracles=["hang"], limits=Limits(calls=100)
    )

    assert [finding.cause for finding in exploration.findings] != []
    assert 0 < len(runs) - exploration.runs <= 60 * len(exploration.findings)


def generates(_simulator):
    yield


async def generates_in_a_coroutine(_simulator):
    yield


class Generates:
    def __call__(self, _simulator):
        yield


def takes_nothing():
    pass


@pytest.mark.parametrize(
    ("check", "message"),
    [
        (generates, "generator function"),
        (generates_in_a_coroutine, "generator function"),
        (Generates(), "generator function"),
        (f"{__name__}:generates", "generator function"),
        (takes_nothing, r"has the parameters \(\); expected one, the simulator"),
        (f"{__name__}:takes_nothing", r"has the parameters \(\); expected one, the simulator"),
        (lambda _simulator, _other: None, r"has the parameters \(_simulator, _other\)"),
    ],
)
def test_what_can_not_be_run_as_a_client_is_refused(check, message):
    with pytest.raises(ValueError, match=message):
        explore(check, examples=1)


@pytest.mark.parametrize("argument", ["methods", "phases", "effects", "oracles"])
def test_a_name_in_place_of_a_list_is_refused(argument):
    with pytest.raises(TypeError, match=rf"{argument} is 'hang'; expected a list, such as \['hang'\]"):
        explore(EXAMPLE, examples=1, **{argument: "hang"})


class Speechless(Exception):
    def __str__(self):
        raise RuntimeError("no words")


class SpeechlessStatus(grpc.RpcError):
    def code(self):
        raise RuntimeError("no code")

    __str__ = trailing_metadata = code


@pytest.mark.parametrize(
    ("error", "cause", "message"),
    [
        (Speechless, "Speechless at ", "Speechless: its __str__ raises RuntimeError"),
        (SpeechlessStatus, "no status at ", "no status: its __str__ raises RuntimeError"),
    ],
)
def test_an_exception_that_can_not_say_what_is_wrong_is_a_finding_all_the_same(error, cause, message):
    def check(_simulator):
        raise error

    [finding] = explore(check, examples=1).findings

    assert finding.cause.startswith(cause)
    assert finding.message == message


def test_a_function_without_a_name_writes_no_scenarios(tmp_path):
    with pytest.raises(NoSuchFunction):
        explore(lambda _simulator: None, examples=1, scenarios_to=tmp_path)


def test_the_pool_of_this_process_takes_tasks_one_by_one():
    taken = []

    def tasks():
        for number in range(3):
            taken.append(number)
            yield {"replay": {"rules": [], "seed": number}}

    setup = {
        "client": {"check": EXAMPLE},
        "world": {},
        "clock": "manual",
        "limits": {},
        "space": {},
        "oracles": [],
        "seed": 0,
    }
    results = InProcess(partial(perform, Trials.from_plain(setup))).results(tasks())

    assert next(results)[1]["runs"] == 1
    assert taken == [0]
