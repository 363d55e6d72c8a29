"""A client runs within limits, fails in ways that are told by type and place, and is judged by oracles."""

import asyncio
import json
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace

import grpc
import pytest

from scenarios.clients.client_run import ClientRun
from scenarios.clients.functions import NoSuchFunction, find_function, run_function
from scenarios.clients.limits import Limits
from scenarios.clients.oracles import ORACLES, choose_oracles, judge
from simulator import Simulator, faults
from simulator.api import RestoreServiceStub, restore_pb2

BRIEF = Limits(virtual_seconds=100_000, calls=60)


def create(sim, name="orders-copy"):
    return RestoreServiceStub(sim.channel()).CreateRestore(
        restore_pb2.CreateRestoreRequest(
            namespace_id=sim.world.namespaces["shop-staging"].uid,
            project_id=sim.world.projects["shop"].uid,
            restore={
                "meta": {"name": name},
                "config": {"source_references": {"backup_id": sim.world.backups["orders-backup"].uid}},
            },
        )
    )


def get(sim, restore):
    return RestoreServiceStub(sim.channel()).GetRestore(restore_pb2.GetRestoreRequest(id=restore.meta.uid))


def restores_well(sim):
    restore = create(sim)
    while get(sim, restore).status.phase not in (restore_pb2.SUCCESSFUL, restore_pb2.FAILED):
        sim.advance(30)


def fails_an_assertion(sim):
    create(sim)
    assert not sim.calls, "there were calls"


def exits(_sim):
    raise SystemExit(3)


def fails_in_a_thread(_sim):
    thread = threading.Thread(target=json.loads, args=("nothing",))
    thread.start()
    thread.join()


def asks_for_what_is_not_there(sim):
    RestoreServiceStub(sim.channel()).GetRestore(restore_pb2.GetRestoreRequest(id="rst:none"))


def meets_an_injected_status(sim):
    sim.inject(faults.error("ABORTED"), method="CreateRestore")
    create(sim)


def raises_an_error_of_its_own(_sim):
    raise grpc.RpcError("mine")


def polls_for_ever(sim):
    restore = create(sim)
    while True:
        try:
            get(sim, restore)
        except Exception:  # noqa: BLE001, S112  # so no exception that is one gets it out
            continue
        sim.advance(1)


async def polls_for_ever_on_asyncio(sim):
    restore = create(sim)
    async with sim.aio_channel() as channel:
        stub = RestoreServiceStub(channel)
        while True:
            await stub.GetRestore(restore_pb2.GetRestoreRequest(id=restore.meta.uid))
            await asyncio.sleep(1)


def polls_for_ever_in_threads(sim):
    restore = create(sim)

    def poll():
        while True:
            get(sim, restore)
            time.sleep(1)

    with sim.virtual_sleep(), ThreadPoolExecutor(2) as pool:
        [*pool.map(lambda _: poll(), range(2))]


def polls_for_ever_in_a_thread_of_which_nobody_hears(sim):
    restore = create(sim)

    def poll():
        while True:
            get(sim, restore)
            time.sleep(1)

    with sim.virtual_sleep():
        polling = threading.Thread(target=poll)
        polling.start()
        polling.join()


def fails_in_a_package(_sim):
    json.loads("")


def waits_for_ever(sim):
    while True:
        create(sim, f"restore-{sim.now:%d%H%M%S}")
        sim.advance(20_000)


def never_comes_back(_sim):
    threading.Event().wait()


def polls_without_a_pause(sim):
    restore = create(sim)
    for _ in range(30):
        get(sim, restore)


def polls_what_is_over(sim):
    restore = create(sim)
    sim.advance(3_000)
    for _ in range(6):
        get(sim, restore)
        sim.advance(60)


def restores_twice(sim):
    create(sim, "one")
    sim.advance(1)
    create(sim, "another")


def forgets_a_restore(sim):
    sim.inject(faults.stall(), phase="PENDING")
    create(sim)
    sim.advance(7_200)


