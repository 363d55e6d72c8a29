"""What documents say of entities follows from the fields of the entities."""

from dataclasses import dataclass, field

import pytest

from fakes.world import value_checks as check
from fakes.world.entities import Entity
from simulator.documents.entities import EntityDocument, document_of
from simulator.documents.plain import plain_entity


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket(Entity):
    """Somewhere to put things."""

    kind = "bucket"
    region: str = field(metadata={"about": "Where it is.", "check": check.text})
    quota_bytes: int = field(default=7, metadata={"about": "What it takes.", "check": check.WholeNumber(1)})


@pytest.fixture(scope="module")
def document():
    return document_of(Bucket, EntityDocument)


def test_each_field_has_a_key_with_its_type_default_and_description(document):
    properties = document.model_json_schema()["properties"]

    assert list(properties) == ["uid", "region", "quota"]
    assert properties["region"]["description"] == "Where it is."
    assert (properties["quota"]["default"], properties["quota"]["description"]) == (7, "What it takes.")


def test_what_is_given_becomes_fields_and_is_written_again(document):
    changes = document.model_validate({"region": "north", "quota": "2KiB"}).changes()

    assert changes == {"region": "north", "quota_bytes": 2048}
    bucket = Bucket("mine", uid="buk:1", **changes)
    assert plain_entity(bucket) == {"uid": bucket.uid, "region": "north", "quota": 2048}


@pytest.mark.parametrize("given", [{"region": ""}, {"quota": 0}, {"quota_bytes": 1}, {"name": "mine"}])
def test_what_no_field_could_hold_is_refused(document, given):
    with pytest.raises(ValueError, match=next(iter(given))):
        document.model_validate(given)
