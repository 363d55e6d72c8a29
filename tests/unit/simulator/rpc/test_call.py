"""A call knows what came over the wire, and enters the world only while somebody waits for the answer."""

import threading

import pytest

from simulator.api import restore_pb2
from simulator.rpc.call import intercepted
from simulator.rpc.errors import CallCancelled, InvalidRequest


def test_the_request_is_read_from_its_bytes(make_call):
    request = restore_pb2.GetRestoreRequest(id="rst:x")

    assert make_call(request.SerializeToString()).request == request


def test_bytes_that_are_no_request_are_an_invalid_request(make_call):
    with pytest.raises(InvalidRequest) as caught:
        _ = make_call(b"\xff").request

    (violation,) = caught.value.violations
    assert not violation.field
    assert "GetRestoreRequest" in violation.description


@pytest.mark.parametrize(
    ("metadata", "value"),
    [
        ((), None),
        ((("other", "x"),), None),
        ((("authorization", "one"), ("authorization", "two")), "one"),
        ((("authorization", b"binary"),), None),
        ((("authorization", ""),), ""),
    ],
)
def test_a_header_is_the_first_text_under_its_key(make_call, metadata, value):
    assert make_call(metadata=metadata).header("authorization") == value


def test_a_call_enters_the_world_of_its_session(make_call, session):
    with make_call() as world:
        assert world is session.world


def test_a_call_that_nobody_waits_for_does_not_enter_and_leaves_the_world_free(make_call, session):
    with pytest.raises(CallCancelled), make_call(is_waiting=lambda: False):
        pytest.fail("it must not get here")

    entered = threading.Event()

    def enter():
        with session:
            entered.set()

    threading.Thread(target=enter, daemon=True).start()
    assert entered.wait(timeout=10)


def test_whether_somebody_waits_is_asked_once_the_world_is_free(make_call, session):
    taken = threading.RLock()
    session._lock = taken

    def is_waiting():
        assert taken._is_owned()
        return True

    with make_call(is_waiting=is_waiting) as world:
        assert world is session.world


def test_the_first_interceptor_is_outermost(make_call, answer):
    passed = []

    def named(name):
        async def interceptor(call, proceed):
            passed.append(f"into {name}")
            response = await proceed(call)
            passed.append(f"out of {name}")
            return response

        return interceptor

    async def handler(_):
        passed.append("handled")
        return restore_pb2.Restore()

    answer(intercepted((named("first"), named("second")), handler), make_call())

    assert passed == ["into first", "into second", "handled", "out of second", "out of first"]
