"""Any service of gRPC can be served within the process: what it says to its context reaches the client."""

import logging

import grpc
import pytest

from simulator import default_world
from simulator.sessions.clock import Clock
from simulator.sessions.session import Session
from simulator.transports.in_process.channel import InProcessChannel
from simulator.transports.service_registry import ServiceRegistry


class Status(grpc.Status):
    code = grpc.StatusCode.ABORTED
    details = "not now"
    trailing_metadata = (("why", "because"),)


@pytest.fixture
def call():
    """Calls a method that behaves as given, and gives the response and the call, or raises."""

    def make(behavior, *, kind="unary_unary", request=b"", **options):
        session = Session(default_world(), seed=7, clock=Clock())
        registry = ServiceRegistry(lambda _: session)
        registry.find = {"/a/b": getattr(grpc, f"{kind}_rpc_method_handler")(behavior)}.get
        return getattr(InProcessChannel(registry), kind)("/a/b").with_call(request, **options)

    return make


def failure_of(call):
    with pytest.raises(grpc.RpcError) as caught:
        call()
    return caught.value


def test_a_service_sees_the_call(call):
    seen = {}

    def behavior(request, context):
        seen.update(
            request=request,
            key=dict(context.invocation_metadata())["key"],
            active=context.is_active(),
            remaining=context.time_remaining(),
            peer=context.peer(),
            identities=(context.peer_identities(), context.peer_identity_key(), context.auth_context()),
        )
        return b"response"

    response, done = call(behavior, request=b"request", metadata=(("key", "value"),), timeout=5)

    assert response == b"response"
    assert done.code() is grpc.StatusCode.OK
    assert seen == {
        "request": b"request",
        "key": "value",
        "active": True,
        "remaining": 5,
        "peer": "in-process",
        "identities": (None, None, {}),
    }


def test_a_service_tells_before_and_after(call):
    def behavior(_, context):
        context.send_initial_metadata((("first", "1"),))
        context.set_trailing_metadata((("last", "2"),))
        assert context.trailing_metadata() == (("last", "2"),)
        return b""

    _, done = call(behavior)

    assert done.initial_metadata() == (("first", "1"),)
    assert done.trailing_metadata() == (("last", "2"),)


def aborting(_, context):
    context.abort(grpc.StatusCode.ABORTED, "not now")


def aborting_with_a_status(_, context):
    context.abort_with_status(Status())


def setting_a_code(_, context):
    context.set_code(grpc.StatusCode.ABORTED)
    context.set_details("not now")
    assert (context.code(), context.details()) == (grpc.StatusCode.ABORTED, b"not now")
    return b""


@pytest.mark.parametrize("behavior", [aborting, aborting_with_a_status, setting_a_code])
def test_a_service_ends_a_call_with_a_status(call, behavior):
    error = failure_of(lambda: call(behavior))

    assert (error.code(), error.details()) == (grpc.StatusCode.ABORTED, "not now")
    assert error.trailing_metadata() == (Status.trailing_metadata if behavior is aborting_with_a_status else ())


def test_a_service_that_fails_is_an_unknown_error(call, caplog):
    caplog.set_level(logging.CRITICAL)

    def behavior(_request, _context):
        raise RuntimeError("broken")

    error = failure_of(lambda: call(behavior))

    assert (error.code(), error.details()) == (grpc.StatusCode.UNKNOWN, "Exception calling application: broken")


def test_a_service_may_cancel_a_call(call):
    def behavior(_, context):
        context.cancel()
        assert not context.is_active()
        assert not context.add_callback(print)
        return b""

    assert failure_of(lambda: call(behavior)).code() is grpc.StatusCode.CANCELLED


def test_a_stream_of_requests_is_read_as_it_comes(call):
    response, _ = call(lambda requests, _: b",".join(requests), kind="stream_unary", request=iter([b"a", b"b"]))

    assert response == b"a,b"


def test_who_wants_to_know_of_the_end_is_told_once(call):
    told = []

    call(lambda _, context: b"" if context.add_callback(lambda: told.append(1)) else None)

    assert told == [1]
