"""Inside ``with sim.virtual_sleep():`` the waiting of a client's threads takes virtual time."""

import asyncio
import concurrent.futures
import datetime
import gc
import json
import logging
import multiprocessing
import os
import queue
import signal
import subprocess
import sys
import threading
import time
import types
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime as imported_datetime
from functools import partial
from multiprocessing.pool import ThreadPool
from time import monotonic as imported_monotonic
from time import sleep as imported_sleep

import grpc
import pytest

from simulator import Simulator, faults
from simulator.api import RestoreServiceStub, restore_pb2
from simulator.remote import RemoteSimulator
from simulator.virtual_time import callers, stuck_threads, thread_scheduler
from simulator.virtual_time.client_thread import ClientThread
from simulator.virtual_time.report import Deadlock

GET = restore_pb2.GetRestoreRequest(id="nothing")
FROM_BEFORE = threading.Lock()
UNIT = 100
"""Seconds. gRPC rounds timeouts above 1,000 s up to 10 s on a socket: what connecting takes is no part of them."""


@pytest.fixture(autouse=True)
def real_time_is_short():
    """No test really waits for what it waits for."""
    started = time.perf_counter()
    yield
    assert time.perf_counter() - started < 9


@pytest.fixture
def sim():
    with Simulator(seed=7) as simulator:
        yield simulator


@pytest.fixture
def client(sim):
    """What a client does inside ``with sim.virtual_sleep():``; gives the seconds that this takes."""

    def run(function, **options):
        start = sim.now
        with sim.virtual_sleep(**options):
            function()
        return (sim.now - start).total_seconds()

    return run


def start(function, *arguments, daemon=False):
    thread = threading.Thread(target=function, args=arguments, daemon=daemon)
    thread.start()
    return thread


def locked(kind):
    lock = kind()
    start(lock.acquire).join()
    return lock


def unanswered():
    return concurrent.futures.Future()


def expect(error, function, *arguments, **named):
    with pytest.raises(error):
        function(*arguments, **named)


def end_when(is_so, end):
    while not is_so():
        time.sleep(0.01)
    end()


def waiting_child():
    return subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)


def lasting(seconds):
    return start(time.sleep, seconds)


def default_argument(seconds, sleep=time.sleep):
    sleep(seconds)


def named_default(seconds, *, sleep=imported_sleep):
    sleep(seconds)


class Patient:
    wait = time.sleep


class PatientChild(Patient):
    sleep = imported_sleep


class PatientObject:
    def __init__(self, sleep):
        self.sleep = sleep


class PatientSlots:
    __slots__ = ("sleep",)

    def __init__(self, sleep):
        self.sleep = sleep


@dataclass(frozen=True)
class PatientDataclass:
    sleep: object = time.sleep


FROM_BEFORE_TOO = (PatientObject(time.sleep), PatientSlots(time.sleep), PatientDataclass(), PatientObject(time.sleep))
assert vars(FROM_BEFORE_TOO[-1])  # which changes how CPython keeps the attributes


WAITS = {
    "time.sleep": lambda: time.sleep(10),
    "sleep, imported by name": lambda: imported_sleep(10),
    "sleep, the default of a parameter": lambda: default_argument(10),
    "sleep, the default of a named parameter": lambda: named_default(10),
    "sleep, in a class": lambda: Patient().wait(10),
    "sleep, in a class that inherits": lambda: PatientChild.sleep(10),
    **{
        f"sleep, in an object from before: {number}": partial(lambda patient: patient.sleep(10), patient)
        for number, patient in enumerate(FROM_BEFORE_TOO)
    },
    "Event.wait": lambda: threading.Event().wait(10),
    "Condition.wait": lambda: with_condition(lambda condition: condition.wait(10)),
    "Condition.wait_for": lambda: with_condition(lambda condition: condition.wait_for(lambda: False, 10)),
    "Lock.acquire": lambda: locked(threading.Lock).acquire(timeout=10),
    "RLock.acquire": lambda: locked(threading.RLock).acquire(timeout=10),
    "Semaphore.acquire": lambda: threading.Semaphore(0).acquire(timeout=10),
    "Barrier.wait": lambda: expect(threading.BrokenBarrierError, threading.Barrier(2).wait, 10),
    "Queue.get": lambda: expect(queue.Empty, queue.Queue().get, timeout=10),
    "SimpleQueue.get": lambda: expect(queue.Empty, queue.SimpleQueue().get, timeout=10),
    "Queue.put": lambda: expect(queue.Full, full_queue().put, 2, timeout=10),
    "Future.result": lambda: expect(TimeoutError, unanswered().result, timeout=10),
    "futures.wait": lambda: concurrent.futures.wait([unanswered()], timeout=10),
    "Thread.join, which ends": lambda: lasting(10).join(),
    "Thread.join, with a timeout": lambda: start(time.sleep, 20, daemon=True).join(10),
    "Timer": lambda: threading.Timer(10, lambda: None).run(),
    "eight threads of a pool": lambda: in_pool(8, time.sleep, [10] * 8),
    "eight threads of multiprocessing's": lambda: in_thread_pool(8, time.sleep, [10] * 8),
    "four threads of a pool, twice": lambda: in_pool(4, time.sleep, [5] * 8),
}


