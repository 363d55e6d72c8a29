"""A simulator that does not listen opens no port and starts no thread, and is all there for clients in the process."""

import socket
import threading

import pytest

from scenarios import load
from simulator import Phase, Simulator, UnfiredRules, faults
from simulator.api import RestoreServiceStub, restore_pb2

ANYTHING = restore_pb2.ListRestoresRequest()
DOES_NOT_LISTEN = "the simulator does not listen; use channel() or aio_channel(), or omit listen=False"


@pytest.fixture
def quiet():
    with Simulator(seed=7, listen=False) as simulator:
        yield simulator


def test_a_restore_runs_without_a_thread_or_a_socket(create_request_for, monkeypatch):
    monkeypatch.setattr(socket, "socket", lambda *_: pytest.fail("no socket is needed"))
    threads = set(threading.enumerate())

    with Simulator(seed=7, listen=False) as sim:
        stub = RestoreServiceStub(sim.channel())
        created = stub.CreateRestore(create_request_for(sim))
        sim.run_until_idle()
        restored = stub.GetRestore.future(restore_pb2.GetRestoreRequest(id=created.meta.uid)).result()
        assert set(threading.enumerate()) == threads

    assert restored.status.phase == Phase.SUCCESSFUL


@pytest.mark.parametrize(
    "use",
    [
        lambda sim: sim.target,
        lambda sim: sim.channel(transport="loopback"),
        lambda sim: sim.aio_channel(transport="loopback"),
    ],
)
def test_there_is_nowhere_to_connect_to(quiet, use):
    with pytest.raises(RuntimeError) as caught:
        use(quiet)
    assert str(caught.value) == DOES_NOT_LISTEN


def test_it_takes_calls_only_while_it_runs():
    sim = Simulator(listen=False)
    for use in (sim.channel, lambda: sim.target):
        with pytest.raises(RuntimeError, match="the simulator does not run"):
            use()

    with sim:
        stub = RestoreServiceStub(sim.channel())
        stub.ListRestores(ANYTHING)

    with pytest.raises(ValueError, match="closed channel"):
        stub.ListRestores(ANYTHING)
    assert len(sim.calls) == 1


def test_the_same_seed_gives_the_same_history_with_a_port_and_without(create_request_for):
    def history(*, listen):
        with Simulator(seed=7, listen=listen) as sim:
            stub = RestoreServiceStub(sim.channel())
            stub.CreateRestore(create_request_for(sim))
            sim.run_until_idle()
            return sim.timeline.to_json_lines()

    assert history(listen=False) == history(listen=True)


def test_it_is_as_strict_as_others():
    with pytest.raises(UnfiredRules), Simulator(listen=False) as sim:
        sim.inject(faults.error(), method="GetRestore")


def test_a_scenario_can_do_without_a_port():
    with load("scenarios/library/quickstart.yaml").simulator(listen=False) as sim:
        assert not RestoreServiceStub(sim.channel()).ListRestores(ANYTHING).restores


def test_a_hundred_simulators_at_once_do_not_know_of_each_other(create_request_for):
    simulators = [Simulator(seed=number, listen=False).start() for number in range(100)]
    uids = {RestoreServiceStub(sim.channel()).CreateRestore(create_request_for(sim)).meta.uid for sim in simulators}

    assert len(uids) == 100
    assert [len(sim.calls) for sim in simulators] == [1] * 100
    for sim in simulators:
        sim.close()
