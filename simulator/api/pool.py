"""A descriptor pool of our own, so that the simulator and anybody's stubs of the same files live in one process.

Protobuf's default pool holds one definition per symbol. A client under test brings its own generated messages, perhaps
of a newer release: of the RestoreService, and of what gRPC and Google publish for everybody. Were ours in the default
pool too, whichever came second could not be imported. Nothing here touches the default pool.
"""

from __future__ import annotations

import copyreg
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.descriptor import Descriptor, FieldDescriptor, MethodDescriptor
from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper
from google.protobuf.message import Message

_FILES = descriptor_pb2.FileDescriptorSet.FromString(
    files("simulator.api").joinpath("descriptors.binpb").read_bytes()
).file
POOL_FILES: tuple[bytes, ...] = tuple(file.SerializeToString() for file in _FILES)
"""Every .proto file of this package and all that they import, compiled, each after those that it imports."""
POOL_FILE_NAMES: tuple[str, ...] = tuple(file.name for file in _FILES)
"""The names of these files, in their order."""


def _pool_of_our_own() -> descriptor_pool.DescriptorPool:
    pool = descriptor_pool.DescriptorPool()
    for file in POOL_FILES:
        pool.AddSerializedFile(file)
    return pool


POOL = _pool_of_our_own()
"""Every definition of the .proto files in this package and of the well-known types that they use."""


def read_message(name: str, content: bytes) -> Message:
    """Read a message of the pool, such as ``"google.protobuf.Timestamp"``."""
    return message_factory.GetMessageClass(POOL.FindMessageTypeByName(name)).FromString(content)


def _reduce(message: Message) -> tuple[Any, ...]:
    return read_message, (message.DESCRIPTOR.full_name, message.SerializePartialToString())


def _with_nested(message: Descriptor) -> Iterator[Descriptor]:
    yield message
    for nested in message.nested_types:
        yield from _with_nested(nested)


# Protobuf itself pickles a message by the name of its class, under which there may be that of the default pool.
for _name in POOL_FILE_NAMES:
    for _outermost in POOL.FindFileByName(_name).message_types_by_name.values():
        for _message in _with_nested(_outermost):
            copyreg.pickle(message_factory.GetMessageClass(_message), _reduce)


def export(proto: str, namespace: dict[str, Any]) -> None:
    """Put what the file *proto* defines into *namespace*, as protoc's own modules do."""
    file = POOL.FindFileByName(proto)
    namespace["DESCRIPTOR"] = file
    namespace.update(file.extensions_by_name)
    for name, message in file.message_types_by_name.items():
        namespace[name] = message_factory.GetMessageClass(message)
    for name, enum in file.enum_types_by_name.items():
        namespace[name] = EnumTypeWrapper(enum)
        namespace.update((value.name, value.number) for value in enum.values)


def read_option(descriptor: FieldDescriptor | MethodDescriptor, extension: FieldDescriptor) -> Any:
    """Return what the options of *descriptor* say under *extension*, which this package has defined.

    Protobuf itself knows the extensions of the default pool only, whatever pool the descriptor is of.
    """
    options = descriptor.GetOptions()
    of_our_own: Any = message_factory.GetMessageClass(POOL.FindMessageTypeByName(options.DESCRIPTOR.full_name))
    return of_our_own.FromString(options.SerializeToString()).Extensions[extension]
