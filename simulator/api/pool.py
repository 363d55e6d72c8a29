"""A descriptor pool of our own, so that the simulator and anybody's stubs of the same API live in one process.

Protobuf's default pool holds one definition per symbol. A client under test brings its own generated messages of the
RestoreService, perhaps of a newer release; were ours in the default pool too, whichever came second could not be
imported. Nothing here touches the default pool.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper

POOL_FILES: tuple[bytes, ...] = tuple(
    file.SerializeToString()
    for file in descriptor_pb2.FileDescriptorSet.FromString(
        files("simulator.api").joinpath("descriptors.binpb").read_bytes()
    ).file
)
"""Every .proto file of the API and all that they import, compiled, each after those that it imports."""


def _pool_of_our_own() -> descriptor_pool.DescriptorPool:
    pool = descriptor_pool.DescriptorPool()
    for file in POOL_FILES:
        pool.AddSerializedFile(file)
    return pool


POOL = _pool_of_our_own()
"""Every definition of the API and of the well-known types that it uses."""


def export(proto: str, namespace: dict[str, Any]) -> None:
    """Put the messages, enums and enum values of the file *proto* into *namespace*, as protoc's own modules do."""
    file = POOL.FindFileByName(proto)
    namespace["DESCRIPTOR"] = file
    for name, message in file.message_types_by_name.items():
        namespace[name] = message_factory.GetMessageClass(message)
    for name, enum in file.enum_types_by_name.items():
        namespace[name] = EnumTypeWrapper(enum)
        namespace.update((value.name, value.number) for value in enum.values)
