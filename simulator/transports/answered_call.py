"""A call with one request and one response, which our services answer on the thread of the server."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

import grpc

from simulator.rpc.call import Answering
from simulator.rpc.status import CallFailed
from simulator.sessions.holds import Ending, Hold
from simulator.sessions.session import DEADLINE_GRACE_SECONDS, Session
from simulator.transports.server_call import Host, ServerCall
from simulator.transports.service_registry import ONE_REQUEST, Answer


class AnsweringHost(Host, Protocol):
    """The server of such calls."""

    def run(self, call: AnsweredCall) -> None:
        """Continue a call as soon as the world of its session is free."""
        ...

    def call_after(self, seconds: float, function: Callable[[], None]) -> Callable[[], None]:
        """Call *function*, in any thread, after so many real seconds; returns a function that prevents it."""
        ...


Outcome = Hold | CallFailed | bytes
"""The state of a call: its hold, its failure, or its answer."""


class AnsweredCall(ServerCall):
    """A call with one request and one response; while it is held up, it is a suspended coroutine, without a thread.

    Args:
        host: Its server.
        event: gRPC's event of its arrival.
        session: The session that it is for.
        answer: The handler that answers it.
        takes_request: Whether to wait for the request.
    """

    _host: AnsweringHost

    def __init__(
        self, host: AnsweringHost, event: Any, session: Session, answer: Answer, *, takes_request: bool = True
    ) -> None:
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
        """Continue until the next hold or the end, in any thread; `settle` has to follow."""
        assert self._answering is not None
        try:
            return self._answering.send(None)
        except StopIteration as end:
            answer: bytes = end.value
            return answer
        except CallFailed as failed:
            return failed

    def settle(self, outcome: Outcome) -> None:
        """Act on the outcome: send the answer or the failure, or wait for the end of the hold."""
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
        """Continue in the thread that has ended the hold, so that everything happens at this moment of virtual time."""
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
        """Call *function*, which may need the world, as soon as the world is free; this thread must not wait for it."""
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
