"""Keeps a server under full load and tells whether its memory grows: ``python tests/benchmarks/soak.py``.

The load is what may go on for weeks: reads, calls that are refused, faults, control calls, watchers that come and go,
sessions that are made, used and ended. Finished restores of a session stay for as long as it does,
so restores are created in sessions that end.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click
import grpc

from simulator import faults
from simulator.api import RestoreServiceStub, control_pb2, restore_pb2
from simulator.remote import RemoteSimulator
from simulator.remote.connection import ControlConnection

WARM_UP_SECONDS = 120
SAMPLE_SECONDS = 10
GROWTH_MAX = 1.05
CALLS_A_SESSION = 50


@contextmanager
def serving(history: int) -> Iterator[tuple[int, str]]:
    """Run a server in a process of its own; give its process id and its gRPC address."""
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder, "ready.json")
        options = ["--port", "0", "--http-port", "0", "--ready-file", str(ready), "--history", str(history)]
        command = [str(Path(sys.executable).with_name("pds-sim")), "serve", "--clock", "manual", *options]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:  # our own command
            while not ready.exists():
                time.sleep(0.05)
            try:
                yield server.pid, json.loads(ready.read_text())["grpc"]
            finally:
                server.terminate()


def resident_kib(process: int) -> int:
    """The memory that a process has in RAM, in KiB."""
    status = Path(f"/proc/{process}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))


def create_request(sim: RemoteSimulator, name: str) -> restore_pb2.CreateRestoreRequest:
    """A request that is accepted."""
    return restore_pb2.CreateRestoreRequest(
        namespace_id=sim.world.namespaces["shop-staging"].uid,
        project_id=sim.world.projects["shop"].uid,
        restore={
            "meta": {"name": name},
            "config": {"source_references": {"backup_id": sim.world.backups["orders-backup"].uid}},
        },
    )


def read_for_ever(target: str, is_over: Callable[[], bool], counts: Counter[str]) -> None:
    """Read in one session that lives as long as the server: calls that are answered, refused and failed by a rule."""
    with RemoteSimulator(target, strict=False) as sim:
        stub = RestoreServiceStub(sim.channel())
        created = stub.CreateRestore(create_request(sim, "copy"))
        sim.inject(faults.error("UNAVAILABLE"), method="GetRestore", probability=0.1)
        again = create_request(sim, "copy")
        while not is_over():
            for call in (
                lambda: stub.GetRestore(restore_pb2.GetRestoreRequest(id=created.meta.uid)),
                lambda: stub.ListRestores(restore_pb2.ListRestoresRequest()),
                lambda: stub.CreateRestore(again),
                lambda: stub.GetRestore(restore_pb2.GetRestoreRequest(id="rst:none")),
            ):
                with suppress(grpc.RpcError):
                    call()
                counts["calls"] += 1


def make_and_end_sessions(target: str, is_over: Callable[[], bool], counts: Counter[str]) -> None:
    """Make sessions, let restores run in them to their end, look at what happened, and end them."""
    while not is_over():
        with RemoteSimulator(target, seed=counts["sessions"], strict=False) as sim:
            stub = RestoreServiceStub(sim.channel())
            sim.inject(faults.fail(at=0.5), phase="RESTORING_CLOUDSNAP", probability=0.3)
            request = create_request(sim, "copy")
            for number in range(CALLS_A_SESSION):
                request.restore.meta.name = f"copy-{number}"
                stub.CreateRestore(request)
                counts["calls"] += 1
            sim.run_until_idle()
            counts["events"] += len(sim.timeline)
        counts["sessions"] += 1


def control_and_watch(target: str, is_over: Callable[[], bool], counts: Counter[str]) -> None:
    """List calls and events of the default session, and watch it for a moment at a time."""
    connection = ControlConnection(target, control_token="", credentials=None)
    watch = connection.channel.unary_stream(
        "/pds.simulator.control.v1.ControlService/WatchEvents",
        request_serializer=control_pb2.WatchEventsRequest.SerializeToString,
        response_deserializer=control_pb2.Event.FromString,
    )
    stub = RestoreServiceStub(connection.channel)
    while not is_over():
        stub.ListRestores(restore_pb2.ListRestoresRequest())
        listed = connection.call("ListCalls", control_pb2.ListCallsRequest(session="default", page_size=10))
        connection.call("ListEvents", control_pb2.ListEventsRequest(session="default", page_size=10))
        events = watch(control_pb2.WatchEventsRequest(session="default", after=max(0, listed.first_kept)))
        with suppress(grpc.RpcError):  # at the end, where nothing happens any more that it could tell
            next(iter(events), None)
        events.cancel()
        counts["control"] += 4


def soak(minutes: float, history: int) -> float:
    """Run the load and print samples; give the memory at the end as a multiple of that after the warm-up."""
    started = time.monotonic()
    counts: Counter[str] = Counter()
    with serving(history) as (process, target):

        def is_over() -> bool:
            return time.monotonic() - started > minutes * 60

        loads = (read_for_ever, read_for_ever, make_and_end_sessions, control_and_watch)
        threads = [threading.Thread(target=load, args=(target, is_over, counts), daemon=True) for load in loads]
        for thread in threads:
            thread.start()
        warm_kib = 0
        while not is_over():
            time.sleep(SAMPLE_SECONDS)
            seconds, kib = time.monotonic() - started, resident_kib(process)
            warm_kib = warm_kib or (kib if seconds >= min(WARM_UP_SECONDS, minutes * 30) else 0)
            alive_count = sum(thread.is_alive() for thread in threads)
            click.echo(f"{seconds:7.0f} s  {kib:8} KiB  {alive_count} loads  {dict(counts)}")
        for thread in threads:
            thread.join(SAMPLE_SECONDS)
        return kib / warm_kib


def main() -> None:
    """Run for as long as the command line says, and fail where memory grows."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--history", type=int, default=10_000)
    arguments = parser.parse_args()
    growth = soak(arguments.minutes, arguments.history)
    click.echo(f"{growth:.3f} times the memory after the warm-up; goal ≤ {GROWTH_MAX}")
    sys.exit(growth > GROWTH_MAX)


if __name__ == "__main__":
    main()
