"""The world of a simulator as tests see it: always the current one, up to date, and locked during each access."""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterator, KeysView, Mapping, Sequence, ValuesView
from copy import deepcopy
from functools import wraps
from operator import attrgetter
from typing import Any, cast

from fakes import LiveWorld
from fakes.suggestions import counted, suggest
from fakes.times import to_text
from fakes.world.adding import AddsEntities
from fakes.world.entities import COLLECTIONS
from fakes.world.registry import ByUid, Registry
from simulator.sessions.session import Session

OFFERED = (
    *(*COLLECTIONS, "restores", "tokens", "matrix", "timeline"),
    *("add", "add_all", *(name for name in vars(AddsEntities) if name.startswith("add_"))),
    *("create_backup", "complete_backup", "delete_backup", "upgrade_deployment", "delete_deployment"),
    *("disconnect_cluster", "reconnect_cluster", "lose_credentials", "give_back_credentials"),
)
"""The attributes of a world for tests; the others are for the simulator itself."""


class WorldView:
    """Stands for the world of a session: has what `fakes.LiveWorld` has.

    Every access and every change first brings the world up to date, and locks it. After a reset it stands for the new
    world.

    Args:
        session: The session.
    """

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # copying asks an empty copy for its attributes
            raise AttributeError(name)
        try:
            return _handed_out(self._session, attrgetter(name))
        except AttributeError:
            if hasattr(self._session.world, name):
                raise  # raised by something that it called
            raise AttributeError(f"the world has no {name!r}; {suggest(name, OFFERED)}", name=name, obj=self) from None

    def __deepcopy__(self, memo: dict[int, Any]) -> LiveWorld:
        with self._session as world:
            return deepcopy(world, memo)

    def __dir__(self) -> Sequence[str]:
        return OFFERED

    def __repr__(self) -> str:
        with self._session as world:
            kinds = {name: kind.kind for name, kind in COLLECTIONS.items()} | {"restores": "restore"}
            counts = (counted([], len(getattr(world, name)), kind) for name, kind in kinds.items())
            return f"<world at {to_text(world.environment.now_microseconds)}: {', '.join(counts)}>"


class RegistryView(Mapping[str, Any]):
    """Stands for a registry of the world of a session: has what `fakes.world.registry.Registry` has.

    Iterating goes over the entities that existed when it began, whatever other threads do meanwhile.

    Args:
        session: The session.
        registry_of: Finds the registry in a world.
    """

    def __init__(self, session: Session, registry_of: Callable[[LiveWorld], Registry[Any] | ByUid[Any]]) -> None:
        self._session = session
        self._registry_of = registry_of

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # copying asks an empty copy for its attributes
            raise AttributeError(name)
        return _handed_out(self._session, lambda world: getattr(self._registry_of(world), name))

    def __deepcopy__(self, memo: dict[int, Any]) -> Registry[Any] | ByUid[Any]:
        with self._session as world:
            return deepcopy(self._registry_of(world), memo)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), "by_uid", "kind", "named", "names", "recall"]  # nothing that changes it

    def __repr__(self) -> str:
        with self._session as world:
            return repr(self._registry_of(world))

    def __getitem__(self, key: str) -> Any:
        with self._session as world:
            return self._registry_of(world)[key]

    def get(self, key: str, default: Any = None) -> Any:
        """Find an entity as the registry does; *default* if it finds none."""
        with self._session as world:
            return self._registry_of(world).get(key, default)

    def names(self) -> list[str]:
        """The names of the current entities."""
        with self._session as world:
            names: list[str] = cast(Registry[Any], self._registry_of(world)).names()
        return names

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
        """The current keys."""
        return KeysView(self.copy())

    def values(self) -> ValuesView[Any]:
        """The current entities."""
        return ValuesView(self.copy())

    def items(self) -> ItemsView[str, Any]:
        """The current entities, with their keys."""
        return ItemsView(self.copy())

    def copy(self) -> RegistryView:
        """A copy with the current entities; later changes do not affect it."""
        with self._session as world:
            entities = self._registry_of(world).copy()
        return RegistryView(self._session, lambda _: entities)


def _handed_out(session: Session, look: Callable[[LiveWorld], Any]) -> Any:
    """Return what *look* finds in the world of *session*, in a form that any thread may use at any time."""
    with session as world:
        value = look(world)
    if isinstance(value, Registry | ByUid):
        return RegistryView(session, look)
    if not callable(value):
        return value

    @wraps(value)
    def call(*arguments: Any, **keywords: Any) -> Any:
        return _handed_out(session, lambda world: look(world)(*arguments, **keywords))

    vars(call).pop("__signature__", None)  # that of the function has the world as its first argument
    return call
