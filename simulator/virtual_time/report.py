"""Reports what waits for ever, and what holds the world up, when nothing can happen any more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from fakes.environment import MICROSECONDS
from fakes.faults.report import held_restores
from fakes.printable import printable
from fakes.times import to_text
from simulator.sessions.session import Session
from simulator.sessions.time_control import duration_microseconds

LIMIT_SECONDS = 86_400.0
"""How long a client may wait in virtual time, by default: a day."""


NOTHING_LEFT = "nothing is left that could happen"


class Deadlock(RuntimeError):
    """A client waits for something that can no longer happen, or has waited for longer than its limit."""


class Limit:
    """How long a client may wait in virtual time, before it counts as waiting for ever.

    Args:
        limit: How long, in seconds.
        now_microseconds: When it begins.

    Raises:
        TypeError: it is neither a number nor a timedelta.
        ValueError: it is negative or not finite.
    """

    def __init__(self, limit: float | timedelta, now_microseconds: int) -> None:
        self._microseconds = duration_microseconds("limit", limit)
        self._end_microseconds = now_microseconds + self._microseconds

    def reason(self, now_microseconds: int) -> str:
        """Report that the limit has passed, once each time; empty until then."""
        if now_microseconds <= self._end_microseconds:
            return ""
        self._end_microseconds = now_microseconds + self._microseconds  # the client may need time to end
        return f"it still waits after {self._microseconds / MICROSECONDS:,g} s of virtual time, which is its 'limit'"


@dataclass(frozen=True)
class Wait:
    """A task or thread that waits.

    Args:
        who: Its kind and name, such as ``"task 'Task-1'"``.
        where: File, line and function.
        since_microseconds: When it began to wait, in microseconds since 1970.
    """

    who: str
    where: str
    since_microseconds: int


def deadlock(session: Session, waits: Iterable[Wait], reason: str = NOTHING_LEFT) -> Deadlock:
    """Make the error for a client that waits for ever.

    Args:
        session: The session whose time the client waits in.
        waits: The waits of its tasks or threads.
        reason: Why nothing will wake them.
    """
    with session as world:
        held = [*held_restores(world.rules), *_held_calls(session)]
        return told_deadlock(world.environment.now_microseconds, waits, held, reason)


def told_deadlock(
    now_microseconds: int,
    waits: Iterable[Wait],
    held: Sequence[str],
    reason: str = NOTHING_LEFT,
) -> Deadlock:
    """The same, from the time and from what holds the world up."""
    lines = [f"the client waits for ever: {reason}, at {to_text(now_microseconds)}"]
    lines += [
        f"  {wait.who} waits at {wait.where}, {_since(wait.since_microseconds, now_microseconds)}" for wait in waits
    ]
    lines.append("what the world still holds:" if held else "the world holds no restore and no call")
    return Deadlock(printable("\n".join([*lines, *(f"  {line}" for line in held)]), keep="\n"))


def _since(since_microseconds: int, now_microseconds: int) -> str:
    seconds = (now_microseconds - since_microseconds) / MICROSECONDS
    return f"since {to_text(since_microseconds)}, for {seconds:g} s"


def _held_calls(session: Session) -> list[str]:
    counts = Counter(hold.rule for hold in session.holds)
    return [
        f"the rule {rule!r} holds {count} {'call' if count == 1 else 'calls'} without a deadline"
        for rule, count in counts.items()
    ]
