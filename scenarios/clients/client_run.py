"""The result of one run of a client: how it ended, and the history that it left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from fakes.faults.rule import Rule
from fakes.history.timeline import Timeline
from simulator.sessions.call_log import CallLog
from simulator.sessions.clock import ClockMode
from simulator.sessions.session import Session


class Complaint(NamedTuple):
    """Something that a client did wrong.

    Args:
        oracle: Name of the oracle that complains.
        cause: The same for all complaints with the same cause; complaints are grouped by it.
        message: What happened this time.
    """

    oracle: str
    cause: str
    message: str


@dataclass(frozen=True)
class ClientRun:
    """One run of a client.

    Args:
        failure: How the client failed, in its own judgement or because it did not end; None if it did not.
        calls: The calls that it made.
        timeline: What happened.
        clock: What moved the time.
        rules: The rules that were in force from the start.
        end_microseconds: When it ended, in the time of the world.
        errors: What went wrong in the simulator itself.
        unfinished_tasks: Coroutines of tasks on asyncio that were not done when the client was.
    """

    failure: Complaint | None
    calls: CallLog
    timeline: Timeline
    clock: ClockMode
    rules: Sequence[Rule]
    end_microseconds: int
    errors: Sequence[Exception] = ()
    unfinished_tasks: Sequence[str] = ()

    @classmethod
    def of_session(cls, session: Session, failure: Complaint | None) -> ClientRun:
        """Make the result of a run from its session."""
        with session as world:
            return cls(
                failure,
                session.calls,
                world.timeline,
                session.clock.mode,
                session.rules,
                world.environment.now_microseconds,
                tuple(session.errors),
                tuple(session.unfinished_tasks),
            )


class Oracle(Protocol):
    """Judges runs."""

    @property
    def name(self) -> str:
        """Its name, by which it is turned off."""
        ...

    @property
    def about(self) -> str:
        """What it complains about, in one line."""
        ...

    def complaints(self, run: ClientRun) -> Iterator[Complaint]:
        """Return what is wrong with a run."""
        ...