def with_condition(wait):
    condition = threading.Condition()
    with condition:
        wait(condition)


def full_queue():
    full = queue.Queue(maxsize=1)
    full.put(1)
    return full


def in_pool(size, function, *arguments):
    with ThreadPoolExecutor(size) as pool:
        return list(pool.map(function, *arguments))


def in_thread_pool(size, function, arguments):
    with ThreadPool(size) as pool:
        pool.map(function, arguments, chunksize=1)


@pytest.mark.parametrize("wait", WAITS.values(), ids=WAITS.keys())
def test_every_wait_takes_virtual_time(sim, wait):
    with sim.virtual_sleep():
        wait()
        waited = sim.now - datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC)

    assert waited == datetime.timedelta(seconds=10)


CLOCKS = {
    "time": (time, "time", 1_735_689_600, 1),
    "time_ns": (time, "time_ns", 1_735_689_600 * 10**9, 10**9),
    "monotonic": (time, "monotonic", None, 1),
    "monotonic_ns": (time, "monotonic_ns", None, 10**9),
    "perf_counter": (time, "perf_counter", None, 1),
    "perf_counter_ns": (time, "perf_counter_ns", None, 10**9),
}


@pytest.mark.parametrize(("module", "name", "begins", "second"), CLOCKS.values(), ids=CLOCKS.keys())
def test_every_clock_tells_the_virtual_time(sim, module, name, begins, second):
    really = getattr(module, name)()
    with sim.virtual_sleep():
        first = getattr(module, name)()
        time.sleep(1.5)
        assert getattr(module, name)() - first == 1.5 * second
    assert first > really if begins is None else first == begins
    assert getattr(module, name)() < really + 60 * second


SPINS = {
    "a clock": lambda: spin_until(time.monotonic, time.monotonic() + 10),
    "sleep(0)": lambda: spin_until(lambda: time.sleep(0) or time.time(), time.time() + 10),
    "as_completed": lambda: expect(TimeoutError, list, concurrent.futures.as_completed([unanswered()], timeout=10)),
    "sleep(0) and an event": lambda: spin_for(start_timer(10)),
}


def spin_until(read, end):
    while read() < end:
        pass


def start_timer(seconds):
    event = threading.Event()
    threading.Timer(seconds, event.set).start()
    return event


def spin_for(event):
    while not event.is_set():
        time.sleep(0)


@pytest.mark.parametrize("spin", SPINS.values(), ids=SPINS.keys())
def test_a_client_that_waits_by_looking_again_and_again_gets_there(client, spin):
    assert client(spin) == pytest.approx(10, abs=0.021)


def test_datetimes_tell_the_virtual_time(sim):
    with sim.virtual_sleep():
        time.sleep(1.5)
        moment = imported_datetime(2025, 1, 1, 0, 0, 1, 500_000, tzinfo=datetime.UTC)
        assert imported_datetime.now(datetime.UTC) == datetime.datetime.now(datetime.UTC) == moment == sim.now
        assert datetime.datetime.now().astimezone(datetime.UTC) == moment  # clients do this
        assert datetime.datetime.today().astimezone(datetime.UTC) == moment
        assert datetime.datetime.utcnow() == moment.replace(tzinfo=None)  # noqa: DTZ003
        assert isinstance(moment, datetime.datetime)
        assert issubclass(imported_datetime, datetime.datetime)
        assert datetime.datetime.fromtimestamp(0, datetime.UTC).year == 1970
        assert datetime.datetime.strptime("2025", "%Y").year == 2025  # noqa: DTZ007
    assert type(moment) is datetime.datetime
    assert datetime.datetime.now(datetime.UTC) > moment + datetime.timedelta(days=100)


def test_what_happens_in_the_world_happens_before_the_threads_of_that_moment(sim, stub, create_request):
    created = stub.CreateRestore(create_request())
    seen = []

    def look():
        for _ in range(4):
            seen.append(stub.GetRestore(restore_pb2.GetRestoreRequest(id=created.meta.uid)).status.phase)
            time.sleep(1)

    with sim.virtual_sleep():
        in_pool(2, lambda _: look(), range(2))

    # 1 s INITIALIZING, 2 s PENDING
    assert seen == [1, 1, 2, 2, 2, 2, 3, 3]


