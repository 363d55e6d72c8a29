"""``pds-sim serve`` tells where it listens and what happens, until a signal comes."""

import http.client
import json
import re
import signal
from contextlib import closing, suppress
from datetime import datetime, timedelta

import click
import grpc
import pytest
import trustme

from scenarios.cli import http_port, main
from simulator.api import RestoreServiceStub, control_pb2, restore_pb2
from simulator.server import SimulatorServer
from simulator.services.control import service

SECRET = "hush-1a2b3c"  # noqa: S105  # it is none
OPTIONS = [("grpc.use_local_subchannel_pool", 1), ("grpc.enable_http_proxy", 0)]


class Console:
    """In the place of the terminal: keeps what is told, and acts on it as somebody who watches."""

    def __init__(self):
        self.lines = []
        self.client = None
        self.when_listening = lambda: None
        self.credentials = None
        self.channel = None

    def echo(self, line, **_):
        self.lines.append(line)
        if self.client is None and self.target is not None:
            if self.credentials is None:
                self.channel = grpc.insecure_channel(self.target, options=OPTIONS)
            else:
                self.channel = grpc.secure_channel(self.target, self.credentials, options=OPTIONS)
            self.client = RestoreServiceStub(self.channel)
            self.when_listening()
            with suppress(grpc.RpcError):  # it brings no token
                self.client.ListRestores(restore_pb2.ListRestoresRequest())
        elif "ListRestores" in line:
            self.channel.close()
            signal.raise_signal(self.signal)

    def serve(self, *arguments, stop=signal.SIGTERM):
        self.signal = stop
        main(["serve", "--port", "0", *map(str, arguments)], standalone_mode=False)
        return self.lines

    @property
    def target(self):
        last = self.lines[-1]
        if last.startswith("{"):
            return json.loads(last).get("target")
        return last.split("listening on ")[1].split(",")[0] if last.startswith("listening on ") else None


@pytest.fixture
def console(monkeypatch):
    terminal = Console()
    monkeypatch.setattr(click, "echo", terminal.echo)
    return terminal


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_people_are_told_the_world_where_it_listens_each_event_and_the_end(console, capsys, stop):
    listening, event, end = console.serve("--clock", "on_poll", stop=stop)

    where = r"listening on 127\.0\.0\.1:\d+, http://127\.0\.0\.1:\d+, seed 0, on_poll clock; Ctrl-C stops"
    assert re.fullmatch(where, listening)
    assert event == "2025-01-01T00:00:00.000000Z  ListRestores → OK"
    assert end == "stopped"
    assert " orders-backup " in capsys.readouterr().out


def test_programs_are_told_in_json(console, sim):
    about, event = map(json.loads, console.serve("--json", "--seed", 3, "--clock", "on_poll"))

    assert (about["seed"], about["clock"]) == (3, "on_poll")
    assert about["world"]["backups"]["orders-backup"]["uid"] == sim.world.backups["orders-backup"].uid
    assert (event["sequence"], event["event"], event["method"]) == (1, "rpc", "ListRestores")
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", about["http"])
    assert about["grpc"] == about["target"]


def test_a_file_tells_the_addresses_for_as_long_as_they_answer(console, tmp_path):
    file = tmp_path / "ready.json"
    file.write_text("of an earlier run")
    told = []
    console.when_listening = lambda: told.append(json.loads(file.read_text()))

    about = json.loads(console.serve("--json", "--ready-file", file)[0])

    assert told == [{"grpc": about["target"], "http": about["http"]}]
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def tls_files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    authority = trustme.CA(key_type=trustme.KeyType.ECDSA)
    own = authority.issue_cert("127.0.0.1")
    authority.cert_pem.write_to_path(folder / "ca.pem")
    own.cert_chain_pems[0].write_to_path(folder / "server.pem")
    own.private_key_pem.write_to_path(folder / "server.key")
    return folder


