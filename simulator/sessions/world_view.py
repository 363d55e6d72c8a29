"""The world of a simulator as tests look at it: always the present one, brought up to date, one visitor at a time."""

from __future__ import annotations

from typing import Any

from simulator.sessions.session import Session


class WorldView:
    """Stands for the living world of a session: has all that `fakes.LivingWorld` has.

    Every look at it and every change through it first brings the world up to the present, and changes nothing while
    somebody else does. After a reset it stands for the new world.

    Args:
        session: Whose world.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def __getattr__(self, name: str) -> Any:
        with self._session as world:
            value = getattr(world, name)
        return self._guarded(name) if callable(value) else value

    def __dir__(self) -> list[str]:
        return dir(self._session.world)

    def _guarded(self, name: str) -> Any:
        def call(*arguments: Any, **keywords: Any) -> Any:
            with self._session as world:
                return getattr(world, name)(*arguments, **keywords)

        return call