def test_threads_take_turns_in_the_order_in_which_they_are_due(sim):
    order = []

    def sleep(name, *naps):
        for nap in naps:
            time.sleep(nap)
            order.append((name, sim.now.second))

    with sim.virtual_sleep():
        threads = [start(sleep, "a", 3, 3), start(sleep, "b", 1, 2), start(sleep, "c", 0, 2, 1)]
        for thread in threads:
            thread.join()

    assert order == [("c", 0), ("b", 1), ("c", 2), ("a", 3), ("b", 3), ("c", 3), ("a", 6)]


def test_one_thread_runs_at_a_time(sim):
    counts = [0, 0]

    def count(_):
        for _ in range(50):
            counts[0] += 1
            counts[1] = max(counts)
            sum(range(1000))
            assert counts[0] == 1, "another thread runs as well"
            counts[0] -= 1
            time.sleep(0)

    with sim.virtual_sleep():
        in_pool(8, count, range(8))

    assert counts == [0, 1]


def test_untimed_waits_end_when_another_thread_ends_them(client):
    def hand_over():
        asked, answered = queue.Queue(), queue.SimpleQueue()
        started = threading.Event()

        def answer():
            started.set()
            time.sleep(asked.get())
            answered.put("done")

        thread = start(answer)
        started.wait()
        asked.put(7)
        assert answered.get() == "done"
        thread.join()

    assert client(hand_over) == 7


def test_a_lock_goes_to_those_who_wait_in_the_order_of_their_coming(sim):
    got = []

    def hold(lock, name):
        with lock:
            time.sleep(10)
            got.append((name, sim.now.second))

    with sim.virtual_sleep():
        lock = threading.Lock()
        in_pool(3, hold, [lock] * 3, "abc")

    assert got == [("a", 10), ("b", 20), ("c", 30)]


def test_a_lock_from_before_goes_round_as_well(sim):
    got = []

    def hold(name):
        with FROM_BEFORE:
            time.sleep(10)
            got.append((name, sim.now.second))

    with sim.virtual_sleep():
        in_pool(3, hold, "abc")

    assert sorted(second for _, second in got) == [10, 20, 30]


def test_a_pool_from_before_works_as_well(sim):
    with ThreadPoolExecutor(4) as pool, sim.virtual_sleep():
        list(pool.map(time.sleep, [10] * 4))
        assert sim.now.second == 10


def test_a_thread_that_computes_keeps_time_from_jumping(sim):
    def compute():
        until = time.process_time() + 0.1
        waiting = {}
        while time.process_time() < until:
            waiting.get("nothing")
        return sim.now.second

    with sim.virtual_sleep(), ThreadPoolExecutor(2) as pool:
        computed, slept = pool.submit(compute), pool.submit(time.sleep, 10)
        assert computed.result() == 0
        slept.result()


def test_a_thread_that_waits_for_a_process_keeps_time_from_jumping(sim):
    def run():
        subprocess.run([sys.executable, "-c", "import time; time.sleep(0.1)"], check=True, timeout=30)
        return sim.now.second

    with sim.virtual_sleep(), ThreadPoolExecutor(2) as pool:
        ran, slept = pool.submit(run), pool.submit(time.sleep, 10)
        assert ran.result() == 0
        slept.result()


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_time_stands_still_while_a_pool_of_processes_works(sim):
    context = multiprocessing.get_context("fork")
    with sim.virtual_sleep(), ProcessPoolExecutor(1, context) as executor, context.Pool(1) as pool:
        for _ in range(2):
            assert executor.submit(os.system, "sleep 0.2").result(timeout=0.1) == 0
            assert pool.apply_async(os.system, ["sleep 0.2"]).get(timeout=0.1) == 0
        assert sim.elapsed.total_seconds() == 0
        time.sleep(10)
    assert sim.elapsed.total_seconds() == 10


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_process_that_the_client_forks_really_waits(sim):
    with sim.virtual_sleep():
        child = os.fork()
        if child == 0:
            began = real_seconds()
            time.sleep(0.05)
            os._exit(0 if real_seconds() - began >= 0.05 else 1)
        assert os.waitpid(child, 0) == (child, 0)
        time.sleep(10)
    assert sim.elapsed.total_seconds() == 10


def test_a_thread_from_outside_really_waits_and_may_wake_the_client(sim, monkeypatch):
    monkeypatch.setattr(thread_scheduler, "LAST_CHANCE_SECONDS", 5)
    go_on, slept = threading.Event(), []

    def outside():
        go_on.wait()
        began = time.perf_counter()
        time.sleep(0.03)
        slept.append(time.perf_counter() - began)
        done.set()

    thread = start(outside)
    with sim.virtual_sleep():
        done = threading.Event()
        go_on.set()
        assert done.wait()
    thread.join()

    assert slept[0] >= 0.03
    assert sim.now.second == 0


