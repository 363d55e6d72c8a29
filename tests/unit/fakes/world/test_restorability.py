"""A backup can be restored when one condition of its data service holds for it and its image."""

import pytest

from fakes import Condition
from fakes.world.restorability import CURRENT, is_restorable

MATRIX = {
    "PostgreSQL": [
        Condition(backup={"backup": "v2"}, image={"pds_restore": "v1"}),
        Condition(backup={"backup": "v3", "incremental": "v1"}, image={"pds_restore": "v2"}),
    ],
    "Redis": [Condition()],
    "Kafka": [],
}


@pytest.mark.parametrize(
    ("data_service", "backup", "image", "restorable"),
    [
        ("PostgreSQL", {"backup": "v2"}, {"pds_restore": "v1"}, True),
        ("PostgreSQL", {"backup": "v3", "incremental": "v1"}, {"pds_restore": "v2"}, True),
        ("PostgreSQL", {"backup": "v2", "compressed": "v9"}, {"pds_restore": "v1", "arm64": "v1"}, True),
        ("PostgreSQL", {"backup": "v1"}, {"pds_restore": "v1"}, False),
        ("PostgreSQL", {"backup": "v2"}, {"pds_restore": "v2"}, False),
        ("PostgreSQL", {"backup": "v3"}, {"pds_restore": "v2"}, False),
        ("PostgreSQL", {}, {"pds_restore": "v1"}, False),
        ("PostgreSQL", {"backup": "v2"}, {}, False),
        ("Redis", {}, {}, True),
        ("Redis", {"backup": "v1"}, {}, True),
        ("Kafka", {"backup": "v2"}, {"pds_restore": "v1"}, False),
        ("MongoDB", {"backup": "v2"}, {"pds_restore": "v1"}, False),
    ],
)
def test_the_matrix_decides(data_service, backup, image, restorable):
    assert is_restorable(MATRIX, data_service, backup, image) is restorable


def test_half_of_one_condition_and_half_of_another_are_no_condition():
    assert not is_restorable(MATRIX, "PostgreSQL", {"backup": "v3", "incremental": "v1"}, {"pds_restore": "v1"})


def test_the_current_condition_is_the_documented_one():
    assert Condition(backup={"backup": "v2"}, image={"pds_restore": "v1"}) == CURRENT


def test_a_condition_reads_well_in_a_message():
    assert str(CURRENT) == "backup {'backup': 'v2'} with image {'pds_restore': 'v1'}"
