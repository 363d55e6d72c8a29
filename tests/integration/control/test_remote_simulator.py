"""A session of a server elsewhere is used as a simulator here; what is between them is told as it is."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import grpc
import pytest

from fakes import Cluster, Namespace, Phase
from fakes.faults.errors import InvalidRule
from scenarios.loading.setups import read_setup
from simulator import HeldRestores, UnfiredRules, Uniform, UnknownEntity, default_world, faults
from simulator.api import RestoreServiceStub, restore_pb2
from simulator.remote import RemoteError, RemoteSimulator
from simulator.server import SimulatorServer
from simulator.services.control.host import SessionSetup


@pytest.fixture
def server():
    with SimulatorServer(SessionSetup(), read_scenario=read_setup) as running:
        yield running


@pytest.fixture
def sim(server):
    with RemoteSimulator(server.target, seed=7) as remote:
        yield remote


TOKEN = "open sesame"  # noqa: S105  # of the server of a test


def create(sim, request_for, name="copy"):
    return RestoreServiceStub(sim.channel()).CreateRestore(request_for(sim, name))


def test_two_sessions_of_a_server_know_nothing_of_each_other(server, create_request_for):
    with RemoteSimulator(server.target) as one, RemoteSimulator(server.target) as other:
        create(one, create_request_for)
        one.advance(10)

        assert [len(one.world.restores), len(other.world.restores)] == [1, 0]
        assert (one.now - other.now).total_seconds() == 10


def test_a_world_and_rules_of_ones_own_are_sent_along(server, create_request_for):
    world = replace(default_world(), durations={Phase.INITIALIZING: Uniform(4, 5)}, restorability={})
    rule = faults.rule(faults.stall(), phase="PENDING", name="stuck")
    with RemoteSimulator(server.target, world=world, rules=[rule], strict=False) as sim:
        assert [(active.name, active.rule) for active in sim.rules] == [("stuck", rule)]
        assert sim.world.clusters["east"] == world.clusters[0]
        with pytest.raises(grpc.RpcError, match="restor"):
            create(sim, create_request_for)
    with RemoteSimulator(server.target, world=replace(world, restorability=None), seed=3) as sim:
        create(sim, create_request_for)
        before = sim.now
        sim.step()
        assert 4 <= (sim.now - before).total_seconds() <= 5


def test_a_strict_end_raises_what_a_simulator_here_raises(server, create_request_for):
    with pytest.raises(UnfiredRules, match="'busy' never fired"), RemoteSimulator(server.target) as sim:
        sim.inject(faults.error(), method="GetRestore", name="busy")
    sim = RemoteSimulator(server.target).start()
    sim.gate(phase="PENDING")
    create(sim, create_request_for)
    sim.run_until_idle()
    with pytest.raises(HeldRestores, match="holds copy in PENDING"):
        sim.__exit__(None, None, None)
    assert len(list(server.sessions)) == 1  # the default one


def test_what_makes_no_sense_is_refused_as_here(sim):
    with pytest.raises(InvalidRule, match="cluster: 'esat' matches no cluster of the world"):
        sim.inject(faults.fail(), phase="PENDING", cluster="esat")
    with pytest.raises(UnknownEntity, match="no backup 'nightly'"):
        sim.world.delete_backup("nightly")
    with pytest.raises(ValueError, match="duration is -1; expected a finite number"):
        sim.advance(-1)
    with pytest.raises(OverflowError):
        sim.advance(10**15)
    sim.change_clock(mode="wall")
    with pytest.raises(RuntimeError, match="the wall clock moves"):
        sim.step()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"target": None}, "target is None; expected an address"),
        ({"target": ""}, "target is ''; expected an address"),
        ({"seed": "x"}, "seed is 'x'; expected a whole number"),
        ({"seed": 2**63}, "seed is 9223372036854775808; expected one of 64 bits"),
        ({"world": 5}, "world is 5; expected a World"),
    ],
)
def test_arguments_that_make_no_sense_are_refused_before_anything_is_asked(arguments, message):
    with pytest.raises((TypeError, ValueError), match=re.escape(message)):
        RemoteSimulator(**{"target": "127.0.0.1:1"} | arguments)


def test_rules_are_taken_out_of_force_once_and_keep_their_counts(sim, create_request_for):
    rule = sim.inject(faults.fail(), phase="PENDING")
    create(sim, create_request_for)
    sim.run_until_idle()
    sim.remove_rule(rule)

    assert (rule.matched_count, rule.fired_count, sim.rules) == (1, 1, ())
    with pytest.raises(ValueError, match="is not in force"):
        sim.remove_rule(rule)


def test_a_gate_is_opened_and_closed_again(sim, create_request_for):
    gate = sim.gate(phase="PENDING")
    create(sim, create_request_for)
    sim.run_until_idle()
    assert [restore.name for restore in gate.held] == ["copy"]
    gate.open()
    assert sim.advance_until("copy", Phase.SUCCESSFUL).phase is Phase.SUCCESSFUL
    gate.close()
    create(sim, create_request_for, "second")
    sim.run_until_idle()

    assert [restore.name for restore in gate.held] == ["second"]
    gate.open()


def test_a_world_gains_entities_and_loses_them(sim):
    north = sim.world.add(Cluster("north", tenant="acme-engineering", capacity=9))
    sim.world.add(Namespace("shop-north", cluster="north", projects=["shop"]))
    begun = sim.world.create_backup("late-backup", "orders", size_bytes=5)

    assert (north, sim.world.namespaces["shop-north"].cluster) == (sim.world.clusters["north"], north.uid)
    assert (begun.size_bytes, sim.world.complete_backup("late-backup").state.name) == (5, "COMPLETED")
    sim.world.delete_backup("late-backup")
    sim.world.upgrade_deployment("orders", image="new", image_capabilities={"pds_restore": "v2"})
    sim.world.disconnect_cluster("north")
    sim.world.reconnect_cluster("north")
    assert not sim.world.lose_credentials("vault").credentials_valid
    assert sim.world.give_back_credentials("vault").credentials_valid
    sim.world.delete_deployment("carts")
    assert "late-backup" not in sim.world.backups
    assert "carts" not in sim.world.deployments
    assert [event.change for event in sim.timeline.changes()][-1] == "deployment deleted"


def test_history_is_read_on_from_where_it_was_and_again_after_a_reset(sim, create_request_for):
    create(sim, create_request_for)
    first = sim.timeline.to_json_lines()
    assert len(sim.calls) == 1
    create(sim, create_request_for, "second")

    assert sim.timeline.to_json_lines().startswith(first)
    assert [call.request.restore.meta.name for call in sim.calls] == ["copy", "second"]
    sim.reset()
    assert (len(sim.timeline), len(sim.calls), len(sim.world.restores)) == (0, 0, 0)


def test_asyncio_has_a_channel_of_its_own(sim):
    async def listed():
        async with sim.aio_channel() as channel:
            return await RestoreServiceStub(channel).ListRestores(restore_pb2.ListRestoresRequest())

    assert list(asyncio.run(listed()).restores) == []


def test_a_session_that_somebody_else_has_ended_is_told(server):
    sim = RemoteSimulator(server.target).start()
    server.sessions.remove(sim._running().id)

    with pytest.raises(RemoteError, match="it was deleted, or nobody used it"):
        sim.advance(1)
    with pytest.raises(RemoteError):
        sim.close()
    sim.close()
    with pytest.raises(RuntimeError, match="does not run"):
        _ = sim.target


def test_where_nothing_answers_it_says_what_to_look_at():
    with pytest.raises(RemoteError, match="nothing answers there; is 'pds-sim serve' running"):
        RemoteSimulator("127.0.0.1:1").start()


def test_a_server_of_something_else_is_told_from_one_of_sessions():
    other = grpc.server(ThreadPoolExecutor(1))
    port = other.add_insecure_port("127.0.0.1:0")
    other.start()
    try:
        with pytest.raises(RemoteError, match="it is another server, or an older one"):
            RemoteSimulator(f"127.0.0.1:{port}").start()
    finally:
        other.stop(None)


def test_the_control_token_is_asked_for_and_never_shown():
    with SimulatorServer(SessionSetup(), read_scenario=read_setup, control_token=TOKEN) as server:
        with pytest.raises(RemoteError, match="pass control_token=") as caught:
            RemoteSimulator(server.target, control_token=TOKEN[::-1]).start()
        with RemoteSimulator(server.target, control_token=TOKEN) as sim:
            assert sim.step() is False

    assert TOKEN[::-1] not in str(caught.value)
