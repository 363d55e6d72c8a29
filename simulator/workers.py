"""Worker processes of a server: sessions with a port of their own live in them, so that many use all cores.

Each worker is a server itself. The one in front places sessions in them and hands on what controls these; calls of the
simulated API go to the port of their session, which the worker has opened.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import grpc

from simulator.api import control_pb2
from simulator.services.control.errors import refused
from simulator.services.control.service import SERVICE
from simulator.sessions.registry import SessionExists, SessionRegistry, TooManySessions, new_id

START_SECONDS = 30.0
"""How long a worker may take until both its ports answer."""
END_SECONDS = 1.5
"""How long it may take to end when it is asked to."""
RESTART_SECONDS = 0.5
"""How long to wait before another takes the place of one that has died."""
LOST_MAX = 1_000
"""Sessions of dead workers that are remembered, the latest."""
CALL_SECONDS = 600.0
"""How long a call that is handed on may take; time may be moved very far."""
LIST_SECONDS = 5.0
"""How long a worker may take to say which sessions it has."""
_POLL_SECONDS = 0.02


class Worker:
    """A server in a process of its own, which ends when this process does, however it ends.

    Args:
        number: Its number, from 1.
        command: What starts it; `Workers` says what it has to do.
        token: The control token that it asks for.
    """

    def __init__(self, number: int, command: Sequence[str], token: str) -> None:
        self.number = number
        self.sessions: set[str] = set()
        self._folder = tempfile.TemporaryDirectory(prefix="pds-simulator-")
        self._ready_file = Path(self._folder.name, "ready.json")
        self._metadata = (("authorization", f"Bearer {token}"),)
        self._process = subprocess.Popen(  # noqa: S603  # our own command
            [*command, "--ready-file", str(self._ready_file)],
            stdin=subprocess.PIPE,  # which ends with this process
            stdout=subprocess.DEVNULL,
            env=os.environ | {"PDS_SIM_CONTROL_TOKEN": token},
        )
        self._channel: grpc.Channel | None = None

    def await_ready(self) -> None:
        """Wait until it answers.

        Raises:
            OSError: it ends, or takes too long.
        """
        latest_seconds = time.monotonic() + START_SECONDS
        while not self._ready_file.exists():
            if self._process.poll() is not None:
                raise OSError(f"worker {self.number} ended with {self._process.returncode} before it answered")
            if time.monotonic() > latest_seconds:
                raise OSError(f"worker {self.number} did not answer within {START_SECONDS:g} s")
            time.sleep(_POLL_SECONDS)
        target = json.loads(self._ready_file.read_text())["grpc"]
        self._channel = grpc.insecure_channel(target, options=(("grpc.enable_http_proxy", 0),))

    def call(self, method: str, content: bytes, timeout_seconds: float = CALL_SECONDS) -> bytes:
        """Hand a call of the control service on.

        Raises:
            grpc.RpcError: it refuses, or is dead.
        """
        assert self._channel is not None
        unary: Any = self._channel.unary_unary(f"/{SERVICE}/{method}")
        answer: bytes = unary(content, metadata=self._metadata, timeout=timeout_seconds)
        return answer

    def stream(self, method: str, request: Any, is_waiting: Callable[[], bool]) -> Iterator[bytes]:
        """Hand a call with many answers about a session on, for as long as somebody waits for them.

        Raises:
            grpc.RpcError: it refuses.
            CallFailed: it dies meanwhile.
        """
        assert self._channel is not None
        unary_stream: Any = self._channel.unary_stream(f"/{SERVICE}/{method}")
        answers = unary_stream(request.SerializeToString(), metadata=self._metadata)
        try:
            for answer in answers:
                if not is_waiting():
                    return
                yield answer
        except grpc.RpcError as error:
            if error.code() is grpc.StatusCode.UNAVAILABLE:
                raise _gone(request.session, f"worker {self.number} does not answer") from None
            if is_waiting():
                raise error from None
        finally:
            answers.cancel()

    def await_end(self) -> int:
        """Wait until it has ended, and tell its exit code; the number of a signal is below zero."""
        return self._process.wait()

    def ask_to_end(self) -> None:
        """Ask it to end."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.terminate()

    def end(self, latest_seconds: float) -> None:
        """Make sure that it has ended by then, by the monotonic clock, and give up what belongs to it."""
        try:
            self._process.wait(max(0.0, latest_seconds - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._channel is not None:
            self._channel.close()
        self._folder.cleanup()


class Workers:
    """The workers of a server, in a ``with`` statement.

    Args:
        count: How many there are.
        arguments: Of ``pds-sim``, with which a worker starts (`worker_arguments`). It writes its addresses into the
            file of ``--ready-file``, asks for the control token of the environment, and ends with its standard input.
        sessions: Those of the server itself.
        sessions_max: How many there may be in all.
    """

    def __init__(self, count: int, arguments: Sequence[str], sessions: SessionRegistry, sessions_max: int) -> None:
        self._command = [sys.executable, "-c", "import pds_simulator_command as pds; pds.main()", *arguments]
        self._count = count
        self._own = sessions
        self._sessions_max = sessions_max
        self._token = new_id() + new_id()
        self._workers: list[Worker] = []
        self._live: list[Worker] = []
        """Those that answer, so that sessions may be placed in them."""
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
                self._workers.append(Worker(number, self._command, self._token))
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
        """The worker that has a session; None where none has it.

        Raises:
            CallFailed: the worker that had it is dead.
        """
        with self._lock:
            if session_id in self._lost:
                raise _gone(session_id, self._lost[session_id])
            return self._by_session.get(session_id)

    def create(self, request: control_pb2.CreateSessionRequest) -> control_pb2.Session:
        """Make a session in the worker that has the fewest.

        Raises:
            SessionExists: there is one of that id.
            TooManySessions: there are as many as there may be.
            grpc.RpcError: the worker refuses it.
        """
        wanted = control_pb2.CreateSessionRequest()
        wanted.CopyFrom(request)
        wanted.session_id = request.session_id or new_id()
        with self._lock:
            self.require_free(wanted.session_id)
            if not self._live:
                message = "all workers have died; others take their places in a moment"
                raise refused(grpc.StatusCode.UNAVAILABLE, "NO_WORKER", message)
            worker = min(self._live, key=lambda one: len(one.sessions))
            self._by_session[wanted.session_id] = worker
            worker.sessions.add(wanted.session_id)
        try:
            return self._session(worker, self._handed_on(worker, "CreateSession", wanted.session_id, wanted))
        except BaseException:
            self._forget(wanted.session_id)
            raise

    def call(self, worker: Worker, method: str, request: Any) -> bytes:
        """Hand a call about a session on to its worker.

        Raises:
            grpc.RpcError: the worker refuses.
            CallFailed: the worker has died meanwhile.
        """
        answer = self._handed_on(worker, method, request.session, request)
        if method == "DeleteSession":
            self._forget(request.session)
        if method in ("GetSession", "ResetSession"):
            return self._session(worker, answer).SerializeToString()
        return answer

    def sessions(self) -> Sequence[control_pb2.Session]:
        """Describe all sessions that are in workers, and forget those that have ended because nobody used them."""
        with self._lock:
            live = tuple(self._live)
        return [session for worker in live for session in self._sessions_of(worker)]

    def _sessions_of(self, worker: Worker) -> Iterator[control_pb2.Session]:
        with self._lock:
            placed = set(worker.sessions)
        request, listed = control_pb2.ListSessionsRequest(page_size=1_000), set()
        while True:
            try:
                answer = worker.call("ListSessions", request.SerializeToString(), LIST_SECONDS)
            except (grpc.RpcError, ValueError):  # it is dead, or its channel is closed already
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

    def _handed_on(self, worker: Worker, method: str, session_id: str, request: Any) -> bytes:
        try:
            return worker.call(method, request.SerializeToString())
        except ValueError:  # the channel is closed, because the worker has died
            raise _gone(session_id, f"worker {worker.number} has died") from None
        except grpc.RpcError as error:
            if error.code() is grpc.StatusCode.UNAVAILABLE:
                raise _gone(session_id, f"worker {worker.number} does not answer") from None
            raise

    def _session(self, worker: Worker, content: bytes) -> control_pb2.Session:
        session = control_pb2.Session.FromString(content)
        session.worker = worker.number
        return session

    def require_free(self, session_id: str) -> None:
        """Make sure that there may be a session of that id.

        Raises:
            SessionExists: there is one.
            TooManySessions: there are as many as there may be.
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
        """Wait until a worker dies, remember what it takes along, and start another in its place; again and again."""
        while True:
            code = worker.await_end()
            if self._is_ending.is_set():
                return
            self._lose(worker, f"worker {worker.number} has died ({_cause(code)})")
            worker.end(time.monotonic())
            if self._is_ending.wait(RESTART_SECONDS):
                return
            worker = self._start_another(worker)

    def _start_another(self, dead: Worker) -> Worker:
        with self._lock:
            if self._is_ending.is_set():
                return dead
            another = Worker(dead.number, self._command, self._token)
        is_ready = False
        with suppress(OSError):  # it is dead as well then, and replaced in its turn
            another.await_ready()
            is_ready = True
        with self._lock:
            self._workers[self._workers.index(dead)] = another
            if is_ready:
                self._live.append(another)
            if self._is_ending.is_set():
                another.ask_to_end()
        return another

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


def _gone(session_id: str, reason: str) -> Exception:
    message = f"the session {session_id[:100]!r} is gone: {reason}; CreateSession makes another"
    return refused(grpc.StatusCode.FAILED_PRECONDITION, "WORKER_DIED", message)


def worker_arguments(options: Mapping[str, Any], repeated: Mapping[str, Sequence[str]]) -> list[str]:
    """The arguments with which ``pds-sim`` starts a worker.

    Args:
        options: Values of options by their names, such as ``--history``.
        repeated: The same for options that may be given several times.
    """
    arguments = ["serve", "--port", "0", "--http-port", "0", "--until-input-ends"]
    for name, value in options.items():
        arguments += [name, str(value)]
    for name, values in repeated.items():
        for value in values:
            arguments += [name, value]
    return arguments
