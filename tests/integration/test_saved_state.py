"""``pds-sim serve`` goes on from a snapshot, and saves its sessions so that they survive its end, whatever ends it."""

import gzip
import json
import os
import random
import signal
import stat
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest
from click.testing import CliRunner

from scenarios.cli import main
from simulator import Simulator, faults
from simulator.api import RestoreServiceStub, restore_pb2
from simulator.documents.snapshots import read_json
from simulator.remote import RemoteSimulator
from simulator.server_state import SavedState, locked, read_sessions
from simulator.services.control.host import SessionSetup
from simulator.sessions.registry import DEFAULT, HostedSession, SessionRegistry

PDS_SIM = Path(sys.executable).with_name("pds-sim")
KILLS = 4


@contextmanager
def serving(*arguments):
    """A running server; gives its process and what it tells of itself."""
    command = [PDS_SIM, "serve", "--port", "0", "--json", *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603  # our own command
        try:
            yield process, json.loads(process.stdout.readline() or "{}")
        finally:
            process.kill()


def create(sim, name):
    world = sim.world
    return RestoreServiceStub(sim.channel()).CreateRestore(
        restore_pb2.CreateRestoreRequest(
            namespace_id=world.namespaces["shop-staging"].uid,
            project_id=world.projects["shop"].uid,
            restore={
                "meta": {"name": name},
                "config": {"source_references": {"backup_id": world.backups["orders-backup"].uid}},
            },
        )
    )


def saved(session_id, snapshot=None):
    """A session as it stands in a file."""
    about = {"id": session_id, "created_seconds": 1.0, "target": ""}
    return {**about, "snapshot": {"pds_simulator_snapshot": 1} if snapshot is None else snapshot}


@pytest.fixture
def snapshot():
    with Simulator(seed=11, rules=[faults.rule(faults.stall(), phase="PENDING")], strict=False) as sim:
        create(sim, "orders-copy")
        sim.advance(5)
        return sim.snapshot()


def test_a_server_goes_on_from_a_snapshot(snapshot, tmp_path):
    file = tmp_path / "snapshot.json"
    file.write_text(json.dumps(snapshot))
    with serving("--snapshot", file) as (_, about):
        assert about["seed"] == 11
        with grpc.insecure_channel(about["target"], options=[("grpc.enable_http_proxy", 0)]) as channel:
            listed = RestoreServiceStub(channel).ListRestores(restore_pb2.ListRestoresRequest())
        assert [restore.meta.name for restore in listed.restores] == ["orders-copy"]


@pytest.mark.parametrize(
    ("arguments", "content", "told"),
    [
        (["--seed", "3"], None, "--seed: is what the snapshot says; leave out --seed or --snapshot"),
        ([], "{", "is no JSON"),
        ([], "[]", "expected an object with the key 'pds_simulator_snapshot'"),
        ([], '{"pds_simulator_snapshot": 9}', "pds_simulator_snapshot: is 9, a newer version"),
    ],
)
def test_a_snapshot_that_makes_no_sense_is_told_and_nothing_is_served(snapshot, tmp_path, arguments, content, told):
    file = tmp_path / "snapshot.json"
    file.write_text(json.dumps(snapshot) if content is None else content)
    assert told in refusal_of("--snapshot", file, *arguments)


@pytest.mark.parametrize(
    ("content_of", "told"),
    [
        (gzip.compress, "is no JSON: 'utf-8' codec can't decode byte 0x8b"),
        (lambda content: content[:-7], "is no JSON: "),
        (lambda content: content.replace(b'"seed": 11', b'"seed": NaN'), "world.seed: is no JSON"),
        (lambda content: content.replace(b'"seed": 11', b'"seed": 1e999'), "world.seed: is no JSON"),
        (lambda content: content.replace(b'"seed": 11', b'"seed": 1' + 9_999 * b"0"), "is no JSON: "),
        (
            lambda content: content.replace(b'"seed": 11', b'"seed": ' + 100_000 * b"[" + 100_000 * b"]", 1),
            "is nested too deeply",
        ),
        (lambda content: content.replace(b'"seed": 11', b'"seed": "x"'), "world.seed: "),
        (lambda _: b"", "is no JSON: "),
    ],
)
def test_a_file_that_is_no_snapshot_is_told_with_the_reason(snapshot, tmp_path, content_of, told):
    file = tmp_path / "snapshot.json"
    file.write_bytes(content_of(json.dumps(snapshot).encode()))
    assert f"{file}: {told}" in refusal_of("--snapshot", file)


def test_what_is_no_regular_file_is_refused_instead_of_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "scenario.pds.yaml").write_text("version: 1\nsnapshot: pipe\n")
    for option, name in (("--snapshot", "pipe"), ("--state", "pipe"), ("--scenario", "scenario.pds.yaml")):
        assert "is no regular file" in refusal_of(option, tmp_path / name)
    assert "is a directory" in refusal_of("--snapshot", tmp_path)


