"""The bytes of answers, each written once: one version of a restore always reads the same."""

from __future__ import annotations

from google.protobuf.message import Message

from fakes import Restore
from fakes.listing import Page
from simulator.api import restore_pb2
from simulator.services.call import Response
from simulator.services.messages import to_list_response, to_restore
from simulator.session import Written, WrittenRestore

WRITTEN_MAX = 10_000
"""Restores whose bytes are kept, about a kilobyte each; when there are more, all begin anew."""

_RESTORES = restore_pb2.ListRestoresResponse.DESCRIPTOR.fields_by_name["restores"]
_RESTORES_TAG = bytes([_RESTORES.number << 3 | 2])
"""Announces an item of the list: the number of its field, and that a length follows."""
_VARINT_BITS = 7


def write_message(message: Message) -> bytes:
    """Write *message*, the same one always alike: maps have no order of their own."""
    return message.SerializeToString(deterministic=True)


def write_restore(written: Written, restore: Restore) -> WrittenRestore:
    """Write a restore as it is at this moment, from *written* where that version of it is there."""
    version = restore.version
    kept = written.get(version)
    if kept is None:
        if len(written) >= WRITTEN_MAX:
            written.clear()
        content = write_message(to_restore(restore))
        kept = written[version] = WrittenRestore(_RESTORES_TAG + _varint(len(content)), content)
    return kept


def write_list(written: Written, page: Page) -> Response:
    """Write a page of restores, spliced from the bytes of each.

    A message is the concatenation of its fields, so this is what protobuf would write, in a fraction of the time. The
    parts are shared with other answers: whoever keeps them keeps little.
    """
    parts: list[bytes] = []
    for place, version in enumerate(page.versions):
        # Asking the page for a restore makes an object of it, which what is written already can do without.
        parts += written.get(version) or write_restore(written, page.restores[place])
    parts.append(write_message(to_list_response(page)))
    return tuple(parts)


def _varint(number: int) -> bytes:
    """Write a length as protobuf does: seven bits a byte, the lowest first, the highest bit set but in the last."""
    encoded = bytearray()
    while number >> _VARINT_BITS:
        encoded.append(number & 0x7F | 0x80)
        number >>= _VARINT_BITS
    encoded.append(number)
    return bytes(encoded)