@pytest.mark.parametrize("error", [None, KeyError], ids=["as usual", "with an error"])
def test_the_end_restores_everything(sim, error):
    def found():
        return (
            *(
                getattr(time, name)
                for name in ("sleep", "time", "time_ns", "monotonic", "monotonic_ns", "perf_counter")
            ),
            *(threading.Thread.start, threading.Thread.join, threading.Lock, threading.RLock, queue.SimpleQueue),
            *(datetime.datetime, imported_datetime, imported_monotonic, imported_sleep, Patient.wait),
            *(patient.sleep for patient in FROM_BEFORE_TOO),
            *(default_argument.__defaults__[0], named_default.__kwdefaults__["sleep"]),
        )

    before = found()
    try:
        with sim.virtual_sleep():
            assert not any(old is new for old, new in zip(before, found(), strict=True))
            if error is not None:
                raise error
    except KeyError:
        pass

    assert all(old is new for old, new in zip(before, found(), strict=True))


def test_what_was_made_inside_works_on_outside(sim):
    with sim.virtual_sleep():
        lock, reentrant, event, line, sleep = (
            threading.Lock(),
            threading.RLock(),
            threading.Event(),
            queue.SimpleQueue(),
            time.sleep,
        )
        with reentrant:
            assert lock.acquire(timeout=1)
    assert lock.locked()
    assert not lock.acquire(timeout=0.001)
    lock.release()
    start(lambda: (event.wait(), line.put(1)))
    event.set()
    assert line.get(timeout=5) == 1
    with pytest.raises(queue.Empty):
        line.get(timeout=0.001)
    assert not threading.Event().wait(0.001)
    sleep(0.001)
    with reentrant:
        assert sim.now.second == 0


def test_locks_and_queues_that_live_on_make_leaving_no_slower(sim, monkeypatch):
    """Whoever leaves looks through all objects only if somebody has kept a function or a class."""
    looks = []
    with sim.virtual_sleep():
        pool = ThreadPoolExecutor(1)
        pool.submit(time.sleep, 1).result()
        made = [pool, threading.Lock(), threading.RLock(), threading.Condition(), queue.SimpleQueue(), queue.Queue()]
        monkeypatch.setattr(gc, "get_referrers", lambda *objects: looks.append(objects) or [])

    pool.shutdown()
    assert (len(made), looks) == (6, [])
    assert isinstance(made[4], queue.SimpleQueue)


def test_a_thread_that_still_waits_at_the_end_really_waits_for_the_rest(sim):
    ended = []

    def nap():
        time.sleep(0.05)
        ended.append(real_seconds())

    with pytest.warns(RuntimeWarning, match="outlives virtual_sleep") as warned, sim.virtual_sleep():  # noqa: PT031
        thread = start(nap)
        event = threading.Event()
        waiter = start(event.wait)
        time.sleep(0)
        leaving = real_seconds()
    assert f"thread {thread.name!r} outlives" in str(warned.pop(RuntimeWarning).message)
    event.set()
    thread.join()
    waiter.join()

    assert ended[0] - leaving >= 0.05
    assert sim.now.second == 0


def real_seconds():
    return time.clock_gettime(time.CLOCK_MONOTONIC)


def test_threads_that_may_outlive_the_block_are_not_told(sim):
    """The suite turns warnings into errors."""
    with sim.virtual_sleep():
        pool = ThreadPoolExecutor(2)
        pool.submit(time.sleep, 10).result()
        stop = threading.Event()
        woken = start(stop.wait)
        start(time.sleep, 10**6, daemon=True)
        time.sleep(1)
        stop.set()
    woken.join()
    pool.shutdown()
    assert sim.now.second == 11


def test_an_error_in_the_block_tells_of_threads_that_outlive_it(sim):
    stop = threading.Event()
    with pytest.raises(KeyError) as caught, sim.virtual_sleep():  # noqa: PT012
        thread = start(stop.wait, 10**6)
        time.sleep(1)
        raise KeyError
    stop.set()
    thread.join()
    assert f"thread {thread.name!r} outlives virtual_sleep()" in caught.value.__notes__[0]


def test_wrong_arguments_are_refused_as_ever(sim):
    with sim.virtual_sleep():
        for error, function in [
            (ValueError, lambda: time.sleep(-1)),
            (TypeError, lambda: time.sleep("1")),
            (ValueError, lambda: locked(threading.Lock).acquire(timeout=-2)),
            (ValueError, lambda: locked(threading.Lock).acquire(blocking=False, timeout=1)),
            (RuntimeError, lambda: threading.current_thread().join()),
            (RuntimeError, lambda: threading.Thread().join()),
            (RuntimeError, lambda: threading.current_thread().start()),
            (RuntimeError, lambda: threading.Lock().release()),
            (queue.Empty, lambda: queue.SimpleQueue().get(block=False)),
            (queue.Empty, lambda: queue.SimpleQueue().get_nowait()),
        ]:
            expect(error, function)
    assert sim.now.second == 0


@pytest.mark.parametrize("modules", [[__name__], [sys.modules[__name__]] if __name__ in sys.modules else [__name__]])
def test_only_chosen_modules_wait_virtually(client, modules):
    assert client(lambda: time.sleep(10), modules=modules) == 10
    assert client(lambda: queue.Queue().put(time.sleep(10)), modules=modules) == 10


