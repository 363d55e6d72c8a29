"""Clients that are commands, in any language; an exit code other than 0 means failure."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import PurePath
from typing import IO

from fakes.history.events import Event
from scenarios.clients.client_run import Complaint
from scenarios.clients.failures import CLIENT, MESSAGE_LENGTH_MAX
from scenarios.clients.limits import HANG, Limits, LimitWatch
from simulator.sessions.session import Session

OUTPUT_BYTES_MAX = 64 * 1024
"""How much of the end of a command's output is examined."""
_CANNOT_RUN = (126, 127)
"""Exit codes of shells for commands that do not exist or may not be run."""


class CannotRun(ValueError):
    """The command can't be run."""


def run_command(command: str, session: Session, environment: Mapping[str, str], limits: Limits) -> Complaint | None:
    """Run a command in a shell, within limits; return how it failed, or None.

    Args:
        command: As one types it.
        session: The session that it calls.
        environment: Variables to add to our own environment.
        limits: When it is stopped, with all processes that it has started.

    Raises:
        CannotRun: the shell does not find the command.
    """
    with tempfile.TemporaryFile() as output, ExitStack() as starting:
        starting.enter_context(_signals_later())
        process = _Process(command, environment, output)
        watch = LimitWatch(session, limits)

        def stop_at_limit(_sequence: int, event: Event) -> None:
            if reason := watch.passed_by(event):
                process.stop(reason)

        unsubscribe = session.subscribe(stop_at_limit)
        timer = threading.Timer(
            limits.real_seconds, process.stop, [f"no end after {limits.real_seconds:g} s of real time"]
        )
        timer.daemon = True
        timer.start()
        try:
            starting.close()
            exit_code = process.wait()
        finally:
            timer.cancel()
            unsubscribe()
            process.end()
        if process.stopped_because:
            return Complaint(HANG, "no end", _message(process.stopped_because, _read(output)))
        return None if exit_code == 0 else _failure(command, exit_code, _read(output))


@contextmanager
def _signals_later() -> Iterator[None]:
    """Delay Ctrl-C and SIGTERM: an exception inside `subprocess.Popen` would lose a process that already runs."""
    came: list[int] = []
    before = {}
    if threading.current_thread() is threading.main_thread():
        for one in (signal.SIGINT, signal.SIGTERM):
            if callable(signal.getsignal(one)):
                before[one] = signal.signal(one, lambda number, _frame: came.append(number))
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
        for number in came:
            signal.raise_signal(number)


class _Process:
    """A process, with all processes that it starts."""

    def __init__(self, command: str, environment: Mapping[str, str], output: IO[bytes]) -> None:
        self.stopped_because = ""
        self._lock = threading.Lock()
        self._has_ended = False
        self._process = subprocess.Popen(  # noqa: S602  # as the user types it, who could as well run it without us
            command,
            shell=True,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=os.environ | environment,
            start_new_session=True,
        )

    def wait(self) -> int:
        """Wait for its end."""
        return self._process.wait()

    def end(self) -> None:
        """End it, and what it has left behind."""
        with self._lock:
            self._kill()
            self._has_ended = True
        self._process.wait()

    def stop(self, reason: str) -> None:
        """Stop it, unless it has ended."""
        with self._lock:
            if not self._has_ended and not self.stopped_because:
                self.stopped_because = reason
                self._kill()

    def _kill(self) -> None:
        if os.name == "posix":
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()


def _failure(command: str, exit_code: int, output: str) -> Complaint:
    if exit_code in _CANNOT_RUN:
        raise CannotRun(_message(f"the command {command!r} can't be run", output))
    how = f"exit code {exit_code}" if exit_code > 0 else f"ended by {signal.Signals(-exit_code).name}"
    place = place_in(output)
    return Complaint(CLIENT, f"{how} at {place}" if place else how, _message(how, output))


def _read(output: IO[bytes]) -> str:
    size = output.seek(0, os.SEEK_END)
    output.seek(max(0, size - OUTPUT_BYTES_MAX))
    return output.read().decode(errors="replace")


def _message(what: str, output: str) -> str:
    """Say what happened, with the end of what was written."""
    text = " ".join(output.split())
    return f"{what}: {text[-MESSAGE_LENGTH_MAX:]}" if text else what


_PYTHON_FRAME = re.compile(r'File "([^"\n]+)", line (\d+)')
_SOURCE_LINE = re.compile(
    r"([\w./\\@-]+\.(?:c|cc|cjs|cpp|cs|dart|exs?|go|java|js|kt|mjs|php|py|rb|rs|scala|sh|swift|tsx?)):(?:line )?(\d+)"
)
_FOREIGN = re.compile(r"site-packages|dist-packages|node_modules|node:internal|/lib/|/usr/local/go/|/pkg/mod/|^<")


def place_in(output: str) -> str:
    """Find the place in the client's own code in the output of a command: ``client.js:12``, or nothing.

    Tracebacks of Python tell the innermost place last, stack traces of other languages first.
    """
    for matches in (reversed([*_PYTHON_FRAME.finditer(output)]), _SOURCE_LINE.finditer(output)):
        for file, line in (match.groups() for match in matches):
            if not _FOREIGN.search(file):
                return f"{PurePath(file.replace(chr(92), '/')).name}:{line}"
    return ""
