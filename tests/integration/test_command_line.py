"""The installed command: it serves real clients until it is stopped, and ends with the code that its help promises."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty

from simulator.api import RestoreServiceStub, restore_pb2
from tests.patience import PATIENCE_SECONDS

PDS_SIM = Path(sys.executable).with_name("pds-sim")
ROOT = Path(__file__).parents[2]


@contextmanager
def pds_sim(*arguments, under=":"):
    """A running ``pds-sim``, which is no more at the end, behind what a shell does first."""
    with subprocess.Popen(  # noqa: S603  # our own command
        ["/bin/sh", "-c", f'{under} && exec "$@"', "sh", PDS_SIM, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        impatience = threading.Timer(PATIENCE_SECONDS, process.kill)
        impatience.start()
        try:
            yield process
        finally:
            impatience.cancel()
            process.kill()


def outcome_of(*arguments):
    with pds_sim(*arguments) as process:
        stdout, stderr = process.communicate()
        return process.returncode, stdout, stderr


@contextmanager
def client_of(target):
    with grpc.insecure_channel(target, options=[("grpc.enable_http_proxy", 0)]) as channel:
        yield RestoreServiceStub(channel)


def create_request(world):
    return restore_pb2.CreateRestoreRequest(
        namespace_id=world["namespaces"]["shop-staging"]["uid"],
        project_id=world["projects"]["shop"]["uid"],
        restore={
            "meta": {"name": "orders-copy"},
            "config": {"source_references": {"backup_id": world["backups"]["orders-backup"]["uid"]}},
        },
    )


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_serve_answers_calls_tells_what_happens_by_itself_and_stops_cleanly(stop):
    with pds_sim("serve", "--port", "0", "--json", "--speed", "1000") as process:
        about = json.loads(process.stdout.readline())
        with client_of(about["target"]) as client:
            created = client.CreateRestore(create_request(about["world"]))
        told = []
        while not told or told[-1].get("to") != "SUCCESSFUL":  # nobody calls any more
            told.append(json.loads(process.stdout.readline()))
        process.send_signal(stop)
        stdout, stderr = process.communicate()

    assert (process.returncode, stdout, stderr) == (0, "", "")
    assert (about["seed"], about["clock"]) == (0, "wall")
    assert [event["sequence"] for event in told] == list(range(1, len(told) + 1))
    assert [event["event"] for event in told].count("rpc") == 1
    assert [event["to"] for event in told if event["event"] == "transition"] == [
        *("INITIALIZING", "PENDING", "RESTORING_CLOUDSNAP", "RESTORING_DATA_SERVICE_DEPLOYMENT_CR"),
        *("RESTORING_DATA_SERVICE_DEPLOYMENT", "DATA_SERVICE_DEPLOYMENT_ENTERING_NORMAL_MODE", "SUCCESSFUL"),
    ]
    assert {event["restore"] for event in told if event["event"] == "transition"} == {created.meta.uid}


def test_serve_shows_people_the_world_and_each_event():
    with pds_sim("serve", "--port", "0", "--clock", "on_poll", "--seed", "7") as process:
        shown = []
        while not shown or not shown[-1].startswith("listening on "):
            shown.append(process.stdout.readline())
        with client_of(shown[-1].split()[2].rstrip(",")) as client:
            client.GetRestorabilityMatrix(Empty())
        event = process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        stdout, stderr = process.communicate()

    assert (process.returncode, stdout, stderr) == (0, "stopped\n", "")
    assert "orders-backup" in "".join(shown)
    assert shown[-1].endswith(", seed 7, on_poll clock; Ctrl-C stops\n")
    assert event == "2025-01-01T00:00:00.000000Z  GetRestorabilityMatrix → OK\n"


def test_serve_is_stopped_in_the_middle_of_restores_without_a_word():
    with pds_sim("serve", "--port", "0", "--json") as process:
        about = json.loads(process.stdout.readline())
        with client_of(about["target"]) as client:
            client.CreateRestore(create_request(about["world"]))
            process.send_signal(signal.SIGTERM)
            _, stderr = process.communicate()

    assert (process.returncode, stderr) == (0, "")


def test_serve_ends_calls_over_http_that_hang(tmp_path):
    scenario = tmp_path / "hang.yaml"
    scenario.write_text("version: 1\nclock: wall\nfaults: [{method: GetRestore, hang: {}}]\nsteps: []\n")
    with pds_sim("serve", "--port", "0", "--json", "--scenario", scenario) as process:
        address = json.loads(process.stdout.readline())["http"].removeprefix("http://")
        with closing(http.client.HTTPConnection(address)) as client:
            client.request("GET", "/pds/v1/restores/rst:none")
            assert json.loads(process.stdout.readline())["event"] == "fault"
            process.send_signal(signal.SIGTERM)

            answer = client.getresponse()
            _, stderr = process.communicate()

    assert (answer.status, process.returncode, stderr) == (503, 0, "")


def test_serve_does_not_wait_for_the_rest_of_a_request():
    with pds_sim("serve", "--port", "0", "--json") as process:
        host, _, port = json.loads(process.stdout.readline())["http"].removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=PATIENCE_SECONDS) as client:
            client.sendall(b"POST /simulator/v1/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n")
            client.sendall(b"Expect: 100-continue\r\n\r\n")
            assert client.recv(100).startswith(b"HTTP/1.1 100 ")  # the server reads the body
            process.send_signal(signal.SIGTERM)

            assert client.recv(100) == b""
            _, stderr = process.communicate()

    assert (process.returncode, stderr) == (0, "")


STOP_SECONDS_MAX = 20.0
"""Ten times what is promised, because other tests run at the same time."""


def connection_with_little_room(host, port):
    """A connection that takes some kilobytes until they are read."""
    connection = socket.socket()
    connection.settimeout(PATIENCE_SECONDS)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    connection.connect((host, port))
    return connection


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_serve_stops_in_time_whatever_its_clients_do(stop, tmp_path):
    scenario = tmp_path / "hang.yaml"
    scenario.write_text("version: 1\nclock: wall\nfaults: [{method: GetRestore, hang: {}}]\nsteps: []\n")
    sent = {
        "hanging": b"GET /pds/v1/restores/rst:none HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "half a head": b"GET /pds/v1/restores/rst:none HTTP/1.1\r\nHost: ",
        "half a body": b"POST /simulator/v1/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{",
        "idle": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "watching": b"GET /simulator/v1/sessions/default/events:watch HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "reading nothing": b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n" * 200,
    }
    with pds_sim("serve", "--port", "0", "--json", "--scenario", scenario) as process, ExitStack() as connections:
        about = json.loads(process.stdout.readline())
        host, _, port = about["http"].removeprefix("http://").partition(":")
        clients = {
            kind: [connections.enter_context(connection_with_little_room(host, int(port))) for _ in range(20)]
            for kind in sent
        }
        for kind, content in sent.items():
            for client in clients[kind]:
                client.sendall(content)
        client = connections.enter_context(client_of(about["target"]))
        hanging = [client.GetRestore.future(restore_pb2.GetRestoreRequest(id="rst:none")) for _ in range(20)]
        for _ in range(40):
            assert json.loads(process.stdout.readline())["event"] == "fault"
        for kind in ("idle", "reading nothing"):
            assert {client.recv(9) for client in clients[kind]} == {b"HTTP/1.1 "}
        other = connections.enter_context(closing(http.client.HTTPConnection(host, int(port))))
        for _ in range(300):  # the server is kept from writing to those who read nothing long before
            other.request("GET", "/healthz")
            assert other.getresponse().read()
        told_seconds = time.monotonic()
        process.send_signal(stop)
        _, stderr = process.communicate()
        took_seconds = time.monotonic() - told_seconds

        assert (process.returncode, stderr) == (0, "")
        assert took_seconds < STOP_SECONDS_MAX
        assert {client.recv(12) for client in clients["hanging"]} == {b"HTTP/1.1 503"}
        assert {call.code() for call in hanging} == {grpc.StatusCode.UNAVAILABLE}


def test_serve_says_so_when_the_port_is_taken(sim):
    port = sim.target.split(":")[1]

    code, stdout, stderr = outcome_of("serve", "--port", port)

    assert (code, stdout) == (2, "")
    assert stderr == f"pds-sim serve: can't listen on 127.0.0.1:{port}: the address is in use\n"


def test_world_and_serve_tell_of_the_same_world():
    with pds_sim("serve", "--port", "0", "--json") as process:
        served = json.loads(process.stdout.readline())["world"]

    code, stdout, stderr = outcome_of("world", "--json")

    assert (code, stderr) == (0, "")
    assert json.loads(stdout) == served


@pytest.fixture
def scenario(tmp_path):
    def write(name, *steps):
        file = tmp_path / name
        file.write_text("\n  - ".join(["version: 1\nsteps:", *steps]))
        return file

    return write


def test_run_ends_with_0_1_or_2(scenario):
    passing = scenario("passing.yaml", "advance: 1s")
    failing = scenario("failing.yaml", "get: {restore_id: 'rst:x'}")
    wrong = scenario("wrong.yaml", "advance: soon")

    passed, failed, refused = (outcome_of("run", *files) for files in ([passing], [failing], [passing, wrong]))

    assert (passed[0], passed[2]) == (0, "")
    assert (failed[0], failed[2]) == (1, "")
    assert f"{failing}:3: expected code OK, found NOT_FOUND: " in failed[1]
    assert (refused[0], refused[1]) == (2, "")
    assert refused[2].startswith(f"{wrong}:3:14: steps[0].advance: 'soon' is no duration; expected something like 90s")


def test_nesting_that_is_deeper_than_any_stack_does_not_end_the_process(tmp_path):
    file = tmp_path / "deep.yaml"
    file.write_text("[" * 400_000)

    assert outcome_of("run", file) == (2, "", f"{file}:1:51: is more than 50 levels deep\n")


def test_serve_stops_even_where_nobody_reads_what_it_tells():
    with pds_sim("serve", "--port", "0", "--json") as process:
        about = json.loads(process.stdout.readline())
        with client_of(about["target"]) as client:
            for _ in range(1_000):  # more than a pipe holds
                client.GetRestorabilityMatrix(Empty())
        process.send_signal(signal.SIGTERM)

        assert process.wait(PATIENCE_SECONDS) == 0


def test_serve_goes_on_when_whoever_read_has_gone():
    with pds_sim("serve", "--port", "0", "--json") as process:
        about = json.loads(process.stdout.readline())
        process.stdout.close()
        with client_of(about["target"]) as client:
            for _ in range(3):
                client.GetRestorabilityMatrix(Empty())
        process.send_signal(signal.SIGTERM)

        assert process.wait(PATIENCE_SECONDS) == 0


def test_a_scenario_is_served_on_the_wall_clock_unless_it_names_another(tmp_path):
    file = tmp_path / "world.yaml"
    file.write_text("version: 1\n", encoding="utf-8")
    with pds_sim("serve", "--port", "0", "--json", "--scenario", str(file)) as process:
        about = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGTERM)
        process.communicate()

    assert about["clock"] == "wall"


def test_an_old_code_page_and_a_reader_that_goes_are_no_failed_expectations():
    command = [PDS_SIM, "run", "scenarios/library/quickstart.yaml"]
    environment = os.environ | {"PYTHONIOENCODING": "cp1252"}
    old = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)  # noqa: S603
    reader, writer = os.pipe()
    os.close(reader)
    gone = subprocess.run(command, cwd=ROOT, stdout=writer, stderr=subprocess.PIPE, check=False)  # noqa: S603
    os.close(writer)

    assert (old.returncode, old.stderr) == (0, b"")
    assert b"? create orders-copy" in old.stdout
    assert (gone.returncode, gone.stderr) == (141, b"")


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "quickstart"],
        ["schema"],
        ["check", "--json", "quickstart"],
        ["world"],
        ["--help"],
        ["serve", "--port=0"],
    ],
)
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_output_that_does_not_fit_is_one_line_and_no_failed_expectation(arguments, unbuffered):
    environment = os.environ | {"PYTHONUNBUFFERED": unbuffered}
    with Path("/dev/full").open("wb") as full:
        outcome = subprocess.run(  # noqa: S603  # our own command
            [PDS_SIM, *arguments], env=environment, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )

    assert outcome.returncode == 2
    assert outcome.stderr == "pds-sim: the output can't be written: No space left on device\n"


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_a_run_whose_output_is_closed_is_a_run(closed):
    ended = subprocess.run(  # noqa: S602  # only a shell can close them
        f"'{PDS_SIM}' run quickstart {closed}", shell=True, check=False, capture_output=True, text=True
    )

    assert (ended.returncode, ended.stderr) == (0, "")


def test_a_timeline_is_drawn_where_there_is_only_ascii():
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    command = [PDS_SIM, "timeline", "quickstart"]
    outcome = subprocess.run(command, env=environment, capture_output=True, check=False)  # noqa: S603

    assert (outcome.returncode, outcome.stderr) == (0, b"")
    assert outcome.stdout.startswith(b"quickstart\n")


@contextmanager
def serving_idle_connections(count, *, under):
    """A server with many connections over which nothing is sent, and what it says of itself."""
    with ExitStack() as stack:
        process = stack.enter_context(pds_sim("serve", "--port", "0", "--json", under=under))
        about = json.loads(process.stdout.readline())
        host, _, port = about["http"].removeprefix("http://").partition(":")
        for _ in range(count):
            stack.enter_context(socket.create_connection((host, int(port)), timeout=PATIENCE_SECONDS))
        yield about
        process.send_signal(signal.SIGTERM)
        _, stderr = process.communicate()
        assert (process.returncode, stderr) == (0, "")


def test_serve_takes_as_many_connections_as_it_may_have_files():
    with serving_idle_connections(200, under="ulimit -S -n 64") as about:
        address = about["http"].removeprefix("http://")
        with closing(http.client.HTTPConnection(address, timeout=PATIENCE_SECONDS)) as client:
            client.request("GET", "/healthz")
            assert client.getresponse().status == 200


def test_serve_answers_over_grpc_though_there_are_more_http_connections_than_it_may_have_files():
    with serving_idle_connections(200, under="ulimit -n 128") as about, client_of(about["target"]) as client:
        assert not client.ListRestores(restore_pb2.ListRestoresRequest(), timeout=PATIENCE_SECONDS).restores