def test_modules_that_were_not_chosen_really_wait(client):
    began = time.perf_counter()
    assert client(lambda: time.sleep(0.01), modules=[logging]) == 0
    assert time.perf_counter() - began >= 0.01


def test_packages_stand_for_their_modules():
    chosen = callers.Callers(["shop.client", "grpc"])
    names = {"shop.client": 1, "shop.client.retries": 1, "shop.clients": 0, "shop": 0, "grpc._channel": 0}
    assert {name: chosen.is_virtual(name) for name in names} == {name: bool(wanted) for name, wanted in names.items()}


@pytest.mark.parametrize("clock", ["manual", "on_poll"])
def test_who_waits_for_ever_is_told_where(clock):
    with Simulator(clock=clock, strict=False) as sim:
        stub = RestoreServiceStub(sim.channel())
        sim.inject(faults.hang(), method="GetRestore", name="silence")
        with sim.virtual_sleep():
            start(expect, grpc.RpcError, stub.GetRestore, GET, daemon=True).name = "poller"
            time.sleep(3)
            with pytest.raises(Deadlock) as caught:
                threading.Event().wait()

    told = str(caught.value)
    assert "at 2025-01-01T00:00:03.000000Z" in told
    assert "thread 'MainThread' waits at" in told
    assert "thread 'poller' waits at" in told
    assert f"{__file__}:{expect.__code__.co_firstlineno + 2} in expect (" in told, "not a place in a library"
    assert told.count(__file__) == 2
    assert "since 2025-01-01T00:00:00.000000Z, for 3 s" in told
    assert "the rule 'silence' holds 1 call without a deadline" in told


NAMED_WAITS = {
    "time.sleep": lambda _: time.sleep(10**9),
    "sim.advance": lambda sim: sim.advance(10**9),
    "Queue.get": lambda _: queue.Queue().get(),
    "SimpleQueue.get": lambda _: queue.SimpleQueue().get(),
    "Event.wait": lambda _: threading.Event().wait(),
    "Condition.wait_for": lambda _: with_condition(lambda condition: condition.wait_for(lambda: False)),
    "Lock.acquire": lambda _: locked(threading.Lock).acquire(),
    "RLock.acquire": lambda _: locked(threading.RLock).acquire(),
    "Future.result": lambda _: unanswered().result(),
    "Thread.join": lambda _: start(expect, Deadlock, threading.Event().wait).join(),
    "a call": lambda sim: RestoreServiceStub(sim.channel()).GetRestore(GET),
}


@pytest.mark.parametrize("name", NAMED_WAITS)
def test_a_deadlock_names_what_the_client_called(name):
    with Simulator(strict=False) as sim:
        sim.inject(faults.hang(), method="GetRestore")
        with pytest.raises(Deadlock) as caught, sim.virtual_sleep():  # noqa: PT012  # it waits again and again
            while True:
                NAMED_WAITS[name](sim)
    (place,) = [line for line in str(caught.value).splitlines() if "'MainThread'" in line]
    assert f"({name}), since" in place
    assert place.count(__file__) == 1


@pytest.mark.parametrize("is_retried", [False, True])
def test_a_call_over_a_socket_that_never_ends_fails_and_the_thread_that_entered_is_told(monkeypatch, is_retried):
    monkeypatch.setattr(thread_scheduler, "LAST_CHANCE_OF_STUCK_SECONDS", 0.05)

    def poll(stub):
        while True:
            try:
                return stub.GetRestore(GET)
            except grpc.RpcError:
                if not is_retried:
                    raise
                time.sleep(10)

    with Simulator(strict=False) as sim:
        stub = RestoreServiceStub(grpc.insecure_channel(sim.target))
        sim.inject(faults.hang(), method="GetRestore", name="silence")
        with pytest.raises(Deadlock) as caught, sim.virtual_sleep():  # noqa: PT012  # both are of the client
            start(time.sleep, 3)
            poll(stub)
        assert sim.elapsed.total_seconds() == 3
        sim.clear_rules()
        expect(grpc.RpcError, stub.GetRestore, GET)

    told = str(caught.value)
    assert f"thread 'MainThread' waits at {__file__}:{poll.__code__.co_firstlineno + 3} in test_" in told
    assert "the rule 'silence' holds 1 call without a deadline" in told


def test_a_call_over_a_socket_elsewhere_that_never_ends_is_told_in_the_log(server, monkeypatch, caplog):
    """Only its server knows that a rule holds it, and it may still be answered."""
    monkeypatch.setattr(thread_scheduler, "WARN_AFTER_SECONDS", 0.1)
    with RemoteSimulator(server.target, strict=False) as sim:
        rule = sim.inject(faults.hang(), method="GetRestore")
        stub = RestoreServiceStub(sim.channel())
        thread = start(end_when, lambda: caplog.messages, partial(sim.remove_rule, rule))  # none of the client's
        with sim.virtual_sleep():
            expect(grpc.RpcError, stub.GetRestore, GET)
        thread.join()

    assert f"{__file__}:{expect.__code__.co_firstlineno + 2} in expect (" in caplog.messages[0]


