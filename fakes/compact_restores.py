"""Restores that are over, as rows of plain values: small, and no work for the garbage collector.

CPython's collector visits every instance of a class again and again, but not tuples of strings and numbers. A million
finished restores as objects cost seconds of pauses and gigabytes; as rows they cost neither.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any, NamedTuple

from fakes.phases import ErrorCode, Phase
from fakes.restores import PHASE_BITS, PHASE_MASK, Restore, RestoreOrder, RestoreStatus, custom_resource_name

Row = tuple[Any, ...]
"""A plain tuple of strings, bytes, numbers and tuples of strings; the collector ignores only exactly that."""

NAME, CONTEXT, HISTORY, DEPLOYMENT = range(2, 6)
"""Columns of a row."""

NUMBER_BYTES = 8


class Context(NamedTuple):
    """The uids that restores of the same backup into the same namespace and project have in common."""

    namespace: str
    project: str
    backup: str
    tenant: str
    cluster: str
    source_deployment: str
    backup_location: str
    cloudsnap: str


class References(NamedTuple):
    """The uids by which restores are selected."""

    tenant: str
    project: str
    backup: str
    source_deployment: str
    deployment: str


CONTEXT_LENGTH = len(Context._fields)
"""Behind the uids of a context come uid and name, in turns, of what they are the uids of."""


def pack(restore: Restore, contexts: dict[Row, Row]) -> Row:
    """Write down a restore that will not change any more.

    Args:
        restore: The restore.
        contexts: The contexts so far, each once; gains one where this is the first restore that has it.
    """
    order, status = restore.order, restore.status
    names = [text for named in restore.resource_names.items() if named[0] != restore.deployment for text in named]
    context: Row = (
        order.namespace,
        order.project,
        order.backup,
        restore.tenant,
        restore.cluster,
        restore.source_deployment,
        restore.backup_location,
        restore.cloudsnap,
        *names,
    )
    history = restore.history
    return (
        restore.ordinal,
        restore.uid,
        order.name,
        contexts.setdefault(context, context),
        struct.pack(f"<{len(history)}q", *history),
        restore.deployment,
        order.description,
        _flat(order.labels),
        _flat(order.annotations),
        order.opaque,
        status.error_code,
        status.error_message,
    )


def unpack(row: Row) -> Restore:
    """Make the restore that `pack` wrote down."""
    ordinal, uid, name, texts, _, deployment, description, labels, annotations, opaque, code, message = row
    context = Context(*texts[:CONTEXT_LENGTH])
    *past, status = _statuses(history_of(row), code, message)
    return Restore(
        ordinal=ordinal,
        uid=uid,
        order=RestoreOrder(
            name=name,
            namespace=context.namespace,
            project=context.project,
            backup=context.backup,
            description=description,
            labels=_paired(labels),
            annotations=_paired(annotations),
            opaque=opaque,
        ),
        tenant=context.tenant,
        cluster=context.cluster,
        source_deployment=context.source_deployment,
        backup_location=context.backup_location,
        cloudsnap=context.cloudsnap,
        deployment=deployment,
        custom_resource_name=custom_resource_name(name, uid),
        created_at_microseconds=past[0].updated_at_microseconds,
        resource_names={**_paired(texts[CONTEXT_LENGTH:]), deployment: name},
        status=status,
        past=past,
    )


def history_of(row: Row) -> tuple[int, ...]:
    """The history of a restore that was written down (`Restore.history`)."""
    written: bytes = row[HISTORY]
    return struct.unpack(f"<{len(written) // NUMBER_BYTES}q", written)


def references_of(row: Row) -> References:
    """What a restore that was written down refers to."""
    context = Context(*row[CONTEXT][:CONTEXT_LENGTH])
    return References(context.tenant, context.project, context.backup, context.source_deployment, row[DEPLOYMENT])


def _statuses(history: tuple[int, ...], code: ErrorCode | None, message: str) -> list[RestoreStatus]:
    first = history[0]
    status = RestoreStatus(Phase(first & PHASE_MASK), 1, first >> PHASE_BITS)
    statuses = [status]
    for number in history[1:]:
        phase = Phase(number & PHASE_MASK)
        error = (code, message) if phase is Phase.FAILED else (None, "")
        status = status.followed_by(phase, number >> PHASE_BITS, *error)
        statuses.append(status)
    return statuses


def _flat(texts: Mapping[str, str]) -> Row:
    return tuple([text for pair in texts.items() for text in pair])


def _paired(texts: Row) -> dict[str, str]:
    return dict(zip(texts[::2], texts[1::2], strict=True))
