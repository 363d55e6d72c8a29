"""The steps of a scenario that make a call of the RestoreService, and what all calls take."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from scenarios.format.expectations import Expectation
from simulator.documents.key_rules import Rules, all_of, at_most_one_of, exactly_one_of
from simulator.documents.model import Model, one_of
from simulator.documents.quantities import DurationSeconds


def _header(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch("[ -~]*", value):
        raise ValueError(
            "can't be sent as metadata; expected printable ASCII"
        )  # the value may be a secret, so it is not shown
    return value


HeaderText = Annotated[str, BeforeValidator(_header), WithJsonSchema({"type": "string", "pattern": "^[ -~]*$"})]
"""What gRPC metadata can hold."""


class CallStep(Model):
    """Base of steps that make a call."""

    alias: str | None = Field(
        None, alias="as", min_length=1, description="Name under which later steps find the answer."
    )
    token: str | None = Field(None, description="Name of the token of the world with which to call.")
    bearer: HeaderText | None = Field(None, description="Secret to send instead of that of a token, good or bad.")
    account: HeaderText | None = Field(None, description="What to send as px-account-id.")
    timeout: DurationSeconds | None = Field(None, description="Deadline of the call; without it, a minute.")
    expect: Expectation = Field(
        default_factory=Expectation, description="What is expected of the answer; without it, code OK."
    )

    required_twins: ClassVar[Sequence[str]] = ()
    """Keys that are required, either as they are or with ``_id`` at their end."""

    exclusive: ClassVar[Sequence[Sequence[str]]] = ()
    """Groups of keys that exclude each other."""
    is_list: ClassVar[bool] = False
    """Whether the answer is a page of a list."""

    @model_validator(mode="after")
    def _at_most_one_of_each_group(self) -> Self:
        for keys in self.exclusive:
            given = [key for key in keys if getattr(self, key) is not None]
            if len(given) > 1:
                raise ValueError(f"{_GIVES[self.is_list]} {' and '.join(given)}; expected at most one of them")
        return self

    @classmethod
    def key_rules(cls) -> Rules:
        rules = [] if cls.is_list else [_NO_NAMES]
        rules += [exactly_one_of((key, f"{key}_id")) for key in cls.required_twins]
        return all_of(*rules, *map(at_most_one_of, cls.exclusive)) if rules or cls.exclusive else {}


_GIVES = {False: "gives", True: "lists by"}


_NO_NAMES: Rules = {"not": {"required": ["expect"], "properties": {"expect": {"required": ["names"]}}}}
"""Only the answer of a list has names."""


class CreateStep(CallStep):
    """CreateRestore. What refers to an entity takes its name; with ``_id``, any text that is sent as it is.

    Left out, it is that of ``defaults``, or the only one that it can be: a project follows from its namespace.
    """

    exclusive = tuple((key, f"{key}_id") for key in ("backup", "namespace", "project"))

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


class DefaultsDocument(Model):
    """What the steps ``create`` take where they leave it out."""

    backup: str | None = Field(None, description="Name of the backup to restore.")
    namespace: str | None = Field(None, description="Name of the namespace to restore into.")
    project: str | None = Field(None, description="Name of the project.")

    def fill(self, step: CreateStep) -> CreateStep:
        """The *step*, with defaults for what it leaves out."""
        given = self.model_dump(exclude_none=True)
        left_out = [key for key in given if getattr(step, key) is None and getattr(step, f"{key}_id") is None]
        return step.model_copy(update={key: given[key] for key in left_out})


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
    size: int = Field(0, ge=-(2**63), lt=2**63, description="Resources on a page.")


class ListStep(CallStep):
    """ListRestores, by at most one of the filters."""

    exclusive = (
        (
            *("tenant", "project", "deployment", "backup"),
            *("tenant_id", "project_id", "deployment_id", "backup_id"),
        ),
    )
    is_list = True

    tenant: str | None = Field(None, description="Name of the tenant whose restores are wanted.")
    project: str | None = Field(None, description="Name of the project whose restores are wanted.")
    deployment: str | None = Field(None, description="Only restores of the deployment of that name.")
    backup: str | None = Field(None, description="Only restores of the backup of that name.")
    tenant_id: str | None = Field(None, description="What to send as identifier of the tenant.")
    project_id: str | None = Field(None, description="What to send as identifier of the project.")
    deployment_id: str | None = Field(None, description="What to send as identifier of the deployment.")
    backup_id: str | None = Field(None, description="What to send as identifier of the backup.")
    sort: SortDocument = Field(default_factory=SortDocument, description="The order of the list.")
    page: PageDocument = Field(default_factory=PageDocument, description="The page of the list.")


class MatrixStep(CallStep):
    """GetRestorabilityMatrix."""
