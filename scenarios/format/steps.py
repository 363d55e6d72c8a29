"""The steps of a scenario: each verb with its arguments."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from scenarios.format.expectations import Expectation, ExpectStep
from simulator.documents.changes import ChangeDocument
from simulator.documents.key_rules import Rules, all_of, at_most_one_of, exactly_one_of
from simulator.documents.model import NAME_LENGTH_MAX, Model, Nothing, OneKeyModel, PhaseName, Printable, one_of
from simulator.documents.quantities import DurationSeconds
from simulator.documents.rules import FaultDocument


def _header(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch("[ -~]*", value):
        raise ValueError("can't be sent as metadata; expected printable ASCII")  # it may be a secret
    return value


HeaderText = Annotated[str, BeforeValidator(_header), WithJsonSchema({"type": "string", "pattern": "^[ -~]*$"})]
"""What gRPC metadata can hold."""


class CallStep(Model):
    """What all steps that make a call take."""

    alias: str | None = Field(
        None, alias="as", min_length=1, description="Name under which later steps find the answer."
    )
    token: str | None = Field(None, description="Name of the token of the world with which to call.")
    bearer: HeaderText | None = Field(None, description="Secret to send instead of that of a token, good or bad.")
    account: HeaderText | None = Field(None, description="What to send as px-account-id.")
    timeout: DurationSeconds | None = Field(None, description="Deadline of the call; without it, a minute.")
    expect: Expectation = Field(Expectation(), description="What is expected of the answer; without it, code OK.")

    required_twins: ClassVar[Sequence[str]] = ()
    """The keys of which either itself or its twin that ends with ``_id`` has to be given."""

    @classmethod
    def key_rules(cls) -> Rules:
        return all_of(_NO_NAMES, *(exactly_one_of((key, f"{key}_id")) for key in cls.required_twins))


_NO_NAMES: Rules = {"not": {"required": ["expect"], "properties": {"expect": {"required": ["names"]}}}}
"""Only the answer of a list has names."""


class CreateStep(CallStep):
    """CreateRestore. What refers to an entity takes its name; with ``_id``, any text that is sent as it is."""

    required_twins = ("backup", "namespace", "project")

    name: str = Field(description="Name of the restore; also its alias, unless 'as' gives another.")
    backup: str | None = Field(None, description="Name of the backup to restore.")
    backup_id: str | None = Field(None, description="What to send as identifier of the backup.")
    namespace: str | None = Field(None, description="Name of the namespace to restore into.")
    namespace_id: str | None = Field(None, description="What to send as identifier of the namespace.")
    project: str | None = Field(None, description="Name of the project.")
    project_id: str | None = Field(None, description="What to send as identifier of the project.")
    description: str = Field("", description="Free text about the restore.")
    labels: Mapping[str, str] = Field({}, description="Labels of the restore.")
    annotations: Mapping[str, str] = Field({}, description="Annotations of the restore.")


class RecreateStep(CallStep):
    """RecreateRestore. Namespace and project are those of the failed restore unless given."""

    required_twins = ("restore",)

    restore: str | None = Field(None, description="Alias of the restore that failed.")
    restore_id: str | None = Field(None, description="What to send as its identifier instead.")
    name: str = Field(description="Name of the new restore; also its alias, unless 'as' gives another.")
    namespace: str | None = Field(None, description="Name of the namespace to restore into.")
    namespace_id: str | None = Field(None, description="What to send as identifier of the namespace.")
    project: str | None = Field(None, description="Name of the project.")
    project_id: str | None = Field(None, description="What to send as identifier of the project.")


class GetStep(CallStep):
    """GetRestore."""

    required_twins = ("restore",)

    restore: str | None = Field(None, description="Alias of the restore.")
    restore_id: str | None = Field(None, description="What to send as its identifier instead.")


class SortDocument(Model):
    """The order of a list."""

    by: Annotated[
        str, one_of("field to sort by", ["FIELD_UNSPECIFIED", "NAME", "CREATED_AT", "UPDATED_AT", "PHASE"])
    ] = Field("FIELD_UNSPECIFIED", description="The field; unset keeps the order of creation.")
    order: Annotated[str, one_of("order", ["VALUE_UNSPECIFIED", "ASC", "DESC"])] = Field(
        "VALUE_UNSPECIFIED", description="The direction; unset means ascending."
    )


class PageDocument(Model):
    """A page of a list."""

    number: int = Field(0, ge=-(2**63), lt=2**63, description="Number of the page, from 1.")
    size: int = Field(0, ge=-(2**63), lt=2**63, description="Restores on a page.")


class ListStep(CallStep):
    """ListRestores, by at most one of the filters."""

    tenant: str | None = Field(None, description="Name of the tenant whose restores are wanted.")
    project: str | None = Field(None, description="Name of the project whose restores are wanted.")
    deployment: str | None = Field(None, description="Name of the deployment of which restores are wanted.")
    backup: str | None = Field(None, description="Name of the backup of which restores are wanted.")
    tenant_id: str | None = Field(None, description="What to send as identifier of the tenant.")
    project_id: str | None = Field(None, description="What to send as identifier of the project.")
    deployment_id: str | None = Field(None, description="What to send as identifier of the deployment.")
    backup_id: str | None = Field(None, description="What to send as identifier of the backup.")
    sort: SortDocument = Field(SortDocument(), description="The order of the list.")
    page: PageDocument = Field(PageDocument(), description="The page of the list.")

    @model_validator(mode="after")
    def _at_most_one_filter(self) -> Self:
        given = [key for key in LIST_FILTERS if getattr(self, key) is not None]
        if len(given) > 1:
            raise ValueError(f"lists by {' and '.join(given)}; expected at most one of them")
        return self

    @classmethod
    def key_rules(cls) -> Rules:
        return at_most_one_of(LIST_FILTERS)


LIST_FILTERS = (
    "tenant",
    "project",
    "deployment",
    "backup",
    "tenant_id",
    "project_id",
    "deployment_id",
    "backup_id",
)


class MatrixStep(CallStep):
    """GetRestorabilityMatrix."""


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


class Step(OneKeyModel):
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

    @property
    def verb(self) -> str:
        """Which verb it is."""
        return next(iter(self.model_fields_set))


# These are made before the steps that stand in them.
RepeatStep.model_rebuild()
LaneDocument.model_rebuild()


def count_steps(steps: Sequence[Step]) -> int:
    """Count how many steps are done in all, those that are repeated each time."""
    return sum(_count(step) for step in steps)


def _count(step: Step) -> int:
    if step.repeat:
        return step.repeat.times * count_steps(step.repeat.steps)
    return sum(count_steps(lane.steps) for lane in step.parallel) if step.parallel else 1
