"""The snapshot of a session: its format, checked when it is read, and its JSON Schema."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Unpack

from pydantic import TypeAdapter, ValidationError
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core.core_schema import IntSchema

from fakes.faults.rule import Rule
from fakes.snapshot.errors import Path as KeyPath
from fakes.snapshot.errors import SnapshotError, require
from fakes.snapshot.records import Plain
from fakes.values import shown
from simulator.documents.files import may_never_end
from simulator.documents.problems import HIDDEN, SECRET_KEYS
from simulator.faults import EFFECTS
from simulator.sessions.rules import inject_all
from simulator.sessions.session import Session, SessionOptions
from simulator.sessions.snapshot import read_session, write_session
from simulator.sessions.snapshot_records import VERSION, VERSION_KEY, BytesRecord, SessionRecord

FILE_BYTES_MAX = 2**30
"""More than any snapshot that a machine could load."""


@cache
def _adapter() -> TypeAdapter[SessionRecord]:
    return TypeAdapter(SessionRecord)


def to_document(record: SessionRecord) -> Plain:
    """Write a record as JSON knows it, without defaults."""
    document: Plain = _adapter().dump_python(record, mode="json", exclude_defaults=True)
    return document


def from_document(document: object) -> SessionRecord:
    """Read what `to_document` wrote; it may stand under ``snapshot``, as the control service answers.

    Raises:
        SnapshotError: it is not a snapshot, or of a newer version, or something in it is wrong; says where.
    """
    document = unwrapped(document)
    if not isinstance(document, Mapping):
        raise SnapshotError((), f"is {shown(document)}; expected an object with the key {VERSION_KEY!r}")
    if VERSION_KEY not in document:
        raise SnapshotError((), f"is no snapshot; expected the key {VERSION_KEY!r}")
    version = document[VERSION_KEY]
    if isinstance(version, float) and version.is_integer():  # numbers of a Struct are always floats
        return from_document(json.loads(_as_json(document), parse_float=_number))
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise SnapshotError((VERSION_KEY,), f"is {shown(version)}; expected the version of a snapshot, {VERSION}")
    if version > VERSION:
        reason = f"is {shown(version)}, a newer version; this simulator reads versions until {VERSION}"
        raise SnapshotError((VERSION_KEY,), f"{reason}; install a newer one")
    try:
        return _adapter().validate_json(_as_json(document))
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False)[0]
        path = tuple(part for part in details["loc"] if part != BytesRecord.__name__)  # of a union
        found = HIDDEN if set(path) & SECRET_KEYS else shown(details["input"])
        reason = "is missing" if details["type"] == "missing" else str(details["msg"])
        if details["type"] != "missing":
            reason += f"; found {found}"
        raise SnapshotError(path, reason) from None


def unwrapped(document: object) -> object:
    """The snapshot in an answer of the control service, ``{"snapshot": …}``; anything else as it is."""
    return document["snapshot"] if isinstance(document, Mapping) and [*document] == ["snapshot"] else document


def _as_json(document: object) -> bytes:
    """Write plain data as JSON.

    Raises:
        SnapshotError: it is not plain data, or has a text that is not Unicode or a number that JSON lacks.
    """
    try:
        return json.dumps(document, ensure_ascii=False, allow_nan=False).encode()
    except RecursionError:
        raise SnapshotError((), "is nested too deeply") from None
    except (TypeError, ValueError) as error:
        raise SnapshotError(_place_of_fault(document), f"is no JSON: {error}") from None


_DEPTH_SHOWN_MAX = 50
"""No snapshot is nested as deeply; an object that contains itself is."""


def _place_of_fault(document: Any) -> KeyPath:
    """The path to the first value in a document that can't be written as JSON."""
    path: KeyPath = ()
    while isinstance(document, Mapping | list) and len(path) < _DEPTH_SHOWN_MAX:
        items = document.items() if isinstance(document, Mapping) else enumerate(document)
        for key, value in items:
            try:
                json.dumps({str(key): value}, ensure_ascii=False, allow_nan=False).encode()
            except (TypeError, ValueError):
                path, document = (*path, key), value
                break
        else:
            break
    return path


def take_snapshot(session: Session) -> Plain:
    """Write a session as it is at this moment, as JSON knows it.

    Raises:
        SnapshotError: there is something that can't be written, such as an effect that has no ``to_plain``.
    """
    return to_document(write_session(session))


def session_from(
    document: object,
    *,
    rules: Iterable[Rule] = (),
    effects: Iterable[type[Any]] = (),
    **options: Unpack[SessionOptions],
) -> Session:
    """Make a session that continues from a snapshot.

    Args:
        document: What `take_snapshot` returned.
        rules: Rules to add to those of the snapshot.
        effects: Classes of custom effects that its rules may have, each with a ``from_plain``.
        options: What `Session.change` takes; what is left out is as in the snapshot.

    Raises:
        SnapshotError: it is not a snapshot, or of a newer version, or something in it is wrong; says where.
        InvalidRule: one of *rules* could never match anything in the world.
    """
    with _collector_waiting():
        session = read_session(from_document(document), (*EFFECTS, *effects))
    session.change(**options)
    with session as world:
        inject_all(world, rules)
    return session


@contextmanager
def _collector_waiting() -> Iterator[None]:
    """Pause the garbage collector: what is made here stays, and would be scanned repeatedly for nothing."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def read_json(file: Path) -> Any:
    """Read a file of JSON. Whole numbers that are written as doubles, with a point, become integers.

    Raises:
        OSError: it can't be read.
        SnapshotError: it is not JSON, or too large; says where.
    """
    require(not may_never_end(file), (), "is no regular file")
    try:
        with file.open("rb") as opened:
            content = opened.read(FILE_BYTES_MAX + 1)
        require(len(content) <= FILE_BYTES_MAX, (), f"has more than {FILE_BYTES_MAX} bytes")
        return json.loads(content, parse_float=_number)
    except RecursionError:
        raise SnapshotError((), "is nested too deeply") from None
    except ValueError as error:  # not JSON, or not text
        raise SnapshotError((), f"is no JSON: {error}") from None


def _number(text: str) -> int | float:
    number = float(text)
    return int(number) if number.is_integer() else number


def json_schema() -> Plain:
    """The JSON Schema of snapshots."""
    written = _adapter().json_schema(schema_generator=_Generator)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Snapshot", **written}


def snapshot_schema_text() -> str:
    """The JSON Schema of snapshots as it is published."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


class _Generator(GenerateJsonSchema):
    """Accepts whole numbers as texts, because snapshots whose numbers are doubles write large ones like that."""

    def int_schema(self, schema: IntSchema) -> JsonSchemaValue:
        return {"anyOf": [super().int_schema(schema), {"type": "string", "pattern": "^-?[0-9]+$"}]}
