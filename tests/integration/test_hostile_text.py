"""What clients send is escaped wherever people read it: it forges no line, and drives no terminal and no browser."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import grpc
import pytest

from simulator import Simulator, faults
from simulator.api import RestoreServiceStub, restore_pb2
from simulator.sessions.fault_control import UnfiredRules

PDS_SIM = Path(sys.executable).with_name("pds-sim")
HOSTILE = "rst:x\r\nforged line\x1b[2J\x9b1m\u2028\u202ekcab\u2066\x00\x7f"
ESCAPED = r"rst:x\r\nforged line\x1b[2J\x9b1m\u2028\u202ekcab\u2066\x00\x7f"
SCENARIO = f"""
version: 1
seed: 7
steps:
  - get: {{restore_id: {json.dumps(HOSTILE)}}}
  - get: {{restore_id: {json.dumps(HOSTILE)}, expect: {{code: NOT_FOUND}}}}
"""


def require_plain(text, *, but="\n"):
    """Whatever is in *text* prints as it is."""
    assert {character for character in text if not character.isprintable()} <= set(but)
    assert not [line for line in text.split("\n") if line.strip().startswith("forged")]


@pytest.fixture
def scenario(tmp_path):
    file = tmp_path / "hostile.pds.yaml"
    file.write_text(SCENARIO, encoding="utf-8")
    return file


@pytest.mark.parametrize("verb", [["run", "-v"], ["run", "-q"], ["explain"], ["timeline"], ["check"]], ids=" ".join)
def test_on_the_terminal(scenario, verb):
    outcome = subprocess.run([PDS_SIM, *verb, scenario], capture_output=True, check=False)  # noqa: S603  # ours

    assert outcome.returncode in (0, 1)
    for stream in (outcome.stdout, outcome.stderr):
        require_plain(stream.decode())


def test_in_reports(scenario, tmp_path):
    options = ["--junit", tmp_path / "junit.xml", "--html", tmp_path / "html", "--timeline", tmp_path / "timeline"]
    outcome = subprocess.run(  # noqa: S603  # ours
        [PDS_SIM, "run", "-qq", *options, "--json", tmp_path / "report.json", scenario],
        capture_output=True,
        check=False,
    )

    assert outcome.returncode == 1
    reports = [file for file in tmp_path.rglob("*") if file.is_file() and file != scenario]
    assert sorted(file.suffix for file in reports) == [".html", ".html", ".json", ".jsonl", ".xml"]
    for file in reports:
        require_plain(file.read_text(encoding="utf-8"))
        assert ESCAPED in file.read_text(encoding="utf-8").replace("\\\\", "\\") or file.name == "index.html"


def test_in_the_lines_of_serve():
    for options in ([], ["--json"]):
        command = [PDS_SIM, "serve", "--port", "0", *options]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:  # noqa: S603  # ours
            shown = []
            while not shown or not ("target" in shown[-1] or shown[-1].startswith("listening on ")):
                shown.append(process.stdout.readline().decode())
            target = json.loads(shown[-1])["target"] if options else shown[-1].split()[2].rstrip(",")
            with (
                grpc.insecure_channel(target, options=[("grpc.enable_http_proxy", 0)]) as channel,
                pytest.raises(grpc.RpcError, match="NOT_FOUND"),
            ):
                RestoreServiceStub(channel).GetRestore(restore_pb2.GetRestoreRequest(id=HOSTILE))
            event = process.stdout.readline().decode()
            process.send_signal(signal.SIGTERM)
            process.communicate()

        require_plain(event)
        assert "GetRestore" in event


def test_in_a_report_of_pytest(scenario, tmp_path):
    (tmp_path / "test_it.py").write_text(
        f"""
import pytest
from simulator import faults
from simulator.api import restore_pb2

def test_it(pds_simulator, pds_stub):
    pds_simulator.inject(faults.hang(), method="GetRestore", restore="orders-copy")
    for _ in range(2):
        with pytest.raises(Exception, match="NOT_FOUND"):
            pds_stub.GetRestore(restore_pb2.GetRestoreRequest(id={HOSTILE!r}))
    pytest.fail("to see the report", pytrace=False)
""",
        encoding="utf-8",
    )

    outcome = subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-m", "pytest", "-p", "pds_simulator_pytest", "--basetemp=kept", scenario, "test_it.py"],
        cwd=tmp_path,
        env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        check=False,
    )

    shown = outcome.stdout.decode()
    assert "2 failed" in shown
    assert f"GetRestore {ESCAPED} → NOT_FOUND" in shown
    require_plain(shown)
    for page in (tmp_path / "kept").rglob("*.html"):
        require_plain(page.read_text(encoding="utf-8"))


def test_in_errors_and_histories():
    with Simulator(strict=False) as sim:
        sim.inject(faults.hang(), method="GetRestore", restore="orders-copy")
        channel = sim.channel()
        for path in (HOSTILE, f"/a.b/{HOSTILE}"):
            for _ in range(2):
                with pytest.raises(grpc.RpcError, match="UNIMPLEMENTED"):
                    channel.unary_unary(path)(b"")
        with pytest.raises(grpc.RpcError, match="NOT_FOUND") as refused:
            RestoreServiceStub(channel).GetRestore(restore_pb2.GetRestoreRequest(id=HOSTILE))
        with pytest.raises(AssertionError) as impatient:
            sim.calls.assert_backoff(60)
        complaints = sim.rule_complaints()

        require_plain(refused.value.details())
        require_plain(str(impatient.value))
        require_plain("\n".join(complaints))
        require_plain("\n".join(call.told() for call in sim.calls.logical()))
        require_plain(sim.timeline.to_json_lines())


def test_in_the_error_of_a_rule_that_never_fired():
    sim = Simulator().start()
    sim.inject(faults.hang(), method="GetRestore", restore="orders-copy")
    with pytest.raises(grpc.RpcError, match="NOT_FOUND"):
        RestoreServiceStub(sim.channel()).GetRestore(restore_pb2.GetRestoreRequest(id=HOSTILE))
    with pytest.raises(UnfiredRules) as unfired:
        sim.__exit__(None, None, None)

    assert ESCAPED in str(unfired.value)
    require_plain(str(unfired.value))
