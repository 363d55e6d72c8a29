"""A pool on other machines: the workers of a cluster of dask.distributed perform the tasks.

Each worker of the cluster has processes of its own for them, the same as on this machine: tasks and results are plain
JSON there too, and the client runs in a main thread. The scheduler gives the tasks of a worker that dies to others.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, suppress
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from distributed import Client, Reschedule, Worker, WorkerPlugin, as_completed, get_worker
from distributed.comm.addressing import get_address_host_port

from scenarios.exploration.pools import TaskProcesses
from scenarios.exploration.search import Result, Task
from scenarios.worker_processes.processes import Stopped
from simulator.sessions.real_time import wait_until

CONNECT_SECONDS = 30
"""How long the scheduler, and then the first worker, may take to answer."""
TASKS_AHEAD = 4
"""How many tasks each thread of the cluster has queued, so that none is idle."""


class DaskPool:
    """Performs tasks on a cluster, in a ``with`` statement.

    Args:
        address: Of its scheduler, such as ``"tcp://10.0.0.7:8786"``.
        setup: Of the trials, as for `scenarios.exploration.trials.Trials.from_plain`. The workers need this package,
            and have to find the client's module, or the command.
    """

    def __init__(self, address: str, setup: Mapping[str, Any]) -> None:
        self._address = address
        self._plugin = _TasksOfWorker(setup)
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        """Connect.

        Raises:
            OSError: no cluster answers there, or it has no worker.
        """
        with ExitStack() as stack:
            self._client = stack.enter_context(_connected(self._address))
            self._client.register_plugin(self._plugin)
            stack.callback(self._client.unregister_worker_plugin, self._plugin.name)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stack.close()

    def results(self, tasks: Iterable[Task]) -> Iterator[tuple[int, Result]]:
        """Perform tasks; see `scenarios.exploration.pools.Pool`."""
        numbered = iter(enumerate(tasks))
        running = as_completed(loop=self._client.loop, with_results=True)
        numbers: dict[Any, int] = {}

        def begin() -> None:
            while len(numbers) < TASKS_AHEAD * self._thread_count():
                following = next(numbered, None)
                if following is None:
                    return
                number, task = following
                future = self._client.submit(_perform, self._plugin.name, task, pure=False)
                numbers[future] = number
                running.add(future)

        try:
            begin()
            for future, result in running:
                number = numbers.pop(future)
                begin()
                yield number, result
        finally:
            self._client.cancel(list(numbers))

    def _thread_count(self) -> int:
        """How many threads the cluster has now: workers come and go."""
        return sum(self._client.nthreads().values()) or 1


class _TasksOfWorker(WorkerPlugin):
    """Goes to each worker of the cluster, also to those that come later, and performs tasks there."""

    def __init__(self, setup: Mapping[str, Any]) -> None:
        self.name = f"pds-simulator-{uuid4()}"
        self._setup = setup

    def setup(self, worker: Worker) -> None:
        self._processes = TaskProcesses(self._setup)

    def teardown(self, worker: Worker) -> None:
        self._processes.close()

    def perform(self, task: Task) -> Result:
        return self._processes.perform(task)


def _perform(plugin: str, task: Task) -> Result:
    """Perform a task on a worker."""
    tasks = get_worker().plugins[plugin]
    assert isinstance(tasks, _TasksOfWorker)
    try:
        return tasks.perform(task)
    except Stopped:  # this worker leaves the cluster
        raise Reschedule from None


def _connected(address: str) -> Client:
    _await_port(address)
    try:
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except OSError as error:
        raise OSError(f"no dask scheduler answers at {address}: {error}") from error
    try:
        client.wait_for_workers(1, timeout=CONNECT_SECONDS)
    except TimeoutError:
        client.close()
        raise OSError(f"the dask cluster at {address} has no worker; expected one within {CONNECT_SECONDS} s") from None
    return client


def _await_port(address: str) -> None:
    """Wait until something listens at *address*: where nothing does, a client of dask is hard to stop.

    Raises:
        OSError: nothing does.
        ValueError: it is no address.
    """
    try:
        host, port = get_address_host_port(address)
    except ValueError as error:
        raise ValueError(f"{address!r} is no address; expected one such as 'tcp://10.0.0.7:8786'") from error

    def is_listening() -> bool:
        with suppress(OSError), socket.create_connection((host, port), timeout=CONNECT_SECONDS):
            return True
        return False

    if not wait_until(is_listening, CONNECT_SECONDS):
        raise OSError(f"no dask scheduler answers at {address} within {CONNECT_SECONDS} s")
