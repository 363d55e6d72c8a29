"""Metadata in a document: texts and whole numbers by their keys, bytes as base64."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

from pydantic import AfterValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from simulator.documents.problems import WRONG_KEY
from simulator.faults.metadata import BINARY, PUSHBACK, RESERVED, check_entry, metadata_value

_BASE64 = r"^([0-9A-Za-z+/]{4})*([0-9A-Za-z+/]{2}==|[0-9A-Za-z+/]{3}=)?$"


def _check(key: str, given: Mapping[str, str | int]) -> Mapping[str, str | int]:
    for name, value in given.items():
        try:
            check_entry(key, name, metadata_value(name, value))
        except ValueError as error:
            raise PydanticCustomError(WRONG_KEY, "{what}", {"what": str(error), "path": (name,)}) from None
    return given


def _schema(of_grpc: str) -> dict[str, Any]:
    """The same in the words of JSON Schema; *of_grpc* matches how keys begin that belong to gRPC."""
    return {
        "type": "object",
        "propertyNames": {"pattern": rf"^(?!{of_grpc}|({'|'.join(RESERVED)})$)[0-9a-z_.-]+$"},
        "patternProperties": {f"{BINARY}$": {"type": "string", "pattern": _BASE64}},
        "additionalProperties": {"type": ["string", "integer"], "pattern": "^([!-~]([ -~]*[!-~])?)?$"},
    }


InitialMetadata = Annotated[
    Mapping[str, str | int], AfterValidator(partial(_check, "initial_metadata")), WithJsonSchema(_schema("grpc-"))
]
"""Metadata that is sent before an answer."""
TrailingMetadata = Annotated[
    Mapping[str, str | int],
    AfterValidator(partial(_check, "trailing_metadata")),
    WithJsonSchema(_schema(f"grpc-(?!{PUSHBACK.removeprefix('grpc-')}$)")),
]
"""Metadata that is sent with a status."""
