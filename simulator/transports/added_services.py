"""Services added by the user, served beside ours."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import grpc
from google.protobuf import descriptor_pool
from google.protobuf.descriptor import ServiceDescriptor

from fakes import LiveWorld
from simulator.sessions.session import Session
from simulator.sessions.world_view import WorldView
from simulator.transports.service_registry import SERVED_NAMES, MethodHandler

AddToServer = Callable[[grpc.Server, LiveWorld], object]
"""Adds services to a server, as ``add_…_to_server`` of generated stubs does, with a servicer for the world."""


class AddedServices(Mapping[str, MethodHandler]):
    """The handlers of added services by path; stands for the server that they are added to."""

    def __init__(self) -> None:
        self._handlers: dict[str, MethodHandler] = {}
        self._generic: list[grpc.GenericRpcHandler] = []

    def add_registered_method_handlers(self, service_name: str, method_handlers: Mapping[str, MethodHandler]) -> None:
        """Add a service, as generated stubs do."""
        self._handlers |= {f"/{service_name}/{name}": handler for name, handler in method_handlers.items()}

    def add_generic_rpc_handlers(self, generic_rpc_handlers: Sequence[grpc.GenericRpcHandler]) -> None:
        """Add generic handlers, as older stubs do."""
        self._generic += generic_rpc_handlers

    def service_names(self) -> Collection[str]:
        """Full names of the services, as far as known."""
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
        """The paths of methods that were added by name, and of services whose methods are unknown."""
        return iter(dict.fromkeys([*self._handlers, *(f"/{name}/" for name in self.service_names())]))

    def __len__(self) -> int:
        return len([*self])


@dataclass
class _Details:
    """What a generic handler is called with."""

    method: str
    invocation_metadata: tuple[tuple[str, str | bytes], ...] = ()


class SessionServices:
    """The added services of each session, each with the world of its session.

    Args:
        functions: Functions that add services to the server that they get.

    Raises:
        TypeError: they are no list, or one of them can't be called.
    """

    def __init__(self, functions: Iterable[AddToServer] = ()) -> None:
        if not isinstance(functions, Iterable):
            raise TypeError(f"services is {functions!r}; expected a list of functions of a server and a world")
        self._functions = tuple(functions)
        self._added: dict[Session, AddedServices] = {}
        for add in self._functions:
            if not callable(add):
                raise TypeError(f"services has {add!r}; expected functions of a server and a world")

    def add(self, session: Session) -> None:
        """Add the services to a session.

        Raises:
            ValueError: a function fails, adds nothing, or adds a service that is served already.
        """
        world = cast(LiveWorld, WorldView(session))
        added = AddedServices()
        for add in self._functions:
            before = len(added.service_names())
            try:
                add(cast(grpc.Server, added), world)
            except Exception as error:
                raise ValueError(f"{_name_of(add)} fails to add its services: {error!r}") from error
            if len(added.service_names()) == before:
                raise ValueError(f"{_name_of(add)} adds no service to the server that it gets")
        clashes = [name for name in added.service_names() if name in SERVED_NAMES]
        if clashes:
            raise ValueError(f"services adds {', '.join(clashes)}, which the simulator serves itself")
        self._added[session] = added

    def remove(self, session: Session) -> None:
        """Remove the services of a session that ends."""
        self._added.pop(session, None)

    def find(self, session: Session, path: str) -> MethodHandler | None:
        """Find the handler of a method of a session; None if it has none."""
        return self._added[session].get(path) if session in self._added else None

    @property
    def service_names(self) -> Collection[str]:
        """Full names of the services, as far as known; the oldest session stands for all."""
        return next((added.service_names() for added in self._added.values()), ())

    @property
    def descriptors(self) -> Sequence[ServiceDescriptor]:
        """Descriptors of the services whose generated messages are imported."""
        return [found for name in self.service_names if (found := _descriptor(name)) is not None]


def _descriptor(service_name: str) -> ServiceDescriptor | None:
    try:
        return descriptor_pool.Default().FindServiceByName(service_name)
    except KeyError:
        return None


def _name_of(function: AddToServer) -> str:
    return getattr(function, "__qualname__", repr(function))
