"""The calls that clients made, in the order in which they were answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import overload

from google.protobuf.message import Message

from fakes.timeline import to_datetime

Metadata = Sequence[tuple[str, str | bytes]]


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call and how it was answered.

    Args:
        method: Name of the method, such as ``"CreateRestore"``.
        request: The request; None when its bytes were no such message.
        response: The answer; None when the call failed.
        code: Name of the status code, such as ``"OK"``.
        message: What the status says.
        metadata: What the client sent along.
    """

    method: str
    request: Message | None
    response: Message | None
    code: str
    message: str
    metadata: Metadata
    at_microseconds: int

    @property
    def at(self) -> datetime:
        """When it was answered, in virtual time."""
        return to_datetime(self.at_microseconds)


class CallLog(Sequence[CallRecord]):
    """All calls so far; reading is safe from any thread."""

    def __init__(self) -> None:
        self._records: list[CallRecord] = []

    @overload
    def __getitem__(self, index: int) -> CallRecord: ...
    @overload
    def __getitem__(self, index: slice) -> list[CallRecord]: ...
    def __getitem__(self, index: int | slice) -> CallRecord | list[CallRecord]:
        return self._records[index]

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[CallRecord]:
        return iter(self._records[:])

    def append(self, record: CallRecord) -> None:
        """Add a call that has been answered."""
        self._records.append(record)

    def clear(self) -> None:
        """Forget all calls."""
        self._records.clear()

    def of(self, method: str) -> list[CallRecord]:
        """The calls of one method."""
        return [record for record in self if record.method == method]