def test_metrics_are_served_over_http(console):
    told = []

    def read_metrics():
        authority = json.loads(console.lines[-1])["http"].removeprefix("http://")
        with closing(http.client.HTTPConnection(authority, timeout=20)) as connection:
            connection.request("GET", "/metrics")
            told.append(connection.getresponse().read().decode())

    console.when_listening = read_metrics
    console.serve("--json", "--clock", "on_poll")

    assert "\npds_sim_sessions 1.0\n" in told[0]


def fail(*_):
    raise ZeroDivisionError("of a\nhandler \x1b[2J")


@pytest.fixture
def logged(console, monkeypatch):
    """Serves with what the log is about: a session, a wrong token, a call that fails for a reason nobody foresaw."""

    def control(name, request, token=SECRET):
        call = console.channel.unary_unary(f"/pds.simulator.control.v1.ControlService/{name}")
        return call(request.SerializeToString(), metadata=(("authorization", f"Bearer {token}"),), timeout=20)

    def use():
        control("CreateSession", control_pb2.CreateSessionRequest(session_id="mine"))
        control("DeleteSession", control_pb2.DeleteSessionRequest(session="mine"))
        monkeypatch.setitem(service.METHODS, "GetWorld", fail)
        for name, token in (("GetWorld", SECRET), ("ListRules", f"wrong {SECRET}")):
            with pytest.raises(grpc.RpcError):
                control(name, control_pb2.GetWorldRequest(session="default"), token)

    def serve(*options):
        console.when_listening = use
        return console.serve("--clock", "on_poll", "--control-token", SECRET, *options)

    return serve


def test_logs_for_programs_are_one_object_a_line_and_hold_no_secret(logged):
    lines = logged("--log", "json", "--host", "0.0.0.0")  # noqa: S104  # for a moment

    records = [json.loads(line) for line in lines if line.startswith("{")]
    assert [(record["event"], record["level"], record.get("session")) for record in records] == [
        ("session_started", "info", "default"),
        ("server_started", "info", None),
        ("session_started", "info", "mine"),
        ("session_ended", "info", "mine"),
        ("call_failed", "error", None),
        ("world_unguarded", "warning", None),
        ("session_ended", "info", "default"),
        ("server_stopped", "info", None),
    ]
    for record in records:
        assert datetime.fromisoformat(record["timestamp"]).utcoffset() == timedelta(0)
    failed = records[4]
    assert (failed["method"], failed["exception"].splitlines()[-2:]) == (
        "GetWorld",
        ["ZeroDivisionError: of a", "handler \x1b[2J"],
    )
    assert SECRET not in "".join(lines)
    assert "\x1b" not in "".join(lines)


def test_logs_for_people_are_warnings_and_errors_that_drive_no_terminal(logged):
    lines = logged()

    (failed,) = [line for line in lines if line.startswith(("error: ", "warning: "))]
    assert failed.startswith(
        "error: GetWorld failed for a reason that nobody foresaw\nTraceback (most recent call last)"
    )
    assert failed.endswith("ZeroDivisionError: of a\nhandler \\x1b[2J")
    assert SECRET not in "".join(lines)


def test_people_and_programs_are_told_of_tls(console, tls_files, tmp_path):
    options = ("--tls-cert", tls_files / "server.pem", "--tls-key", tls_files / "server.key")
    ready, told = tmp_path / "ready.json", []
    console.credentials = grpc.ssl_channel_credentials((tls_files / "ca.pem").read_bytes())
    console.when_listening = lambda: told.append(json.loads(ready.read_text()))

    about, event = map(json.loads, console.serve("--json", "--clock", "on_poll", "--ready-file", ready, *options))

    assert event["method"] == "ListRestores"
    assert told == [{"grpc": about["target"], "http": about["http"], "tls": True}]
    assert about["tls"] is True
    assert re.fullmatch(r"https://127\.0\.0\.1:\d+", about["http"])
    console.client, console.lines, console.when_listening = None, [], lambda: None
    assert re.fullmatch(r"listening on [^ ]+, https://[^ ]+, with TLS, seed 0, .*", console.serve(*options)[0])


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--tls-cert", "server.pem"), "TLS needs both --tls-cert and --tls-key"),
        (("--tls-client-ca", "ca.pem"), "TLS needs both --tls-cert and --tls-key"),
        (("--tls-cert", "server.pem", "--tls-key", "ca.pem"), "pds-sim serve: the TLS key '{folder}/ca.pem' holds no"),
    ],
)
def test_a_server_does_not_start_with_tls_that_does_not_work(pds_sim, tls_files, options, complaint):
    given = [option if option.startswith("-") else tls_files / option for option in options]

    outcome = pds_sim("serve", "--port", "0", *given)

    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert complaint.format(folder=tls_files) in outcome.stderr


