"""The JSON Schema of documents, made from the models that check them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from simulator.documents.changes import ChangeDocument
from simulator.documents.model import Model
from simulator.documents.rules import FaultDocument
from simulator.documents.worlds import WorldDocument

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class SchemaGenerator(GenerateJsonSchema):
    """Leaves out what is of no use to a reader or an editor: titles made of names, defaults that say nothing."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._open: set[str] = set()

    def generate_inner(self, schema: Any) -> JsonSchemaValue:
        """A model that is built on demand may contain itself; refer to it there."""
        name = schema.get("ref", "")
        if name in self._open:
            return self.get_cache_defs_ref_schema(name)[1]
        self._open |= {name} - {""}
        try:
            return super().generate_inner(schema)
        finally:
            self._open.discard(name)

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002  # of any field
        return False

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """None means that a key is left out; it can't be written."""
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        made = self.generate_inner(schema["schema"])
        default = schema.get("default")
        return {**made, "default": default} if isinstance(default, str | int | float) and default != "" else made


_DOCUMENTS: Mapping[str, type[Model]] = {"rule": FaultDocument, "change": ChangeDocument, "world": WorldDocument}


def document_schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a document.

    Args:
        name: ``rule``, ``change`` or ``world``.
    """
    made = _DOCUMENTS[name].model_json_schema(schema_generator=SchemaGenerator)
    for definition in made.get("$defs", {}).values():
        definition.pop("title", None)  # names of classes mean nothing to a reader
    return {"$schema": DIALECT, **made, "title": name.capitalize()}
