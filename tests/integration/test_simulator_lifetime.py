"""A simulator is cheap to start, leaves nothing behind, and does not know of any other."""

import gc
import os
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from simulator import ClockMode, Phase, Simulator, World
from simulator.api import RestoreServiceStub, restore_pb2

CYCLES = 200
DESCRIPTORS_TOLERANCE = 10
"""gRPC closes sockets a little later than it says; what leaks leaks in every cycle."""
WAIT_SECONDS = 10


def list_all(stub):
    return stub.ListRestores(restore_pb2.ListRestoresRequest())


def count_descriptors():
    return sum(1 for _ in Path("/dev/fd").iterdir())


def is_listening(target):
    host, _, port = target.rpartition(":")
    try:
        socket.create_connection((host, int(port))).close()
    except ConnectionRefusedError:
        return False
    return True


def start_call_and_close():
    with Simulator() as sim:
        list_all(RestoreServiceStub(sim.channel(transport="loopback")))
        return sim.target


def new_threads(before):
    """The threads that there were not *before*, apart from those that are just ending."""
    new = set(threading.enumerate()) - before
    for thread in new:
        thread.join(WAIT_SECONDS)
    return {thread for thread in new if thread.is_alive()}


def test_two_hundred_starts_and_stops_leave_nothing_behind(capfd):
    start_call_and_close()
    threads, descriptors = set(threading.enumerate()), count_descriptors()

    targets = [start_call_and_close() for _ in range(CYCLES)]

    assert new_threads(threads) == set()
    assert count_descriptors() <= descriptors + DESCRIPTORS_TOLERANCE
    assert [target for target in targets if is_listening(target)] == []
    assert capfd.readouterr() == ("", "")


def test_a_program_that_forgets_to_close_ends_all_the_same(tmp_path):
    program = """
from simulator import Simulator
from simulator.api import RestoreServiceStub, restore_pb2
sim = Simulator().start()
print(len(RestoreServiceStub(sim.channel(transport="loopback")).ListRestores(restore_pb2.ListRestoresRequest()).restores))
"""

    outcome = subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (outcome.returncode, outcome.stdout, outcome.stderr) == (0, "0\n", "")


def test_one_that_nobody_has_any_more_gives_up_its_port():
    threads = set(threading.enumerate())
    sim = Simulator().start()
    target = sim.target

    del sim
    gc.collect()

    assert new_threads(threads) == set()
    assert not is_listening(target)


def test_closing_ends_calls_that_are_under_way():
    with Simulator() as sim, grpc.insecure_channel(sim.target) as channel:
        watch = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest())
        assert next(watch).status == health_pb2.HealthCheckResponse.SERVING
        target = sim.target
        sim.close()

        with pytest.raises(grpc.RpcError):
            list(watch)

    assert not is_listening(target)


def test_closing_closes_the_channels_that_came_from_the_simulator():
    with Simulator() as sim:
        stubs = [RestoreServiceStub(sim.channel(transport="loopback")) for _ in range(3)]

    for stub in stubs:
        with pytest.raises(ValueError, match=r"."):  # in the words of gRPC
            list_all(stub)


def test_closing_twice_does_no_harm(sim):
    sim.close()
    sim.close()

    with pytest.raises(RuntimeError, match="does not run"):
        _ = sim.target


def test_an_error_inside_the_with_statement_closes_and_comes_through():
    targets = []

    def fail_inside():
        with Simulator() as sim:
            targets.append(sim.target)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_inside()

    assert [is_listening(target) for target in targets] == [False]


def test_the_world_and_its_history_stay_readable_after_closing(sim, stub, create_request):
    uid = stub.CreateRestore(create_request()).meta.uid
    sim.run_until_idle()
    ended = sim.now

    sim.close()

    assert sim.world.restores[uid].status.phase is Phase.SUCCESSFUL
    assert sim.timeline.transitions(uid)[-1].status.phase is Phase.SUCCESSFUL
    assert [call.method for call in sim.calls] == ["CreateRestore"]
    assert sim.now == ended


