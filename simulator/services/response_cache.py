"""Caches the bytes of answers, because a version of a restore is always written the same."""

from __future__ import annotations

from fakes import Restore
from fakes.history.listing import Page
from simulator.api import restore_pb2
from simulator.services.conversions import to_list_response, to_restore
from simulator.services.service import write_message
from simulator.sessions.session import Written

WRITTEN_MAX = 20_000
"""How many restores and list items are cached, a kilobyte each; when there are more, the cache is cleared."""
WRITTEN_BYTES_MAX = 16 * 1024
"""Larger ones are not cached."""

_RESTORES = restore_pb2.ListRestoresResponse.DESCRIPTOR.fields_by_name["restores"]
_RESTORES_TAG = bytes([_RESTORES.number << 3 | 2])
"""The tag of an item of the list: the number of its field, and that a length follows."""
_VARINT_BITS = 7


def write_restore(written: Written, restore: Restore) -> bytes:
    """Write a restore as it is now, from the cache *written* if it is there.

    Of a restore only its status ever changes, and each status has a version of its own.
    """
    version = restore.version
    content = written.get(version)
    if content is None:
        if len(written) >= WRITTEN_MAX:
            written.clear()
        content = write_message(to_restore(restore))
        if len(content) <= WRITTEN_BYTES_MAX:
            written[version] = content
    return content


def write_list(written: Written, page: Page) -> tuple[bytes, ...]:
    """Write a page of restores as parts to be joined: an item for each restore, and the rest.

    A message is the concatenation of its fields, so this is what protobuf would write, in a fraction of the time.
    """
    # Items of lists are cached too, with their tags, under the negative version.
    items = [written.get(-version) for version in page.versions]
    parts = [
        item if item is not None else _write_item(written, page.restores[place]) for place, item in enumerate(items)
    ]
    parts.append(write_message(to_list_response(page)))
    return tuple(parts)


def _write_item(written: Written, restore: Restore) -> bytes:
    content = write_restore(written, restore)
    item = b"".join((_RESTORES_TAG, _varint(len(content)), content))
    if len(content) <= WRITTEN_BYTES_MAX:
        written[-restore.version] = item
    return item


def _varint(number: int) -> bytes:
    """Write a length as protobuf does: seven bits a byte, lowest first; the highest bit is set in all but the last."""
    encoded = bytearray()
    while number >> _VARINT_BITS:
        encoded.append(number & 0x7F | 0x80)
        number >>= _VARINT_BITS
    encoded.append(number)
    return bytes(encoded)
