"""The arguments that requests are built from: a table for each method, derived from its .proto file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from fakes.world.entities import COLLECTIONS
from simulator.api import METHODS, Method

RESTORES = "restores"
"""The collection that no declared world has entities for."""

_KEYS: Mapping[str, str] = {"data_service_deployment": "deployment", "target_cluster": "cluster"}
"""Shorter names for kinds of entity."""
_PATHS: Mapping[str, Sequence[str]] = {
    "CreateRestore": (
        "restore.meta.name",
        "restore.config.source_references.backup_id",
        "namespace_id",
        "project_id",
        "restore.meta.description",
        "restore.meta.labels",
        "restore.meta.annotations",
    )
}
"""The fields that the arguments of a method fill, if these are not simply the fields of its request."""
SORT = "public.portworx.common.v1.Sort"
PAGE = "public.portworx.common.v1.PageBasedPaginationRequest"
WORDS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    SORT: ("sort", {"by": "sort_by", "order": "sort_order"}),
    PAGE: ("page", {"number": "page_number", "size": "page_size"}),
}
"""For messages with a shorter name here: the key, and the fields by their keys."""
_VERBS: Mapping[str, str] = {
    "CreateRestore": "create",
    "RecreateRestore": "recreate",
    "GetRestore": "get",
    "ListRestores": "list",
    "GetRestorabilityMatrix": "matrix",
}
"""The verbs of the RestoreService; those of other services are made from the names of their methods."""


@dataclass(frozen=True)
class Parameter:
    """An argument of a request.

    Args:
        field: The field that it fills.
        path: The path of the field in the request: names of fields.
        key: The name of the argument.
        collection: The collection of the entity that it names; with ``_id`` at its end, the key takes any text.
            Empty if it does not name an entity.
    """

    field: FieldDescriptor
    path: Sequence[str]
    key: str
    collection: str

    @property
    def keys(self) -> Sequence[str]:
        """All keys that fill the field."""
        return (self.key, f"{self.key}_id") if self.collection else (self.key,)

    @property
    def words(self) -> Mapping[str, str]:
        """The fields of its message by their keys, if those differ."""
        return _words(self.field)[1]


def exclusive_keys(parameters: Sequence[Parameter]) -> Sequence[Sequence[str]]:
    """Group the keys that exclude each other: those that fill the same field, or the same oneof."""
    groups: dict[str, list[str]] = {}
    for parameter in parameters:
        oneof = parameter.field.containing_oneof
        groups.setdefault(parameter.field.name if oneof is None else oneof.name, []).extend(parameter.keys)
    return [keys for keys in groups.values() if len(keys) > 1]


def _parameters(method: Method) -> Sequence[Parameter]:
    descriptor = cast(Descriptor, method.request.DESCRIPTOR)
    paths = _PATHS.get(method.name) or [field.name for field in descriptor.fields]
    return [_parameter(method, descriptor, path.split(".")) for path in paths]


def _parameter(method: Method, descriptor: Descriptor, path: Sequence[str]) -> Parameter:
    for name in path[:-1]:
        descriptor = cast(Descriptor, descriptor.fields_by_name[name].message_type)
    field = descriptor.fields_by_name[path[-1]]
    word, _ = _words(field)
    if word:
        return Parameter(field, path, word, "")
    kind = field.name.removesuffix("_id")
    if field.name == "id":
        kind = _snake_case(re.sub("^(?:Get|Delete|Recreate)", "", method.name.rpartition("/")[2]))
    key = _KEYS.get(kind, kind)
    is_entity = field.name.endswith("id") and f"{key}s" in (*COLLECTIONS, RESTORES)
    return Parameter(field, path, key if is_entity else field.name, f"{key}s" if is_entity else "")


def _words(field: FieldDescriptor) -> tuple[str, Mapping[str, str]]:
    return WORDS.get(field.message_type.full_name, ("", {})) if field.message_type else ("", {})


def _snake_case(name: str) -> str:
    return re.sub("(?<=[a-z])(?=[A-Z])", "_", name.replace("/", "")).lower()


PARAMETERS: Mapping[str, Sequence[Parameter]] = {name: _parameters(method) for name, method in METHODS.items()}
"""The arguments of each method of the product's services, by its name."""
METHODS_BY_VERB: Mapping[str, Method] = {
    _VERBS.get(name) or _snake_case(name): method for name, method in METHODS.items()
}
"""The methods, by the verbs of scenario steps and of request builders."""
