"""The records of a snapshot of a session, around those of its world."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

from fakes.snapshot.records import Count, Plain, Record, Time, Within, WorldRecord

VERSION_KEY = "pds_simulator_snapshot"
"""The key that identifies a snapshot; its value is the version of the format."""
VERSION: Final = 1


@dataclass(slots=True)
class ClockRecord(Record):
    """What moves the time.

    On the wall clock, *carried_microseconds* are carried over to the next time. On the clock that calls move,
    *idle_count* calls in a row have found nothing left to move to.
    """

    mode: Literal["manual", "wall", "on_poll"]
    speed: float = 1.0
    is_paused: bool = False
    carried_microseconds: Annotated[float, Within(0, 1)] = 0.0
    idle_count: Count = 0


@dataclass(slots=True)
class BytesRecord(Record):
    """Bytes, in base64."""

    base64: str


@dataclass(slots=True)
class CallRecordRecord(Record):
    """A call that was answered; *response* has the indexes of the parts that the answer is joined from."""

    method: str
    request: str
    response: list[int] | None
    code: str
    message: str
    metadata: list[tuple[str, str | BytesRecord]]
    caller: str
    arrived: Time
    answered: Time
    wall: Time
    deadline_seconds: float | None
    delay_seconds: float
    subject: str
    call: Count


@dataclass(slots=True)
class CallsRecord(Record):
    """The calls that are kept. Requests and parts of answers are in base64."""

    clock: Literal["manual", "wall", "on_poll"]
    """The clock that gaps between attempts are measured by."""
    arrived_count: Count
    forgotten_count: Count
    counts: list[tuple[str, str, Count]]
    """How many calls there have been, by method and code."""
    parts: list[str]
    calls: list[CallRecordRecord]


@dataclass(slots=True)
class UnfiredRuleRecord(Record):
    """A rule that did not take effect in so many lives, and why in the latest of them."""

    name: str
    life_count: Count
    reasons: list[tuple[Count, str]]


@dataclass(slots=True)
class FirstRuleRecord(Record):
    """A rule that the current life began with: its index among those in force, or how often it took effect."""

    installed: int | None
    fired_count: Count


@dataclass(slots=True)
class RuleHistoryRecord(Record):
    """Which rules took effect in earlier lives, which resets have ended."""

    life: Annotated[int, Within(1, 2**53)]
    past: list[UnfiredRuleRecord]
    declared: list[UnfiredRuleRecord | None]
    first: list[FirstRuleRecord]


@dataclass(slots=True)
class ErrorRecord(Record):
    """An error of the simulator."""

    shown: str
    text: str
    notes: list[str]


@dataclass(slots=True)
class SessionRecord(Record):
    """A session at a moment: its world, what moves its time, and what it has recorded of rules and calls."""

    pds_simulator_snapshot: Literal[1]
    """The version of the format."""
    clock: ClockRecord
    rules: list[Plain]
    """The rules that each life begins with."""
    rule_history: RuleHistoryRecord
    calls: CallsRecord
    world: WorldRecord
    errors: list[ErrorRecord] = field(default_factory=list)
    strict: bool = True
    allow_held: bool = False
    history_max: int | None = None
