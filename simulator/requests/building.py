"""Builds requests from names: arguments that are left out follow from the world, if only one value is possible."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial, reduce
from typing import Any

from google.protobuf.message import Message

from fakes.suggestions import suggest
from fakes.values import shown
from simulator.api import Method
from simulator.requests.parameters import PARAMETERS, Parameter, exclusive_keys
from simulator.requests.values import require_value

UidOf = Callable[[str, Any], str]
"""Finds the uid of a named resource in a collection of the world."""


def build(method: Method, given: Mapping[str, Any], uid_of: UidOf) -> Message:
    """Build the request of a method.

    Args:
        method: The method.
        given: Arguments by their keys (`PARAMETERS`); None leaves one out, and unknown keys are ignored.
        uid_of: Finds what arguments name.

    Raises:
        TypeError: a value has a type that the field does not take.
        ValueError: a value is invalid for its field, or two arguments fill the same field or exclude each other.
        UnknownEntity: *uid_of* does not find something.
    """
    for keys in exclusive_keys(PARAMETERS[method.name]):
        told = [key for key in keys if given.get(key) is not None]
        if len(told) > 1:
            raise ValueError(f"gives both {' and '.join(told)}; expected one of them")
    request = method.request()
    for parameter in PARAMETERS[method.name]:
        value = _value(parameter, given, uid_of)
        if value is not None:
            fields = reduce(lambda inner, name: {name: inner}, reversed(parameter.path), value)
            try:
                request.MergeFrom(method.request(**fields))
            except (TypeError, ValueError) as error:
                path = ".".join(parameter.path)
                raise type(error)(f"{parameter.key} is {value!r}; expected what {path} takes: {error}") from None
    return request


def _value(parameter: Parameter, given: Mapping[str, Any], uid_of: UidOf) -> Any:
    """The value of a field; None leaves it out."""
    told = next((key for key in parameter.keys if given.get(key) is not None), None)
    if told is None:
        return None
    value = given[told]
    if parameter.collection and told == parameter.key:
        return uid_of(parameter.collection, value)
    if parameter.words and not isinstance(value, Message):
        return _in_full(parameter, value)
    require_value(told, parameter.field, value)
    return value


def _in_full(parameter: Parameter, value: Any) -> Mapping[str, Any]:
    """The fields of a message that has shorter names here."""
    words, message = parameter.words, parameter.field.message_type
    assert message is not None
    if not isinstance(value, Mapping):
        raise TypeError(f"{parameter.key} is {shown(value)}; expected a mapping with {' and '.join(words)}")
    fields = {}
    for key, entry in value.items():
        if key not in words:
            raise ValueError(f"{parameter.key} has no {key!r}; {suggest(str(key), [*words])}")
        if entry is not None:
            require_value(f"{parameter.key}.{key}", message.fields_by_name[words[key]], entry)
            fields[words[key]] = entry
    return fields


def with_implied(method: Method, given: Mapping[str, Any], world: Any, uid_of: UidOf) -> Mapping[str, Any]:
    """Add the arguments of a method that follow from the others, or from the world.

    The backup and the namespace are the only ones that the world has, the project is the only one of the namespace. A
    restore is recreated in the namespace and project of the failed one.

    Raises:
        ValueError: several values, or none, are possible for an argument that was left out; lists them.
        UnknownEntity: something that is named does not exist.
    """
    filled = {key: value for key, value in given.items() if value is not None}
    for key, candidates in _IMPLIED.get(method.name, {}).items():
        if key not in filled and f"{key}_id" not in filled:
            found = candidates(filled, world, uid_of)
            if len(found) != 1:
                raise ValueError(f"gives no {key}; {suggest('', found)}")
            filled[key] = found[0]
    return filled


def _of_world(collection: str, _: Mapping[str, Any], world: Any, __: UidOf) -> Sequence[str]:
    return list(getattr(world, collection))


def _projects_of_namespace(filled: Mapping[str, Any], world: Any, uid_of: UidOf) -> Sequence[str]:
    uid = filled.get("namespace_id") or uid_of("namespaces", filled["namespace"])
    namespace = world.namespaces.get(uid)
    if namespace is None:
        raise ValueError(f"gives no project, and it can't follow from the namespace {uid!r}: there is none")
    names = {world.projects[project].name: project for project in namespace.projects}
    return [name if name in world.projects else project for name, project in names.items()]


def _of_failed(key: str, filled: Mapping[str, Any], world: Any, uid_of: UidOf) -> Sequence[str | None]:
    """A value of the failed restore; None if only its uid is given, which may be any text."""
    restore = world.restores.get(uid_of("restores", filled["restore"])) if "restore" in filled else None
    return [restore and getattr(restore.spec, key)]


_IMPLIED: Mapping[str, Mapping[str, Callable[[Mapping[str, Any], Any, UidOf], Sequence[Any]]]] = {
    "CreateRestore": {
        "backup": partial(_of_world, "backups"),
        "namespace": partial(_of_world, "namespaces"),
        "project": _projects_of_namespace,
    },
    "RecreateRestore": {"namespace": partial(_of_failed, "namespace"), "project": partial(_of_failed, "project")},
}
"""By method and key, the possible values of an argument that was left out: names or uids."""
