"""In-process calls differ from those over a socket in what a page lists, and each of these differences is so."""

import inspect
import json
import os
import queue
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest
from freezegun import freeze_time
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from simulator import Simulator, faults
from simulator.api import RestoreServiceStub, restore_pb2
from simulator.transports import in_process
from tests.patience import PATIENCE_SECONDS

PAGE = Path(in_process.__file__).with_name("README.md").read_text(encoding="utf-8")
LIST = "/public.portworx.pds.restore.v1.RestoreService/ListRestores"
WATCH = "/grpc.health.v1.Health/Watch"
ANYTHING = restore_pb2.ListRestoresRequest()
SHOWN = {}


def shows(difference):
    def remember(test):
        SHOWN.setdefault(difference, []).append(test.__name__)
        return test

    return remember


def stub_of(simulator, transport):
    return RestoreServiceStub(simulator.channel(transport=transport))


@contextmanager
def held_by_somebody_else(session):
    """Another thread has the world."""
    held, released = threading.Event(), threading.Event()

    def hold():
        with session:
            held.set()
            assert released.wait(PATIENCE_SECONDS)

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(PATIENCE_SECONDS)
    try:
        yield
    finally:
        released.set()
        holder.join()


@pytest.fixture
def both(sim):
    """A client for each way."""
    return {transport: stub_of(sim, transport) for transport in ("loopback", "in_process")}


def test_the_page_lists_what_is_shown_here():
    listed = re.findall(r"^\| (.+?) \|.*\|.*\|$", PAGE, flags=re.MULTILINE)

    assert listed[0] == "what"
    assert listed[1:] == list(SHOWN)


@shows("`future()`")
def test_a_future_of_a_call_that_nothing_holds_up_is_done_and_a_socket_takes_other_threads(sim, both):
    assert both["in_process"].ListRestores.future(ANYTHING).done()

    with sim.session:
        pending = both["loopback"].ListRestores.future(ANYTHING)
        assert not pending.done()
    assert pending.result(PATIENCE_SECONDS) is not None

    with held_by_somebody_else(sim.session):
        pending = both["in_process"].ListRestores.future(ANYTHING)
        assert not pending.done()
    assert pending.result(PATIENCE_SECONDS) is not None

    rule = sim.inject(faults.hang(), method="ListRestores")
    hanging = both["in_process"].ListRestores.future(ANYTHING)
    assert not hanging.done()
    assert hanging.cancel()
    sim.remove_rule(rule)


@shows("callbacks")
def test_callbacks_are_called_from_the_thread_that_ends_the_call(sim, both):
    threads = queue.SimpleQueue()

    def tell(_):
        threads.put(threading.get_ident())

    with sim.session:
        both["loopback"].ListRestores.future(ANYTHING).add_done_callback(tell)
    assert threads.get(timeout=PATIENCE_SECONDS) != threading.get_ident()

    sim.inject(faults.hang(), method="ListRestores")
    hanging = both["in_process"].ListRestores.future(ANYTHING)
    hanging.add_done_callback(tell)
    hanging.cancel()
    assert threads.get_nowait() == threading.get_ident()


@shows("holding the world")
def test_who_holds_the_world_keeps_the_calls_of_others_waiting_but_not_those_in_the_same_thread(sim, both):
    with sim.session, ThreadPoolExecutor(1) as pool:
        of_another_thread = pool.submit(both["in_process"].ListRestores, ANYTHING)
        over_a_socket = both["loopback"].ListRestores.future(ANYTHING)

        assert not both["in_process"].ListRestores(ANYTHING).restores
        assert len(sim.calls) == 1
        assert not over_a_socket.done()
        assert not of_another_thread.done()
        pool.shutdown(wait=False)
        sim.session.release()
        assert over_a_socket.result(PATIENCE_SECONDS) is not None
        assert of_another_thread.result(PATIENCE_SECONDS) is not None
        assert sim.session.hold_if_free()


@shows("deadlines in virtual time")
def test_in_virtual_time_no_time_passes_by_itself(sim, both):
    with ThreadPoolExecutor(1) as pool:
        with held_by_somebody_else(sim.session):
            waiting = pool.submit(both["in_process"].ListRestores, ANYTHING, timeout=0.01)
            with pytest.raises(grpc.RpcError) as caught:
                both["loopback"].ListRestores(ANYTHING, timeout=0.05)
            assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
        assert waiting.result(PATIENCE_SECONDS) is not None

    calls = {way: stub.ListRestores.future(ANYTHING, timeout=100) for way, stub in both.items()}
    calls["loopback"].result(PATIENCE_SECONDS)
    sim.advance(60)
    assert calls["in_process"].time_remaining() == 40
    assert calls["loopback"].time_remaining() > 40


