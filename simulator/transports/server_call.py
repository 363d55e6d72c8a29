"""A call as its server knows it: what the client sends and gets, and whether it still waits.

What happens to a call happens on the thread of its server, one event at a time; other threads may only `post`.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol, cast

import grpc
from grpc import _channel as grpc_channel
from grpc._cython import cygrpc

from simulator.rpc.call import Answering
from simulator.rpc.status import CallFailed
from simulator.sessions.call_log import Metadata
from simulator.sessions.holds import Ending, Hold
from simulator.sessions.session import DEADLINE_GRACE_SECONDS, Session
from simulator.transports.in_process.call_state import Ended
from simulator.transports.in_process.server import handled
from simulator.transports.service_registry import DEADLINE_SECONDS_MAX, ONE_REQUEST, Answer, MethodHandler
from simulator.transports.timeouts import original_timeout_seconds

CLOSED = "the simulator was closed"
TOO_MANY = "too many calls of this kind are under way; end some of them"
SENT_SECONDS = 0.5
"""How often it is looked whether a client that does not read is still there."""
_NO_FLAGS = 0


class Host(Protocol):
    """The server of a call."""

    def start_batch(self, call: Any, operations: tuple[Any, ...], then: Callable[[Any], None]) -> None:
        """Have gRPC do something for a call, and then call *then* with its event, on the thread of the server."""
        ...

    def run(self, call: AnsweredCall) -> None:
        """Let a call go on as soon as the world of its session is free."""
        ...

    def call_after(self, seconds: float, function: Callable[[], None]) -> Callable[[], None]:
        """Call *function*, in any thread, after so many real seconds; what is returned prevents it."""
        ...

    def forget(self, call: ServerCall) -> None:
        """A call is over."""
        ...


class ServerCall:
    """A call, from its arrival to its end.

    Args:
        host: Its server.
        event: gRPC's, of its arrival.
    """

    def __init__(self, host: Host, event: Any) -> None:
        self.metadata: Metadata = event.invocation_metadata
        self.initial_metadata: Metadata = ()
        self.trailing_metadata: Metadata = ()
        self._host = host
        self._call = event.call
        self._deadline: float = event.call_details.deadline
        remaining_seconds = self.remaining_seconds()
        self.timeout_seconds = None if remaining_seconds is None else original_timeout_seconds(remaining_seconds)
        self._is_over = False
        self._has_begun = False
        self._has_finished = False
        self._when_over: list[Callable[[], None]] = []
        self._start(self._on_close, cygrpc.ReceiveCloseOnServerOperation(_NO_FLAGS))

    def is_waiting(self) -> bool:
        return not self._is_over

    def remaining_seconds(self) -> float | None:
        # By the clock of gRPC's clients: where a test has frozen the time, that is what they tell deadlines by.
        seconds: float = self._deadline - cast(float, grpc_channel._deadline(0))  # noqa: SLF001
        return None if seconds > DEADLINE_SECONDS_MAX else max(seconds, 0.0)

    def when_done(self, callback: Callable[[], None]) -> bool:
        """Call *callback* when the call is over; False when it is already, and nothing is called."""
        if not self._is_over:
            self._when_over.append(callback)
        return not self._is_over

    def cancel(self, _details: str = "") -> None:
        """End the call without an answer."""
        self._call.cancel()

    def post(self, function: Callable[[], None]) -> None:
        """Call *function* on the thread of the server."""
        self._start(lambda _event: function())

    def receive(self, then: Callable[[bytes | None], None]) -> None:
        """Give *then* the next message of the client; None when no more will come."""
        self._start(lambda event: then(event.batch_operations[0].message()), cygrpc.ReceiveMessageOperation(_NO_FLAGS))

    def send(self, content: bytes, then: Callable[[], None]) -> None:
        """Send one of many messages, and then call *then*."""
        self._start(lambda _event: then(), *self._head(), cygrpc.SendMessageOperation(content, _NO_FLAGS))

    def finish(self, content: bytes | None, code: grpc.StatusCode = grpc.StatusCode.OK, details: str = "") -> None:
        """Send the last message, if there is one, and the status; only the first time counts."""
        if self._has_finished:
            return
        self._has_finished = True
        message = () if content is None else (cygrpc.SendMessageOperation(content, _NO_FLAGS),)
        number: int = code.value[0]
        status = cygrpc.SendStatusFromServerOperation(self.trailing_metadata, number, details.encode(), _NO_FLAGS)
        self._start(_do_nothing, *self._head(), *message, status)

    def fail(self, failed: CallFailed) -> None:
        """Send with what status the call has failed."""
        self.initial_metadata = failed.initial_metadata
        self.trailing_metadata = failed.trailing_metadata
        self.finish(None, failed.code, failed.message)

    def close(self) -> None:
        """End the call, because its server goes."""
        self.fail(CallFailed(grpc.StatusCode.UNAVAILABLE, CLOSED))

    def _start(self, then: Callable[[Any], None], *operations: Any) -> None:
        self._host.start_batch(self._call, operations, then)

    def _head(self) -> tuple[Any, ...]:
        """What goes before the first message, or before the status where there is none."""
        if self._has_begun:
            return ()
        self._has_begun = True
        return (cygrpc.SendInitialMetadataOperation(self.initial_metadata, _NO_FLAGS),)

    def _on_close(self, _event: Any) -> None:
        self._is_over = True
        self._host.forget(self)
        callbacks, self._when_over = self._when_over, []
        for callback in callbacks:
            callback()


def _do_nothing(_event: object = None) -> None:
    """Nothing is left to be done."""


Outcome = Hold | CallFailed | bytes
"""How far a call has come: it is held up, it has failed, or this is its answer."""


class AnsweredCall(ServerCall):
    """A call with one request and one response; while it is held up, it is a suspended coroutine and keeps no thread.

    Args:
        host: Its server.
        event: gRPC's, of its arrival.
        session: Whom it is for.
        answer: Answers it.
        takes_request: Whether to wait for the request.
    """

    def __init__(self, host: Host, event: Any, session: Session, answer: Answer, *, takes_request: bool = True) -> None:
        super().__init__(host, event)
        self.session = session
        self._answer = answer
        self._answering: Answering | None = None
        self._hold: Hold | None = None
        if takes_request:
            self.receive(self._begin)
        else:
            self.post(partial(self._begin, b""))

    def advance(self) -> Outcome:
        """Go on until the next hold or the end, in any thread; `settle` has to follow."""
        assert self._answering is not None
        try:
            return self._answering.send(None)
        except StopIteration as end:
            answer: bytes = end.value
            return answer
        except CallFailed as failed:
            return failed

    def settle(self, outcome: Outcome) -> None:
        """Do what follows from how far the call has come."""
        if isinstance(outcome, bytes):
            self.finish(outcome)
        elif isinstance(outcome, CallFailed):
            self.fail(outcome)
        else:
            self._hold = outcome
            outcome.when_over(partial(self._with_world, self._go_on))
            self._keep_time(outcome)

    def close(self) -> None:
        if self._answering is None:
            super().close()
        elif self._hold is not None:
            self._hold.end(Ending.WORLD_ENDED)

    def _begin(self, request: bytes | None) -> None:
        if request is None:
            self.finish(None, grpc.StatusCode.UNIMPLEMENTED, ONE_REQUEST)
            return
        self._answering = self._answer(request, self.metadata, self.session, self)
        self._host.run(self)

    def _go_on(self) -> None:
        """Go on in the thread that has ended the hold, so that what happens does so at this moment of virtual time."""
        self.post(partial(self.settle, self.advance()))

    def _keep_time(self, hold: Hold) -> None:
        if self._is_over:
            self._with_world(hold.client_gone)
        elif hold.timeout_seconds is not None:
            call_off = self._host.call_after(hold.timeout_seconds, partial(self._expire, hold))
            hold.when_over(call_off)

    def _expire(self, hold: Hold) -> None:
        def expire() -> None:
            if not hold.expire():
                self._keep_time(hold)

        self._with_world(expire)

    def _with_world(self, function: Callable[[], object]) -> None:
        """Call *function*, which may need the world, as soon as nobody has that: this thread must not wait for it."""
        if self.session.hold_if_free():
            try:
                function()
            finally:
                self.session.release()
        else:
            self._host.call_after(DEADLINE_GRACE_SECONDS, partial(self._with_world, function))

    def _on_close(self, event: Any) -> None:
        super()._on_close(event)
        if self._hold is not None:
            self._with_world(self._hold.client_gone)


class FailedCall(ServerCall):
    """A call that has failed before anybody looks at its request.

    Args:
        host: Its server.
        event: gRPC's, of its arrival.
        failed: How.
    """

    def __init__(self, host: Host, event: Any, failed: CallFailed) -> None:
        super().__init__(host, event)
        self.post(partial(self.fail, failed))

    def pass_deadline(self) -> None:
        """The client tells by its own clock."""


class ThreadedCall(ServerCall):
    """A call of a method whose handler may take its time, with one request or many and one response or many.

    Args:
        host: Its server.
        event: gRPC's, of its arrival.
        handler: The handler.
        run: Runs a function in a thread of its own; False when there is none left.
    """

    def __init__(
        self, host: Host, event: Any, handler: MethodHandler, run: Callable[[Callable[[], None]], bool]
    ) -> None:
        super().__init__(host, event)
        self._handler = handler
        self._run = run
        self._requests: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self.receive(self._begin)

    def patience_seconds(self) -> float | None:
        return None

    def pass_deadline(self) -> None:
        """The client tells by its own clock."""

    def _begin(self, request: bytes | None) -> None:
        if request is None and not self._handler.request_streaming:
            self.finish(None, grpc.StatusCode.UNIMPLEMENTED, ONE_REQUEST)
        elif not self._run(self._serve):
            self.finish(None, grpc.StatusCode.RESOURCE_EXHAUSTED, TOO_MANY)
        else:
            self._take(request)

    def _take(self, request: bytes | None) -> None:
        self._requests.put(request)
        if request is not None and self._handler.request_streaming:
            self.receive(self._take)

    def _serve(self) -> None:
        """Have the handler answer; runs in a thread of its own."""
        try:
            for content in handled(self._handler, iter(self._requests.get, None), self):
                if not self._handler.response_streaming:
                    self.post(partial(self.finish, content))
                    return
                if not self._send_one(content):
                    return
            self.post(partial(self.finish, None))
        except Ended as ended:
            self.trailing_metadata = ended.trailing_metadata
            self.post(partial(self.finish, None, ended.code, ended.details))

    def _send_one(self, content: bytes) -> bool:
        """Send one of many responses, and wait until gRPC has taken it; False when nobody waits any more."""
        sent = threading.Event()
        self.post(partial(self.send, content, sent.set))
        while not sent.wait(SENT_SECONDS):
            if self._is_over:
                return False
        return not self._is_over


class HandledCall(ServerCall):
    """A call of a method that gRPC has a handler of, which must not wait; the call may stay open, and keeps no thread.

    A stream of requests gets a response to each. One request with a stream of responses, which is how health is
    watched, gets one, and the call stays open.

    Args:
        host: Its server.
        event: gRPC's, of its arrival.
        handler: The handler.
    """

    def __init__(self, host: Host, event: Any, handler: MethodHandler) -> None:
        super().__init__(host, event)
        self._handler = handler
        self._requests: deque[bytes] = deque()
        arrived = iter(lambda: self._requests.popleft() if self._requests else None, None)
        self._responses = handled(handler, arrived, self)
        self.receive(self._on_request)

    def patience_seconds(self) -> float | None:
        return 0.0

    def pass_deadline(self) -> None:
        """The client tells by its own clock."""

    def _on_request(self, request: bytes | None) -> None:
        if request is not None:
            self._requests.append(request)
        try:
            if self._handler.request_streaming:
                self.send(next(self._responses), partial(self.receive, self._on_request))
            elif self._handler.response_streaming:
                self.send(next(self._responses), _do_nothing)
            else:
                (response,) = self._responses
                self.finish(response)
        except StopIteration:
            self.finish(None)
        except Ended as ended:
            self.trailing_metadata = ended.trailing_metadata
            self.finish(None, ended.code, ended.details)
