"""``pds-sim serve --state`` is killed at any moment while clients call it, and goes on with what it had saved."""

import json
import os
import random
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress

import grpc
import pytest

from fakes import default_world
from simulator.api import RestoreServiceStub, restore_pb2
from simulator.remote import RemoteSimulator
from simulator.server_state import read_sessions

KILLS = int(os.environ.get("STATE_KILLS", "3"))
"""How often the server is killed; 100 in the long run."""
pytestmark = pytest.mark.timeout(60 + 10 * KILLS)
SERVE = """
import sys
from scenarios.cli import main
from simulator import server_state
server_state.SAVE_SECONDS = 0.03
main(["serve", "--port", "0", "--json", "--state", *sys.argv[1:]])
"""
"""The command, but it saves more often."""
UIDS = {entity.name: entity.uid for entity in (*default_world().namespaces, *default_world().projects)}
BACKUP = next(backup.uid for backup in default_world().backups if backup.name == "orders-backup")


@contextmanager
def serving(state):
    """A running server; gives its process and its address."""
    command = [sys.executable, "-c", SERVE, str(state)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603  # our own command
        try:
            line = process.stdout.readline()
            assert line, process.stderr.read()
            threading.Thread(target=process.stdout.read, daemon=True).start()  # events fill the pipe
            yield process, json.loads(line)["target"]
        finally:
            process.kill()


class Client(threading.Thread):
    """Creates one restore after the other in a session, numbered from *first*, until the server is gone."""

    def __init__(self, target, session, first):
        super().__init__()
        self.answered = []
        """When each was answered, in nanoseconds since 1970."""
        self._target, self._session, self._number = target, session, first

    def run(self):
        options = [("grpc.enable_http_proxy", 0)]
        with grpc.insecure_channel(self._target, options=options) as channel, suppress(grpc.RpcError):
            stub = RestoreServiceStub(channel)
            while True:
                request = restore_pb2.CreateRestoreRequest(
                    namespace_id=UIDS["shop-staging"],
                    project_id=UIDS["shop"],
                    restore={
                        "meta": {"name": f"copy-{self._number}"},
                        "config": {"source_references": {"backup_id": BACKUP}},
                    },
                )
                stub.CreateRestore(request, metadata=[("x-pds-session", self._session)], timeout=20)
                self.answered.append(time.time_ns())
                self._number += 1


class Versions(threading.Thread):
    """Watches when the file was written, until its end is asked for."""

    def __init__(self, file):
        super().__init__()
        self.seen = [file.stat().st_mtime_ns]
        self.ended = threading.Event()
        self._file = file

    def run(self):
        while not self.ended.wait(0.001):
            written = self._file.stat().st_mtime_ns
            if written != self.seen[-1]:
                self.seen.append(written)


def counts_in(state):
    """How many restores each session of the file has; their names have to be those from the first to the last."""
    counts = {}
    for saved in read_sessions(state):
        names = [restore["name"] for restore in saved.setup.snapshot["world"]["restores"]]
        assert names == [f"copy-{number}" for number in range(len(names))]
        counts[saved.id] = len(names)
    return counts


def counts_at(target, sessions):
    """How many restores clients of the server find in each session."""
    with grpc.insecure_channel(target, options=[("grpc.enable_http_proxy", 0)]) as channel:
        stub = RestoreServiceStub(channel)
        request = restore_pb2.ListRestoresRequest(pagination={"page_number": 1, "page_size": 1})
        return {
            session: stub.ListRestores(
                request, metadata=[("x-pds-session", session)], timeout=20, wait_for_ready=True
            ).pagination.total_records
            for session in sessions
        }


def test_a_server_that_is_killed_goes_on_with_all_that_was_answered_before_it_last_began_to_save(tmp_path):
    state = tmp_path / "state.json"
    choose = random.Random(os.environ.get("STATE_SEED", "1"))
    with serving(state) as (process, target):
        RemoteSimulator(target).start()
        process.terminate()
        process.wait(timeout=30)
    sessions = [*counts_in(state)]
    assert len(sessions) == 2
    written_count = 0
    for _ in range(KILLS):
        before = counts_in(state)
        assert [*before] == sessions
        with serving(state) as (process, target):
            assert counts_at(target, sessions) == before
            versions = Versions(state)
            clients = [Client(target, session, before[session]) for session in sessions]
            for thread in (versions, *clients):
                thread.start()
            threading.Event().wait(choose.uniform(0.05, 0.8))
            process.kill()
            process.wait(timeout=30)
            for client in clients:
                client.join(timeout=30)
            versions.ended.set()
            versions.join(timeout=30)
        written_count += len(versions.seen) - 1
        after = counts_in(state)
        # It begins to save when it has ended to save before. So the last file has what was answered before the one
        # before it was written.
        certain = versions.seen[-2] if len(versions.seen) > 1 else 0
        for session, client in zip(sessions, clients, strict=True):
            assert after[session] >= before[session] + sum(at < certain for at in client.answered)
    assert written_count
    assert sum(counts_in(state).values())
