"""Services of a user's own, served beside ours."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import grpc

from fakes import LiveWorld
from simulator.transports.service_registry import SERVED_NAMES, MethodHandler

AddToServer = Callable[[grpc.Server, LiveWorld], object]
"""Adds services to a server: what ``add_…_to_server`` of generated stubs does, with a servicer that has the world."""


class AddedServices(Mapping[str, MethodHandler]):
    """The handlers of added services by path; stands for the server to which they are added."""

    def __init__(self) -> None:
        self._handlers: dict[str, MethodHandler] = {}
        self._generic: list[grpc.GenericRpcHandler] = []

    def add_registered_method_handlers(self, service_name: str, method_handlers: Mapping[str, MethodHandler]) -> None:
        """Add a service, as generated stubs do."""
        self._handlers |= {f"/{service_name}/{name}": handler for name, handler in method_handlers.items()}

    def add_generic_rpc_handlers(self, generic_rpc_handlers: Sequence[grpc.GenericRpcHandler]) -> None:
        """Add what finds handlers by path, as older stubs do."""
        self._generic += generic_rpc_handlers

    def service_names(self) -> Collection[str]:
        """Full names of the services, as far as they tell."""
        named = (handler for handler in self._generic if isinstance(handler, grpc.ServiceRpcHandler))
        registered = (path.split("/")[1] for path in self._handlers)
        return list(dict.fromkeys([*registered, *(str(handler.service_name()) for handler in named)]))

    def __getitem__(self, path: str) -> MethodHandler:
        if path in self._handlers:
            return self._handlers[path]
        for generic in self._generic:
            found = generic.service(_Details(path))
            if found is not None:
                return found
        raise KeyError(path)

    def __iter__(self) -> Iterator[str]:
        """The paths of the methods that were added by name, and of services of which only the name is known."""
        return iter(dict.fromkeys([*self._handlers, *(f"/{name}/" for name in self.service_names())]))

    def __len__(self) -> int:
        return len([*self])


@dataclass
class _Details:
    """What is asked of who finds handlers."""

    method: str
    invocation_metadata: tuple[tuple[str, str | bytes], ...] = ()


def add_services(services: Iterable[AddToServer], world: LiveWorld) -> AddedServices:
    """Let *services* be added.

    Args:
        services: Each adds what it likes.
        world: What they get.

    Raises:
        TypeError: one can't be called.
        ValueError: one adds a service that is served already, or none.
    """
    added = AddedServices()
    for add in services:
        if not callable(add):
            raise TypeError(f"services has {add!r}; expected functions of a server and a world")
        before = len(added.service_names())
        add(cast(grpc.Server, added), world)
        if len(added.service_names()) == before:
            raise ValueError(f"{add!r} adds no service to the server that it gets")
    clashes = [name for name in added.service_names() if name in SERVED_NAMES]
    if clashes:
        raise ValueError(f"services adds {', '.join(clashes)}, which the simulator serves itself")
    return added
