"""The steps of a scenario: each verb with its arguments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Self, TypeVar

from pydantic import BeforeValidator, Field, model_validator

from scenarios.errors import shown
from scenarios.expectation_document import Expectation, ExpectStep
from scenarios.model import Model, PhaseName, one_of
from scenarios.quantities import DurationSeconds

ModelType = TypeVar("ModelType", bound=Model)


def _header(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch("[ -~]*", value):
        raise ValueError(f"{shown(value)} can't be sent as metadata; expected printable ASCII")
    return value


HeaderText = Annotated[str, BeforeValidator(_header)]
"""What gRPC metadata can hold."""


class CallStep(Model):
    """What all steps that make a call take."""

    alias: str | None = Field(
        None, alias="as", min_length=1, description="Name under which later steps find the answer."
    )
    token: str | None = Field(None, description="Name of the token of the world with which to call.")
    bearer: HeaderText | None = Field(None, description="Secret to send instead of that of a token, good or bad.")
    account: HeaderText | None = Field(None, description="What to send as px-account-id.")
    expect: Expectation = Field(Expectation(), description="What is expected of the answer; without it, code OK.")


class CreateStep(CallStep):
    """CreateRestore. What refers to an entity takes its name; with ``_id``, any text that is sent as it is."""

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

    restore: str | None = Field(None, description="Alias of the restore that failed.")
    restore_id: str | None = Field(None, description="What to send as its identifier instead.")
    name: str = Field(description="Name of the new restore; also its alias, unless 'as' gives another.")
    namespace: str | None = Field(None, description="Name of the namespace to restore into.")
    namespace_id: str | None = Field(None, description="What to send as identifier of the namespace.")
    project: str | None = Field(None, description="Name of the project.")
    project_id: str | None = Field(None, description="What to send as identifier of the project.")


class GetStep(CallStep):
    """GetRestore."""

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


class ChangeStep(Model):
    """Change the world behind the API's back: exactly one of the keys."""

    delete_backup: str | None = Field(None, description="Name of a backup to delete, with its cloudsnap.")
    delete_deployment: str | None = Field(None, description="Name or uid of a deployment to delete.")
    lose_credentials: str | None = Field(None, description="Name of a backup location that clusters can't get at.")
    give_back_credentials: str | None = Field(None, description="Name of a backup location that they can again.")

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        return _require_exactly_one(self)


class Step(Model):
    """One step: exactly one verb."""

    create: CreateStep | None = Field(None, description="Create a restore.")
    recreate: RecreateStep | None = Field(None, description="Recreate a failed restore.")
    get: GetStep | None = Field(None, description="Get a restore.")
    list: ListStep | None = Field(None, description="List restores.")
    matrix: MatrixStep | None = Field(None, description="Get the restorability matrix.")
    advance: DurationSeconds | None = Field(None, description="Let time pass.")
    advance_until: AdvanceUntilStep | None = Field(None, description="Let time pass until a restore is in a phase.")
    change: ChangeStep | None = Field(None, description="Change the world behind the API's back.")
    expect: ExpectStep | None = Field(None, description="Look at a restore, or at an answer from before.")

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        return _require_exactly_one(self)

    @property
    def verb(self) -> str:
        """Which verb it is."""
        return next(iter(self.model_fields_set))


def _require_exactly_one(chosen: ModelType) -> ModelType:
    given = [key for key in type(chosen).model_fields if getattr(chosen, key) is not None]
    if len(given) != 1 or len(chosen.model_fields_set) != 1:
        known = ", ".join(type(chosen).model_fields)
        found = " and ".join(sorted(chosen.model_fields_set)) or "none"
        raise ValueError(f"has {found}; expected exactly one of {known}, with a value")
    return chosen
