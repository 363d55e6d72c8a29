"""A worker: a server in its own process, controlled over gRPC by the server in front."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import grpc

from simulator.rpc.status import CallFailed
from simulator.services.control.errors import refused
from simulator.services.control.service import SERVICE
from simulator.transports.service_registry import SNAPSHOT_BYTES_MAX

START_SECONDS = 30.0
"""How long a worker may take until both of its ports answer."""
CALL_SECONDS = 600.0
"""How long a forwarded call may take; it may move the time very far."""
_POLL_SECONDS = 0.02
_COMMAND = (sys.executable, "-c", "import pds_simulator_command as pds; pds.main()")


class Worker:
    """A server in its own process, which ends when this process does, however that ends.

    Args:
        number: Its number, from 1.
        arguments: Arguments of ``pds-sim``, as `worker_arguments` makes them.
        token: The control token that it requires.
    """

    def __init__(self, number: int, arguments: Sequence[str], token: str) -> None:
        self.number = number
        self.sessions: set[str] = set()
        self._folder = tempfile.TemporaryDirectory(prefix="pds-simulator-")
        self._ready_file = Path(self._folder.name, "ready.json")
        self._metadata = (("authorization", f"Bearer {token}"),)
        self._process = subprocess.Popen(  # noqa: S603  # our own command
            [*_COMMAND, *arguments, "--ready-file", str(self._ready_file)],
            stdin=subprocess.PIPE,  # which ends with this process
            stdout=subprocess.DEVNULL,
            env=os.environ | {"PDS_SIM_CONTROL_TOKEN": token},
        )
        self._channel: grpc.Channel | None = None

    def await_ready(self) -> None:
        """Wait until it answers; kill it if it takes too long.

        Raises:
            OSError: it ends, or takes too long.
        """
        latest_seconds = time.monotonic() + START_SECONDS
        while not self._ready_file.exists():
            if self._process.poll() is not None:
                raise OSError(f"worker {self.number} ended with {self._process.returncode} before it answered")
            if time.monotonic() > latest_seconds:
                self._process.kill()
                raise OSError(f"worker {self.number} did not answer within {START_SECONDS:g} s")
            time.sleep(_POLL_SECONDS)
        target = json.loads(self._ready_file.read_text())["grpc"]
        options = (("grpc.enable_http_proxy", 0), ("grpc.max_receive_message_length", SNAPSHOT_BYTES_MAX))
        self._channel = grpc.insecure_channel(target, options=options)

    def call(self, method: str, request: Any, session_id: str, timeout_seconds: float = CALL_SECONDS) -> bytes:
        """Forward a call of the control service.

        Raises:
            grpc.RpcError: it refuses.
            CallFailed: it is dead, and so is the session.
        """
        assert self._channel is not None
        try:
            unary: Any = self._channel.unary_unary(f"/{SERVICE}/{method}")
            answer: bytes = unary(request.SerializeToString(), metadata=self._metadata, timeout=timeout_seconds)
        except ValueError:  # the channel is closed because the worker has died
            raise session_gone(session_id, f"worker {self.number} has died") from None
        except grpc.RpcError as error:
            raise self._failure(error, session_id) from None
        return answer

    def stream(self, method: str, request: Any, is_waiting: Callable[[], bool]) -> Iterator[bytes]:
        """Forward a call about a session with many answers, for as long as the client waits for them.

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
            failure = self._failure(error, request.session)
            if failure is not error or is_waiting():
                raise failure from None
        finally:
            answers.cancel()

    def _failure(self, error: grpc.RpcError, session_id: str) -> Exception:
        """What a failed call raises: the error itself, unless it means that nothing answers."""
        if error.code() is grpc.StatusCode.UNAVAILABLE:
            return session_gone(session_id, f"worker {self.number} does not answer")
        return error

    def await_end(self) -> int:
        """Wait until it has ended, and return its exit code; the number of a signal is below zero."""
        return self._process.wait()

    def ask_to_end(self) -> None:
        """Ask it to end."""
        self._process.terminate()

    def end(self, latest_seconds: float) -> None:
        """Make sure that it has ended by then, on the monotonic clock, and release its resources."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(max(0.0, latest_seconds - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._channel is not None:
            self._channel.close()
        self._folder.cleanup()


def session_gone(session_id: str, reason: str) -> CallFailed:
    """Make the status of a call about a session whose worker has died."""
    message = f"the session {session_id[:100]!r} is gone: {reason}; CreateSession makes another"
    return refused(grpc.StatusCode.FAILED_PRECONDITION, "WORKER_DIED", message)


def worker_arguments(options: Mapping[str, Any], repeated: Mapping[str, Sequence[str]]) -> list[str]:
    """The arguments of ``pds-sim`` that start a worker.

    Args:
        options: Values of options by name, such as ``--history``.
        repeated: The same for options that may be given several times.
    """
    arguments = ["serve", "--port", "0", "--http-port", "0", "--until-input-ends"]
    for name, value in options.items():
        arguments += [name, str(value)]
    for name, values in repeated.items():
        for value in values:
            arguments += [name, value]
    return arguments
