"""Turns plain data into a checked document, or into a list of everything that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from fakes.suggestions import suggest
from simulator.documents.model import description_of, known_keys, required_keys
from simulator.documents.problems import (
    HIDDEN,
    PROBLEMS_MAX,
    SECRET_KEYS,
    WRONG_KEY,
    KeyPath,
    path_text,
    shown,
    worth_telling,
)

DocumentType = TypeVar("DocumentType", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class DocumentProblem:
    """One thing that is wrong with a document.

    Args:
        path: Where it is: keys of mappings and indexes of lists.
        message: What was found and what would have been right.
        at_key: Whether it concerns the last key itself rather than the value under it.
    """

    path: KeyPath
    message: str
    at_key: bool = False

    def __str__(self) -> str:
        return ": ".join(filter(None, (path_text(self.path), self.message)))


class InvalidDocument(ValueError):
    """Plain data is not a valid document; *problems* has one more than is reported, if there are that many."""

    def __init__(self, problems: Sequence[DocumentProblem]) -> None:
        super().__init__("\n".join(map(str, worth_telling(problems))))
        self.problems = tuple(problems)


def read_document(model: type[DocumentType], data: object, *, context: Mapping[str, Any] | None = None) -> DocumentType:
    """Check plain data and make a document from it.

    Args:
        model: The model of the document.
        data: The data, as read from YAML or JSON.
        context: Pydantic's validation context, which the meaning of values depends on.

    Raises:
        InvalidDocument: it is invalid; lists all problems, with paths.
    """
    try:
        return model.model_validate(data, context=dict(context or {}))
    except ValidationError as error:
        # Finding what would be right takes time, so only one more is described than is reported.
        errors = error.errors(include_url=False)[: PROBLEMS_MAX + 1]
        found = [_problem(model, dict(details)) for details in errors]
        raise InvalidDocument(found) from None


_EXPECTED: Mapping[str, str] = {
    "model_type": "a mapping",
    "invalid_key": "a key that is a text",
    "dict_type": "a mapping",
    "is_instance_of": "a list",
    "sequence_str": "a list",
    "string_type": "a text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "too_short": "a list that is not empty",
    "tuple_type": "a list of two",
    "too_long": "fewer of them",
    "literal_error": "{expected}",
    "finite_number": "a finite number",
    "greater_than": "greater than {gt}",
    "greater_than_equal": "greater than or equal to {ge}",
    "less_than": "less than {lt}",
    "less_than_equal": "less than or equal to {le}",
    "string_too_short": "{min_length} or more characters",
    "string_too_long": "at most {max_length} characters",
}
"""What pydantic expects, in the words of YAML, by type of error; braces refer to the context of the error."""


def _problem(model: type[BaseModel], details: Mapping[str, Any]) -> DocumentProblem:
    path: KeyPath = details["loc"]
    if details["type"] == "extra_forbidden":
        suggestion = suggest(str(path[-1]), known_keys(model, path[:-1]))
        return DocumentProblem(path, f"is no key here; {suggestion}", at_key=True)
    if details["type"] == "missing":
        what = description_of(model, path)
        return DocumentProblem(path, f"is missing{f'; expected {_in_a_sentence(what)}' if what else ''}")
    if details["type"] == WRONG_KEY:
        return DocumentProblem(path + details["ctx"]["path"], details["msg"])
    if details["type"] == "value_error":
        is_key = path[-1:] == ("[key]",)  # so pydantic says that it is about the key itself
        return DocumentProblem(path[:-1] if is_key else path, str(details["ctx"]["error"]), at_key=is_key)
    if details["type"] == "too_short" and details["ctx"]["min_length"] > 1:
        return DocumentProblem(
            path, f"has {details['ctx']['actual_length']}; expected at least {details['ctx']['min_length']}"
        )
    expected = _expected(details)
    if details["type"] == "model_type" and (keys := required_keys(model, path)):
        expected += f" with {' and '.join(map(repr, keys))}"
    found = HIDDEN if path and path[-1] in SECRET_KEYS else shown(details["input"])
    if details["type"] == "string_type" and isinstance(details["input"], bool | int | float):
        expected += "; in quotes, it is one" + ("" if found is HIDDEN else f': "{found}"')
    return DocumentProblem(path, f"is {found}; expected {expected}")


def _expected(details: Mapping[str, Any]) -> str:
    """What would have been right, in our words, or in pydantic's if we have none."""
    if details["type"] not in _EXPECTED:
        return str(details["msg"])
    bounds = details.get("ctx", {}).items()
    return _EXPECTED[details["type"]].format_map(
        {name: int(bound) if isinstance(bound, float) and bound.is_integer() else bound for name, bound in bounds}
    )


def _in_a_sentence(description: str) -> str:
    """The beginning of the description of a key, as what is expected there."""
    what = re.split("; |[.]$", description)[0]
    article = "" if what.startswith(("What", "How", "The", "Its")) else "the "
    return f"{article}{what[0].lower()}{what[1:]}"