@pytest.mark.parametrize("use", [lambda sim: sim.target, lambda sim: sim.channel(), lambda sim: sim.aio_channel()])
def test_before_it_runs_there_is_nowhere_to_connect_to(use):
    sim = Simulator()

    with pytest.raises(
        RuntimeError, match=r"the simulator does not run; use it in a 'with' statement or call start\(\)"
    ):
        use(sim)


def test_without_a_server_time_moves_all_the_same():
    sim = Simulator()
    before = sim.now

    sim.advance(30)

    assert (sim.now - before).total_seconds() == 30


def test_starting_what_runs_changes_nothing(sim):
    target = sim.target

    assert sim.start() is sim
    assert sim.target == target


def test_what_was_closed_can_be_started_again_and_goes_on(sim, stub, create_request):
    uid = stub.CreateRestore(create_request()).meta.uid
    sim.close()

    with sim:
        listed = list_all(RestoreServiceStub(sim.channel(transport="loopback"))).restores

    assert [restore.meta.uid for restore in listed] == [uid]


def test_it_listens_on_loopback_only_unless_told_otherwise(sim):
    assert sim.target.startswith("127.0.0.1:")
    assert int(sim.target.partition(":")[2]) > 0


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0"])  # noqa: S104  # for a moment
def test_it_listens_where_it_is_told_to(host):
    with Simulator(address=f"{host}:0") as sim:
        assert sim.target.startswith(f"{host}:")
        assert len(list_all(RestoreServiceStub(sim.channel(transport="loopback"))).restores) == 0


def test_a_port_can_be_chosen_and_taken_over_at_once():
    targets = []
    address = "127.0.0.1:0"
    for _ in range(3):
        with Simulator(address=address) as sim:
            list_all(RestoreServiceStub(sim.channel(transport="loopback")))
            address = sim.target
            targets.append(address)

    assert len(set(targets)) == 1


def test_an_address_in_use_is_refused_and_its_owner_goes_on(sim, stub, create_request):
    stub.CreateRestore(create_request())

    with pytest.raises(OSError, match=f"can't listen on '{sim.target}'"):
        Simulator(address=sim.target).start()

    assert len(list_all(stub).restores) == 1


def test_a_simulator_that_could_not_start_leaves_nothing_behind(sim):
    threads, descriptors = set(threading.enumerate()), count_descriptors()

    for _ in range(20):
        with pytest.raises(OSError, match="can't listen on"):
            Simulator(address=sim.target).start()

    assert new_threads(threads) == set()
    assert count_descriptors() <= descriptors + DESCRIPTORS_TOLERANCE


def test_many_simulators_do_not_know_of_each_other(create_request):
    simulators = [Simulator(seed=number).start() for number in range(20)]

    def live_in(number):
        sim = simulators[number]
        stub = RestoreServiceStub(sim.channel(transport="loopback"))
        for index in range(number % 3 + 1):
            stub.CreateRestore(create_request(f"copy {index}"))
        sim.advance(number)
        return list_all(stub).restores

    with ThreadPoolExecutor(8) as threads:
        listed = list(threads.map(live_in, range(20)))

    assert len({sim.target for sim in simulators}) == 20
    assert [len(restores) for restores in listed] == [number % 3 + 1 for number in range(20)]
    assert [sim.now.second for sim in simulators] == list(range(20))
    assert [len(sim.calls) for sim in simulators] == [number % 3 + 2 for number in range(20)]
    assert len({restore.meta.uid for restores in listed for restore in restores}) == sum(map(len, listed))
    for sim in simulators:
        sim.close()


def test_closing_one_simulator_leaves_the_others_running(stub):
    with Simulator() as another:
        list_all(RestoreServiceStub(another.channel(transport="loopback")))

    assert len(list_all(stub).restores) == 0


