"""Processes that answer questions of any number of threads; each question goes to an idle process, or a new one."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from scenarios.worker_processes.process import ProcessEnded, WorkerProcess


class Stopped(RuntimeError):
    """A question was not answered, because all processes are to end."""


class WorkerProcesses:
    """Processes that are started when they are needed: as many at a time as threads ask.

    Args:
        module: Of each, see `scenarios.worker_processes.process.WorkerProcess`.
        environment: Likewise.
    """

    def __init__(self, module: str, environment: Mapping[str, str] | None = None) -> None:
        self._module = module
        self._environment = environment
        self._lock = threading.Lock()
        self._idle: list[WorkerProcess] = []
        self._all: set[WorkerProcess] = set()
        self._is_stopped = False

    def ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Ask a question and wait for the answer.

        Raises:
            ProcessEnded: the process ends instead; another question gets another.
            Stopped: all are to end.
        """
        process = self._take()
        try:
            answer = process.ask(question)
        except ProcessEnded as error:
            with self._lock:
                self._all.discard(process)
            process.close()
            if self._is_stopped:
                raise Stopped(str(error)) from error
            raise
        with self._lock:
            self._idle.append(process)
        return answer

    def _take(self) -> WorkerProcess:
        with self._lock:
            if self._is_stopped:
                raise Stopped("everything was stopped")
            if self._idle:
                return self._idle.pop()
            process = WorkerProcess(self._module, self._environment)
            self._all.add(process)
            return process

    def stop(self) -> None:
        """End all, whatever they do; threads that wait for an answer get `Stopped`."""
        with self._lock:
            for process in () if self._is_stopped else self._all:
                process.stop()
            self._is_stopped = True

    def close(self) -> None:
        """Stop, and give back what belonged to them, when nobody waits for an answer any more."""
        self.stop()
        with self._lock:
            left = [*self._all]  # threads of dask may still take others away
        for process in left:
            process.close()
