"""Replacements for locks, queues and threads while threads wait in virtual time."""

from __future__ import annotations

import _thread
import asyncio
import queue
import threading
import time
from typing import Any, ClassVar

from simulator.virtual_time.clocks import clock_replacements
from simulator.virtual_time.thread_waits import VirtualWaits

_RealLock = _thread.allocate_lock  # kept from before anything is replaced
_PythonRLock: Any = threading._RLock  # noqa: SLF001  # that of C can't be told how to wait


class VirtualLock:
    """A lock of `threading` whose contention takes virtual time."""

    waits: ClassVar[VirtualWaits]

    def __init__(self) -> None:
        self._lock = _RealLock()

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:  # noqa: FBT001, FBT002  # the signature is that of a lock
        if self._lock.acquire(blocking=False):
            return True
        me = self.waits.waiting() if blocking and (timeout > 0 or timeout == -1) else None
        if me is None:
            return self._lock.acquire(blocking, timeout)
        return self.waits.wait_until(
            me,
            self,
            None if timeout == -1 else timeout,
            lambda: self._lock.acquire(blocking=False),
            lambda left: self._lock.acquire(timeout=-1 if left is None else left),
        )

    def release(self) -> None:
        self._lock.release()
        self.waits.scheduler.release(self)

    def locked(self) -> bool:
        return self._lock.locked()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()

    def __repr__(self) -> str:
        return f"<virtual {self._lock!r}>"

    def _at_fork_reinit(self) -> None:
        self._lock = _RealLock()


class VirtualRLock(_PythonRLock):  # type: ignore[misc]
    """A reentrant lock of `threading` whose contention takes virtual time."""

    lock_type: ClassVar[type[VirtualLock]]

    def __init__(self) -> None:
        super().__init__()
        self._block = self.lock_type()


class VirtualSimpleQueue(queue.SimpleQueue[Any]):
    """A queue whose waits take virtual time."""

    waits: ClassVar[VirtualWaits]

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:  # noqa: FBT001, FBT002  # the signature is that of a queue
        super().put(item, block, timeout)
        self.waits.scheduler.release(self)

    def put_nowait(self, item: Any) -> None:
        self.put(item)

    def get(self, block: bool = True, timeout: float | None = None) -> Any:  # noqa: FBT001, FBT002  # the signature is that of a queue
        me = self.waits.waiting() if block and (timeout is None or timeout > 0) else None
        if me is None:
            return super().get(block, timeout)
        found: list[Any] = []

        def take(*how: Any) -> bool:
            try:
                found.append(super(VirtualSimpleQueue, self).get(*how or (False,)))
            except queue.Empty:
                return False
            return True

        if not self.waits.wait_until(me, self, timeout, take, lambda left: take(True, left)):
            raise queue.Empty
        return found[0]


def replacements(waits: VirtualWaits) -> list[tuple[Any, Any]]:
    """List what to replace in modules, each with its replacement."""

    def start(self: threading.Thread) -> None:
        waits.start(self)

    def join(self: threading.Thread, timeout: float | None = None) -> None:
        waits.join(self, timeout)

    def new_event_loop() -> asyncio.AbstractEventLoop:
        waits.require_no_event_loop()
        return real_new_event_loop()

    real_new_event_loop = asyncio.new_event_loop
    lock, allocated_lock = (_stands_for("lock", VirtualLock, {"waits": waits}) for _ in range(2))
    return [
        (time.sleep, waits.sleep),
        *clock_replacements(waits),
        (_thread.allocate_lock, allocated_lock),
        (threading.Lock, lock),
        (threading.RLock, _stands_for("RLock", VirtualRLock, {"lock_type": lock})),
        (threading.Thread.start, start),
        (threading.Thread.join, join),
        (asyncio.new_event_loop, new_event_loop),
        (queue.SimpleQueue, _stands_for("SimpleQueue", VirtualSimpleQueue, {"waits": waits})),
    ]


def _stands_for(name: str, base: type[Any], attributes: dict[str, Any]) -> type[Any]:
    """Make a class whose instances are of a subclass, so that who refers to the class itself has kept it as a name."""

    def make(cls: type[Any], *arguments: Any, **named: Any) -> Any:
        return base.__new__(of_instances if cls is kind else cls, *arguments, **named)

    kind = type(name, (base,), {**attributes, "__new__": make})
    of_instances = type(name, (kind,), {})
    return kind
