"""Replaces functions and classes where others refer to them: modules, classes, defaults of parameters, objects."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from types import FunctionType, GetSetDescriptorType, ModuleType
from typing import Any

from simulator.virtual_time.callers import REAL

_STANDARD = ("asyncio", "asyncio.events", "datetime", "queue", "sched", "threading", "time")
"""Modules of the standard library that are searched; the others reach what they need through these."""

_WAITING = ("queue", "sched", "threading")
"""Those whose waiting needs a clock."""


@contextmanager
def replaced(pairs: Iterable[tuple[Any, Any]]) -> Iterator[None]:
    """Replace the first of each pair by the second in all modules, until the ``with`` statement ends.

    Classes, defaults of parameters, and attributes of objects, such as a client's ``self._sleep``, are included. Lists,
    local variables and partials are not. At the end, new references to the second are found as well.
    """
    pairs = tuple(pairs)
    substitutes = [new for _, new in pairs]
    counts = [*map(sys.getrefcount, substitutes)]
    owners = _replace(pairs)
    try:
        yield
    finally:
        back = {id(new): old for old, new in pairs}
        for owner in owners:
            _replace_in(owner, back)
        # Usually nothing else has kept one of them, and finding out what has is slow.
        counts_now = [*map(sys.getrefcount, substitutes)]
        _replace([(new, old) for (old, new), now, count in zip(pairs, counts_now, counts, strict=True) if now > count])


def replace_globals(pairs: Iterable[tuple[Any, Any]]) -> None:
    """Do the same only for names in modules, which takes a few milliseconds; functions that make threads wait stay."""
    found = {id(old): new for old, new in pairs}
    for name, module in tuple(sys.modules.items()):
        namespace = vars(module) if isinstance(module, ModuleType) else {}
        refers = not found.keys().isdisjoint(map(id, namespace.values()))
        if refers and _is_looked_through(name) and name not in _WAITING:
            namespace.update({key: found[id(value)] for key, value in namespace.items() if id(value) in found})


def _replace(pairs: Sequence[tuple[Any, Any]]) -> list[object]:
    """Replace the first of each pair by the second everywhere, and return where."""
    found = {id(old): new for old, new in pairs}
    return [owner for owner in _owners(pairs) if _replace_in(owner, found)] if found else []


def _is_looked_through(module: object) -> bool:
    package = str(module).partition(".")[0]
    return module in _STANDARD if package in sys.stdlib_module_names else package not in REAL


def _owners(pairs: Sequence[tuple[Any, Any]]) -> Iterator[object]:
    """Find what refers to the first of a pair itself or by its namespace or defaults, and what refers to these."""
    gc.unfreeze()  # the collector does not report frozen objects, such as those of a server before it forks
    values = {id(old) for old, _ in pairs}
    ours = {id(pair) for pair in pairs}
    holders: list[object] = []
    for one in gc.get_referrers(*(old for old, _ in pairs)):
        if type(one) is dict:
            owner = _owner_of_namespace(one)
            if owner is not None:
                yield owner
            elif not values.isdisjoint(map(id, tuple(one.values()))):
                holders.append(one)
        elif type(one) is not tuple:
            yield one
        elif id(one) not in ours and not (issubclass(type(one[0]), type) and one[0].__mro__ is one):
            holders.append(one)
    if holders:  # the fewer, the sooner: each object's every reference is compared with each of them
        yield from gc.get_referrers(*holders)


def _owner_of_namespace(namespace: dict[Any, Any]) -> object:
    """The module or class that has a namespace; None where that can't be told by looking at it."""
    module = sys.modules.get(str(namespace.get("__name__")))
    if getattr(module, "__dict__", None) is namespace:
        return module
    attributes = namespace.get("__dict__")
    kind = attributes.__objclass__ if type(attributes) is GetSetDescriptorType else None
    return kind if any(one is namespace for one in gc.get_referents(kind)) else None


def _replace_in(owner: Any, found: Mapping[int, Any]) -> bool:
    """Replace what *owner* refers to; return whether there was anything to replace."""
    made_in: Any = owner if isinstance(owner, FunctionType | type) else type(owner)
    if not _is_looked_through(owner.__name__ if isinstance(owner, ModuleType) else made_in.__module__):
        return False
    if isinstance(owner, FunctionType):
        return _replace_defaults(owner, found)
    if isinstance(owner, ModuleType | type):
        return _replace_attributes(owner, vars(owner), setattr, found)
    attributes = {name: getattr(owner, name, None) for name in _attribute_names(owner, made_in)}
    return _replace_attributes(owner, attributes, object.__setattr__, found)


def _replace_attributes(
    owner: object,
    attributes: Mapping[str, Any],
    set_attribute: Callable[[Any, str, Any], None],
    found: Mapping[int, Any],
) -> bool:
    new = {name: found[id(value)] for name, value in tuple(attributes.items()) if id(value) in found}
    for name, value in new.items():
        set_attribute(owner, name, value)
    return bool(new)


def _replace_defaults(function: FunctionType, found: Mapping[int, Any]) -> bool:
    positional, named = function.__defaults__ or (), function.__kwdefaults__ or {}
    if found.keys().isdisjoint(map(id, (*positional, *named.values()))):
        return False
    function.__defaults__ = tuple(found.get(id(default), default) for default in positional) or None
    named.update({name: found.get(id(default), default) for name, default in named.items()})
    return True


def _attribute_names(owner: object, kind: type) -> list[str]:
    slots = (getattr(base, "__slots__", ()) for base in kind.__mro__)
    named = ([names] if isinstance(names, str) else names for names in slots)
    return [*getattr(owner, "__dict__", ()), *chain.from_iterable(named)]