@pytest.mark.parametrize("before", ["\ufeff", "\r\n", " "])
def test_a_mark_at_the_beginning_and_any_white_space_do_no_harm(snapshot, tmp_path, before):
    file, link = tmp_path / "snapshot.json", tmp_path / "link.json"
    file.write_bytes((before + json.dumps(snapshot, indent=1).replace("\n", "\r\n")).encode())
    link.symlink_to(file)
    assert read_json(link) == snapshot


def test_all_sessions_survive_the_end_of_a_server(tmp_path):
    state = tmp_path / "state.json"
    with serving("--state", state) as (process, about):
        other = RemoteSimulator(about["target"], seed=4, strict=False).start()
        create(other, "orders-copy")
        other.advance(6)
        told, target = other.timeline.to_json_lines(), other.target
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
    assert stat.S_IMODE(state.stat().st_mode) == stat.S_IRUSR | stat.S_IWUSR
    with serving("--state", state) as (_, about):
        with grpc.insecure_channel(target, options=[("grpc.enable_http_proxy", 0)]) as channel:
            listed = RestoreServiceStub(channel).ListRestores(restore_pb2.ListRestoresRequest(), wait_for_ready=True)
        assert [restore.meta.name for restore in listed.restores] == ["orders-copy"]
        saved = json.loads(state.read_text())["sessions"]
        assert [session["id"] for session in saved] == ["default", saved[1]["id"]]
        with Simulator.from_snapshot(saved[1]["snapshot"], strict=False) as here:
            assert here.timeline.to_json_lines().startswith(told)


def test_a_server_that_could_not_save_its_sessions_fails(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    with serving("--state", folder / "state.json") as (process, _):
        folder.rename(tmp_path / "elsewhere")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 1
        assert "the sessions were not saved" in process.stderr.read()


def test_options_without_effect_on_saved_sessions_are_told(tmp_path, snapshot):
    state, other = tmp_path / "state.json", tmp_path / "snapshot.json"
    state.write_text(json.dumps({"pds_simulator_state": 1, "sessions": [saved("default", snapshot)]}))
    other.write_text(json.dumps(snapshot))
    for arguments, told in (
        (["--seed", "99", "--speed", "2"], "--seed, --speed"),
        (["--snapshot", other], "--snapshot"),
    ):
        with serving("--state", state, *arguments) as (process, about):
            assert about["seed"] == 11
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=30) == 0
            assert f"so these have no effect: {told}\n" in process.stderr.read()


def test_only_one_server_at_a_time_saves_in_a_file_and_a_link_to_it_stays_one(tmp_path):
    state, link = tmp_path / "state.json", tmp_path / "link.json"
    link.symlink_to(state)
    with serving("--state", link) as (process, _):
        for name in (state, link):
            assert "another server saves its sessions there" in refusal_of("--state", name)
        process.kill()
        process.wait(timeout=30)
    assert link.is_symlink()
    with serving("--state", state) as (_, about):
        assert about["seed"] == 0


def test_a_folder_that_is_not_there_is_told_by_its_name(tmp_path):
    told = refusal_of("--state", tmp_path / "absent" / "state.json")
    assert f"nothing can be written in its folder: '{tmp_path / 'absent'}'" in told
    assert "lock" not in told


def refusal_of(*arguments):
    """What ``serve`` says that does not start."""
    ended = CliRunner().invoke(main, ["serve", "--port", "0", "--http-port", "0", *map(str, arguments)])
    assert ended.exit_code == 2, ended.output
    return ended.output


def test_workers_have_no_state(tmp_path):
    told = refusal_of("--workers", "2", "--state", tmp_path / "state.json")
    assert "workers know nothing of --state; leave out --state or --workers" in told


