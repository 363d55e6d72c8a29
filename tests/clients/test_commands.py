"""Clients that are commands: each run has a session of its own on one server, and ends with an exit code or a limit."""

import shutil
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from scenarios.clients.commands import CannotRun, place_in
from scenarios.clients.limits import Limits
from scenarios.exploration.trials import CommandClient, TrialSetting
from simulator import Simulator, faults

BUGGY = Path(__file__).parent / "buggy"
SETTING = TrialSetting(clock="on_poll", limits=Limits(real_seconds=20))
POLLS_FOR_EVER = """
import os
import grpc
from simulator.api import RestoreServiceStub, restore_pb2

stub = RestoreServiceStub(grpc.insecure_channel(os.environ["PDS_SIM_TARGET"]))
request = restore_pb2.CreateRestoreRequest(namespace_id=os.environ["NAMESPACE"], project_id=os.environ["PROJECT"])
request.restore.meta.name = "orders-copy"
request.restore.config.source_references.backup_id = os.environ["BACKUP"]
restore = stub.CreateRestore(request)
while True:
    stub.GetRestore(restore_pb2.GetRestoreRequest(id=restore.meta.uid))
"""
LOST = faults.rule(faults.lose_response(), method="CreateRestore", times=1)


@pytest.mark.skipif(shutil.which("node") is None, reason="install node to test the clients of other languages")
@pytest.mark.parametrize(("rules", "causes"), [([], []), ([LOST], ["exit code 1 at retries_create_blindly.mjs:32"])])
def test_a_client_in_another_language_breaks_where_its_bug_shows(rules, causes):
    run = CommandClient(f"node {BUGGY}/retries_create_blindly.mjs").run(SETTING, rules, 0)

    assert [run.failure.cause] if run.failure else causes == []
    assert {call.method for call in run.calls} == ({"CreateRestore", "GetRestore"} if not rules else {"CreateRestore"})


@pytest.mark.parametrize(
    ("command", "cause", "message"),
    [
        ("echo well", None, None),
        ("echo told >&2; exit 3", "exit code 3", "exit code 3: told"),
        ("kill -SEGV $$", "ended by SIGSEGV", "ended by SIGSEGV"),
        ("sleep 60 & sleep 60", "no end", "no end after 0.5 s of real time"),
        (f"{sys.executable} -c 'import json; json.loads(0)'", "exit code 1", None),
    ],
)
def test_a_command_ends_with_an_exit_code_or_at_a_limit(command, cause, message):
    began = time.monotonic()

    failure = CommandClient(command).run(TrialSetting(limits=Limits(real_seconds=0.5)), [], 0).failure

    assert (failure and failure.cause) == cause
    assert message is None or failure.message == message
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (Limits(calls=20), "no end after 20 calls"),
        (Limits(virtual_seconds=10), "no end after 10 s of virtual time"),
    ],
)
def test_a_command_is_stopped_at_a_limit_of_its_calls_and_its_time(tmp_path, monkeypatch, limits, message):
    with Simulator(listen=False) as sim:
        world = sim.world
    monkeypatch.setenv("NAMESPACE", world.namespaces["shop-staging"].uid)
    monkeypatch.setenv("PROJECT", world.projects["shop"].uid)
    monkeypatch.setenv("BACKUP", world.backups["orders-backup"].uid)
    (tmp_path / "client.py").write_text(POLLS_FOR_EVER)

    run = CommandClient(f"{sys.executable} {tmp_path}/client.py").run(replace(SETTING, limits=limits), [], 0)

    assert (run.failure.oracle, run.failure.cause) == ("hang", "no end")
    assert run.failure.message.startswith(message)
    assert len(run.calls.of("GetRestore")) >= 3


def test_what_a_command_leaves_behind_is_ended(tmp_path):
    left = tmp_path / "left"

    CommandClient(f"(sleep 0.5; touch {left}) & exit 0").run(SETTING, [], 0)

    time.sleep(0.7)
    assert not left.exists()


def test_a_command_that_there_is_not_is_no_finding():
    with pytest.raises(CannotRun, match=r"the command 'no-such-client --all' can't be run: .*not found"):
        CommandClient("no-such-client --all").run(SETTING, [], 0)


def test_all_runs_share_a_server_and_each_has_a_session_of_its_own(tmp_path):
    client = CommandClient(f"echo $PDS_SIM_TARGET $PDS_SIM_HTTP $PDS_SIM_SESSION >> {tmp_path}/seen")

    for _ in range(3):
        client.run(SETTING, [], 0)

    targets, urls, sessions = zip(*(line.split() for line in (tmp_path / "seen").read_text().splitlines()), strict=True)
    assert len(set(sessions)) == 3
    assert len({url.removesuffix(f"/sessions/{session}") for url, session in zip(urls, sessions, strict=True)}) == 1
    assert all(target.startswith("127.0.0.1:") for target in targets)


@pytest.mark.parametrize(
    ("output", "place"),
    [
        (
            'File "/work/client.py", line 7, in main\n  File "/x/site-packages/grpc/_channel.py", line 9, in f',
            "client.py:7",
        ),
        ("/usr/local/go/src/testing/testing.go:1690\n    client_test.go:42: no restore", "client_test.go:42"),
        ("at client.Main.main(Main.java:12)", "Main.java:12"),
        ("in C:\\work\\Client.cs:line 8", "Client.cs:8"),
        ("thread 'main' panicked at src/main.rs:5:9:", "main.rs:5"),
        ("dial tcp 127.0.0.1:50051: connection refused by pds.example.com:443", ""),
    ],
)
def test_the_place_of_a_failure_is_the_innermost_in_the_code_of_the_client(output, place):
    assert place_in(output) == place
