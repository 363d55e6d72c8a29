"""The world of a simulator as tests look at it: always the present one, brought up to date, one visitor at a time."""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterator, KeysView, Mapping, ValuesView
from copy import deepcopy
from operator import attrgetter
from typing import Any

from fakes import LiveWorld
from fakes.world.registry import ByUid, Registry
from simulator.sessions.session import Session


class WorldView:
    """Stands for the living world of a session: has all that `fakes.LiveWorld` has.

    Every look at it and every change through it first brings the world up to the present, and changes nothing while
    somebody else does. After a reset it stands for the new world.

    Args:
        session: Whose world.
    """

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # a copy that has nothing yet is asked for what it has
            raise AttributeError(name)
        return _handed_out(self._session, attrgetter(name))

    def __deepcopy__(self, memo: dict[int, Any]) -> LiveWorld:
        with self._session as world:
            return deepcopy(world, memo)

    def __dir__(self) -> list[str]:
        return dir(self._session.world)


class RegistryView(Mapping[str, Any]):
    """Stands for a registry of the living world of a session: has all that `fakes.world.registry.Registry` has.

    Iterating goes over what was there when it began, whatever other threads do meanwhile.

    Args:
        session: In whose world it is.
        registry_of: Finds it there.
    """

    def __init__(self, session: Session, registry_of: Callable[[LiveWorld], Registry[Any] | ByUid[Any]]) -> None:
        self._session = session
        self._registry_of = registry_of

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # a copy that has nothing yet is asked for what it has
            raise AttributeError(name)
        return _handed_out(self._session, lambda world: getattr(self._registry_of(world), name))

    def __deepcopy__(self, memo: dict[int, Any]) -> Registry[Any] | ByUid[Any]:
        with self._session as world:
            return deepcopy(self._registry_of(world), memo)

    def __dir__(self) -> list[str]:
        return dir(self._registry_of(self._session.world))

    def __getitem__(self, key: str) -> Any:
        with self._session as world:
            return self._registry_of(world)[key]

    def get(self, key: str, default: Any = None) -> Any:
        """Find an entity as the registry does; *default* where it finds none."""
        with self._session as world:
            return self._registry_of(world).get(key, default)

    def __contains__(self, key: object) -> bool:
        with self._session as world:
            return key in self._registry_of(world)

    def __len__(self) -> int:
        with self._session as world:
            return len(self._registry_of(world))

    def __iter__(self) -> Iterator[str]:
        with self._session as world:
            return iter(list(self._registry_of(world)))

    def keys(self) -> KeysView[str]:
        """The keys that there are now."""
        return KeysView(self.copy())

    def values(self) -> ValuesView[Any]:
        """The entities that there are now."""
        return ValuesView(self.copy())

    def items(self) -> ItemsView[str, Any]:
        """The entities that there are now, with their keys."""
        return ItemsView(self.copy())

    def copy(self) -> RegistryView:
        """The same for the entities that are here now, whatever comes and goes later."""
        with self._session as world:
            entities = self._registry_of(world).copy()
        return RegistryView(self._session, lambda _: entities)


def _handed_out(session: Session, look: Callable[[LiveWorld], Any]) -> Any:
    """Give what *look* finds in the world of *session* in a form in which any thread may use it at any time."""
    with session as world:
        value = look(world)
    if isinstance(value, Registry | ByUid):
        return RegistryView(session, look)
    if not callable(value):
        return value

    def call(*arguments: Any, **keywords: Any) -> Any:
        return _handed_out(session, lambda world: look(world)(*arguments, **keywords))

    return call
