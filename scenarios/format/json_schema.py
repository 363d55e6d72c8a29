"""The JSON Schema of scenario documents, made from the models that check them.

What it can't say is left to the models: that names, aliases, fields and rules exist to which a scenario refers, that a
world fits together, that of two values the second is the greater, what wildcards and regular expressions match, and
what becomes of the places of parameters.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from google.protobuf.descriptor import EnumDescriptor
from pydantic import TypeAdapter

from scenarios.format.expectations import RESPONSES, StatusCode, enum_schema
from scenarios.format.field_paths import values_of
from scenarios.format.scenario import ScenarioDocument
from simulator.api import PRODUCT
from simulator.documents.json_schema import DIALECT, SchemaGenerator
from simulator.documents.model import PhaseName
from simulator.documents.pattern_types import MethodPatterns, Patterns, PhasePatterns
from simulator.documents.quantities import BytesPerSecond, DurationSeconds, PositiveSeconds, SizeBytes, TimeSeconds

SCHEMA_FILE = Path(__file__).parent.with_name("scenario.schema.json")
"""The schema as it ships, for editors; a test checks that it is that of the models."""

TITLE = "Scenario of the PDS restore simulator"


QUANTITIES: Mapping[str, Any] = {
    "Duration": DurationSeconds,
    "PositiveDuration": PositiveSeconds,
    "Time": TimeSeconds,
    "Size": SizeBytes,
    "Bandwidth": BytesPerSecond,
    "Patterns": Patterns,
    "MethodPatterns": MethodPatterns,
    "PhasePatterns": PhasePatterns,
    "Phase": PhaseName,
    "StatusCode": StatusCode,
}
"""Schemas that are used in many places and written once."""

ENUMS: Mapping[str, EnumDescriptor] = {
    enum.full_name.removeprefix(PRODUCT): enum
    for response in RESPONSES.values()
    for _, enum in values_of(response)
    if enum is not None
}
"""The enums of answers, which are written once, too."""

PLACE = {"type": "string", "pattern": r"\$\{parameters\.[^{}]*\}", "description": "The value of a parameter."}
"""What may stand wherever a value that is no mapping and no list may; what it becomes is checked by the models."""


def scenario_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a scenario; the same in every process."""
    made = ScenarioDocument.model_json_schema(schema_generator=SchemaGenerator)
    for definition in made["$defs"].values():
        definition.pop("title")  # names of classes mean nothing to a reader
        _let_places_stand(definition)
    _let_places_stand(made, but=("version", "parameters"))
    shared = {name: _or_place(TypeAdapter(quantity).json_schema()) for name, quantity in QUANTITIES.items()}
    matcher = {"$ref": "#/$defs/Matcher"}
    shared |= {name: _or_place(enum_schema(enum, matcher)) for name, enum in ENUMS.items()}
    _refer(made, {json.dumps(schema["anyOf"]): name for name, schema in shared.items()})
    made["$defs"] = dict(sorted((made["$defs"] | shared | {"Place": PLACE}).items()))
    return {"$schema": DIALECT, **made, "title": TITLE}


def _refer(schema: Any, names: Mapping[str, str]) -> None:
    """Replace alternatives that have *names* by references, everywhere in *schema*."""
    if isinstance(schema, list):
        for inner in schema:
            _refer(inner, names)
    elif isinstance(schema, dict):
        name = names.get(json.dumps(schema.get("anyOf")))
        if name is not None:
            del schema["anyOf"]
            schema["$ref"] = f"#/$defs/{name}"
        for inner in schema.values():
            _refer(inner, names)


def _let_places_stand(schema: dict[str, Any], but: Collection[str] = ()) -> None:
    """Allow a parameter in place of each value in *schema*, except under the keys in *but*."""
    for collection in ("properties", "patternProperties"):
        values = schema.get(collection, {})
        values.update({key: _or_place(value) for key, value in values.items() if key not in but})
    for key in ("additionalProperties", "items"):
        if isinstance(schema.get(key), dict):
            schema[key] = _or_place(schema[key])
    if "prefixItems" in schema:
        schema["prefixItems"] = [_or_place(value) for value in schema["prefixItems"]]


def _or_place(schema: dict[str, Any]) -> dict[str, Any]:
    _let_places_stand(schema)
    alternatives = schema.get("anyOf", [schema])
    for alternative in alternatives:
        _let_places_stand(alternative)
    place = {"$ref": "#/$defs/Place"}
    if not any(map(_is_restricted, alternatives)) or place in alternatives:
        return schema
    told = {key: value for key, value in schema.items() if key in ("description", "default")}
    values = [{key: value for key, value in one.items() if key not in told} for one in alternatives]
    return {"anyOf": [*values, place], **told}


def _is_restricted(schema: dict[str, Any]) -> bool:
    """Whether it describes values other than mappings and lists, and a parameter is not one of them."""
    return schema.get("type") in ("integer", "number", "boolean") or "enum" in schema or "pattern" in schema


def scenario_schema_text() -> str:
    """The JSON Schema as it is printed and shipped."""
    return json.dumps(scenario_schema(), indent=2, ensure_ascii=False) + "\n"