def test_polling_for_ever_is_told_after_a_limit(sim):
    ended = []

    def poll(seconds):
        try:
            while True:
                time.sleep(seconds)
        finally:
            ended.append(sim.elapsed)

    others = []
    with pytest.raises(Deadlock) as caught, sim.virtual_sleep(limit=600):  # noqa: PT012
        others.append(start(expect, Deadlock, poll, 7))
        poll(60)
    for other in others:
        other.join(10)

    assert "it still waits after 600 s of virtual time, which is its 'limit'" in str(caught.value)
    assert f"{__file__}:{poll.__code__.co_firstlineno + 3} in test_polling_for_ever" in str(caught.value)
    assert 600 <= ended[0].total_seconds() <= 660
    assert len(ended) == 2
    with pytest.raises(TypeError, match="limit is '600'"), sim.virtual_sleep(limit="600"):
        pass


def test_an_event_loop_that_would_really_wait_is_refused(sim):
    async def main():
        """Never runs."""

    coroutine = main()
    with sim.virtual_sleep(), pytest.raises(RuntimeError, match=r"use sim\.run") as caught:
        asyncio.run(coroutine)
    coroutine.close()
    assert "really wait" in str(caught.value)
    assert asyncio.run(main()) is None
    with sim.virtual_sleep(modules=["tenacity"]):
        assert asyncio.run(main()) is None


def test_who_waits_for_ever_can_be_caught_and_goes_on(sim):
    with sim.virtual_sleep():
        event = threading.Event()
        start(event.wait)
        for _ in range(2):
            with pytest.raises(Deadlock):
                event.wait()
        event.set()
        time.sleep(10)
    assert sim.now.second == 10


def test_threads_that_would_wait_for_ever_end_with_the_client(sim):
    """Else they would keep the process from ending, as the threads of a pool do."""
    errors = []

    def wait():
        try:
            threading.Event().wait()
        except Deadlock as error:
            errors.append(str(error))

    others = []

    def join():
        with sim.virtual_sleep():
            others.extend(start(wait) for _ in range(3))
            others[0].join()

    with pytest.raises(Deadlock) as caught:
        join()
    for other in others:
        other.join(10)
    assert errors == [str(caught.value)] * 3


def test_one_name_is_not_a_list_of_modules(sim):
    for modules in ("json", [json, 7], 7):
        with pytest.raises(TypeError, match="expected a list"), sim.virtual_sleep(modules=modules):
            raise AssertionError


@pytest.mark.parametrize(
    ("name", "nearest"),
    [("jsn", "json"), ("json.decodr", "json"), ("jso.decoder", "json"), ("playwrigt", "playwright"), ("nope.mod", "")],
)
def test_a_module_that_there_is_not_is_refused_with_the_nearest(sim, monkeypatch, name, nearest):
    monkeypatch.setitem(sys.modules, "shop.client", types.ModuleType("shop.client"))
    suggested = f"did you mean '{nearest}" if nearest else "expected one of 'shop.client', "
    with pytest.raises(ValueError, match=f"has '{name}', but.*{suggested}"), sim.virtual_sleep(modules=[name]):
        raise AssertionError
    assert type(time.sleep) is type(len)
    with sim.virtual_sleep(modules=["json", json.decoder]):
        assert type(time.sleep) is not type(len)


def test_an_error_in_the_world_comes_up_in_the_thread_that_entered(sim):
    def fail(_):
        raise ZeroDivisionError

    sim.session.world.environment.timeout(5_000_000).callbacks.append(fail)
    with sim.virtual_sleep():
        start(time.sleep, 10, daemon=True)
        with pytest.raises(ZeroDivisionError):
            time.sleep(20)


def test_an_error_in_a_thread_ends_that_thread(client):
    def fail():
        with ThreadPoolExecutor(2) as pool:
            failed, slept = pool.submit(lambda: 1 / 0), pool.submit(time.sleep, 10)
            with pytest.raises(ZeroDivisionError):
                failed.result()
            slept.result()

    assert client(fail) == 10


def test_time_goes_on_over_a_reset(sim):
    with sim.virtual_sleep():
        began = time.monotonic()
        time.sleep(10)
        sim.reset()
        assert time.monotonic() - began == 10
        time.sleep(5)
        assert time.monotonic() - began == 15
    assert sim.now.second == 5


def test_one_client_at_a_time(sim):
    with Simulator() as other, sim.virtual_sleep():
        for again in (sim, other):
            with pytest.raises(RuntimeError, match="virtual_sleep"), again.virtual_sleep():
                raise AssertionError
        time.sleep(10)
    assert sim.now.second == 10


