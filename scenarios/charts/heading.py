"""The heading of a picture: what was run, and the results in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fakes.lifecycle.phases import Phase
from scenarios.charts.history import History, RestoreHistory
from scenarios.charts.times import duration_text

_NAMES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Heading:
    """What was run.

    Args:
        name: Its name.
        description: What it shows; may be empty.
        seed: The seed of random choices; None if unknown.
    """

    name: str
    description: str = ""
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How often a rule took effect, and when it first did."""

    rule: str
    effect: str
    count: int
    first_seconds: float


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """Why restores failed, and which did so, by name."""

    reason: str
    names: Sequence[str]


def summary(history: History, heading: Heading) -> list[str]:
    """Say what happened in a few numbers, each a text of its own."""
    calls = [mark for mark in history.marks if mark.is_call]
    fault_count = sum(mark.is_fault for mark in history.marks)
    parts = [
        _counted(len(history.restores), "restore") + _outcomes(history.restores),
        _counted(len(calls), "call") + _of_which(sum(call.is_failed_call for call in calls), "failed"),
        _counted(fault_count, "fault"),
    ]
    if history.started_at is not None:
        parts.append(f"{duration_text(history.duration_seconds)} from {history.started_at:%Y-%m-%d %H:%M:%S} UTC")
    if heading.seed is not None:
        parts.append(f"seed {heading.seed}")
    return parts


def rule_counts(history: History) -> list[RuleCount]:
    """The rules that took effect, in the order in which they first did."""
    counts: dict[tuple[str, str], RuleCount] = {}
    for mark in history.marks:
        if mark.is_fault:
            rule, effect = mark.event.text("rule"), mark.event.text("effect")
            known = counts.get((rule, effect), RuleCount(rule, effect, 0, mark.at_seconds))
            counts[rule, effect] = replace(known, count=known.count + 1)
    return list(counts.values())


def reason_counts(history: History) -> list[ReasonCount]:
    """The reasons why restores failed, in the order in which they first occurred."""
    names: dict[str, list[str]] = {}
    for restore in history.restores:
        if restore.outcome is Phase.FAILED:
            names.setdefault(reason_text(restore), []).append(restore.name)
    return [ReasonCount(reason, tuple(failed)) for reason, failed in names.items()]


def names_text(names: Sequence[str]) -> str:
    """List the first few names, and say how many more there are."""
    shown = ", ".join(names[:_NAMES_SHOWN])
    return f"{shown} and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else shown


def outcome_text(restore: RestoreHistory) -> str:
    """Say where a restore ended and how long it took."""
    took = duration_text(restore.end_seconds - restore.start_seconds)
    return took if restore.outcome.is_final else f"live after {took}"


def reason_text(restore: RestoreHistory) -> str:
    """Say why a restore failed: code and message; empty when it did not."""
    return ": ".join(part for part in (restore.error_code, restore.error_message) if part)


def times_text(count: int) -> str:
    """Write how often something happened."""
    return "once" if count == 1 else f"{count} times"


def _outcomes(restores: Sequence[RestoreHistory]) -> str:
    told = {
        "successful": sum(restore.outcome is Phase.SUCCESSFUL for restore in restores),
        "failed": sum(restore.outcome is Phase.FAILED for restore in restores),
        "live": sum(not restore.outcome.is_final for restore in restores),
    }
    counts = ", ".join(f"{count} {what}" for what, count in told.items() if count)
    return f" ({counts})" if counts else ""


def _of_which(count: int, what: str) -> str:
    return f" ({count} {what})" if count else ""


def _counted(count: int, noun: str) -> str:
    return f"{count or 'no'} {noun}{'' if count == 1 else 's'}"
