"""A server with many sessions: what a session costs, and what many of them and many processes give."""

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from scenarios.loading.setups import read_setup
from simulator import Simulator
from simulator.api import RestoreServiceStub, control_pb2, restore_pb2
from simulator.remote import RemoteSimulator
from simulator.remote.connection import ControlConnection
from simulator.server import SimulatorServer
from simulator.services.control.host import SessionSetup
from simulator.sessions.registry import SESSION_HEADER

pytestmark = pytest.mark.benchmark(group="server")
CALLS = 20
CALLER = """
import sys, time
from simulator.api import RestoreServiceStub, restore_pb2
import grpc
target, uid, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
stub = RestoreServiceStub(grpc.insecure_channel(target))
request = restore_pb2.GetRestoreRequest(id=uid)
stub.GetRestore(request)
sys.stdin.readline()
count, end = 0, time.perf_counter() + seconds
while time.perf_counter() < end:
    stub.GetRestore(request)
    count += 1
print(count / seconds)
"""
MEMORY = """
import gc, sys
from pathlib import Path
from scenarios.loading.setups import read_setup
from simulator.api import control_pb2
from simulator.remote.connection import ControlConnection
from simulator.server import SimulatorServer
from simulator.services.control.host import SessionSetup

def resident_kib():
    gc.collect()
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))

count = int(sys.argv[1])
with SimulatorServer(SessionSetup(), read_scenario=read_setup, sessions_max=count + 10) as server:
    connection = ControlConnection(server.target, control_token="", credentials=None)
    connection.call("CreateSession", control_pb2.CreateSessionRequest())
    before = resident_kib()
    for _ in range(count):
        connection.call("CreateSession", control_pb2.CreateSessionRequest())
    print((resident_kib() - before) / count)
    connection.channel.close()
"""


@pytest.fixture
def server():
    with SimulatorServer(SessionSetup(), read_scenario=read_setup) as running:
        yield running


@contextmanager
def serving(*options):
    """Run a server in a process of its own; give its addresses, and how long it took until both ports answered."""
    command = [str(Path(sys.executable).with_name("pds-sim")), "serve", "--port", "0", "--http-port", "0", *options]
    with tempfile.TemporaryDirectory() as folder:
        ready, start = Path(folder, "ready.json"), time.perf_counter()
        with subprocess.Popen([*command, "--ready-file", str(ready)], stdout=subprocess.DEVNULL) as process:
            while not ready.exists():
                time.sleep(0.002)
            try:
                yield json.loads(ready.read_text()), time.perf_counter() - start
            finally:
                process.terminate()


def created_in(sim):
    """Create a restore, and give its uid."""
    request = restore_pb2.CreateRestoreRequest(
        namespace_id=sim.world.namespaces["shop-staging"].uid,
        project_id=sim.world.projects["shop"].uid,
        restore={
            "meta": {"name": "copy"},
            "config": {"source_references": {"backup_id": sim.world.backups["orders-backup"].uid}},
        },
    )
    return RestoreServiceStub(sim.channel()).CreateRestore(request).meta.uid


@pytest.mark.parametrize("own_port", [False, True])
def test_a_session_made_and_ended(benchmark, tell, server, sizes, own_port):
    connection = ControlConnection(server.target, control_token="", credentials=None)

    def make_and_end():
        made = connection.call("CreateSession", control_pb2.CreateSessionRequest(dedicated_port=own_port))
        connection.call("DeleteSession", control_pb2.DeleteSessionRequest(session=made.id))

    benchmark.pedantic(make_and_end, rounds=sizes.rounds(100), warmup_rounds=1)
    assert len(server.sessions) == 1
    connection.channel.close()
    milliseconds = 1e3 * benchmark.stats.stats.median
    what = f"ms for a session made and ended over gRPC{', with a port of its own' if own_port else ''}"
    tell(f"{milliseconds:.2f} {what}; goal ≤ 5", what=what, goal="≤ 5", ratio=milliseconds)


def test_a_live_session(benchmark, tell, run_python, sizes):
    kib = benchmark.pedantic(lambda: float(run_python(MEMORY, str(sizes.few))), rounds=1)
    what = f"KiB for each of {sizes.few:,} live sessions"
    tell(f"{kib:.1f} {what}; goal ≤ 300", what=what, goal="≤ 300", ratio=kib)


