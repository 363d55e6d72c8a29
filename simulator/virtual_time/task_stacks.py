"""Finds out where a task or thread waits, and for what."""

from __future__ import annotations

import asyncio
import sys
import sysconfig
from collections.abc import Collection, Iterator, Sequence
from types import FrameType
from typing import Any

_LIBRARIES = sys.stdlib_module_names | {"grpc", "outcome", "simulator", "trio"}
"""Packages that clients wait in, but that say nothing about the client."""

_INSTALLED = tuple(sysconfig.get_path(kind) for kind in ("purelib", "platlib"))
"""Folders of installed packages."""

_AWAITED = {"cr_frame": "cr_await", "gi_frame": "gi_yieldfrom", "ag_frame": "ag_await"}
"""The attributes of coroutines, generators and asynchronous generators for their frame and what they wait for."""

_FOR_OTHER_TASKS = {
    ("asyncio.locks", "Lock.acquire"),
    ("asyncio.locks", "Semaphore.acquire"),
    ("asyncio.taskgroups", "TaskGroup.__aexit__"),
    ("asyncio.tasks", "_wait"),
    ("anyio._backends._asyncio", "TaskGroup.__aexit__"),
}
"""Functions in which a task waits for other tasks."""

_STANDS_FOR = {"VirtualWaits.sleep": "time.sleep", "replacements.<locals>.join": "Thread.join"}
"""Names of replaced functions, if they differ from the class without ``Virtual``."""

_GATHERING: type[asyncio.Future[Any]] = asyncio.tasks._GatheringFuture  # type: ignore[attr-defined]  # noqa: SLF001  # what gather() gives


def place_of(coroutine: object) -> tuple[str, bool]:
    """Return where the coroutine of a task waits, and whether that is in code of the client."""
    frames = list(_suspended(coroutine))
    if not frames:
        return "an unknown place", False  # it is not written in Python
    return _place_in(frames)


def place_of_thread(frame: FrameType | None) -> str:
    """Return where a thread waits whose innermost frame is *frame*."""
    frames: list[FrameType] = []
    while frame is not None:
        frames.append(frame)
        frame = frame.f_back
    return _place_in(frames[::-1])[0] if frames else "its beginning"


def _place_in(frames: Sequence[FrameType]) -> tuple[str, bool]:
    """The innermost place in code of the client, or else of an installed library, or else of any."""
    foreign = [frame for frame in frames if _package_of(frame) not in _LIBRARIES]
    own = [frame for frame in foreign if not frame.f_code.co_filename.startswith(_INSTALLED)]
    others = [frame for frame in frames if _package_of(frame) != "simulator"]
    frame = [*frames[-1:], *others[-1:], *foreign[-1:], *own[-1:]][-1]
    place = f"{frame.f_code.co_filename}:{frame.f_lineno} in {frame.f_code.co_qualname}"
    called = frames[frames.index(frame) + 1 :]
    return f"{place} ({_name_of(called[0])})" if called else place, bool(foreign)


def _name_of(called: FrameType) -> str:
    """The client's name for the function that it called."""
    module, name = str(called.f_globals.get("__name__", "")), called.f_code.co_qualname
    if module.startswith("simulator.virtual_time."):
        return _STANDS_FOR.get(name, name.removeprefix("Virtual"))
    if module.startswith("simulator.transports."):
        return "a call"
    return f"sim.{called.f_code.co_name}" if _package_of(called) == "simulator" else name.removeprefix("_")


def may_wait_for_connection(task: asyncio.Task[Any], settled_otherwise: Collection[int]) -> bool:
    """Return whether *task* could be waiting for a connection, rather than for other tasks or a call in process.

    Args:
        task: A task that waits.
        settled_otherwise: The ids of futures that timers, threads or calls settle.
    """
    future = getattr(task, "_fut_waiter", None)
    if id(future) in settled_otherwise or isinstance(future, asyncio.Task | _GATHERING):
        return False
    frames = list(_suspended(task.get_coro()))
    if not frames or any(_package_of(frame) == "simulator" for frame in frames):
        return False
    return (frames[-1].f_globals.get("__name__"), frames[-1].f_code.co_qualname) not in _FOR_OTHER_TASKS


def _package_of(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0]


def _suspended(awaitable: Any) -> Iterator[FrameType]:
    """The frames of a coroutine that waits, the outermost first."""
    while awaitable is not None:
        kind = next((kind for kind in _AWAITED if hasattr(awaitable, kind)), None)
        if kind is None:
            return
        frame: FrameType | None = getattr(awaitable, kind)
        if frame is not None:
            yield frame
        awaitable = getattr(awaitable, _AWAITED[kind])
