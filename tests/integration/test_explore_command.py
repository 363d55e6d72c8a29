"""``pds-sim explore`` tells what breaks a client, in text and as JSON, and ends with the code that says so."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from click.testing import CliRunner

import scenarios.cli.explore  # noqa: F401  # the command imports it when used, which may be while coverage pauses
from scenarios.cli import main
from simulator import Simulator

PDS_SIM = Path(sys.executable).with_name("pds-sim")
CHECK = ("--check", "scenarios.exploration.example:check", "--calls", "300", "--no-oracle", "abandoned_restore")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def explore(*arguments):
    return CliRunner().invoke(main, ["explore", *map(str, arguments)])


def test_findings_are_told_with_the_smallest_rules_and_the_command_that_shows_them():
    outcome = explore(*CHECK, "--examples", 100)

    assert outcome.exit_code == 1
    assert re.match(r"\d findings, 101 runs, [\d.]+ s, \d+ runs/s\n", outcome.stdout)
    assert "✗ unhandled_status: an injected status at scenarios.exploration.example:" in outcome.stdout
    assert re.search(r"\n  - \{method: GetRestore, times: 1, .*\}\n  pds-sim run .*\.pds\.yaml\n", outcome.stdout)
    assert re.search(r"\nnever reached\n  CreateRestore +\w+", outcome.stdout)
    assert re.search(r"\nmethod by status\n  CreateRestore  .*OK \d+", outcome.stdout)
    assert CliRunner().invoke(main, ["run", "findings"]).exit_code == 1


def test_json_is_one_object_on_the_last_line():
    outcome = explore(*CHECK, "--examples", 60, "--json")

    told = json.loads(outcome.stdout)
    assert outcome.exit_code == 1
    assert outcome.stdout.count("\n") == 1
    assert told["runs"] == 61
    assert {"oracle", "cause", "rules", "scenario", "seed", "count"} <= set(told["findings"][0])
    assert CliRunner().invoke(main, ["run", told["findings"][0]["scenario"]]).exit_code == 1
    assert told["coverage"]["calls"]["CreateRestore"]["OK"] > 0
    assert "findings, 61 runs" in outcome.stderr


def test_reports_show_findings_with_their_timelines_and_the_coverage(tmp_path):
    pages, junit = tmp_path / "pages", tmp_path / "junit.xml"

    outcome = explore(*CHECK, "--examples", 60, "--html", pages, "--junit", junit)

    assert outcome.exit_code == 1
    index = (pages / "index.html").read_text(encoding="utf-8")
    linked = re.findall(r'href="\./([^"]+)"', index)
    assert linked
    for name in linked:
        page = (pages / name).read_text(encoding="utf-8")
        assert "✗ failed" in page
        assert "orders-copy" in page
    assert "<code>- {method: GetRestore, times: 1, " in index
    assert "<h2>Never reached</h2>" in index
    assert "<h2>phase by effect</h2>" in index
    suites = ElementTree.fromstring(junit.read_text(encoding="utf-8"))  # noqa: S314  # our own file
    assert suites.attrib["tests"] == str(len(linked) + 1)
    assert suites.attrib["failures"] == str(len(linked))


CLIENTS_THAT_DIE = """
import os, time

def exits(sim):
    if not sim.rules:  # once, so that nothing is shrunk
        os._exit(0)

def never_gives_up(sim):
    while not sim.rules:
        try:
            time.sleep(60)
        except BaseException:
            pass
