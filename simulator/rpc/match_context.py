"""What rules can match in a call: its method, its caller, and what the resources that it names belong to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from fakes import LiveWorld
from fakes.faults.match_context import values_of
from fakes.faults.selector import MatchContext
from fakes.world.identifiers import kind_of
from fakes.world.registry import Registry
from simulator.rpc.call import Call
from simulator.rpc.errors import InvalidRequest, shortened

Values = dict[str, tuple[str, ...]]

TITLE_LENGTH_MAX = 256
"""Characters of a client's text that are recorded when a rule takes effect."""


class _Asked(NamedTuple):
    """What a request concerns.

    Args:
        values: What patterns are compared with, by key.
        about: The subject that random choices are keyed by.
        uid: Uid of what it is about; empty where there is none yet.
        name: Name of the same; empty where nothing has that uid.
        labels: Labels of the restore.
    """

    values: Values
    about: str = ""
    uid: str = ""
    name: str = ""
    labels: Mapping[str, str] = {}


def call_context(world: LiveWorld, call: Call, at_microseconds: int) -> MatchContext:
    """A call has come."""
    method, caller = call.method.name, caller_of(call)
    values: Values = {"method": (method, call.method.qualified_name), "caller": (caller,)}
    try:
        asked = _READERS.get(method, _of_resource)(world, call.request)
    except InvalidRequest:
        return MatchContext(values=values, subject=f"{method} {caller}", title=method, at_microseconds=at_microseconds)
    return MatchContext(
        values=values | asked.values,
        labels=asked.labels,
        subject=f"{method} {caller} {asked.about}",
        title=shortened(f"{method} {asked.about}".strip(), TITLE_LENGTH_MAX),
        at_microseconds=at_microseconds,
        uid=shortened(asked.uid, TITLE_LENGTH_MAX),
        name=shortened(asked.name, TITLE_LENGTH_MAX),
    )


def caller_of(call: Call) -> str:
    """The caller, as far as known: the name of the token, or else the account."""
    return call.caller.name or call.header("px-account-id") or "anonymous"


def _of_create(world: LiveWorld, request: Any) -> _Asked:
    meta = request.restore.meta
    values = {
        **_of_namespace(world, request.namespace_id),
        **_entity("project", world.projects, request.project_id),
        **_of_backup(world, request.restore.config.source_references.backup_id),
        "restore": (meta.name,),
    }
    return _Asked(values, f"{request.namespace_id}/{meta.name}", name=meta.name, labels=dict(meta.labels))


def _of_get(world: LiveWorld, request: Any) -> _Asked:
    restore = world.restores.get(request.id)
    if restore is None:
        return _Asked({"restore": (request.id,)}, request.id, request.id)
    return _Asked(values_of(world.catalog, restore), request.id, request.id, restore.name, restore.spec.labels)


def _of_recreate(world: LiveWorld, request: Any) -> _Asked:
    failed = _of_get(world, request)
    values = {
        **failed.values,
        **_of_namespace(world, request.namespace_id),
        **_entity("project", world.projects, request.project_id),
        "restore": (request.name,),
    }
    return failed._replace(values=values, about=f"{request.id}/{request.name}")


def _of_list(world: LiveWorld, request: Any) -> _Asked:
    chosen = request.WhichOneof("list_by")
    uid = getattr(request, chosen) if chosen else ""
    values: Values = {}
    if chosen == "project_id":
        values = _entity("project", world.projects, uid)
    elif chosen == "backup_id":
        values = _of_backup(world, uid)
    return _Asked(values, uid, uid, _name_in(values, uid))


def _of_resource(world: LiveWorld, request: Any) -> _Asked:
    """What the fields of a request refer to, for fields with the usual names."""
    values: Values = {}
    uids = []
    for field in request.DESCRIPTOR.fields:
        uid = getattr(request, field.name) if field.name == "id" or field.name.endswith("_id") else ""
        if uid:
            values |= _of_uid(world, uid)
            uids.append(uid)
    first = next(iter(uids), "")
    return _Asked(values, "/".join(uids), first, _name_in(values, first))


def _name_in(values: Values, uid: str) -> str:
    """The name that belongs to a uid."""
    return next((known[0] for known in values.values() if known[1:] == (uid,)), "")


def _of_uid(world: LiveWorld, uid: str) -> Values:
    read = _READERS_BY_KIND.get(kind_of(uid) or "")
    return {} if read is None else read(world, uid)


def _of_namespace(world: LiveWorld, uid: str) -> Values:
    values = _entity("namespace", world.namespaces, uid)
    namespace = world.namespaces.get(uid)
    return values | (_entity("cluster", world.clusters, namespace.cluster) if namespace else {})


def _of_backup(world: LiveWorld, uid: str) -> Values:
    values = _entity("backup", world.backups, uid)
    backup = world.backups.get(uid)
    if backup is None:
        return values
    values |= _entity("backup_location", world.backup_locations, backup.location)
    return values | {"data_service": (world.deployments.recall(backup.deployment).data_service,)}


def _of_deployment(world: LiveWorld, uid: str) -> Values:
    deployment = world.deployments.get(uid)
    if deployment is None:
        return {}
    values = _of_namespace(world, deployment.namespace) | _entity("project", world.projects, deployment.project)
    return values | {"data_service": (deployment.data_service,)}


def _entity(key: str, registry: Registry[Any], uid: str) -> Values:
    entity = registry.get(uid)
    return {key: (entity.name, entity.uid) if entity is not None else (uid,)}


_READERS: Mapping[str, Callable[[LiveWorld, Any], _Asked]] = {
    "CreateRestore": _of_create,
    "GetRestore": _of_get,
    "ListRestores": _of_list,
    "RecreateRestore": _of_recreate,
}

_READERS_BY_KIND: Mapping[str, Callable[[LiveWorld, str], Values]] = {
    "project": lambda world, uid: _entity("project", world.projects, uid),
    "cluster": lambda world, uid: _entity("cluster", world.clusters, uid),
    "backup location": lambda world, uid: _entity("backup_location", world.backup_locations, uid),
    "namespace": _of_namespace,
    "deployment": _of_deployment,
    "backup": _of_backup,
}
