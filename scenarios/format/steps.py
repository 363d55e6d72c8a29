"""The steps of a scenario: each verb with its arguments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, create_model

from scenarios.format.call_steps import CreateStep, GetStep, ListStep, MatrixStep, RecreateStep
from scenarios.format.client_step import ClientStep
from scenarios.format.expectations import ExpectStep
from scenarios.format.method_steps import METHOD_STEPS
from simulator.documents.changes import ChangeDocument
from simulator.documents.model import NAME_LENGTH_MAX, Model, Nothing, OneKeyModel, PhaseName, Printable
from simulator.documents.problems import KeyPath
from simulator.documents.quantities import DurationSeconds
from simulator.documents.rules import FaultDocument


class AdvanceUntilStep(Model):
    """Let time pass until a restore is in a phase."""

    restore: str = Field(description="Alias of the restore.")
    phase: PhaseName = Field(description="The phase to wait for.")
    limit: DurationSeconds = Field(1800, description="How long that may take.")


class RepeatStep(Model):
    """Do steps several times; ``${index}`` is 1 the first time."""

    times: int = Field(ge=1, le=1000, description="How often.")
    steps: Sequence[Step] = Field(min_length=1, description="What is done each time.")


class LaneDocument(Model):
    """Steps that go on beside those of other lanes."""

    name: Printable = Field(
        "",
        min_length=1,
        max_length=NAME_LENGTH_MAX,
        json_schema_extra={"minLength": 1, "maxLength": NAME_LENGTH_MAX},
        description="What the lane is called in reports.",
    )
    steps: Sequence[Step] = Field(min_length=1, description="What is done, one after the other.")


class BaseStep(OneKeyModel):
    """One step: exactly one verb."""

    create: CreateStep | None = Field(None, description="Create a restore.")
    recreate: RecreateStep | None = Field(None, description="Recreate a failed restore.")
    get: GetStep | None = Field(None, description="Get a restore.")
    list: Annotated[ListStep | None, Nothing] = Field(None, description="List restores.")
    matrix: Annotated[MatrixStep | None, Nothing] = Field(None, description="Get the restorability matrix.")
    advance: DurationSeconds | None = Field(None, description="Let time pass.")
    advance_until: AdvanceUntilStep | None = Field(
        None, description="Let time pass until a restore has got to a phase."
    )
    repeat: RepeatStep | None = Field(None, description="Do steps several times.")
    parallel: Annotated[Sequence[LaneDocument], Field(min_length=2)] | None = Field(
        None, description="Do the steps of several lanes side by side; goes on when all have come to their end."
    )
    inject: FaultDocument | None = Field(None, description="Put a fault into force, from now on.")
    remove: str | None = Field(None, description="Take the rule of that name out of force.")
    open: str | None = Field(None, description="Open the gate of the rule of that name.")
    change: ChangeDocument | None = Field(None, description="Change the world behind the API's back.")
    expect: ExpectStep | None = Field(None, description="Look at a restore, or at an answer from before.")
    client: ClientStep | None = Field(None, description="Run a client under test, and judge what it does.")

    @property
    def verb(self) -> str:
        """The verb of the step."""
        return next(iter(self.model_fields_set))


if TYPE_CHECKING:
    Step = BaseStep
else:
    Step = create_model(
        "Step",
        __base__=BaseStep,
        __module__=__name__,
        __doc__=BaseStep.__doc__,
        **{verb: method_step.field for verb, method_step in METHOD_STEPS.items()},
    )


def walk(steps: Sequence[Step], path: KeyPath = ("steps",)) -> Iterator[tuple[KeyPath, Any]]:
    """Yield the path and the content of each of *steps*, which stand at *path*; nested steps come in their place."""
    for index, step in enumerate(steps):
        where = (*path, index, step.verb)
        if step.repeat is not None:
            yield from walk(step.repeat.steps, (*where, "steps"))
        elif step.parallel is not None:
            for number, lane in enumerate(step.parallel):
                yield from walk(lane.steps, (*where, number, "steps"))
        else:
            yield where, getattr(step, step.verb)


def count_steps(steps: Sequence[Step]) -> int:
    """Count the steps that are done in all; repeated steps count each time."""
    return sum(_count(step) for step in steps)


def _count(step: Step) -> int:
    if step.repeat:
        return step.repeat.times * count_steps(step.repeat.steps)
    return sum(count_steps(lane.steps) for lane in step.parallel) if step.parallel else 1
