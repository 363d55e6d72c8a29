"""The client is done, but a task that it started is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scenarios.clients.client_run import ClientRun, Complaint


@dataclass(frozen=True)
class UnfinishedTask:
    """Complains of tasks on asyncio that go on when the client returns: nobody awaits or cancels them.

    A client that fails may leave any.
    """

    name: str = "unfinished_task"
    about: str = "A client on asyncio returns while a task that it started goes on, neither awaited nor cancelled."

    def complaints(self, run: ClientRun) -> Iterator[Complaint]:
        for coroutine in sorted({*run.unfinished_tasks} if run.failure is None else ()):
            count = run.unfinished_tasks.count(coroutine)
            tasks = "a task" if count == 1 else f"{count} tasks"
            yield Complaint(
                self.name, f"left {coroutine}", f"{tasks} of {coroutine}() went on when the client returned"
            )