@shows("timeouts")
def test_a_timeout_of_many_digits_is_exact_without_a_socket(sim, both):
    sim.inject(faults.hang(), method="ListRestores")
    took = {}
    for way, stub in both.items():
        began = sim.elapsed
        with pytest.raises(grpc.RpcError):
            stub.ListRestores(ANYTHING, timeout=12.345678)
        took[way] = (sim.elapsed - began).total_seconds()

    assert took["in_process"] == 12.345678
    assert took["loopback"] != 12.345678
    assert abs(took["loopback"] - 12.345678) < 1  # less what the machine takes to send the call


@shows("`future().result(timeout=...)`")
def test_a_wait_for_an_answer_is_virtual_without_a_socket(sim, both):
    sim.inject(faults.hang(), method="ListRestores")
    with sim.virtual_sleep():
        with pytest.raises(grpc.RpcError):
            both["loopback"].ListRestores.future(ANYTHING, timeout=PATIENCE_SECONDS + 1).result(PATIENCE_SECONDS)
        began = sim.elapsed
        with pytest.raises(grpc.FutureTimeoutError):
            both["in_process"].ListRestores.future(ANYTHING, timeout=15).result(4)
        assert (sim.elapsed - began).total_seconds() == 4


@shows("deadlines on the wall clock")
def test_a_deadline_ends_a_call_that_waits_for_the_world_only_over_a_socket(create_request_for):
    with Simulator(clock="wall") as sim, ThreadPoolExecutor(1) as pool:
        request = create_request_for(sim)
        in_process = stub_of(sim, "in_process")
        with held_by_somebody_else(sim.session):
            waiting = pool.submit(in_process.CreateRestore, request, timeout=0.01)
            with pytest.raises(grpc.RpcError) as caught:
                stub_of(sim, "loopback").ListRestores(ANYTHING, timeout=0.05)
            assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
            assert not waiting.done()

        error = waiting.exception(PATIENCE_SECONDS)
        assert error.code() is grpc.StatusCode.DEADLINE_EXCEEDED
        assert len(sim.world.restores) == 0


@shows("frozen time")
def test_where_time_is_frozen_a_socket_knows_no_deadlines():
    with freeze_time("2019-03-09"), Simulator(clock="wall") as sim:
        with pytest.raises(grpc.RpcError) as caught:
            stub_of(sim, "loopback").ListRestores(ANYTHING, timeout=5)
        assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED

        assert stub_of(sim, "in_process").ListRestores(ANYTHING, timeout=5) is not None


@shows("`with_call(timeout=...)`")
def test_a_call_that_is_over_tells_what_was_left_of_its_time(both):
    assert both["loopback"].ListRestores.with_call(ANYTHING, timeout=5)[1].time_remaining() is None
    assert both["in_process"].ListRestores.with_call(ANYTHING, timeout=5)[1].time_remaining() == 5


@shows("channel options")
def test_a_retry_policy_waits_in_virtual_time_and_other_options_have_no_effect(sim):
    policy = {
        "maxAttempts": 2,
        "initialBackoff": "0.01s",
        "maxBackoff": "1s",
        "backoffMultiplier": 1,
        "retryableStatusCodes": ["UNAVAILABLE"],
    }
    config = json.dumps({"methodConfig": [{"name": [{}], "retryPolicy": policy}]})
    options = [("grpc.service_config", config), ("grpc.max_receive_message_length", 0)]
    moved = {}

    for way in ("loopback", "in_process"):
        sim.inject(faults.error(), method="ListRestores", times=1)
        before, count = sim.now, len(sim.calls)
        code = RestoreServiceStub(sim.channel(transport=way, options=options)).ListRestores.future(ANYTHING).code()
        moved[way] = (sim.now > before, len(sim.calls) - count, code)

    assert moved["loopback"] == (False, 2, grpc.StatusCode.RESOURCE_EXHAUSTED)
    assert moved["in_process"] == (True, 2, grpc.StatusCode.OK)


@shows("call credentials")
def test_call_credentials_are_taken_without_tls(sim, both):
    credentials = grpc.access_token_call_credentials("secret")

    with pytest.raises(grpc.RpcError) as caught:
        both["loopback"].ListRestores(ANYTHING, credentials=credentials)
    assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED

    both["in_process"].ListRestores(ANYTHING, credentials=credentials)
    assert ("authorization", "Bearer [redacted]") in sim.calls[-1].metadata


@shows("user agent")
def test_the_user_agent_tells_the_way(sim, both):
    agents = {}
    for way, stub in both.items():
        stub.ListRestores(ANYTHING)
        agents[way] = dict(sim.calls[-1].metadata)["user-agent"]

    assert re.fullmatch(rf"grpc-python/{grpc.__version__} grpc-c/.*", agents["loopback"])
    assert agents["in_process"] == f"grpc-python/{grpc.__version__} (in-process)"