@pytest.mark.parametrize(
    ("sessions", "told"),
    [
        ([{"id": "default"}], "sessions[0].target: is None; expected str"),
        ([], "sessions: expected 'default', and no id twice"),
        (None, "sessions: is None; expected a list"),
        ([saved("default"), saved("default")], "sessions: expected 'default', and no id twice"),
        ([saved("default")], "clock: is missing"),
        ([{**saved("default"), "created_seconds": None}], "sessions[0].created_seconds: is None; expected a number"),
    ],
)
def test_a_state_that_is_wrong_is_told_and_kept(tmp_path, sessions, told):
    state = tmp_path / "state.json"
    before = json.dumps({"pds_simulator_state": 1, "sessions": sessions})
    state.write_text(before)
    assert f"{state}: {told}" in refusal_of("--state", state)
    assert state.read_text() == before


def test_a_session_of_a_state_that_is_wrong_is_told_with_its_place(tmp_path, snapshot):
    state = tmp_path / "state.json"
    sessions = [saved("default", snapshot), saved("other")]
    state.write_text(json.dumps({"pds_simulator_state": 1, "sessions": sessions}))
    assert "sessions[1].snapshot.clock: is missing" in refusal_of("--state", state)


def test_more_sessions_than_there_may_be_are_told(tmp_path, snapshot):
    state = tmp_path / "state.json"
    sessions = [saved("default", snapshot), saved("other", snapshot)]
    state.write_text(json.dumps({"pds_simulator_state": 1, "sessions": sessions}))
    assert "which is all that there may be" in refusal_of("--state", state, "--sessions-max", "1")


@pytest.fixture
def registry():
    """The sessions of a server that only has the default one."""
    return SessionRegistry(HostedSession(DEFAULT, SessionSetup().make()))


def test_sessions_are_saved_only_when_something_has_changed(tmp_path, registry):
    file = tmp_path / "state.json"
    with SavedState(file, registry) as state:
        first = file.stat().st_mtime_ns, file.read_text()
        file.write_text("as it was")
        state.save()
        assert file.read_text() == "as it was"
        with registry.get(DEFAULT).session as world:
            world.delete_backup("orders-backup")
        state.save()
        assert len(file.read_text()) > len(first[1])
        with registry.get(DEFAULT).session as world:
            world.environment.advance_to(world.environment.now_microseconds + 1)
    [session] = read_sessions(file)
    assert session.setup.make().world.environment.now_microseconds == world.environment.now_microseconds


def test_a_session_that_can_not_be_written_is_left_out_and_logged(tmp_path, registry, caplog):
    other = HostedSession("other", SessionSetup().make())
    registry.add(other)
    with other.session as world:
        world.environment.timeout(1).callbacks.append(lambda _: None)
    with SavedState(tmp_path / "state.json", registry) as state:
        assert state.failed
        assert [session.id for session in read_sessions(tmp_path / "state.json")] == [DEFAULT]
    assert "the session 'other' was not saved: <Timeout" in caplog.text


def test_a_file_that_can_not_be_written_is_told_at_the_start_and_logged_later(tmp_path, registry, caplog):
    with pytest.raises(FileNotFoundError), SavedState(tmp_path / "absent" / "state.json", registry):
        pytest.fail("it can't be written")
    SavedState(tmp_path / "absent" / "state.json", registry).save_or_log()
    assert "the sessions were not saved: [Errno 2]" in caplog.text


def test_a_link_that_leads_to_itself_is_replaced(tmp_path, registry):
    file = tmp_path / "state.json"
    file.symlink_to(file)
    with locked(file), SavedState(file, registry):
        assert [session.id for session in read_sessions(file)] == [DEFAULT]


WRITER = """
import json, sys
from pathlib import Path
from simulator.server_state import write_whole
for number in range(10**6):
    write_whole(Path(sys.argv[1]), json.dumps({"number": number, "filling": "x" * 300_000}))
    print(number, flush=True)
"""


def test_a_process_that_is_killed_leaves_the_old_file_or_the_new_one(tmp_path):
    file = tmp_path / "state.json"
    choose = random.Random(5)
    for _ in range(KILLS):
        with subprocess.Popen([sys.executable, "-c", WRITER, file], stdout=subprocess.PIPE, text=True) as writer:  # noqa: S603  # our own
            written = -1
            for _ in range(choose.randrange(1, 12)):
                written = int(writer.stdout.readline())
            writer.kill()
        found = json.loads(file.read_text())
        assert found["number"] >= written
        assert len(found["filling"]) == 300_000