@pytest.mark.parametrize("where", ["here", "elsewhere"])
def test_the_wall_clock_is_refused(where, server):
    with (
        Simulator(clock="wall") if where == "here" else RemoteSimulator(server.target, clock="wall") as sim,
        pytest.raises(RuntimeError, match="needs clock='manual'"),
        sim.virtual_sleep(),
    ):
        raise AssertionError


def test_deadlines_of_calls_and_sleeping_threads_come_in_their_order(open_stub):
    log = []
    with Simulator() as sim:
        sim.inject(faults.hang(), method="GetRestore")
        stub = open_stub(sim)

        def call(seconds):
            with pytest.raises(grpc.RpcError) as caught:
                stub.GetRestore(GET, timeout=seconds * UNIT)
            log.append((sim.elapsed.total_seconds() / UNIT, caught.value.code().name))

        def nap(seconds):
            for _ in range(4):
                time.sleep(seconds * UNIT)
                log.append((sim.elapsed.total_seconds() / UNIT, "nap"))

        with sim.virtual_sleep():
            in_pool(3, lambda function, seconds: function(seconds), [call, nap, call], [25, 10, 35])

    late = "DEADLINE_EXCEEDED"
    assert log == [(10, "nap"), (20, "nap"), (25, late), (30, "nap"), (35, late), (40, "nap")]


def test_calls_without_waiting_are_waited_for_in_virtual_time(sim):
    stub = RestoreServiceStub(sim.channel())
    sim.inject(faults.hang(), method="GetRestore", times=1)
    with sim.virtual_sleep():
        held = stub.GetRestore.future(GET, timeout=7)
        with pytest.raises(grpc.FutureTimeoutError):
            held.result(timeout=3)
        assert sim.now.second == 3
        assert held.code() is grpc.StatusCode.DEADLINE_EXCEEDED
        assert sim.now.second == 7
        assert stub.GetRestore.future(GET, timeout=7).code() is grpc.StatusCode.NOT_FOUND
        assert sim.now.second == 7


def test_threads_wait_in_the_time_of_a_session_elsewhere(server):
    with RemoteSimulator(server.target, strict=False) as sim:
        stub = RestoreServiceStub(sim.channel())
        sim.inject(faults.hang(), method="GetRestore", times=1)
        with sim.virtual_sleep():
            began = time.monotonic()
            in_pool(8, time.sleep, [10] * 8)
            assert time.monotonic() - began == 10
            expect(grpc.RpcError, stub.GetRestore, GET, timeout=20 * UNIT)
            assert time.monotonic() - began == 10 + 20 * UNIT
            sim.gate(phase="PENDING", name="door")
            with pytest.raises(Deadlock, match=r"thread 'MainThread' waits at .*, for 0 s"):
                threading.Event().wait()
        assert sim.elapsed.total_seconds() == 10 + 20 * UNIT


def test_what_keeps_time_from_jumping_for_long_is_told(sim, monkeypatch, caplog):
    monkeypatch.setattr(thread_scheduler, "WARN_AFTER_SECONDS", 0.1)
    child = waiting_child()
    ending = start(end_when, lambda: caplog.messages, child.kill)  # none of the client's
    with sim.virtual_sleep():
        thread = start(child.wait)
        time.sleep(10)
        thread.join()
    ending.join()
    child.stdin.close()

    (warning,) = caplog.messages
    assert f"because of thread {thread.name!r} at " in warning


def test_time_does_not_jump_before_the_answer_of_a_call_over_a_socket(sim):
    stub = RestoreServiceStub(grpc.insecure_channel(sim.target))
    with sim.virtual_sleep():
        for _ in range(20):
            done = threading.Event()
            call = stub.ListRestores.future(restore_pb2.ListRestoresRequest())
            call.add_done_callback(lambda _, done=done: done.set())
            assert done.wait(10)
    assert sim.now.second == 0


def test_time_goes_on_while_a_rule_holds_calls_over_a_socket(sim):
    sim.inject(faults.hang(), method="GetRestore")
    stub = RestoreServiceStub(sim.channel(transport="loopback"))
    connecting = 0.5  # gRPC takes from a timeout what passes, in real time, before the call is on its way
    with sim.virtual_sleep():
        calls = [stub.GetRestore.future(GET, timeout=timeout) for timeout in (None, 5, 20)]
        done = threading.Event()
        calls[1].add_done_callback(lambda _: done.set())
        time.sleep(3)
        assert sim.elapsed.total_seconds() == 3
        assert done.wait(10)
        first_deadline = sim.elapsed.total_seconds()
        assert 5 - connecting <= first_deadline <= 5
        time.sleep(3)
        assert sim.elapsed.total_seconds() == first_deadline + 3
        calls[0].cancel()
        assert calls[2].code() is grpc.StatusCode.DEADLINE_EXCEEDED
        assert 20 - connecting <= sim.elapsed.total_seconds() <= 20


