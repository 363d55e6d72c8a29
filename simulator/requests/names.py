"""Looks names up in a world: the uid of an entity of one kind, or of any kind."""

from __future__ import annotations

from typing import Any

from fakes.history.events import WorldChange
from fakes.history.versions import DELETED
from fakes.suggestions import suggest
from fakes.world.entities import COLLECTIONS
from fakes.world.registry import UnknownEntity
from simulator.requests.parameters import RESTORES

KINDS = tuple(collection.removesuffix("s") for collection in (*COLLECTIONS, RESTORES))
"""The kinds of resources of a world: ``"backup"``, ``"backup_location"``, …"""


def uid_in(world: Any, collection: str, named: object) -> str:
    """Find the uid of something that is or was in a collection of *world*.

    Args:
        world: The world, as `simulator.Simulator.world` has it.
        collection: Such as ``"backups"``.
        named: A name, a uid, an entity, or the answer of a call.

    Raises:
        TypeError: *named* is none of these.
        UnknownEntity: nothing has the name, or several things have it.
    """
    if not isinstance(named, str):
        uid = getattr(named, "uid", None) or getattr(getattr(named, "meta", None), "uid", None)
        if not isinstance(uid, str):
            kind = collection.removesuffix("s")
            raise TypeError(f"{kind} is {named!r}; expected a name, a uid, an entity or the answer of a call")
        return uid
    uid = _find(world, collection, named)
    return str(getattr(world, collection)[named].uid) if uid is None else uid  # the error says what comes close


def _find(world: Any, collection: str, name: str) -> str | None:
    """The uid of what has the name, or else was last deleted with it; None if there is none, or several have it."""
    entity = getattr(world, collection).get(name)
    return _uid_of_deleted(world, collection, name) if entity is None else str(entity.uid)


def uid_of_any(world: Any, name: str, kind: str | None) -> str:
    """Find the uid of what has a name, of any kind unless *kind* is given.

    Raises:
        TypeError: the name is not a text.
        UnknownEntity: nothing has the name, or several things have it.
        ValueError: the kind is unknown.
    """
    if not isinstance(name, str):
        raise TypeError(f"name is {name!r}; expected the name of an entity, or its uid")
    if kind is not None:
        if kind not in KINDS:
            raise ValueError(f"kind is {kind!r}; {suggest(str(kind), KINDS)}")
        return uid_in(world, f"{kind}s", name)
    found = {}
    for each in KINDS:
        uid = _find(world, f"{each}s", name)
        if uid is not None:
            found[each] = uid
        elif name in getattr(world, f"{each}s").names():
            uid_in(world, f"{each}s", name)  # several of this kind have the name, and the error says which
    if len(found) > 1:
        uids = ", ".join(f"{each} {uid}" for each, uid in found.items())
        raise UnknownEntity(f"{name!r} is the name of several: {uids}; say which, with kind={next(iter(found))!r}")
    if not found:
        names = [known for each in KINDS for known in getattr(world, f"{each}s").names()]
        raise UnknownEntity(f"nothing has the name {name!r}; {suggest(name, names)}")
    return next(iter(found.values()))


def _uid_of_deleted(world: Any, collection: str, name: str) -> str | None:
    """The uid of what was last deleted with a name that nothing has now."""
    change = f"{collection.removesuffix('s')} deleted"
    if change not in DELETED or name in getattr(world, collection).names():
        return None
    deleted = (
        event.uid
        for event in world.timeline
        if isinstance(event, WorldChange) and event.change == change and name in (event.name, event.uid)
    )
    return next(reversed([*deleted]), None)
