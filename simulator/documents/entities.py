"""The models of entities in documents, made from the fields of the entities."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from enum import Enum
from typing import Annotated, Any, ClassVar, get_type_hints

from pydantic import Field, create_model

from fakes import Duration, Phase, Token
from fakes.world.entities import COLLECTIONS, Entity
from fakes.world.value_checks import WholeNumber
from simulator.documents.durations import Durations, to_durations
from simulator.documents.model import Model, one_of
from simulator.documents.quantities import BytesPerSecond, DurationSeconds, SizeBytes

_QUANTITIES: Mapping[str, Any] = {
    "_bytes_per_second": BytesPerSecond,
    "_bytes": SizeBytes,
    "_seconds": DurationSeconds,
}
"""How documents write numbers, by the unit at the end of their name."""
_UNIT = re.compile(f"({'|'.join(_QUANTITIES)})$")


def key_of(field: str) -> str:
    """The key of a field in documents, where the unit stands beside the number, not in the name."""
    return _UNIT.sub("", field)


class FieldsDocument(Model):
    """Base of models of what a world has: the fields that are given, under its name."""

    entity: ClassVar[type[Entity | Token]]
    """What it is made from."""
    made_by: ClassVar[Mapping[str, Callable[[Any], Any]]] = {}
    """Functions that convert the value of a field from a document, where they differ."""

    def changes(self) -> dict[str, Any]:
        """The fields that are given, by name."""
        return {
            entry.name: self.made_by.get(entry.name, _same)(getattr(self, key_of(entry.name)))
            for entry in fields(self.entity)
            if key_of(entry.name) in self.model_fields_set
        }


def _same(value: Any) -> Any:
    return value


class EntityDocument(FieldsDocument):
    """An entity, under its name. A key that is left out keeps what the default world says, or a default."""

    uid: str = Field("", description=Entity.__dataclass_fields__["uid"].metadata["about"])


def document_of(entity: type[Entity | Token], base: type[FieldsDocument]) -> type[FieldsDocument]:
    """Make the model of what documents say of an *entity*: a key for each of its fields that *base* does not have."""
    hints = get_type_hints(entity)
    keys: dict[str, Any] = {}
    made_by: dict[str, Callable[[Any], Any]] = {}
    for entry in fields(entity):
        if entry.name == "name" or entry.name in base.model_fields:
            continue
        written, make = _written(entry.name, hints[entry.name], entity.kind)
        if make is not None:
            made_by[entry.name] = make
        limits: dict[str, Any] = {"min_length": 1} if entry.default is entry.default_factory is MISSING else {}
        check = entry.metadata["check"]
        if isinstance(check, WholeNumber) and check.lowest:
            limits["ge"] = check.lowest
        default = _default(entry, base)
        keys[key_of(entry.name)] = (written, Field(default, description=entry.metadata["about"], **limits))
    about = (entity.__doc__ or "").partition("\n")[0]
    document = create_model(f"{entity.__name__}Document", __base__=base, __doc__=about, **keys)
    document.entity, document.made_by = entity, made_by
    return document


def _written(name: str, hint: Any, kind: str) -> tuple[Any, Callable[[Any], Any] | None]:
    """The type of a field in documents, and the function that converts it, if they differ."""
    unit = _UNIT.search(name)
    if unit is not None:
        return _QUANTITIES[unit[0]], None
    if hint == Mapping[Phase, Duration]:
        return Durations, to_durations
    if isinstance(hint, type) and issubclass(hint, Enum):
        return Annotated[str, one_of(f"{name} of a {kind}", [member.value for member in hint])], hint
    return hint, None


def _default(entry: Any, base: type[FieldsDocument]) -> Any:
    """The value of a key that is left out. An entity of the default world can be changed without giving it."""
    if entry.default_factory is not MISSING:
        return entry.default_factory()
    if entry.default is MISSING:
        return "" if issubclass(base, EntityDocument) else ...
    return entry.default.value if isinstance(entry.default, Enum) else entry.default


DOCUMENTS: Mapping[str, type[FieldsDocument]] = {
    **{collection: document_of(entity, EntityDocument) for collection, entity in COLLECTIONS.items()},
    "tokens": document_of(Token, FieldsDocument),
}
"""The model of each collection of a world."""