@pytest.mark.parametrize(
    ("argument", "error", "message"),
    [
        ({"seed": "7"}, TypeError, "seed is '7'; expected a whole number"),
        ({"seed": 7.0}, TypeError, "seed is 7.0; expected a whole number"),
        ({"seed": True}, TypeError, "seed is True; expected a whole number"),
        ({"world": {}}, TypeError, "world is {}; expected a World"),
        ({"world": World}, TypeError, "world is <class 'fakes.world.declaration.World'>; expected a World"),
        ({"clock": "wal"}, ValueError, "clock is 'wal'; expected one of 'manual', 'wall', 'on_poll'"),
        ({"clock": "wall", "speed": 0}, ValueError, "speed is 0; expected a finite number above 0"),
        ({"speed": 60}, ValueError, "speed is 60, but only clock='wall' has a speed"),
        ({"listen": False, "address": "127.0.0.1:7"}, ValueError, "but with listen=False it listens nowhere"),
        ({"address": ""}, ValueError, "address is ''; expected 'host:port'"),
        ({"address": 50051}, TypeError, "address is 50051; expected 'host:port'"),
        ({"services": 5}, TypeError, "services is 5; expected a list of functions"),
        ({"address": "127.0.0.1"}, ValueError, "address is '127.0.0.1'; expected 'host:port'"),
        ({"address": "127.0.0.1:65536"}, ValueError, "with a port from 0 to 65535"),
        ({"address": "127.0.0.1:-1"}, ValueError, "with a port from 0 to 65535"),
        ({"address": "127.0.0.1:http"}, ValueError, "with a port from 0 to 65535"),
        ({"address": "::1:0"}, ValueError, "address is '::1:0'; expected 'host:port'"),
        ({"address": "unix:/tmp/socket"}, ValueError, "address is 'unix:/tmp/socket'; expected 'host:port'"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_an_argument_that_makes_no_sense_is_refused_with_what_was_found(argument, error, message):
    with pytest.raises(error) as refusal:
        Simulator(**argument)

    assert message in str(refusal.value)


def test_arguments_are_named():
    with pytest.raises(TypeError):
        Simulator(World())


@pytest.mark.parametrize("clock", [*ClockMode, *(mode.value for mode in ClockMode)])
def test_a_clock_is_chosen_by_value_or_name(clock):
    with Simulator(clock=clock) as sim:
        assert len(list_all(RestoreServiceStub(sim.channel(transport="loopback"))).restores) == 0
        assert sim.session.clock.mode is ClockMode(clock)


def test_a_simulator_tells_the_seed_that_replays_its_run(sim):
    assert sim.seed == 7
    assert Simulator().seed == Simulator().seed


def test_a_process_that_was_forked_off_leaves_the_simulator_alone(sim, stub, create_request):
    child = os.fork()
    if child == 0:
        sim.close()
        os._exit(0)

    assert os.waitpid(child, 0)[1] == 0
    assert stub.CreateRestore(create_request()).meta.name == "orders-copy"


@pytest.mark.parametrize("name", ["speed", "clock"])
def test_what_moves_the_time_is_not_changed_by_assignment(sim, name):
    with pytest.raises(AttributeError, match=rf"no '{name}' that can be set; change_clock\(\) changes speed and mode"):
        setattr(sim, name, 10)


@pytest.mark.parametrize("name", ["sped", "paused", "url"])
def test_what_would_have_no_effect_can_not_be_set(sim, name):
    with pytest.raises(AttributeError, match=f"a simulator has no '{name}' that can be set; it would have no effect"):
        setattr(sim, name, 10)
    with pytest.raises(AttributeError):
        setattr(sim.world, name, 10)


def test_what_is_there_can_be_replaced_and_a_class_of_ones_own_has_what_it_likes(sim, monkeypatch):
    class Own(Simulator):
        def __init__(self):
            super().__init__()
            self.helper = "mine"

    monkeypatch.setattr(sim, "advance", lambda _: "replaced")

    assert sim.advance(1) == "replaced"
    assert Own().helper == "mine"