def test_the_wall_moves_the_time_unless_told_otherwise(console):
    about = json.loads(console.serve("--json")[0])

    assert (about["seed"], about["clock"]) == (0, "wall")


def test_a_scenario_says_how_to_serve(console, write):
    file = write(
        "version: 1\nseed: 9\nclock: on_poll\nworld: {base: empty, accounts: {only: {}}}\nsteps: [advance: 1s]"
    )

    about, event = map(json.loads, console.serve("--json", "--scenario", file))

    assert (about["seed"], about["clock"]) == (9, "on_poll")
    assert list(about["world"]["accounts"]) == ["only"]
    assert event["time"] == "2025-01-01T00:00:00.000000Z"  # its steps are not run


def test_options_win_over_the_scenario(console, write):
    file = write("version: 1\nseed: 9\nclock: wall\nspeed: 60")

    about = json.loads(console.serve("--json", "--scenario", file, "--seed", 4, "--clock", "on_poll")[0])

    assert (about["seed"], about["clock"]) == (4, "on_poll")


def test_a_manual_clock_waits_for_the_control_service(console):
    assert json.loads(console.serve("--json", "--clock", "manual")[0])["clock"] == "manual"


@pytest.mark.parametrize(
    ("host", "tokens", "warns"),
    [
        ("0.0.0.0", "", True),  # noqa: S104  # for a moment
        ("127.0.0.1", "", False),
        ("localhost", "", False),
        ("0.0.0.0", "tokens: {ci: {secret: hush, projects: [shop]}}", False),  # noqa: S104
    ],
)
def test_whoever_lets_other_machines_in_without_tokens_is_warned(console, write, host, tokens, warns):
    file = write(f"version: 1\nworld: {{{tokens}}}")

    told = console.serve("--scenario", file, "--host", host)

    assert [line.startswith("warning: other machines can reach 0.0.0.0:") for line in told].count(True) == warns


@pytest.mark.parametrize(
    ("host", "address"), [("192.0.2.1", "192.0.2.1:7"), ("example.test", "example.test:7"), ("::1", "[::1]:7")]
)
def test_it_listens_where_it_is_told_to(pds_sim, monkeypatch, host, address):
    def refuse(server):
        raise OSError(server._address)

    monkeypatch.setattr(SimulatorServer, "__enter__", refuse)
    monkeypatch.setattr("scenarios.cli.port_check._reason", lambda *_: "")

    assert pds_sim("serve", "--host", host, "--port", 7).stderr == f"pds-sim serve: {address}\n"


@pytest.mark.parametrize(("arguments", "kept"), [([], 100_000), (["--history", "5"], 5)])
def test_it_keeps_only_so_much_of_what_has_happened(console, monkeypatch, arguments, kept):
    served = []

    class Noted(SimulatorServer):
        def __enter__(self):
            served.append(self)
            return super().__enter__()

    monkeypatch.setattr("scenarios.cli.serve.SimulatorServer", Noted)
    console.serve(*arguments)

    assert [server.default.history_max for server in served] == [kept]