@shows("large metadata")
def test_metadata_is_refused_above_its_limit_and_never_by_chance(both):
    assert both["in_process"].ListRestores(ANYTHING, metadata=(("key", "x" * 16_000),)) is not None

    for stub in both.values():
        with pytest.raises(grpc.RpcError) as caught:
            stub.ListRestores(ANYTHING, metadata=(("key", "x" * 17_000),))
        assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


@shows("streams")
def test_requests_of_a_stream_are_taken_when_a_response_is_asked_for(sim):
    taken = queue.SimpleQueue()

    def requests():
        taken.put(threading.get_ident())
        yield reflection_pb2.ServerReflectionRequest(list_services="")

    def streaming(way):
        return reflection_pb2_grpc.ServerReflectionStub(sim.channel(transport=way)).ServerReflectionInfo(requests())

    over_a_socket = streaming("loopback")
    assert taken.get(timeout=PATIENCE_SECONDS) != threading.get_ident()
    in_process = streaming("in_process")
    assert taken.empty()

    assert next(in_process) == next(over_a_socket)
    assert taken.get_nowait() == threading.get_ident()


@shows("connectivity")
def test_connectivity_is_told_at_once_and_stays(sim, watchers_gone):
    told = queue.SimpleQueue()

    def tell(state):
        told.put((state, threading.get_ident()))

    sim.channel().subscribe(tell)
    assert told.get_nowait() == (grpc.ChannelConnectivity.READY, threading.get_ident())

    channel = sim.channel(transport="loopback")
    channel.subscribe(tell)
    state, thread = told.get(timeout=PATIENCE_SECONDS)
    assert state is grpc.ChannelConnectivity.READY
    assert thread != threading.get_ident()
    channel.unsubscribe(tell)
    watchers_gone()


@shows("classes of errors")
def test_errors_are_of_other_classes_but_are_the_same_three_things(both):
    classes = set()
    for stub in both.values():
        with pytest.raises(grpc.RpcError) as caught:
            stub.GetRestore(restore_pb2.GetRestoreRequest(id="rst:none"))
        assert isinstance(caught.value, grpc.Call)
        assert isinstance(caught.value, grpc.Future)
        classes.add(type(caught.value))

    assert len(classes) == 2


@shows("texts of errors")
def test_details_are_told_without_what_a_connection_wraps_around_them(sim):
    for transport in ("loopback", "in_process"):
        channel = sim.channel(transport=transport)
        with pytest.raises(grpc.RpcError) as unary:
            channel.unary_unary(WATCH)(b"", timeout=0.2)
        with pytest.raises(grpc.RpcError) as empty:
            channel.stream_unary(LIST)(iter(()), timeout=PATIENCE_SECONDS)
        assert unary.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
        assert empty.value.details() == "the method requires exactly one request message."

    assert unary.value.details() == "Deadline Exceeded"


@shows("instrumentation")
def test_what_wraps_the_making_of_channels_does_not_see_those_in_process(sim, monkeypatch):
    seen = []
    original = grpc.insecure_channel
    monkeypatch.setattr(
        grpc, "insecure_channel", lambda *args, **options: seen.append(args) or original(*args, **options)
    )

    sim.channel()
    assert seen == []

    sim.channel(transport="loopback")
    assert seen == [(sim.target,)]


@shows("forked processes")
def test_a_forked_process_goes_on_with_a_simulator_of_its_own(create_request_for):
    with Simulator(seed=7, listen=False) as sim:
        stub = stub_of(sim, "in_process")
        child = os.fork()
        if child == 0:
            created = stub.CreateRestore(create_request_for(sim))
            os._exit(len(stub.ListRestores(ANYTHING).restores) if created.meta.uid else 0)

        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1
        assert not stub.ListRestores(ANYTHING).restores


@shows("forked processes")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # newer Pythons warn of forks beside threads
def test_a_forked_process_does_not_wait_for_threads_that_did_not_come_along():
    with Simulator(listen=False) as sim:
        stub = stub_of(sim, "in_process")
        with held_by_somebody_else(sim.session):
            child = os.fork()
            if child == 0:
                os._exit(len(stub.ListRestores(ANYTHING).restores))
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_every_test_here_says_what_it_shows():
    tests = [name for name, value in globals().items() if name.startswith("test_") and inspect.isfunction(value)]

    assert set(tests) - {name for names in SHOWN.values() for name in names} == {
        "test_the_page_lists_what_is_shown_here",
        "test_every_test_here_says_what_it_shows",
    }
