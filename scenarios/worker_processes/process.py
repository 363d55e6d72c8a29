"""The side of those who ask: starts a process, asks it, and tells how it ended."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

END_SECONDS = 2
"""How long a process that is stopped may take to end what it has started, before it is killed."""


class ProcessEnded(RuntimeError):
    """A process has ended instead of answering; the message says how.

    Args:
        end: How.
        was_stuck: Whether it took longer than it may, and nothing could stop it.
    """

    def __init__(self, end: str, *, was_stuck: bool = False) -> None:
        super().__init__(end)
        self.was_stuck = was_stuck

    def told(self, real_seconds: float | None) -> str:
        """Return how, of something that was to end within so many seconds."""
        if not self.was_stuck:
            return str(self)
        return f"no end after {real_seconds:g} s of real time, and nothing could stop it: its process was killed"


class WorkerProcess:
    """A process, which ends when this one does.

    Args:
        module: Its ``main`` answers, by `scenarios.worker_processes.answering`.
        environment: Variables of the environment that differ from those of this process.
    """

    def __init__(self, module: str, environment: Mapping[str, str] | None = None) -> None:
        self._process = subprocess.Popen(  # noqa: S603  # our own interpreter and module
            # -P: what is imported is what this process has imported, not what happens to lie in the current folder.
            [sys.executable, "-P", "-c", f"from pds_simulator_command import run_worker; run_worker({module!r})"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **(environment or {})},
            encoding="ascii",
            start_new_session=True,  # Ctrl-C is for this process, which ends the others
        )
        self._killing = threading.Timer(END_SECONDS, self._process.kill)
        self._killing.daemon = True

    def ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Ask a question and wait for the answer.

        Raises:
            ProcessEnded: there is none.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(BrokenPipeError):
            self._process.stdin.write(f"{json.dumps(question)}\n")
            self._process.stdin.flush()
        line = self._process.stdout.readline()
        if line.startswith("{") and line.endswith("\n"):
            answer: dict[str, Any] = json.loads(line)
            return answer
        was_stuck = bool(line) and not line.startswith("{")
        if was_stuck:  # and this is where: see `scenarios.worker_processes.answering.ending_after`
            sys.stderr.write(line + self._process.stdout.read())
        raise ProcessEnded(self._end(), was_stuck=was_stuck)

    def _end(self) -> str:
        """Return how the process ended."""
        code = self._process.wait()
        with suppress(ValueError):
            return f"the process that ran it was ended by {signal.Signals(-code).name}"
        return f"the process that ran it ended with exit code {code}"

    def stop(self) -> None:
        """Let the process end, whatever it does, with all that it has started."""
        self._process.terminate()
        self._killing.start()

    def close(self) -> None:
        """Wait for the end of a process that was stopped, end what it has left behind, and give back its streams."""
        self._process.wait()
        self._killing.cancel()
        with suppress(ProcessLookupError, PermissionError):  # mostly it has left nothing
            os.killpg(self._process.pid, signal.SIGKILL)
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            with suppress(BrokenPipeError):
                stream.close()
