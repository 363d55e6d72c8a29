"""The steps of a scenario in the order in which they are done, with those in other steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from scenarios.format.call_steps import CallStep
from scenarios.format.steps import Step
from scenarios.loading.loader import Scenario
from simulator.documents.problems import KeyPath


@dataclass(frozen=True)
class Place:
    """A step where it stands.

    Args:
        step: The step.
        path: Where it stands.
    """

    step: Step
    path: KeyPath

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


def _places(steps: Sequence[Step]) -> list[Place]:
    return [place for index, step in enumerate(steps) for place in _inside(step, ("steps", index))]


def _inside(step: Step, path: KeyPath) -> Iterator[Place]:
    inner: list[tuple[KeyPath, Sequence[Step]]] = []
    if step.repeat is not None:
        inner = [((*path, "repeat"), step.repeat.steps)]
    elif step.parallel is not None:
        inner = [((*path, "parallel", number), lane.steps) for number, lane in enumerate(step.parallel)]
    else:
        yield Place(step, path)
    for where, steps in inner:
        for index, each in enumerate(steps):
            yield from _inside(each, (*where, "steps", index))
