"""Explains restores: how long each phase takes by itself, what it waited for, and which rules applied."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fakes import GIB, MIB, Constant, LiveWorld, Phase, Restore
from fakes.environment import MICROSECONDS
from fakes.history.events import FaultFired, Transition, WorldChange

NEGLIGIBLE_SECONDS = 0.000_01
"""How much longer a phase may be without a reason, because of rounding to microseconds."""


@dataclass(frozen=True)
class PhaseStory:
    """What a restore did in one phase.

    Args:
        start_seconds: When the phase began, from the start of the world.
        duration_seconds: How long it took; None while it lasts.
        reasons: Why it took so long.
    """

    phase: Phase
    start_seconds: float
    duration_seconds: float | None
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class RestoreStory:
    """The course of a restore.

    Args:
        outcome: Its last phase, and why if that is FAILED.
        end_seconds: When it reached that, from the start of the world.
    """

    name: str
    uid: str
    what: str
    phases: tuple[PhaseStory, ...]
    outcome: str
    end_seconds: float


def explain(world: LiveWorld, *, start_microseconds: int) -> list[RestoreStory]:
    """Explain what happened to every restore in *world* and why, in the order of their creation.

    Args:
        world: The world, after everything that should be explained.
        start_microseconds: When it started.
    """
    narrator = _Narrator(world, start_microseconds)
    return [narrator.story(restore) for restore in world.restores.values()]


class _Narrator:
    def __init__(self, world: LiveWorld, start_microseconds: int) -> None:
        self._world = world
        self._start_microseconds = start_microseconds
        self._events = list(world.timeline)
        self._outages = list(_outages(world))
        self._numbers: dict[str, list[int]] = {}
        for number, event in enumerate(self._events):
            if isinstance(event, Transition):
                self._numbers.setdefault(event.restore.uid, []).append(number)

    def story(self, restore: Restore) -> RestoreStory:
        numbers = self._numbers.get(restore.uid, [])
        phases = [
            self._phase_story(restore, number, following)
            for number, following in zip(numbers, [*numbers[1:], None], strict=True)
            if not self._transition(number).status.phase.is_final
        ]
        status = restore.status
        error = f", {status.error_code.name}: {status.error_message}" if status.error_code else ""
        return RestoreStory(
            name=restore.name,
            uid=restore.uid,
            what=self._what(restore),
            phases=tuple(phases),
            outcome=f"{status.phase.name}{error}",
            end_seconds=self._offset_seconds(status.updated_at_microseconds),
        )

    def _what(self, restore: Restore) -> str:
        names = restore.resource_names
        order = restore.spec
        return f"{names[order.backup]} into {names[order.namespace]} on {names[restore.cluster]}"

    def _transition(self, number: int) -> Transition:
        event = self._events[number]
        assert isinstance(event, Transition)
        return event

    def _phase_story(self, restore: Restore, begin: int, end: int | None) -> PhaseStory:
        """Return what happened from the event number *begin*, a transition, to the event number *end*."""
        phase = self._transition(begin).status.phase
        start = self._events[begin].at_microseconds
        stop = self._events[end].at_microseconds if end is not None else self._world.environment.now_microseconds
        lasted_seconds = (stop - start) / MICROSECONDS
        work_seconds, reasons = self._work(restore, phase)
        rules = list(self._rules(restore, begin, end))
        outage_seconds = self._outage_seconds(restore.cluster, start, stop)
        if outage_seconds:
            reasons.append(f"{outage_seconds:g} s of outage of {restore.resource_names[restore.cluster]}")
        rest_seconds = lasted_seconds - work_seconds - outage_seconds
        if rest_seconds > NEGLIGIBLE_SECONDS:
            reasons.append(f"{round(rest_seconds, 6):g} s more: {self._waiting(restore, phase, by_rule=bool(rules))}")
        elif rest_seconds < -NEGLIGIBLE_SECONDS and end is not None and not rules:
            reasons.append("it ended early")
        duration_seconds = lasted_seconds if end is not None else None
        return PhaseStory(phase, self._offset_seconds(start), duration_seconds, (*reasons, *rules))

    def _work(self, restore: Restore, phase: Phase) -> tuple[float, list[str]]:
        """The seconds that a phase takes by itself, and how they come about."""
        duration, microseconds = self._world.phase_duration(restore, phase)
        seconds = microseconds / MICROSECONDS
        drawn = "" if isinstance(duration, Constant) else f", drawn from {duration}"
        reasons = [f"{seconds:g} s{drawn}"]
        if phase is Phase.RESTORING_CLOUDSNAP:
            size_bytes = self._world.backups.recall(restore.spec.backup).size_bytes
            bandwidth = self._world.clusters[restore.cluster].bandwidth_bytes_per_second
            alone_seconds = size_bytes / bandwidth
            reasons.append(f"{alone_seconds:g} s for {size_bytes / GIB:g} GiB at {bandwidth / MIB:g} MiB/s")
            seconds += alone_seconds
        return seconds, reasons

    def _waiting(self, restore: Restore, phase: Phase, *, by_rule: bool) -> str:
        if by_rule:
            return "by the rules that follow"
        cluster = self._world.clusters[restore.cluster]
        if phase is Phase.PENDING:
            return f"it waited for one of {cluster.capacity} places on {cluster.name}"
        return f"it shared the bandwidth of {cluster.name}"

    def _rules(self, restore: Restore, begin: int, end: int | None) -> Iterator[str]:
        for event in self._events[begin:end]:
            if isinstance(event, FaultFired) and event.uid == restore.uid:
                yield f"rule {event.rule!r} ({event.effect}) at {self._offset_seconds(event.at_microseconds):g} s"

    def _outage_seconds(self, cluster_uid: str, start: int, stop: int) -> float:
        overlaps = (min(stop, ended) - max(start, began) for uid, began, ended in self._outages if uid == cluster_uid)
        return sum(overlap for overlap in overlaps if overlap > 0) / MICROSECONDS

    def _offset_seconds(self, at_microseconds: int) -> float:
        return (at_microseconds - self._start_microseconds) / MICROSECONDS


def _outages(world: LiveWorld) -> Iterator[tuple[str, int, int]]:
    """Cluster, begin and end of every outage."""
    begun: dict[str, int] = {}
    for event in world.timeline:
        if isinstance(event, WorldChange) and event.change == "cluster disconnected":
            begun[event.uid] = event.at_microseconds
        elif isinstance(event, WorldChange) and event.change == "cluster reconnected":
            yield event.uid, begun.pop(event.uid), event.at_microseconds
    for uid, at_microseconds in begun.items():
        yield uid, at_microseconds, world.environment.now_microseconds
