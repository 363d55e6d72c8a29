"""``pds-sim run --jobs`` as an installed command: its processes end with it, and its reports do not depend on them."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.patience import PATIENCE_SECONDS

PDS_SIM = Path(sys.executable).with_name("pds-sim")
ROOT = Path(__file__).parents[2]

CREATE = "create: {name: copy, backup: orders-backup, namespace: shop-staging, project: shop}"
GET_FOR_EVER = "repeat: {times: 99, steps: [repeat: {times: 1000, steps: [get: {restore: copy}]}]}"


@contextmanager
def pds_sim(*arguments, **options):
    with subprocess.Popen(  # noqa: S603  # our own command
        [PDS_SIM, *map(str, arguments)],
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "cwd": ROOT} | options,
    ) as process:
        impatience = threading.Timer(PATIENCE_SECONDS, process.kill)
        impatience.start()
        try:
            yield process
        finally:
            impatience.cancel()
            process.kill()


@pytest.fixture
def scenario(tmp_path):
    def write(name, *steps):
        file = tmp_path / name
        file.write_text("\n  - ".join(["version: 1\nsteps:", *steps]))
        return file

    return write


@pytest.mark.parametrize(("stop", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, -15), (signal.SIGKILL, -9)])
def test_no_process_outlives_the_command(scenario, stop, code):
    quick, *endless = (
        scenario("quick.yaml", "advance: 1s"),
        *(scenario(f"endless-{number}.yaml", CREATE, GET_FOR_EVER) for number in range(3)),
    )
    with pds_sim("run", "--jobs", "2", quick, *endless) as process:
        assert process.stdout.readline() == b"quick\n"  # from here on, the others run
        process.send_signal(stop)
        process.communicate()  # comes to an end when nobody has stderr open any more

    assert process.returncode == code


@pytest.mark.parametrize("jobs", [1, 2])
def test_somebody_who_presses_ctrl_c_again_and_again_ends_it_once_and_has_reports(scenario, tmp_path, jobs):
    report = tmp_path / "report.json"
    files = scenario("quick.yaml", "advance: 1s"), scenario("endless.yaml", CREATE, GET_FOR_EVER)
    with pds_sim("run", "--jobs", jobs, "--json", report, *files) as process:
        assert process.stdout.readline() == b"quick\n"
        for _ in range(3):
            process.send_signal(signal.SIGINT)
        _, stderr = process.communicate()

    assert (process.returncode, stderr.strip()) == (130, b"interrupted")
    document = json.loads(report.read_text(encoding="utf-8"))
    assert ([ended["name"] for ended in document["scenarios"]], document["not_run"]) == (["quick"], 1)


def test_the_library_is_reported_the_same_by_one_process_and_by_several(tmp_path):
    def report(jobs):
        file = tmp_path / f"{jobs}.json"
        with pds_sim("run", "-qq", "--jobs", jobs, "--json", file, "scenarios/library/faults") as process:
            assert process.communicate()[0].endswith(b" passed, 0 failed\n")
        document = json.loads(file.read_text(encoding="utf-8"))
        assert all(scenario.pop("wall_seconds") > 0 for scenario in document["scenarios"])
        return document

    assert report(2) == report(1)


def run_on_a_terminal(*arguments, **environment):
    """What a terminal gets."""
    ours, theirs = pty.openpty()
    variables = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    variables |= {"TERM": "xterm-256color", **environment}
    with pds_sim(*arguments, stdout=theirs, stderr=theirs, env=variables):
        os.close(theirs)
        told = b""
        try:
            while part := os.read(ours, 65536):
                told += part
        except OSError:  # so Linux tells that the other side is closed
            pass
    os.close(ours)
    return told.decode()


def test_a_terminal_sees_progress_and_colours_and_a_file_neither(scenario):
    failing = scenario("failing.yaml", "get: {restore_id: 'rst:x'}")

    shown = run_on_a_terminal("run", failing)
    with pds_sim("run", failing) as process:
        written = process.communicate()[0].decode()

    assert "0/1" in shown
    assert f"\x1b[31m  {failing}:3: expected code OK, found NOT_FOUND" in shown
    assert "\x1b" not in written
    assert "0/1" not in written


def test_a_terminal_sees_how_far_an_exploration_is(tmp_path):
    findings = ("--scenarios-to", tmp_path / "findings")

    shown = run_on_a_terminal("explore", "--check", "json:dumps", "--examples", 3, *findings)

    assert re.search(r"\d runs, \d+/s, \d+ cells of coverage reached", shown)
    assert "✗ client: TypeError at " in shown


@pytest.mark.parametrize(
    "variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=lambda variables: next(iter(variables))
)
@pytest.mark.parametrize("verb", ["run", "timeline", "explain", "check"])
def test_colours_can_be_refused(scenario, verb, variables):
    shown = run_on_a_terminal(verb, scenario("failing.yaml", "get: {restore_id: 'rst:x'}"), **variables)

    assert "failing" in shown
    assert not re.search(r"\x1b\[[0-9;]*(3|4|9|10)[0-9]", shown)


def test_a_dumb_terminal_gets_plain_text(scenario):
    for arguments in (
        ["run", scenario("failing.yaml", "get: {restore_id: 'rst:x'}")],
        ["world"],
        ["timeline", "lanes"],
    ):
        assert "\x1b" not in run_on_a_terminal(*arguments, TERM="dumb")