def test_signals_do_again_what_they_did_before(console):
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]

    console.serve()

    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--speed", "0"], "pds-sim serve: speed is 0.0; expected a finite number above 0"),
        (["--speed", "-1"], "pds-sim serve: speed is -1.0; expected a finite number above 0"),
        (["--speed", "nan"], "pds-sim serve: speed is nan; expected a finite number above 0"),
        (["--speed", "inf"], "pds-sim serve: speed is inf; expected a finite number above 0"),
        (["--host", ""], "pds-sim serve: address is ':0'; expected 'host:port' with a port from 0 to 65535"),
        (["--host", "192.0.2.1"], "pds-sim serve: can't listen on 192.0.2.1:0: Cannot assign requested address\n"),
        (["--clock", "on_poll", "--speed", "1"], "--speed: only the wall clock has a speed, and this one is on_poll\n"),
        (["--clock", "on_poll", "--speed", "2"], "--speed: only the wall clock has a speed, and this one is on_poll\n"),
        (["--case", "large"], "--case: there is no --scenario that it could be one of\n"),
        (["--seed", str(2**63)], "pds-sim serve: the seed has more than 64 bits"),
        (["--control-token", ""], "it is empty; leave it and PDS_SIM_CONTROL_TOKEN out to let everybody in"),
        (["--session-idle", "nan"], "nan is no number of seconds"),
        (["--allow-origin", "localhost:3000"], "such as 'http://localhost:3000'"),
        (
            ["--allow-origin", "http://x.example/app"],
            "is no origin as browsers send it; expected one such as",
        ),
        (["--allow-origin", "HTTPS://X.example:443"], "such as 'https://x.example'"),
        (["--allow-origin", "http://x.example:99999"], "such as 'http://localhost:3000'"),
        (["--allow-origin", "http://[fe80::1]:80"], "such as 'http://[fe80::1]'"),
        (["--allow-origin", "*", "--allow-origin", ""], "'' is no origin"),
        (["--allow-host", "x.example:8080"], "'x.example:8080' is no name of a machine"),
        (["--ready-file", "/proc/none/ready.json"], "pds-sim serve: [Errno 2] No such file or directory"),
    ],
)
def test_arguments_that_make_no_sense_end_with_2(pds_sim, arguments, message):
    outcome = pds_sim("serve", "--port", "0", *arguments)

    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert message in outcome.stderr


def test_a_token_that_a_variable_leaves_empty_lets_nobody_in_by_accident(pds_sim, monkeypatch):
    monkeypatch.setenv("PDS_SIM_CONTROL_TOKEN", "")

    outcome = pds_sim("serve", "--port", "0")

    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert "it is empty; leave it and PDS_SIM_CONTROL_TOKEN out" in outcome.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["--port", "65536"],
        ["--port", "-1"],
        ["--clock", "sundial"],
        ["--history", "0"],
        ["--speed", "x"],
        ["--seed", "1.5"],
    ],
)
def test_options_of_the_wrong_kind_end_with_2(pds_sim, arguments):
    outcome = pds_sim("serve", *arguments)

    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert all(argument in outcome.stderr for argument in arguments)


@pytest.mark.parametrize("option", ["--port", "--http-port"])
def test_a_port_that_is_taken_ends_with_2(pds_sim, sim, option):
    port = sim.target.split(":")[1]

    outcome = pds_sim("serve", "--port", "0", option, port)

    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert outcome.stderr == f"pds-sim serve: can't listen on 127.0.0.1:{port}: the address is in use\n"


@pytest.mark.parametrize("is_taken", [False, True])
def test_the_usual_http_port_need_not_be_free(sim, monkeypatch, caplog, is_taken):
    port = int(sim.target.split(":")[1])
    if not is_taken:
        sim.close()
        sim.start()
    monkeypatch.setattr(http_port, "HTTP_PORT", port)

    assert http_port.choose_http_port("127.0.0.1", None) == (0 if is_taken else port)

    assert ("so HTTP takes a free port" in caplog.text) is is_taken


def test_one_of_several_cases_is_served(console, pds_sim, cases):
    refused = pds_sim("serve", "--port", "0", "--scenario", cases)
    about = json.loads(console.serve("--json", "--scenario", cases, "--case", "large")[0])

    assert refused.exit_code == 2
    assert about["world"]["accounts"]["only"]["uid"] == "many"


def test_a_wrong_scenario_ends_with_2(pds_sim, wrong):
    outcome = pds_sim("serve", "--port", "0", "--scenario", wrong)

    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert outcome.stderr.startswith(f"{wrong}:3:5: steps[0].advanc: is no key here")
