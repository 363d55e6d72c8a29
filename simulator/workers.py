"""Worker processes of a server, for sessions with their own ports, so that many sessions use all cores.

Each worker is a server itself. The one in front places sessions in them and forwards calls that control these; calls of
the simulated API go to the port of their session, which the worker has opened.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import grpc

from simulator.api import control_pb2
from simulator.rpc.status import CallFailed
from simulator.services.control.errors import refused
from simulator.sessions.registry import SessionExists, SessionRegistry, TooManySessions, new_id
from simulator.worker_process import Worker, session_gone

_logger = logging.getLogger(__name__)

END_SECONDS = 1.5
"""How long a worker may take to end when it is asked to."""
RESTART_SECONDS = 0.5
"""How long to wait before replacing a worker that has died."""
LOST_MAX = 1_000
"""How many sessions of dead workers are remembered; the latest ones."""
LIST_SECONDS = 5.0
"""How long a worker may take to say which sessions it has."""


class Workers:
    """The workers of a server, in a ``with`` statement.

    Args:
        count: How many workers.
        arguments: Arguments of ``pds-sim`` that start a worker (`simulator.worker_process.worker_arguments`).
        sessions: The sessions of the server itself.
        sessions_max: How many sessions there may be in all.
    """

    def __init__(self, count: int, arguments: Sequence[str], sessions: SessionRegistry, sessions_max: int) -> None:
        self._arguments = arguments
        self._count = count
        self._own = sessions
        self._sessions_max = sessions_max
        self._token = new_id() + new_id()
        self._workers: list[Worker] = []
        self._live: list[Worker] = []
        """The workers that answer, and can take sessions."""
        self._by_session: dict[str, Worker] = {}
        self._lost: dict[str, str] = {}
        self._lock = threading.RLock()
        self._is_ending = threading.Event()

    def __enter__(self) -> Self:
        """Start them, and wait until all answer.

        Raises:
            OSError: one of them does not.
        """
        try:
            for number in range(1, self._count + 1):
                self._workers.append(Worker(number, self._arguments, self._token))
            for worker in self._workers:
                worker.await_ready()
                self._live.append(worker)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        for worker in self._workers:
            threading.Thread(target=self._replace, args=(worker,), name="pds-simulator-worker", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._is_ending.set()
        with self._lock:
            for worker in self._workers:
                worker.ask_to_end()
            latest_seconds = time.monotonic() + END_SECONDS
            for worker in self._workers:
                worker.end(latest_seconds)

    def find(self, session_id: str) -> Worker | None:
        """The worker that has a session; None if none has it.

        Raises:
            CallFailed: the worker that had it is dead.
        """
        with self._lock:
            if session_id in self._lost:
                raise session_gone(session_id, self._lost[session_id])
            return self._by_session.get(session_id)

    def create(self, request: control_pb2.CreateSessionRequest) -> control_pb2.Session:
        """Make a session in the worker with the fewest.

        Raises:
            SessionExists: there is one with that id.
            TooManySessions: there are already as many as there may be.
            CallFailed: no worker answers.
            grpc.RpcError: the worker refuses it.
        """
        wanted = control_pb2.CreateSessionRequest()
        wanted.CopyFrom(request)
        wanted.session_id = request.session_id or new_id()
        silent: list[Worker] = []
        while True:
            worker = self._place(wanted.session_id, silent)
            try:
                return _session(worker, worker.call("CreateSession", wanted, wanted.session_id))
            except CallFailed:  # it has just died: the others can have the session
                self._forget(wanted.session_id)
                silent.append(worker)
            except BaseException:
                self._forget(wanted.session_id)
                raise

    def _place(self, session_id: str, silent: Collection[Worker]) -> Worker:
        """Choose the worker for a session: the one with the fewest, without those that are *silent*."""
        with self._lock:
            self.require_free(session_id)
            live = [worker for worker in self._live if worker not in silent]
            if not live:
                message = "all workers have died; others take their places in a moment"
                raise refused(grpc.StatusCode.UNAVAILABLE, "NO_WORKER", message)
            worker = min(live, key=lambda one: len(one.sessions))
            self._by_session[session_id] = worker
            worker.sessions.add(session_id)
            return worker

    def call(self, worker: Worker, method: str, request: Any) -> bytes:
        """Forward a call about a session to its worker.

        Raises:
            grpc.RpcError: the worker refuses.
            CallFailed: the worker has died meanwhile.
        """
        answer = worker.call(method, request, request.session)
        if method == "DeleteSession":
            self._forget(request.session)
        if method in ("GetSession", "ResetSession"):
            return _session(worker, answer).SerializeToString()
        return answer

    def sessions(self) -> Sequence[control_pb2.Session]:
        """Describe all sessions in workers, and forget those that have ended because they were idle."""
        with self._lock:
            live = tuple(self._live)
        return [session for worker in live for session in self._sessions_of(worker)]

    def _sessions_of(self, worker: Worker) -> Iterator[control_pb2.Session]:
        with self._lock:
            placed = set(worker.sessions)
        request, listed = control_pb2.ListSessionsRequest(page_size=1_000), set()
        while True:
            try:
                answer = worker.call("ListSessions", request, "", LIST_SECONDS)
            except (grpc.RpcError, CallFailed):  # it does not answer in time, or is dead
                return
            page = control_pb2.ListSessionsResponse.FromString(answer)
            for session in page.sessions:
                listed.add(session.id)
                if session.id in placed:
                    session.worker = worker.number
                    yield session
            if not page.next_page_token:
                break
            request.page_token = page.next_page_token
        for session_id in placed - listed:
            self._forget(session_id)

    def require_free(self, session_id: str) -> None:
        """Check that a session with that id may be made.

        Raises:
            SessionExists: there is one with that id.
            TooManySessions: there are already as many as there may be.
        """
        if session_id in self._by_session or len(self._own) + len(self._by_session) >= self._sessions_max:
            self.sessions()  # some may have ended meanwhile
        if session_id in self._by_session or any(hosted.id == session_id for hosted in self._own):
            raise SessionExists(f"there is a session {session_id!r} already")
        count = len(self._own) + len(self._by_session)
        if count >= self._sessions_max:
            raise TooManySessions(f"there are {count} sessions, which is all that there may be")
        self._lost.pop(session_id, None)

    def _forget(self, session_id: str) -> None:
        with self._lock:
            worker = self._by_session.pop(session_id, None)
            if worker is not None:
                worker.sessions.discard(session_id)

    def _replace(self, worker: Worker) -> None:
        """Whenever a worker dies, remember the sessions that are lost, and start another in its place."""
        while True:
            code = worker.await_end()
            if self._is_ending.is_set():
                return
            reason = f"worker {worker.number} has died ({_cause(code)})"
            about = {"event": "worker_died", "worker": worker.number, "sessions": sorted(worker.sessions)}
            _logger.warning("%s; another takes its place, without its sessions", reason, extra=about)
            self._lose(worker, reason)
            worker.end(time.monotonic())
            if self._is_ending.wait(RESTART_SECONDS):
                return
            with self._lock:
                if self._is_ending.is_set():
                    return
                dead, worker = worker, Worker(worker.number, self._arguments, self._token)
                self._workers[self._workers.index(dead)] = worker
            with suppress(OSError):  # this one has died as well, and is replaced later
                worker.await_ready()
                with self._lock:
                    self._live.append(worker)

    def _lose(self, worker: Worker, reason: str) -> None:
        with self._lock:
            if worker in self._live:
                self._live.remove(worker)
            for session_id in worker.sessions:
                self._by_session.pop(session_id, None)
                self._lost[session_id] = reason
            worker.sessions.clear()
            while len(self._lost) > LOST_MAX:
                del self._lost[next(iter(self._lost))]


def _cause(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def _session(worker: Worker, content: bytes) -> control_pb2.Session:
    session = control_pb2.Session.FromString(content)
    session.worker = worker.number
    return session