def test_get_with_sessions(against, server):
    with Simulator() as plain, RemoteSimulator(server.target) as sim:
        uid, plain_uid = created_in(sim), created_in(plain)
        named = RestoreServiceStub(sim._running().connection.channel)
        alone = RestoreServiceStub(plain.channel(transport="loopback"))
        metadata = [(SESSION_HEADER, sim._running().id)]

        def ours():
            for _ in range(CALLS):
                named.GetRestore(restore_pb2.GetRestoreRequest(id=uid), metadata=metadata)

        def without():
            for _ in range(CALLS):
                alone.GetRestore(restore_pb2.GetRestoreRequest(id=plain_uid))

        against(
            ours,
            without,
            what="times a simulator without sessions, GetRestore that names its session over a socket",
            goal="≤ 1.03",
            rounds=150,
            calls=CALLS,
        )


def test_two_workers(benchmark, tell, sizes):
    seconds = 0.2 if sizes.rounds_divisor > 1 else 3.0

    def calls_a_second(target, count):
        sims = [RemoteSimulator(target).start() for _ in range(count)]
        command = [sys.executable, "-c", CALLER]
        callers = [
            subprocess.Popen(
                [*command, sim.target, created_in(sim), str(seconds)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for sim in sims
        ]
        time.sleep(1)
        for caller in callers:
            caller.stdin.write("go\n")
            caller.stdin.flush()
        total = sum(float(caller.communicate()[0]) for caller in callers)
        for sim in sims:
            sim.close()
        return total

    found = {1: [], 2: []}

    def both():
        for count, rates in found.items():
            with serving("--workers", str(count)) as (addresses, _):
                rates.append(calls_a_second(addresses["grpc"], count))

    benchmark.pedantic(both, rounds=sizes.rounds(5))
    one, two = map(statistics.median, found.values())
    assert one > 0
    what = "times the calls a second of one session on one worker, two sessions on two; the callers need cores as well"
    tell(f"{two / one:.2f} {what}; {two:,.0f} and {one:,.0f}; goal ≥ 1.7", what=what, goal="≥ 1.7", ratio=two / one)


@pytest.fixture(scope="session")
def load(tmp_path_factory):
    """The program in Go that calls and answers."""
    if shutil.which("go") is None:
        pytest.skip("the reference is a server in Go, and there is no 'go' here")
    program = tmp_path_factory.mktemp("load") / "load"
    subprocess.run(["go", "build", "-o", str(program), "."], cwd=Path(__file__).parent / "load", check=True)
    return str(program)


def test_twenty_callers(benchmark, tell, load, sizes, tmp_path):
    seconds = "0.3" if sizes.rounds_divisor > 1 else "4"
    asked, answer = tmp_path / "request", tmp_path / "answer"

    def calls_a_second(target):
        path = "/public.portworx.pds.restore.v1.RestoreService/GetRestore"
        command = [load, "call", target, path, str(asked), seconds]
        return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    rates = {"ours": [], "Go": []}
    with serving("--clock", "manual") as (addresses, _), RemoteSimulator(addresses["grpc"]) as sim:
        request = restore_pb2.GetRestoreRequest(id=created_in(sim))
        asked.write_bytes(request.SerializeToString())
        answer.write_bytes(RestoreServiceStub(sim.channel()).GetRestore(request).SerializeToString())
        with subprocess.Popen([load, "serve", str(answer)], stdout=subprocess.PIPE, text=True) as constant:
            address = constant.stdout.readline().strip()

            def both():
                rates["Go"].append(calls_a_second(address))
                rates["ours"].append(calls_a_second(sim.target))

            benchmark.pedantic(both, rounds=sizes.rounds(5))
            constant.terminate()
    ours, reference = map(statistics.median, rates.values())
    assert ours > 0
    what = "times the calls a second of a server in Go that answers a constant, GetRestore from 20 callers"
    tell(
        f"{ours / reference:.3f} {what}; {ours:,.0f} and {reference:,.0f}; goal ≥ 0.2",
        what=what,
        goal="≥ 0.2",
        ratio=ours / reference,
    )


def test_start_of_a_server(benchmark, tell, sizes):
    took_seconds = []

    def start():
        with serving() as (_, seconds):
            took_seconds.append(seconds)

    benchmark.pedantic(start, rounds=sizes.rounds(9))
    seconds = statistics.median(took_seconds)
    assert seconds > 0
    what = "s from the start of pds-sim serve until both ports answer"
    tell(f"{seconds:.2f} {what}; goal ≤ 0.7", what=what, goal="≤ 0.7", ratio=seconds)
