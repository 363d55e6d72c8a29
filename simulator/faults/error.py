"""A call fails before it has any effect."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, cast

import grpc
from google.protobuf import json_format
from google.protobuf.message import Message

from fakes.described import described
from fakes.faults.errors import InvalidRule
from fakes.faults.rule import Firing
from fakes.faults.settings import Choice, PlainEffect, Seconds, Text, setting
from fakes.suggestions import suggest
from simulator.api import error_details_pb2
from simulator.faults.metadata import read_metadata, to_metadata
from simulator.faults.statuses import injected
from simulator.rpc.call import Call, Handler
from simulator.sessions.call_record import Metadata

_DETAILS = sorted(error_details_pb2.DESCRIPTOR.message_types_by_name)


@dataclass(frozen=True)
class Details:
    """Messages of google.rpc, each as a mapping of ``"@type"`` and its fields."""

    def check(self, key: str, value: Any) -> Sequence[Mapping[str, Any]]:
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise InvalidRule(key, f"is {value!r}; expected a list of mappings, each with an '@type'")
        for detail in value:
            read_detail(detail)
        return tuple(value)

    def to_plain(self, value: Any) -> Any:
        return [dict(detail) for detail in value]

    def from_plain(self, key: str, plain: Any) -> Any:  # noqa: ARG002  # other kinds name it
        return plain


@dataclass(frozen=True)
class SentMetadata:
    """Metadata that a server sends; in documents, bytes are base64."""

    def check(self, key: str, value: Any) -> Metadata:
        return read_metadata(key, value)

    def to_plain(self, value: Any) -> Any:
        return {name: b64encode(each).decode() if isinstance(each, bytes) else each for name, each in value}

    def from_plain(self, key: str, plain: Any) -> Any:
        try:
            return to_metadata(plain) if isinstance(plain, Mapping) else plain
        except ValueError as error:
            raise InvalidRule(key, str(error)) from None


@described
@dataclass(frozen=True, slots=True)
class Error(PlainEffect):
    """Answer with a status other than OK, before the call has any effect."""

    name: ClassVar[str] = "error"

    code: str = setting(
        Choice("status code of an error", [code.name for code in grpc.StatusCode if code is not grpc.StatusCode.OK]),
        "Name of the status code.",
        default=grpc.StatusCode.UNAVAILABLE.name,
    )
    message: str = setting(Text(), "The message of the status; left out, it names the rule.", default="")
    retry_delay_seconds: float | None = setting(
        Seconds(may_be_endless=True), "After how long to try again, sent as RetryInfo.", key="retry_delay", default=None
    )
    details: Sequence[Mapping[str, Any]] = setting(
        Details(), "Further details: for each '@type', a message of google.rpc, and its fields.", default=()
    )
    initial_metadata: Mapping[str, str | bytes] | Metadata = setting(
        SentMetadata(),
        "Initial metadata; bytes under keys in -bin. With any, retry policies of gRPC don't retry.",
        default=(),
    )
    trailing_metadata: Mapping[str, str | bytes] | Metadata = setting(
        SentMetadata(),
        "Trailing metadata, such as grpc-retry-pushback-ms; bytes under keys in -bin.",
        default=(),
    )

    def __hash__(self) -> int:
        return hash((self.code, self.message, self.retry_delay_seconds, len(self.details), self.trailing_metadata))

    async def around(self, call: Call, proceed: Handler, firing: Firing) -> bytes:  # noqa: ARG002  # it never proceeds
        raise injected(
            grpc.StatusCode[self.code],
            self.message or f"injected by the rule {firing.rule!r}",
            firing,
            retry_delay_seconds=self.retry_delay_seconds,
            details=[read_detail(detail) for detail in self.details],
            initial_metadata=cast(Metadata, self.initial_metadata),
            trailing_metadata=cast(Metadata, self.trailing_metadata),
        )


def read_detail(detail: Any) -> Message:
    """Make the message that a detail describes.

    Args:
        detail: The name of a message of google.rpc as ``"@type"``, and its fields.

    Raises:
        InvalidRule: there is no such message, or it has no such fields.
    """
    if not isinstance(detail, Mapping):
        raise InvalidRule("details", f"has {detail!r}; expected a mapping with an '@type'")
    name = str(detail.get("@type", "")).rpartition(".")[2]
    if name not in _DETAILS:
        raise InvalidRule("details", f"{detail.get('@type')!r} is no '@type' of google.rpc; {suggest(name, _DETAILS)}")
    message = cast(type[Message], getattr(error_details_pb2, name))()
    try:
        json_format.ParseDict({key: value for key, value in detail.items() if key != "@type"}, message)
    except json_format.ParseError as error:
        raise InvalidRule("details", f"{name}: {' '.join(str(error).split()).rstrip('.')}") from None
    return message
