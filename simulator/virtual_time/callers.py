"""Decides whose waiting is virtual: that of a client's code, and of libraries on its behalf, but not that of tools."""

from __future__ import annotations

import sys
import threading
from collections.abc import Collection, Iterable
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from types import FrameType, ModuleType

from fakes.suggestions import suggest

WAITS_FOR_OTHERS = (
    "concurrent.futures",
    "multiprocessing.dummy",
    "multiprocessing.pool",
    "queue",
    "sched",
    "simulator.sessions.real_time",
    "simulator.virtual_time",
    "threading",
)
"""Packages that wait on behalf of their callers, so that the caller decides."""

REAL = (
    # They wait for their own sockets, processes and threads.
    "asyncio",
    "concurrent.futures.process",
    "grpc",
    "importlib",
    "multiprocessing",
    "selectors",
    "simulator",
    "simulator.transports.in_process.aio_calls",
    "socketserver",
    "subprocess",
    "uvicorn",
    # They run tests, and measure how long these take.
    "_pytest",
    "anyio",
    "coverage",
    "execnet",
    "hypothesis",
    "pytest",
    "pytest_asyncio",
    "pytest_benchmark",
    "pytest_timeout",
    "trio",
    "xdist",
)
"""Packages whose waiting is real."""

REAL_THREADS = (
    "(_handle_workers)",  # of `multiprocessing.pool.ThreadPool`: waits for a pipe
    "(run_forever)",  # an event loop
    "(serve_forever)",  # of `socketserver`: waits for connections
)
"""Suffixes of the names of threads that wait for sockets all their life, and that nothing waits for."""

CALL_THREADS = "_run_channel_spin_thread"
"""The function of `grpc._channel` that starts the thread of a channel, which ends with the last call for which nothing
waits in C: those of futures and streams."""

OURS = ("simulator.remote.time", "simulator.sessions.call_log", "simulator.transports.in_process")
"""Our own modules that wait for time, calls and answers on behalf of a client."""


def names_of(modules: Iterable[str | ModuleType]) -> list[str]:
    """The names of modules, which are given as modules or names.

    Raises:
        TypeError: it is not a list of modules or names.
    """
    is_list = isinstance(modules, Iterable) and not isinstance(modules, str)
    if not is_list or not all(isinstance(one, str | ModuleType) for one in modules):
        raise TypeError(f"modules is {modules!r}; expected a list of modules or their names")
    return [one if isinstance(one, str) else one.__name__ for one in modules]


def require_modules(names: Iterable[str]) -> None:
    """Check that modules of these names exist, imported or not.

    Raises:
        ValueError: one does not exist.
    """
    for name in names:
        if name in sys.modules:
            continue
        try:
            found = find_spec(name) is not None
        except (ImportError, ValueError):  # from a parent package
            found = False
        if not found:
            latest = [one for one in reversed(sys.modules) if not one.startswith("_")]  # it may be the client's own
            known = dict.fromkeys([*latest, *packages_distributions()])
            raise ValueError(f"modules has {name!r}, but there is no such module; {suggest(name, known)}")


class Callers:
    """Decides by the stack whether a wait is virtual.

    Args:
        modules: The modules and packages whose waiting is virtual; None for all except `REAL`.
    """

    def __init__(self, modules: Iterable[str | ModuleType] | None = None) -> None:
        named = () if modules is None else names_of(modules)
        self._are_virtual: dict[str, bool | None] = {
            "": modules is None,
            **dict.fromkeys(named, True),
            **dict.fromkeys(REAL, False),
            **dict.fromkeys(OURS, True),
            **dict.fromkeys(WAITS_FOR_OTHERS),
        }

    def are_virtual(self, frame: FrameType | None) -> bool:
        """Whether a wait is virtual that begins in *frame*, on its own behalf or on that of its callers.

        Without a caller, it is an idle thread of a pool, which waits for the client.
        """
        while frame is not None:
            is_virtual = self.is_virtual(module_of(frame))
            if is_virtual is not None:
                return is_virtual
            frame = frame.f_back
        return True

    def is_virtual(self, module: str) -> bool | None:
        """Whether the waiting of a module is virtual; None means that its caller decides.

        A module that is not named is treated like its package.
        """
        if module not in self._are_virtual:
            self._are_virtual[module] = self.is_virtual(module.rpartition(".")[0])
        return self._are_virtual[module]

    def waiting_frame(self, frame: FrameType) -> FrameType:
        """Find where a thread waits, in the code that wants it to wait."""
        found: FrameType | None = frame
        while found is not None and self.is_virtual(module_of(found)) is None:
            found = found.f_back
        return found or frame

    def are_idle(self, frame: FrameType) -> bool:
        """Whether a thread is idle, like one of a pool that waits for work."""
        return self.is_virtual(module_of(self.waiting_frame(frame))) is None

    def jobs_of(self, thread: threading.Thread, frame: FrameType) -> Collection[object] | None:
        """What a thread that is started in *frame* works on for the client: calls of gRPC, or jobs of other processes.

        Its length tells, at any moment, how much is left to do. None for any other thread.
        """
        waiting = self.waiting_frame(frame)
        if waiting.f_code.co_name == CALL_THREADS:
            return (waiting.f_code,)
        if module_of(waiting) == "multiprocessing.context" and thread.name.endswith("(_handle_results)"):  # of a `Pool`
            jobs: Collection[object] = thread._args[-1]  # type: ignore[attr-defined]  # noqa: SLF001  # there is no other way
            return jobs
        return getattr(thread, "pending_work_items", None)  # of `concurrent.futures.process`


def is_at_work(thread: threading.Thread, jobs: Collection[object]) -> bool:
    """Whether a thread has any of its *jobs* to do, or to tell the end of one."""
    if jobs:
        return True
    frame = frame_of(thread.ident)
    return frame is not None and module_of(frame) not in ("multiprocessing.connection", "selectors")


def frame_of(ident: int | None) -> FrameType | None:
    """The innermost frame of a thread."""
    return sys._current_frames().get(ident or 0)  # noqa: SLF001  # there is no other way


def module_of(frame: FrameType) -> str:
    """The module of the code that a frame runs."""
    return str(frame.f_globals.get("__name__", ""))
