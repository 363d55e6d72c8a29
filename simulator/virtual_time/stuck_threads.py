"""Finds threads of a client that really wait for what only the world or other threads of the client can provide.

A thread that really waits keeps time from jumping. That must not be so where it waits for a lock that was made before
waits became virtual, and that another thread of the client holds while it sleeps; nor where it waits for the answer of
a call over a socket that a rule holds up.
"""

from __future__ import annotations

import dis
import functools
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from types import CodeType, FrameType

from simulator.virtual_time.callers import Callers, frame_of, module_of
from simulator.virtual_time.thread_scheduler import LOOK_SECONDS

_BUSY_SECONDS = 0.001
"""CPU time that a stuck thread may have used meanwhile."""

OURS = "simulator.virtual_time."

_LOCK_CALLS = ("acquire", "get")
"""Methods of locks and queues, written in C, that wait."""

_read_clock: Callable[[int], float] | None = getattr(time, "clock_gettime", None)
_clock_of: Callable[[int], int] | None = getattr(time, "pthread_getcpuclockid", None)

LOOKS = 3
"""How often in a row a thread is found in the same place before it counts as stuck."""


@dataclass(frozen=True)
class Place:
    """Where a thread is.

    Args:
        frame: Its innermost frame, by `id`.
        instruction: The instruction of that frame.
        used_seconds: The CPU time that it has used.
        looks: How often in a row it was seen there.
    """

    frame: int
    instruction: int
    used_seconds: float
    looks: int = 1

    def seen_again(self, before: Place | None) -> Place:
        """The place, with how often it was seen before."""
        is_same = (
            before is not None
            and (before.frame, before.instruction) == (self.frame, self.instruction)
            and self.used_seconds - before.used_seconds < _BUSY_SECONDS
        )
        return replace(self, looks=before.looks + 1) if before is not None and is_same else self


class StuckThreads:
    """Looks repeatedly at threads that should run, and passes over those that are stuck.

    Args:
        callers: Decides whose waits are virtual.
        count_held_calls: Counts the calls that rules hold up.
    """

    def __init__(self, callers: Callers, count_held_calls: Callable[[], int]) -> None:
        self._callers = callers
        self._count_held_calls = count_held_calls
        self._places: dict[threading.Thread, Place] = {}
        """Where threads are that are stuck, or may be."""
        self._calls: dict[threading.Thread, int] = {}
        """How many calls each thread waits for that was passed over because of calls."""
        self._held = (0, 0)
        """How many calls were held, and how often in a row the count was the same."""
        self._held_when_passed_over = 0
        self._passed_over: set[threading.Thread] = set()

    @property
    def passed_over(self) -> Collection[threading.Thread]:
        return self._passed_over

    def pass_over(self, threads: Collection[threading.Thread], *, are_alone: bool) -> bool:
        held_count, looks = self._held
        now_held_count = self._count_held_calls()
        self._held = (now_held_count, looks + 1 if now_held_count == held_count else 1)
        places, calls = {}, {}
        for thread in threads:
            frame = frame_of(thread.ident)
            if frame is None:
                return False
            calls_count = self._calls_in(frame)
            if calls_count is not None:
                calls[thread] = calls_count
            elif are_alone or not self._waits_for_lock(frame):
                return False
            else:
                places[thread] = self._places[thread] = _place(frame, thread).seen_again(self._places.get(thread))
        if any(place.looks < LOOKS for place in places.values()) or (calls and self._held[1] < LOOKS):
            return False
        if calls and sum(calls.values()) + sum(self._calls.values()) > now_held_count:
            return False
        self._passed_over.update(threads)
        self._calls.update(calls)
        self._held_when_passed_over = now_held_count
        return True

    def take_moved(self) -> set[threading.Thread]:
        are_calls_held = self._count_held_calls() == self._held_when_passed_over
        moved = {
            thread
            for thread in self._passed_over
            if (not are_calls_held if thread in self._calls else self._has_moved(thread))
        }
        for thread in moved:
            self.forget(thread)
        return moved

    def waits_for_call(self, thread: threading.Thread) -> bool:
        return thread in self._calls

    def forget(self, thread: threading.Thread) -> None:
        self._passed_over.discard(thread)
        self._places.pop(thread, None)
        self._calls.pop(thread, None)

    def _has_moved(self, thread: threading.Thread) -> bool:
        frame = frame_of(thread.ident)
        return frame is None or _place(frame, thread).seen_again(self._places[thread]).looks == 1

    def _waits_for_lock(self, frame: FrameType) -> bool:
        is_ours = module_of(frame).startswith(OURS)  # it has its turn, and only needs a CPU
        return not is_ours and _called(frame.f_code, frame.f_lasti) in _LOCK_CALLS and self._callers.are_virtual(frame)

    def _calls_in(self, frame: FrameType) -> int | None:
        """How many calls of its own a thread waits for in gRPC, at least; None if it waits for none."""
        module = module_of(self._callers.waiting_frame(frame))
        if module.partition(".")[0] != "grpc":
            return None
        return 0 if module == "grpc._common" else 1


def _place(frame: FrameType, thread: threading.Thread) -> Place:
    used_seconds = 0.0
    if _read_clock is not None and _clock_of is not None and thread.ident is not None:
        used_seconds = _read_clock(_clock_of(thread.ident))
    return Place(id(frame), frame.f_lasti, used_seconds)


@functools.lru_cache
def _called(code: CodeType, offset: int) -> str:
    """The name of the method that an instruction calls; ``"acquire"`` where it enters a ``with`` statement."""
    instructions = [*dis.get_instructions(code)]
    at = next((one for one in instructions if one.offset == offset), None)
    if at is None or at.positions is None:
        return ""
    if at.opname == "BEFORE_WITH":
        return "acquire"
    named = [
        str(one.argval)
        for one in instructions
        if one.opname in ("LOAD_ATTR", "LOAD_METHOD")
        and one.offset < at.offset
        and one.positions is not None
        and one.positions[0::2] == at.positions[0::2]  # where the expression begins
    ]
    return named[-1] if at.opname.startswith("CALL") and named else ""


class Watch:
    """Calls a function every `LOOK_SECONDS`, in real time and from its own thread, in a ``with`` statement.

    Args:
        look: The function.
    """

    def __init__(self, look: Callable[[], None]) -> None:
        self._look = look
        self._goes_on = threading.Lock()  # an event would make a lock while locks are replaced, and keep it
        self._thread = threading.Thread(target=self._run, name="pds-simulator-virtual-time", daemon=True)

    def __enter__(self) -> None:
        self._goes_on.acquire()
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._goes_on.release()
        self._thread.join()

    def _run(self) -> None:
        while not self._goes_on.acquire(timeout=LOOK_SECONDS):
            self._look()
