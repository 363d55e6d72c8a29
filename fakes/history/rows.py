"""Restores that are over, as rows of plain values: small, and no work for the garbage collector.

CPython's collector visits every instance of a class again and again, but not tuples of strings and numbers. A million
finished restores as objects cost seconds of pauses and gigabytes; as rows they cost neither.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

from fakes.lifecycle.restores import Restore, RestoreSpec, RestoreTarget

Row = tuple[Any, ...]
"""A plain tuple of strings, bytes, numbers and tuples of strings; the collector ignores only exactly that."""

NAME, NAMESPACE, PROJECT, BACKUP, SETTING, HISTORY, DEPLOYMENT = range(2, 9)
"""Columns of a row."""

NUMBER_BYTES = 8


def pack(restore: Restore, setting_number: int) -> Row:
    """Write down a restore that will not change any more.

    Args:
        restore: The restore.
        setting_number: What to remember its target by.
    """
    spec, history = restore.spec, restore.history
    return (
        restore.ordinal,
        restore.uid,
        spec.name,
        spec.namespace,
        spec.project,
        spec.backup,
        setting_number,
        struct.pack(f"<{len(history)}q", *history),
        restore.deployment,
        spec.description,
        _flat(spec.labels),
        _flat(spec.annotations),
        spec.unknown_fields,
        restore.error_code,
        restore.error_message,
    )


def unpack(row: Row, target: RestoreTarget) -> Restore:
    """Make the restore that `pack` wrote down."""
    ordinal, uid, name, namespace, project, backup, _, _, deployment, *texts, code, message = row
    description, labels, annotations, unknown_fields = texts
    spec = RestoreSpec(
        name=name,
        namespace=namespace,
        project=project,
        backup=backup,
        description=description,
        labels=_paired(labels),
        annotations=_paired(annotations),
        unknown_fields=unknown_fields,
    )
    return Restore(ordinal, uid, spec, target, deployment, list(history_of(row)), code, message)


def history_of(row: Row) -> tuple[int, ...]:
    """The history of a restore that was written down (`Restore.history`)."""
    written: bytes = row[HISTORY]
    return struct.unpack(f"<{len(written) // NUMBER_BYTES}q", written)


def _flat(texts: Mapping[str, str]) -> Row:
    return tuple([text for pair in texts.items() for text in pair]) if texts else ()


def _paired(texts: Row) -> dict[str, str]:
    return dict(zip(texts[::2], texts[1::2], strict=True))
