"""The JSON Schema of scenario documents, made from the models that check them.

What it can't say is left to the models: that names, aliases, fields and rules exist to which a scenario refers, that a
world fits together, that of two values the second is the greater, and what wildcards and regular expressions match.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from scenarios.document import ScenarioDocument

SCHEMA_FILE = Path(__file__).with_name("scenario.schema.json")
"""The schema as it ships, for editors; a test makes sure that it is that of the models."""

DIALECT = "https://json-schema.org/draft/2020-12/schema"
TITLE = "Scenario of the PDS restore simulator"


class _Generator(GenerateJsonSchema):
    """Leaves out what would only be in the way of a reader or an editor: titles, and defaults that say nothing."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002  # no field has one
        return False

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """None is the value of what is left out; written down, it is refused."""
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        made = self.generate_inner(schema["schema"])
        default = schema.get("default")
        return {**made, "default": default} if isinstance(default, str | int | float) and default != "" else made


def scenario_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a scenario; the same in every process."""
    made = ScenarioDocument.model_json_schema(schema_generator=_Generator)
    for definition in made["$defs"].values():
        definition.pop("title")  # names of classes tell nobody anything
    return {"$schema": DIALECT, **made, "title": TITLE}


def scenario_schema_text() -> str:
    """The JSON Schema as it is printed and shipped."""
    return json.dumps(scenario_schema(), indent=2, ensure_ascii=False) + "\n"