@pytest.fixture
def poller(sim):
    """Starts a client that polls every 10 seconds, for ever."""
    stub, ended = RestoreServiceStub(sim.channel()), threading.Event()

    def poll():
        while not ended.wait(10):
            stub.ListRestores(restore_pb2.ListRestoresRequest())

    with sim.virtual_sleep():
        thread = start(poll)
        yield thread
        ended.set()
        thread.join()


MOVES = {
    "advance": lambda sim: sim.advance(60),
    "advance_until a function is true": lambda sim: sim.advance_until(lambda: sim.now.minute == 1),
    "advance_until_calls": lambda sim: sim.advance_until_calls("ListRestores", 6),
    "calls.wait_for": lambda sim: sim.calls.wait_for("ListRestores", 6),
    "time.sleep": lambda _: time.sleep(60),
}


@pytest.mark.usefixtures("poller")
@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES.keys())
def test_other_threads_go_on_while_one_lets_time_pass(sim, move):
    move(sim)

    assert sim.elapsed.total_seconds() == pytest.approx(60, abs=0.01)
    assert [call.arrived_microseconds % 60_000_000 for call in sim.calls] == [
        seconds * 10**6 % 60_000_000 for seconds in range(10, len(sim.calls) * 10 + 1, 10)
    ]
    assert len(sim.calls) in {5, 6}


def test_a_restore_is_followed_to_when_another_thread_has_freed_it(sim, create_request):
    gate = sim.gate(phase="PENDING")
    with sim.virtual_sleep():
        RestoreServiceStub(sim.channel()).CreateRestore(create_request("copy"))
        threading.Timer(100, gate.open).start()
        restore = sim.advance_until("copy", "SUCCESSFUL")
        assert sim.now == restore.statuses[-1].updated_at


@pytest.mark.usefixtures("poller")
def test_other_threads_go_on_while_one_follows_a_restore(sim, create_request):
    created = RestoreServiceStub(sim.channel()).CreateRestore(create_request())
    sim.step()
    sim.advance_until(created, "RESTORING_CLOUDSNAP")
    assert sim.elapsed.total_seconds() == 3
    sim.run_until_idle()
    assert sim.world.restores[created.meta.uid].status.phase == restore_pb2.SUCCESSFUL
    assert len(sim.calls.of("ListRestores")) == sim.elapsed.total_seconds() // 10
    with pytest.raises(TimeoutError, match="CreateRestore was not called 2 times within 25 s of virtual time"):
        sim.advance_until_calls("CreateRestore", 2, limit=25)
    with pytest.raises(OverflowError):
        sim.advance(10**12)


def test_ctrl_c_ends_a_wait(sim):
    main = threading.main_thread().ident
    child = waiting_child()
    pressing = start(  # none of the client's
        end_when,
        lambda: callers.frame_of(main).f_code is ClientThread.await_turn.__code__,
        partial(signal.pthread_kill, main, signal.SIGINT),
    )
    with sim.virtual_sleep():
        running = start(child.wait)
        with pytest.raises(KeyboardInterrupt):
            time.sleep(10)
        child.kill()
        running.join()
        assert sim.now.second == 0
        time.sleep(10)
    pressing.join()
    child.stdin.close()
    assert sim.now.second == 10


def test_a_thread_that_can_not_be_started_is_forgotten(sim, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("can't start new thread")

    with sim.virtual_sleep():
        with monkeypatch.context() as patches:
            for name in ("_start_new_thread", "_start_joinable_thread"):
                patches.setattr(threading, name, fail, raising=False)
            expect(RuntimeError, start, print)
        time.sleep(10)
    assert sim.now.second == 10


def test_threads_wait_on_after_the_simulator_is_closed(sim):
    with sim.virtual_sleep():
        thread = start(time.sleep, 10)
        sim.close()
        thread.join()
    assert sim.now.second == 10


def test_many_threads_take_no_real_time(sim):
    with sim.virtual_sleep():
        threads = [start(time.sleep, number % 10) for number in range(300)]
        for thread in threads:
            thread.join()
    assert sim.now.second == 9


def test_a_call_that_is_held_no_longer_is_waited_for_whoever_looks_meanwhile(monkeypatch):
    monkeypatch.setattr(stuck_threads.StuckThreads, "_calls_in", lambda *_: 1)
    held = [1]
    stuck = stuck_threads.StuckThreads(callers.Callers(), lambda: held[0])
    caller = threading.current_thread()
    looks = [stuck.pass_over([caller], are_alone=False) for _ in range(stuck_threads.LOOKS)]
    assert looks == [False] * (stuck_threads.LOOKS - 1) + [True]
    assert stuck.take_moved() == set()

    held[0] = 0
    assert not stuck.pass_over([caller], are_alone=False)
    assert stuck.take_moved() == {caller}