async def leaves_a_poller(sim):
    channel = sim.aio_channel()
    pollers = [asyncio.create_task(poll_on_asyncio(channel)) for _ in range(2)]
    await asyncio.wait(pollers, timeout=1)


async def stops_its_poller(sim):
    channel = sim.aio_channel()
    poller = asyncio.create_task(poll_on_asyncio(channel))
    await asyncio.sleep(1)
    poller.cancel()


async def poll_on_asyncio(channel):
    while True:
        await RestoreServiceStub(channel).ListRestores(restore_pb2.ListRestoresRequest())
        await asyncio.sleep(10)


def meets_an_error_of_the_simulator(sim):
    class Broken:
        name = "broken"

        async def around(self, _call, _proceed, _firing):
            raise ZeroDivisionError("by the effect")

    sim.inject(faults.rule(Broken(), method="CreateRestore"))
    with pytest.raises(grpc.RpcError):
        create(sim)


@pytest.mark.parametrize(
    ("check", "oracle", "cause", "message"),
    [
        (fails_an_assertion, "client", "AssertionError at test_runs_of_clients in fails_an", "there were calls"),
        (fails_in_a_thread, "client", "JSONDecodeError at", "Expecting value"),
        (exits, "client", "SystemExit at test_runs_of_clients in exits", "SystemExit: 3"),
        (asks_for_what_is_not_there, "unhandled_status", "NOT_FOUND at test_runs_of_clients in asks_", "NOT_FOUND: "),
        (
            meets_an_injected_status,
            "unhandled_status",
            "an injected status at test_runs_of_clients in cre",
            "ABORTED: ",
        ),
        (raises_an_error_of_its_own, "unhandled_status", "no status at test_runs_of_clients in raises", "mine"),
        (polls_for_ever_on_asyncio, "hang", "no end at test_runs_of_clients in polls_for_e", "no end after 60 calls"),
        (polls_for_ever_in_threads, "hang", "no end at test_runs_of_clients in get", "no end after 60 calls"),
        (polls_for_ever_in_a_thread_of_which_nobody_hears, "hang", "no end at test_runs_of_clients in get", "60 calls"),
        (
            fails_in_a_package,
            "client",
            "JSONDecodeError at test_runs_of_clients in fails_in_a_package",
            "Expecting value",
        ),
        (polls_for_ever, "hang", "no end at test_runs_of_clients in get", "no end after 60 calls"),
        (waits_for_ever, "hang", "no end at test_runs_of_clients in ", "no end after 100000 s of virtual time"),
        (never_comes_back, "hang", "no end in real time", "no end after 0.2 s of real time"),
        (polls_without_a_pause, "call_storm", "GetRestore", "more than 20 times within 1 s, with the same request"),
        (polls_what_is_over, "polled_final_restore", "SUCCESSFUL", "5 times after it was told to be SUCCESSFUL"),
        (restores_twice, "duplicate_restore", "two live restores", "'another' was created while 'one' restored"),
        (forgets_a_restore, "abandoned_restore", "no call while", "2.0 h while the restore 'orders-copy' was live"),
        (leaves_a_poller, "unfinished_task", "left poll_on_asyncio", "2 tasks of poll_on_asyncio() went on"),
        (meets_an_error_of_the_simulator, "simulator_error", "ZeroDivisionError at ", "by the effect"),
    ],
)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_each_oracle_complains_of_its_mistake_alone(check, oracle, cause, message):
    [complaint] = [found for found in run(check) if found.oracle != "call_storm" or oracle == "call_storm"]

    assert complaint.oracle == oracle
    assert without_lines(complaint.cause).startswith(cause)
    assert message in complaint.message
    assert judge_without(check, oracle) == []


def run(check, clock="manual", oracles=tuple(ORACLES)):
    with Simulator(listen=False, strict=False, clock=clock) as sim:
        limits = replace(BRIEF, real_seconds=0.2) if check is never_comes_back else BRIEF
        failure = run_function(check, sim, limits)
        return judge(ClientRun.of_session(sim.session, failure), oracles)


def judge_without(check, oracle):
    return run(check, oracles=[name for name in ORACLES if name not in (oracle, "call_storm")])


