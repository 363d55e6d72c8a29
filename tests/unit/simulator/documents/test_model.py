"""Every part of a document knows the keys and the values that it takes, so that a miss says what comes close."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import pytest
from pydantic import Field, ValidationError

from simulator.documents.model import Model, PhaseName, known_keys, one_of


class Leaf(Model):
    colour: Annotated[str, one_of("colour", ["red", "green"])] = "red"
    renamed: int = Field(0, alias="as")


class Tree(Model):
    leaf: Leaf | None = None
    leaves: Mapping[str, Sequence[Leaf]] = {}
    mixed: Annotated[Leaf | Any, Field()] = None
    phase: PhaseName = "PENDING"


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ((), ["leaf", "leaves", "mixed", "phase"]),
        (("leaf",), ["colour", "as"]),
        (("leaves", "any", 3), ["colour", "as"]),
        (("mixed",), ["colour", "as"]),
        (("leaves",), []),
        (("phase",), []),
        (("leaf", "colour"), []),
        (("unknown", "deeper"), []),
        (("leaf", "as", "deeper"), []),
    ],
)
def test_the_keys_that_may_stand_at_a_path_are_known(path, keys):
    assert known_keys(Tree, path) == keys


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("gren", "'gren' is no colour; did you mean 'green'?"),
        ("pink", "'pink' is no colour; expected one of 'red', 'green'"),
        (1, "1 is no colour; expected one of 'red', 'green'"),
        ([], "an empty list is no colour; expected one of 'red', 'green'"),
        (None, "nothing is no colour; expected one of 'red', 'green'"),
    ],
)
def test_a_text_that_is_none_of_those_is_refused_with_the_nearest(value, message):
    with pytest.raises(ValidationError) as caught:
        Leaf.model_validate({"colour": value})

    [error] = caught.value.errors()
    assert str(error["ctx"]["error"]) == message


@pytest.mark.parametrize("value", ["3", 3.0, True])
def test_nothing_is_taken_for_what_it_is_not(value):
    with pytest.raises(ValidationError) as caught:
        Leaf.model_validate({"as": value})

    assert [error["type"] for error in caught.value.errors()] == ["int_type"]


def test_a_document_does_not_change():
    with pytest.raises(ValidationError) as caught:
        Leaf().colour = "green"

    assert [error["type"] for error in caught.value.errors()] == ["frozen_instance"]
