"""Adds entities by their fields: ``add_backup(...)`` to a running world, ``with_backup(...)`` to a declared one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from inspect import Parameter, Signature, signature
from typing import Any, Concatenate, ParamSpec, TypeVar

from fakes.suggestions import suggest
from fakes.world.entities import (
    COLLECTIONS,
    Account,
    Backup,
    BackupLocation,
    Cluster,
    Deployment,
    Entity,
    Namespace,
    Project,
    Tenant,
    Token,
)

Fields = ParamSpec("Fields")
Kind = TypeVar("Kind", bound=Entity | Token)
AnyWorld = TypeVar("AnyWorld")


def _adds(kind: Callable[Fields, Kind]) -> Callable[Concatenate[Any, Fields], Kind]:
    """Make a method that takes the fields of a *kind* of entity, and adds one to a running world."""

    def add(self: Any, /, *arguments: Any, **fields: Any) -> Any:
        _require_fields(method, kind, *arguments, **fields)
        return self.add(kind(*arguments, **fields))

    about = "Add a {kind} with these fields, which `{name}` describes."
    method: Callable[Concatenate[Any, Fields], Kind] = _described(add, "add", kind, about)
    return method


def _with(kind: Callable[Fields, Kind]) -> Callable[Concatenate[AnyWorld, Fields], AnyWorld]:
    """Make a method that takes the fields of a *kind* of entity, and returns a declared world that has it."""
    collection = next((name for name, one in COLLECTIONS.items() if one is kind), "tokens")
    make: Any = kind

    def with_entity(self: Any, /, name: str, **fields: Any) -> Any:
        _require_fields(method, kind, name, **fields)
        before = getattr(self, collection)
        if name in (entity.name for entity in before):
            after = [replace(entity, **fields) if entity.name == name else entity for entity in before]
        else:
            after = [*before, make(name, **fields)]
        return replace(self, **{collection: after})

    about = "Return a world with this {kind}. A new one has these fields, which `{name}` describes; one that is there"
    about = f"{about} keeps those that are left out."
    method: Callable[Concatenate[AnyWorld, Fields], AnyWorld] = _described(with_entity, "with", kind, about)
    return method


def _require_fields(method: Any, kind: Callable[..., Any], *arguments: Any, **fields: Any) -> None:
    """Check that a *kind* of entity has these fields.

    Raises:
        TypeError: it has no such field, or one is missing; names *method*, which was called.
    """
    known = signature(kind)
    for key in fields:
        if key not in known.parameters:
            raise TypeError(f"{method.__name__}() takes no {key!r}; {suggest(key, [*known.parameters])}")
    try:
        known.bind(*arguments, **fields)
    except TypeError as error:
        raise TypeError(f"{method.__name__}(): {error}") from None


def _described(method: Any, prefix: str, kind: Any, about: str) -> Any:
    method.__name__ = method.__qualname__ = f"{prefix}_{kind.kind.replace(' ', '_')}"
    method.__doc__ = about.format(kind=kind.kind, name=kind.__name__)
    fields = signature(kind)
    parameters = [Parameter("self", Parameter.POSITIONAL_ONLY), *fields.parameters.values()]
    method.__signature__ = fields.replace(parameters=parameters, return_annotation=Signature.empty)
    return method


class AddsEntities:
    """Methods that add to a running world: ``world.add_backup("nightly", deployment="orders")``."""

    add_account = _adds(Account)
    add_tenant = _adds(Tenant)
    add_project = _adds(Project)
    add_cluster = _adds(Cluster)
    add_backup_location = _adds(BackupLocation)
    add_namespace = _adds(Namespace)
    add_deployment = _adds(Deployment)
    add_backup = _adds(Backup)


class HasVariants:
    """Methods that return a declared world with more in it: ``default_world().with_cluster("north", capacity=8)``."""

    with_account = _with(Account)
    with_tenant = _with(Tenant)
    with_project = _with(Project)
    with_cluster = _with(Cluster)
    with_backup_location = _with(BackupLocation)
    with_namespace = _with(Namespace)
    with_deployment = _with(Deployment)
    with_backup = _with(Backup)
    with_token = _with(Token)