"""


@pytest.mark.parametrize(
    ("client", "examples", "page", "end"),
    [
        ("exits", 3, "client_the_process_dies", "ended with exit code 0"),
        ("never_gives_up", 1, "hang_no_end_in_real_time", "its process was killed"),
    ],
)
def test_reports_and_runs_survive_a_client_that_ends_its_process(folder, client, examples, page, end):
    (folder / "dies.py").write_text(CLIENTS_THAT_DIE, encoding="utf-8")
    arguments = ["explore", "--check", f"dies:{client}", "--examples", str(examples), "--seed", "3"]
    arguments += ["--timeout", "100ms", "--max-rules", "1"]

    explored = pds_sim(*arguments, "--html", "pages", "--junit", "junit.xml", folder=folder)

    assert explored.returncode == 1, explored.stderr
    suites = ElementTree.fromstring((folder / "junit.xml").read_text(encoding="utf-8"))  # noqa: S314  # our own file
    assert (suites.attrib["tests"], suites.attrib["errors"]) == ("2", "1")
    told = {each.attrib["name"]: each.attrib["value"] for each in suites[0].iter("property")}
    assert told["seed"] == "3"
    assert told["replay"] == f"pds-sim {' '.join(arguments)} --html pages --junit junit.xml"
    assert end in (folder / "pages" / f"{page}.html").read_text(encoding="utf-8")

    [command] = [line.split() for line in explored.stdout.splitlines() if line.startswith("  pds-sim run ")]
    run = pds_sim(*command[1:], folder=folder)
    assert run.returncode == 1
    assert end in run.stdout


def pds_sim(*arguments, folder):
    return subprocess.run(  # noqa: S603  # our own command
        [PDS_SIM, *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )


def test_without_findings_reports_say_so(tmp_path):
    pages, junit = tmp_path / "pages", tmp_path / "junit.xml"

    outcome = explore("--command", "true", "--examples", 1, "--html", pages, "--junit", junit)

    assert outcome.exit_code == 0
    assert "no findings" in (pages / "index.html").read_text(encoding="utf-8")
    assert 'tests="1" failures="0"' in junit.read_text(encoding="utf-8")


def test_it_ends_with_0_when_nothing_breaks_the_client(folder):
    outcome = explore("--command", "true", "--examples", 1, "--oracle", "client", "--scenarios-to", "new/found")

    assert outcome.exit_code == 0
    assert not (folder / "new" / "found").exists()
    assert outcome.stdout.startswith("no findings, 2 runs")
    assert "no run made a call" in outcome.stdout


def test_options_choose_what_goes_wrong_and_where(tmp_path):
    scenario = tmp_path / "world.yaml"
    scenario.write_text("version: 1\nworld: {clusters: {north: {}}}\n", encoding="utf-8")
    corpus = tmp_path / "corpus"

    outcome = explore(
        *CHECK, "--examples", 40, "--json", "--scenario", scenario, "--time", "1m", "--max-rules", 1,
        "--effect", "outage", "--effect", "stale", "--method", "GetRestore", "--phase", "PENDING", "--jobs", 2,
        "--corpus", corpus,
    )  # fmt: skip

    for file in corpus.iterdir():
        assert yaml.safe_load(file.read_text(encoding="utf-8"))["world"] == {"clusters": {"north": {}}}
    coverage = json.loads(outcome.stdout)["coverage"]
    assert set(coverage["phase_faults"]) <= {"PENDING", "no phase"}
    assert coverage["call_faults"] == {"GetRestore": {"stale": coverage["call_faults"]["GetRestore"]["stale"]}}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "expected either --check or --command"),
        (("--check", "json:dumps", "--command", "true"), "expected either --check or --command"),
        (("--check", "json"), "'json' names no function"),
        ((*CHECK, "--oracle", "hnag"), "'hnag' is no oracle; did you mean 'hang'"),
        ((*CHECK, "--effect", "eror"), "'eror' is no effect"),
        ((*CHECK, "--time", "soon"), "Invalid value for '--time'"),
        ((*CHECK, "--limit", "0"), "'0' is no time; expected a duration above 0"),
        ((*CHECK, "--timeout", "0s"), "'0s' is no time; expected a duration above 0"),
        ((*CHECK, "--corpus", "/dev/null/x"), "/dev/null"),
        ((*CHECK, "--html", "/dev/null/x"), "/dev/null"),
        ((*CHECK, "--junit", "/dev/null/x"), "/dev/null"),
        ((*CHECK, "--scenario", "no-such-scenario"), "no-such-scenario"),
        ((*CHECK, "--case", "one"), "expected --scenario FILE with it"),
        ((*CHECK, "--max-rules", 101), "Invalid value for '--max-rules'"),
        (("--command", "no_such_program_anywhere"), "can't be run"),
        ((*CHECK, "--dask", "tcp://127.0.0.1:1"), "127.0.0.1:1"),
    ],
)
def test_wrong_arguments_end_with_2_and_say_why(arguments, message, monkeypatch):
    monkeypatch.setattr("scenarios.exploration.dask_pool.CONNECT_SECONDS", 0.2)

    outcome = explore(*arguments)

    assert outcome.exit_code == 2
    assert message in outcome.stderr


def test_a_scenario_that_goes_on_from_a_snapshot_is_refused(folder):
    with Simulator(listen=False) as sim:
        (folder / "state.json").write_text(json.dumps(sim.snapshot()), encoding="utf-8")
    (folder / "goes_on.yaml").write_text("version: 1\nsnapshot: state.json\n", encoding="utf-8")

    outcome = explore(*CHECK, "--scenario", "goes_on.yaml")

    assert outcome.exit_code == 2
    assert "goes_on.yaml: goes on from a snapshot, which can't be explored" in outcome.stderr


def test_a_broken_corpus_is_told_with_its_place(tmp_path):
    (tmp_path / "broken.pds.yaml").write_text("version: 1\nfaults: [{eror: {}}]\n", encoding="utf-8")

    outcome = explore(*CHECK, "--corpus", tmp_path)

    assert outcome.exit_code == 2
    assert "broken.pds.yaml:2:" in outcome.stderr


CLIENT_THAT_IS_STOPPED = """
import itertools, os, signal

runs = itertools.count()

def check(sim):
    if next(runs) == 30:
        for _ in range({times}):
            os.kill(os.getppid(), signal.{signal})
    raise ValueError("always")
"""


@pytest.mark.parametrize(("jobs", "name", "times"), [(1, "SIGINT", 1), (2, "SIGINT", 1), (2, "SIGTERM", 100)])
def test_ctrl_c_or_the_end_of_a_job_ends_it_with_what_was_found(folder, jobs, name, times):
    client = CLIENT_THAT_IS_STOPPED.replace("{signal}", name).replace("{times}", str(times))
    (folder / "stopped.py").write_text(client, encoding="utf-8")
    arguments = ["explore", "--check", "stopped:check", "--examples", "1000000", "--jobs", str(jobs)]

    outcome = pds_sim(*arguments, folder=folder)

    assert outcome.returncode == 1
    assert outcome.stdout.startswith("1 finding, ")
    assert "interrupted" in outcome.stdout.partition("\n")[0]
    assert "✗ client: ValueError at stopped:" in outcome.stdout
    assert outcome.stderr == ""


def test_ctrl_c_leaves_no_command_behind(folder):
    arguments = ["explore", "--command", "echo $$ > shell; exec sleep 300", "--examples", "1"]
    with subprocess.Popen([PDS_SIM, *arguments], cwd=folder, stdout=subprocess.PIPE) as process:  # noqa: S603
        while not ((folder / "shell").exists() and (folder / "shell").read_text()):
            assert process.poll() is None, "it has ended by itself"
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)

    assert process.returncode == 130
    with pytest.raises(ProcessLookupError):
        os.kill(int((folder / "shell").read_text()), 0)
