"""Finds message classes by full name, for ``google.protobuf.Any`` and for details of errors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from google.protobuf import descriptor_pool, message_factory
from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message


class FindMessageType(Protocol):
    """Finds a class of messages by its full name."""

    def __call__(self, full_name: str) -> type[Message] | None: ...


class MessageTypes:
    """The messages of several descriptor pools.

    Args:
        pools: The pools to search, in this order.
    """

    def __init__(self, pools: Sequence[descriptor_pool.DescriptorPool]) -> None:
        self._pools = tuple(dict.fromkeys(pools))

    def __call__(self, full_name: str) -> type[Message] | None:
        for pool in self._pools:
            try:
                descriptor: Descriptor = pool.FindMessageTypeByName(full_name)
            except KeyError:
                continue
            return message_factory.GetMessageClass(descriptor)
        return None
