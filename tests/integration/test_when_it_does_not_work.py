"""The table "When it does not work": each cause has its symptom, and what helps does.

Foreign packages, keepalive pings and frozen clocks have tests of their own.
"""

import re
import sys
from dataclasses import replace
from pathlib import Path

import grpc
import pytest

import simulator
from pds_simulator_packages import require_our_own
from simulator import Simulator, Token, default_world
from simulator.api import RestoreServiceStub, restore_pb2
from simulator.transports.grpc_server import KEEPALIVE_MILLISECONDS

PAGE = Path(simulator.__file__).with_name("README.md").read_text(encoding="utf-8")
TABLE = PAGE.partition("## When it does not work")[2].partition("\n## ")[0]
NOWHERE = "http://127.0.0.1:9"
TIMEOUT_SECONDS = 20


@pytest.fixture
def sim():
    world = replace(default_world(), tokens=[Token("ci", secret="s3cret", projects=["shop"])])  # noqa: S106
    with Simulator(world=world) as simulator:
        yield simulator


def code_of(channel, **options):
    with channel:
        try:
            RestoreServiceStub(channel).ListRestores(
                restore_pb2.ListRestoresRequest(), timeout=TIMEOUT_SECONDS, **options
            )
        except grpc.RpcError as error:
            return error.code()
    return grpc.StatusCode.OK


AUTHORIZED = {"metadata": [("authorization", "Bearer s3cret")]}
TOKEN = grpc.access_token_call_credentials("s3cret")


def test_a_proxy_of_the_environment(sim, monkeypatch):
    for variable in ("no_proxy", "NO_PROXY", "no_grpc_proxy"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("http_proxy", NOWHERE)
    [advice] = re.findall(r"`no_proxy=(\S+)`", TABLE)
    [(option, value)] = re.findall(r'`\("(grpc\.\w+)", (\d)\)`', TABLE)

    assert code_of(grpc.insecure_channel(sim.target), **AUTHORIZED) is grpc.StatusCode.UNAVAILABLE
    assert (
        code_of(grpc.insecure_channel(sim.target, options=[(option, int(value))]), **AUTHORIZED) is grpc.StatusCode.OK
    )
    assert code_of(sim.channel(transport="loopback"), **AUTHORIZED) is grpc.StatusCode.OK
    monkeypatch.setenv("no_proxy", advice)
    assert code_of(grpc.insecure_channel(sim.target), **AUTHORIZED) is grpc.StatusCode.OK


def test_credentials_of_a_client_that_expects_tls(sim):
    local = grpc.local_channel_credentials()

    tls = grpc.secure_channel(sim.target, grpc.ssl_channel_credentials())
    assert code_of(tls, **AUTHORIZED) is grpc.StatusCode.UNAVAILABLE
    assert code_of(grpc.insecure_channel(sim.target), credentials=TOKEN) is grpc.StatusCode.UNAUTHENTICATED

    assert code_of(grpc.secure_channel(sim.target, local), **AUTHORIZED) is grpc.StatusCode.OK
    assert code_of(grpc.secure_channel(sim.target, local), credentials=TOKEN) is grpc.StatusCode.OK
    composite = grpc.composite_channel_credentials(local, TOKEN)
    assert code_of(grpc.secure_channel(sim.target, composite)) is grpc.StatusCode.OK


def test_how_long_a_client_may_be_silent():
    [seconds] = re.findall(r"doesn't answer its own pings for (\d+) s", TABLE)

    assert int(seconds) * 1000 == 2 * KEEPALIVE_MILLISECONDS


def test_the_complaint_about_a_foreign_package_is_the_one_that_is_told(monkeypatch, tmp_path):
    (tmp_path / "fakes.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "fakes")

    with pytest.raises(ImportError) as refused:
        require_our_own("fakes")

    [symptom] = re.findall(r"`(needs its own package [^`]+)`", TABLE)
    pattern = ".*".join(map(re.escape, symptom.replace("scenarios", "fakes").split("…")))
    assert re.search(pattern, str(refused.value))
