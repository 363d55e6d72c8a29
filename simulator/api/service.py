"""The methods of the product's services as the descriptors tell them, and a client stub made from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import methodcaller
from typing import TYPE_CHECKING

from google.protobuf import message_factory
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.message import Message

from simulator.api.pool import POOL, POOL_FILE_NAMES

if TYPE_CHECKING:
    import grpc
    from google.protobuf.empty_pb2 import Empty

    from simulator.api import restore_pb2

SERVICE = "public.portworx.pds.restore.v1.RestoreService"
"""Full name of the service of restores."""
CONTROL_SERVICE = "pds.simulator.control.v1.ControlService"
"""Full name of the service that controls a simulator."""
PRODUCT = "public.portworx."
"""How the full names of the product's services begin."""


@dataclass(frozen=True, slots=True)
class Method:
    """One method of a service: its names, its path on the wire and the messages that it takes and gives.

    Args:
        name: The short name, such as ``GetRestore``; where several services have it, the qualified name.
        qualified_name: With the short name of its service, such as ``RestoreService/GetRestore``.
        service: Full name of its service.
    """

    name: str
    qualified_name: str
    service: str
    path: str
    request: type[Message]
    response: type[Message]


def methods_of(service: ServiceDescriptor) -> Sequence[Method]:
    """Return the methods of a service, of the product or another, in the order of the .proto file."""
    if service.full_name.startswith(PRODUCT):
        return [method for method in METHODS.values() if method.service == service.full_name]
    return _methods([service])


def _methods(services: Iterable[ServiceDescriptor]) -> Sequence[Method]:
    found = [method for service in services for method in service.methods]
    names = Counter(method.name for method in found)
    return [_method(method, is_unique=names[method.name] == 1) for method in found]


def _method(descriptor: MethodDescriptor, *, is_unique: bool) -> Method:
    service = descriptor.containing_service
    qualified_name = f"{service.name}/{descriptor.name}"
    return Method(
        descriptor.name if is_unique else qualified_name,
        qualified_name,
        service.full_name,
        f"/{service.full_name}/{descriptor.name}",
        message_factory.GetMessageClass(descriptor.input_type),
        message_factory.GetMessageClass(descriptor.output_type),
    )


def _product_services() -> Iterable[ServiceDescriptor]:
    """The services of the product in the pool, that of restores first."""
    files = (POOL.FindFileByName(name) for name in POOL_FILE_NAMES if name.startswith(PRODUCT.replace(".", "/")))
    services = [service for file in files for service in file.services_by_name.values()]
    return sorted(services, key=lambda service: service.full_name != SERVICE)


METHODS: Mapping[str, Method] = {method.name: method for method in _methods(_product_services())}
"""The methods of the product's services by name: those of restores first, in the order of the .proto files."""
METHOD_NAMES: Mapping[str, str] = {name: method.qualified_name for name, method in METHODS.items()}
"""Their qualified names by name."""


class RestoreServiceStub:
    """Client of the RestoreService over *channel*, also one for asyncio, with the simulator's own messages.

    Any other generated client of the API works as well; this one spares a test the generating.

    Example:
        >>> from simulator import Simulator
        >>> from simulator.api import RestoreServiceStub, restore_pb2
        >>> with Simulator(listen=False) as sim:
        ...     stub = RestoreServiceStub(sim.channel())
        ...     len(stub.ListRestores(restore_pb2.ListRestoresRequest(), timeout=5).restores)
        0
    """

    CreateRestore: grpc.UnaryUnaryMultiCallable[restore_pb2.CreateRestoreRequest, restore_pb2.Restore]
    GetRestore: grpc.UnaryUnaryMultiCallable[restore_pb2.GetRestoreRequest, restore_pb2.Restore]
    ListRestores: grpc.UnaryUnaryMultiCallable[restore_pb2.ListRestoresRequest, restore_pb2.ListRestoresResponse]
    RecreateRestore: grpc.UnaryUnaryMultiCallable[restore_pb2.RecreateRestoreRequest, restore_pb2.Restore]
    GetRestorabilityMatrix: grpc.UnaryUnaryMultiCallable[Empty, restore_pb2.RestorabilityMatrix]

    def __init__(self, channel: grpc.Channel | grpc.aio.Channel) -> None:
        for method in methods_of(POOL.FindServiceByName(SERVICE)):
            multi_callable = channel.unary_unary(
                method.path,
                request_serializer=methodcaller("SerializeToString"),  # takes an Empty of any pool
                response_deserializer=method.response.FromString,
            )
            setattr(self, method.name, multi_callable)