def without_lines(cause):
    """Without the package and the line, which change with every edit."""
    kind, at, place = cause.partition(" at ")
    module, _, line = place.partition(":")
    return f"{kind}{at}{module.rpartition('.')[2]}{line.lstrip('0123456789')}"


@pytest.mark.parametrize("check", [restores_well, stops_its_poller])
def test_a_good_client_has_no_complaints(check):
    assert run(check) == []


def test_the_gap_between_polls_says_nothing_on_a_clock_that_polls_move():
    assert run(polls_without_a_pause, clock="on_poll", oracles=["call_storm"]) == []
    assert run(forgets_a_restore, clock="on_poll", oracles=["abandoned_restore"]) == []


def test_limits_leave_nothing_behind():
    with Simulator(listen=False) as sim:
        assert run_function(polls_without_a_pause, sim, BRIEF) is None
        for _ in range(100):
            asked = create(sim, f"restore-{len(sim.calls)}")
        sim.advance(200_000)
        assert get(sim, asked)
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_ctrl_c_is_nobodys_finding():
    def interrupted(_sim):
        raise KeyboardInterrupt

    with Simulator(listen=False) as sim, pytest.raises(KeyboardInterrupt):
        run_function(interrupted, sim, BRIEF)


@pytest.mark.parametrize(
    ("arguments", "chosen"),
    [
        ({}, tuple(ORACLES)),
        ({"only": ["hang", "client"]}, ("client", "hang")),
        ({"without": [name for name in ORACLES if name != "hang"]}, ("hang",)),
    ],
)
def test_oracles_are_chosen_by_name(arguments, chosen):
    assert choose_oracles(**arguments) == chosen


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"without": ["hagn"]}, "'hagn' is no oracle; did you mean 'hang'"),
        ({"only": ["hang"], "without": ["hang"]}, "no oracle is left"),
    ],
)
def test_oracles_that_are_not_there_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        choose_oracles(**arguments)


@pytest.mark.parametrize("name", ["json", "json:", "json:no_such_thing", "no_such_module:f", "json:__name__"])
def test_what_names_no_function_is_refused(name):
    with pytest.raises(NoSuchFunction):
        find_function(name)


def test_a_function_is_found_by_its_name():
    assert find_function("json:loads")("1") == 1


@pytest.mark.parametrize("call", ["call", "future"])
def test_a_client_that_waits_for_a_call_without_a_deadline_is_stopped_soon_and_told_where(call):
    def waits_for_ever(sim):
        stub = RestoreServiceStub(sim.channel())
        request = restore_pb2.ListRestoresRequest()
        if call == "future":
            stub.ListRestores.future(request).result()
        stub.ListRestores(request)

    began = time.monotonic()
    with Simulator(rules=[faults.rule(faults.hang(), method="ListRestores")], strict=False, listen=False) as sim:
        failure = run_function(waits_for_ever, sim, Limits(real_seconds=100))

    assert failure.oracle == "hang"
    assert failure.cause.endswith("in waits_for_ever")
    assert "the call has no deadline, and the rule" in failure.message
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    ("waits", "wait_seconds"),
    [("real", 0.1), ("virtual", 3600)],  # in real time, it is looked a few times at whether the client is stuck
)
def test_a_client_whose_other_thread_ends_the_call_is_not_stopped(waits, wait_seconds):
    def waits_for_a_thread(sim):
        def ends_it():
            time.sleep(wait_seconds)
            sim.clear_rules()

        with sim.virtual_sleep() if waits == "virtual" else nullcontext():
            other = threading.Thread(target=ends_it)
            other.start()
            RestoreServiceStub(sim.channel()).ListRestores(restore_pb2.ListRestoresRequest())
            other.join()

    with Simulator(rules=[faults.rule(faults.hang(), method="ListRestores")], listen=False) as sim:
        assert run_function(waits_for_a_thread, sim, Limits()) is None
        assert sim.elapsed.total_seconds() == (wait_seconds if waits == "virtual" else 0)
