"""The methods of the RestoreService as the descriptors tell them, and a client stub made from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from operator import methodcaller
from typing import TYPE_CHECKING

from google.protobuf import message_factory
from google.protobuf.message import Message

from simulator.api.pool import POOL

if TYPE_CHECKING:
    import grpc
    from google.protobuf.empty_pb2 import Empty

    from simulator.api import restore_pb2

SERVICE = "public.portworx.pds.restore.v1.RestoreService"
"""Full name of the service."""


@dataclass(frozen=True, slots=True)
class Method:
    """One method of the service: its name, its path on the wire and the messages that it takes and gives."""

    name: str
    path: str
    request: type[Message]
    response: type[Message]


METHODS: Mapping[str, Method] = {
    method.name: Method(
        method.name,
        f"/{SERVICE}/{method.name}",
        message_factory.GetMessageClass(method.input_type),
        message_factory.GetMessageClass(method.output_type),
    )
    for method in POOL.FindServiceByName(SERVICE).methods
}
"""The methods of the service by name, in the order of the .proto file."""


class RestoreServiceStub:
    """Client of the RestoreService over *channel*, with the simulator's own messages.

    Any other generated client of the API works as well; this one spares a test the generating.

    Example:
        >>> stub = RestoreServiceStub(channel)                                          # doctest: +SKIP
        >>> stub.GetRestore(restore_pb2.GetRestoreRequest(id="rst:…"), timeout=5)       # doctest: +SKIP
    """

    CreateRestore: grpc.UnaryUnaryMultiCallable[restore_pb2.CreateRestoreRequest, restore_pb2.Restore]
    GetRestore: grpc.UnaryUnaryMultiCallable[restore_pb2.GetRestoreRequest, restore_pb2.Restore]
    ListRestores: grpc.UnaryUnaryMultiCallable[restore_pb2.ListRestoresRequest, restore_pb2.ListRestoresResponse]
    RecreateRestore: grpc.UnaryUnaryMultiCallable[restore_pb2.RecreateRestoreRequest, restore_pb2.Restore]
    GetRestorabilityMatrix: grpc.UnaryUnaryMultiCallable[Empty, restore_pb2.RestorabilityMatrix]

    def __init__(self, channel: grpc.Channel) -> None:
        for method in METHODS.values():
            multi_callable = channel.unary_unary(
                method.path,
                request_serializer=methodcaller("SerializeToString"),  # takes an Empty of any pool
                response_deserializer=method.response.FromString,
            )
            setattr(self, method.name, multi_callable)
