"""The steps of a scenario in the order in which they are done, with those in other steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fakes.faults.rule import Rule
from scenarios.format.steps import CallStep, Step
from scenarios.loading.loader import Scenario
from scenarios.loading.references import alias_of
from simulator.documents.problems import KeyPath


@dataclass(frozen=True)
class Place:
    """A step where it stands.

    Args:
        step: The step.
        path: Where it stands.
        times: How often it is done.
        block: The outermost step in which it stands, counted from 0; itself where it stands in no other.
    """

    step: Step
    path: KeyPath
    times: int
    block: int

    @property
    def arguments(self) -> Any:
        """What the verb takes."""
        return getattr(self.step, self.step.verb)

    @property
    def where(self) -> KeyPath:
        """Where the arguments stand."""
        return (*self.path, self.step.verb)

    @property
    def call(self) -> CallStep | None:
        """The arguments, where the step makes a call."""
        return self.arguments if isinstance(self.arguments, CallStep) else None

    @property
    def is_nested(self) -> bool:
        """Whether it stands in another step."""
        return len(self.path) > len(("steps", 0))


@dataclass(eq=False)
class Reading:
    """A scenario as warnings look at it.

    Args:
        scenario: The scenario.
    """

    scenario: Scenario

    @cached_property
    def places(self) -> list[Place]:
        """All steps; those that hold others are left out, what they hold is there."""
        return _places(self.scenario.document.steps)

    @cached_property
    def rules(self) -> list[Rule]:
        """The rules that are ever in force."""
        injected = [place.step.inject for place in self.places if place.step.inject is not None]
        return [fault.to_rule() for fault in (*self.scenario.document.faults, *injected)]

    def only_call(self, alias: str) -> Place | None:
        """The call whose answer is called *alias*; None where several may be, or a variable is in the name."""
        named = self._calls.get(alias, [])
        return named[0] if len(named) == 1 else None

    def failed_call(self, alias: str) -> Place | None:
        """The call whose answer is called *alias*, where it is expected to fail."""
        place = self.only_call(alias)
        return place if place is not None and place.call is not None and place.call.expect.code != "OK" else None

    @cached_property
    def _calls(self) -> dict[str, list[Place]]:
        calls: dict[str, list[Place]] = {}
        for place in self.places:
            alias = alias_of(place.call) if place.call is not None else None
            if alias is not None:
                calls.setdefault(alias, []).append(place)
        return calls


def _places(steps: Sequence[Step]) -> list[Place]:
    return [place for index, step in enumerate(steps) for place in _inside(step, ("steps", index), 1, index)]


def _inside(step: Step, path: KeyPath, times: int, block: int) -> Iterator[Place]:
    inner: list[tuple[KeyPath, Sequence[Step]]] = []
    if step.repeat is not None:
        times *= step.repeat.times
        inner = [((*path, "repeat"), step.repeat.steps)]
    elif step.parallel is not None:
        inner = [((*path, "parallel", number), lane.steps) for number, lane in enumerate(step.parallel)]
    else:
        yield Place(step, path, times, block)
    for where, steps in inner:
        for index, each in enumerate(steps):
            yield from _inside(each, (*where, "steps", index), times, block)


def after(place: Place, everywhere: Sequence[Place]) -> list[Place]:
    """The steps of *everywhere* that may be done after *place*; those in the same outer step may come again."""
    if place.is_nested:
        return [other for other in everywhere if other.block >= place.block]
    return [other for other in everywhere if other.block > place.block]
