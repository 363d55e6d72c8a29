"""Tracks what an event loop really waits for, because time must not jump over a socket, a thread or a process."""

from __future__ import annotations

import os
import socket
import stat
import sys
import threading
from asyncio import Future, SubprocessTransport
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import thread as executor_threads
from types import FrameType
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from simulator.sessions.session import Session


class RealWaits:
    """What an event loop waits for in real time.

    Args:
        session: The session whose time the loop runs in.
        own_descriptors: File descriptors that only wake the loop.
        waits_for_connections: Returns whether a task could be waiting for a connection.
    """

    def __init__(
        self, session: Session, own_descriptors: Iterable[int], waits_for_connections: Callable[[], bool]
    ) -> None:
        self._session = session
        self._waits_for_connections = waits_for_connections
        self.ignored_descriptors = set(own_descriptors)
        self.processes: WeakSet[SubprocessTransport] = WeakSet()
        self.pending: WeakKeyDictionary[object, tuple[int, str]] = WeakKeyDictionary()
        """The waits in progress, each with the count of held calls when it began, and a description."""
        self._earlier_threads: frozenset[threading.Thread] = frozenset()

    def begin(self, waiter: object, what: str) -> None:
        """Count *waiter* until `end`; *what* describes it."""
        self.pending[waiter] = (self._session.holds.count, what)

    def begin_job(self, future: Future[Any]) -> None:
        """Count the job of another thread, which may already have started."""
        self.pending[future] = (-1, "a job in an executor")
        future.add_done_callback(self.end)

    def end(self, waiter: object) -> None:
        """Stop counting *waiter*."""
        self.pending.pop(waiter, None)

    def ignore_threads_of_now(self) -> None:
        """Ignore the threads that exist already."""
        self._earlier_threads = frozenset(threading.enumerate())

    def found(self, descriptors: Iterable[int]) -> list[str]:
        """Return what is being waited for in real time.

        Args:
            descriptors: What the loop watches.
        """
        watched = [descriptor for descriptor in descriptors if descriptor not in self.ignored_descriptors]
        connections = list(_connections(watched)) if watched else []
        return [
            *(() if self._are_all_held() else (what for _, what in self.pending.values())),
            *(f"the process {process.get_pid()}" for process in self.processes if process.get_returncode() is None),
            *(connections if connections and self._waits_for_connections() else ()),
            *self._threads(),
        ]

    def _are_all_held(self) -> bool:
        """Whether rules hold up a call for each pending wait; then these waits are virtual, too.

        Neither a thread nor the server at the other end of a socket says whose call it is. But a call is held up after
        the wait for it has begun; one that was held up before, and whose end is on its way, does not count.
        """
        began = sorted((count for count, _ in self.pending.values()), reverse=True)
        held = sorted((hold.number for hold in self._session.holds), reverse=True)
        return len(held) >= len(began) and all(map(int.__gt__, held, began))

    def _threads(self) -> Iterator[str]:
        pools = executor_threads._threads_queues  # noqa: SLF001  # of their threads, the jobs are counted; a test holds it
        ignored = {*self._earlier_threads, *pools, threading.current_thread()}
        started = [thread for thread in threading.enumerate() if not thread.daemon and thread not in ignored]
        if started:
            frames = sys._current_frames()  # noqa: SLF001  # documented; there is no other way
            busy = (thread for thread in started if not _is_idle(frames.get(thread.ident or 0)))
            yield from (f"the thread {thread.name!r}" for thread in busy)


def _connections(descriptors: Iterable[int]) -> Iterator[str]:
    """The pipes, and the connections to outside this loop; data from this loop itself arrives at once."""
    peers: dict[int, Any] = {}
    here = set()
    for descriptor in descriptors:
        if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
            yield f"the pipe {descriptor}"
            continue
        connection = socket.socket(fileno=descriptor)
        try:
            if _can_connect(connection):
                peers[descriptor] = _peer(connection)
                here.add(connection.getsockname())
        finally:
            connection.detach()
    for descriptor, peer in peers.items():
        if not peer or peer not in here:
            yield f"the socket {descriptor}"


def _can_connect(connection: socket.socket) -> bool:
    """Whether it has a peer, or will have one; a listening socket, or an unconnected datagram socket, has none."""
    if connection.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        return False
    return connection.type == socket.SOCK_STREAM or _peer(connection) is not None


def _peer(connection: socket.socket) -> Any:
    """The address of the other end; None while there is none."""
    try:
        return connection.getpeername()
    except OSError:
        return None


def _is_idle(frame: FrameType | None) -> bool:
    """Whether a thread has ended, or waits for another thread to hand it something."""
    if frame is None:
        return True
    if frame.f_code is not threading.Condition.wait.__code__:
        return False
    waiter, condition = frame.f_locals.get("waiter"), frame.f_locals["self"]
    # A thread that was notified, but has yet to run, is no longer among the waiters; its lock may be locked again.
    return waiter is not None and waiter.locked() and waiter in condition._waiters  # noqa: SLF001  # there is no other way
