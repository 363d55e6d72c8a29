"""Pieces of work as records."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from fakes.lifecycle.failures import Failure
from fakes.lifecycle.gates import Gate
from fakes.lifecycle.phases import ErrorCode
from fakes.lifecycle.work import AwaitGate, AwaitSlot, Download, Elapse, FailRestore, Pause, RecordFault, Work
from fakes.snapshot.errors import read_each, require, require_index, require_keys
from fakes.snapshot.records import WorkRecord

GateIndex = Callable[[Gate], int]

_WRITE: Mapping[type[Work], Callable[[Any, GateIndex], WorkRecord]] = {
    AwaitSlot: lambda _, __: WorkRecord("await slot"),
    Elapse: lambda work, _: WorkRecord("elapse", microseconds=work.duration_microseconds),
    Download: lambda work, _: WorkRecord("download", size_bytes=work.size_bytes),
    Pause: lambda work, _: WorkRecord("pause", microseconds=work.duration_microseconds),
    AwaitGate: lambda work, index_of: WorkRecord("await gate", gate=index_of(work.gate)),
    FailRestore: lambda work, _: WorkRecord(
        "fail", error_code=work.failure.error_code.name, message=work.failure.error_message
    ),
    RecordFault: lambda work, _: WorkRecord("record fault", rule=work.rule, effect=work.effect),
}


def work_to_records(work: Sequence[Work], index_of: GateIndex) -> list[WorkRecord]:
    """Write pieces of work; *index_of* returns the index of a gate."""
    return [_WRITE[type(piece)](piece, index_of) for piece in work]


def work_from_records(records: Sequence[WorkRecord], gates: Sequence[Gate]) -> tuple[Work, ...]:
    """Make pieces of work.

    Raises:
        SnapshotError: a piece lacks a key of its kind, or has one too many.
    """
    return tuple(read_each((), records, lambda record: _read(record, gates)))


def error_code(name: str | None) -> ErrorCode:
    """Look up an error code by name."""
    require(
        name in ErrorCode.__members__,
        ("error_code",),
        f"is {name!r}; expected one of {', '.join(ErrorCode.__members__)}",
    )
    return ErrorCode[str(name)]


def _read(record: WorkRecord, gates: Sequence[Gate]) -> Work:
    keys, make = _READ[record.kind]
    require_keys(record, keys, _OPTIONAL)
    if record.gate is not None:
        require_index(record.gate, len(gates), ("gate",), "gates")
        return AwaitGate(gates[record.gate])
    return make(*(getattr(record, key) for key in keys))


_OPTIONAL = tuple(entry.name for entry in fields(WorkRecord) if entry.name != "kind")
_READ: Mapping[str, tuple[Sequence[str], Callable[..., Work]]] = {
    "await slot": ((), AwaitSlot),
    "elapse": (("microseconds",), Elapse),
    "download": (("size_bytes",), Download),
    "pause": (("microseconds",), Pause),
    "await gate": (("gate",), AwaitGate),
    "fail": (("error_code", "message"), lambda code, message: FailRestore(Failure(error_code(code), message))),
    "record fault": (("rule", "effect"), RecordFault),
}
"""How each kind of work is written and read."""
