"""A call fails before it has any effect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, cast

import grpc
from google.protobuf import json_format
from google.protobuf.message import Message

from fakes.faults.errors import InvalidRule
from fakes.faults.numbers import require_duration
from fakes.faults.rule import Firing
from fakes.suggestions import suggest
from simulator.api import error_details_pb2
from simulator.faults.metadata import read_metadata
from simulator.faults.statuses import injected
from simulator.rpc.call import Call, Handler
from simulator.sessions.call_log import Metadata

_DETAILS = sorted(error_details_pb2.DESCRIPTOR.message_types_by_name)


@dataclass(frozen=True, slots=True)
class Error:
    """Answer with a status other than OK.

    Args:
        code: Name of the status code.
        message: What the status says; left empty, it names the rule.
        retry_delay_seconds: When the client should try again, as RetryInfo.
        details: Further details: for each the name of a message of google.rpc as ``"@type"``, and its fields.
        initial_metadata: Metadata that come first, a mapping or pairs; bytes under keys that end in ``-bin``. As with
            any server that has sent such, clients with a retry policy then don't try again.
        trailing_metadata: Metadata that come with the status, such as ``grpc-retry-pushback-ms``.
    """

    name: ClassVar[str] = "error"

    code: str = grpc.StatusCode.UNAVAILABLE.name
    message: str = ""
    retry_delay_seconds: float | None = None
    details: Sequence[Mapping[str, Any]] = ()
    initial_metadata: Mapping[str, str | bytes] | Metadata = ()
    trailing_metadata: Mapping[str, str | bytes] | Metadata = ()

    def __post_init__(self) -> None:
        codes = [code.name for code in grpc.StatusCode if code is not grpc.StatusCode.OK]
        if self.code not in codes:
            raise InvalidRule("code", f"{self.code!r} is no status code of an error; {suggest(str(self.code), codes)}")
        message: object = self.message
        if not isinstance(message, str):
            raise InvalidRule("message", f"is {message!r}; expected a text")
        require_duration(self.retry_delay_seconds, "retry_delay")
        details: object = self.details
        if isinstance(details, str) or not isinstance(details, Sequence):
            raise InvalidRule("details", f"is {details!r}; expected a list of mappings, each with an '@type'")
        for detail in details:
            read_detail(detail)
        for key in ("initial_metadata", "trailing_metadata"):
            object.__setattr__(self, key, read_metadata(key, getattr(self, key)))

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
