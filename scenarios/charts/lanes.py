"""Gathers what happened beside the restores into lanes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scenarios.charts.history import Lane, LaneSpan, Mark

CALLS = "calls"
WORLD = "world"


@dataclass(frozen=True, slots=True)
class LastingChange:
    """A change of the world that another one ends.

    Args:
        ended_by: The change that ends it.
        kind: The kind of entity that it happens to.
        text: The state meanwhile, in words.
        adds_up: Whether it has to be ended as often as it began.
    """

    ended_by: str
    kind: str
    text: str
    adds_up: bool


LASTING_CHANGES: Mapping[str, LastingChange] = {
    "cluster disconnected": LastingChange("cluster reconnected", "cluster", "agent disconnected", adds_up=True),
    "credentials lost": LastingChange("credentials given back", "backup location", "credentials lost", adds_up=False),
}
"""By the change that begins them."""

_ENDINGS = {change.ended_by: change for change in LASTING_CHANGES.values()}


@dataclass
class _LaneUnderWay:
    title: str
    spans: list[LaneSpan] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    open_text: str = ""
    open_count: int = 0
    open_since_seconds: float = 0.0

    def begin(self, change: LastingChange, at_seconds: float) -> None:
        if not self.open_count:
            self.open_text, self.open_since_seconds = change.text, at_seconds
        self.open_count = self.open_count + 1 if change.adds_up else 1

    def end(self, at_seconds: float) -> None:
        self.open_count -= 1
        if not self.open_count:
            self.spans.append(LaneSpan(self.open_text, self.open_since_seconds, at_seconds, ended=True))

    def finished(self, at_seconds: float) -> Lane:
        still_open = [LaneSpan(self.open_text, self.open_since_seconds, at_seconds, ended=False)]
        return Lane(self.title, (*self.spans, *(still_open if self.open_count else ())), tuple(self.marks))


class Lanes:
    """The lanes of a timeline while it is read, event by event."""

    def __init__(self) -> None:
        self._common = {title: _LaneUnderWay(title) for title in (CALLS, WORLD)}
        self._by_uid: dict[str, _LaneUnderWay] = {}
        self._waiting: list[Mark] = []

    def mark_call(self, mark: Mark) -> None:
        """Add something that concerns calls."""
        self._common[CALLS].marks.append(mark)

    def mark_world(self, mark: Mark) -> None:
        """Add something that happened to an entity; it belongs in the entity's own lane, if there is one."""
        self._waiting.append(mark)

    def change(self, mark: Mark) -> None:
        """Add a change of the world: the beginning or the end of something that lasts, or else a mark."""
        uid, change = mark.event.text("uid"), mark.event.text("change")
        beginning, ending = LASTING_CHANGES.get(change), _ENDINGS.get(change)
        if beginning is not None:
            lane = self._by_uid.setdefault(uid, _LaneUnderWay(f"{beginning.kind} {mark.event.text('name')}"))
            lane.begin(beginning, mark.at_seconds)
        elif ending is not None and uid in self._by_uid and self._by_uid[uid].open_count:
            self._by_uid[uid].end(mark.at_seconds)
        else:
            self.mark_world(mark)

    def finished(self, at_seconds: float) -> tuple[Lane, ...]:
        """The lanes in which something happened, at the end of the timeline."""
        for mark in self._waiting:
            self._by_uid.get(mark.event.text("uid"), self._common[WORLD]).marks.append(mark)
        self._waiting.clear()
        lanes = (lane.finished(at_seconds) for lane in (*self._common.values(), *self._by_uid.values()))
        return tuple(lane for lane in lanes if lane.spans or lane.marks)
