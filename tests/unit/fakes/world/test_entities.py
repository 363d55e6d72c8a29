"""Entities are values whose uids follow from kind and name."""

import pytest

from fakes import GIB, MIB, Backup, BackupState, Cluster, Deployment, derive_uid
from fakes.world.entities import COLLECTIONS


def make(entity_class, **fields):
    required = {"data_service": "PostgreSQL"} if entity_class is Deployment else {}
    return entity_class("orders", **required, **fields)


@pytest.mark.parametrize("entity_class", COLLECTIONS.values())
def test_the_uid_follows_from_kind_and_name(entity_class):
    assert make(entity_class).uid == derive_uid(entity_class.kind, "orders")


@pytest.mark.parametrize("entity_class", COLLECTIONS.values())
def test_a_given_uid_is_kept(entity_class):
    assert make(entity_class, uid="my:own").uid == "my:own"


@pytest.mark.parametrize("entity_class", COLLECTIONS.values())
def test_entities_are_equal_when_their_fields_are(entity_class):
    assert make(entity_class) == make(entity_class)
    assert make(entity_class) != make(entity_class, uid="my:own")


def test_each_backup_has_a_cloudsnap_of_its_own():
    assert Backup("nightly").cloudsnap == derive_uid("cloudsnap", "nightly")
    assert Backup("nightly", cloudsnap="csn:mine").cloudsnap == "csn:mine"


def test_a_backup_is_completed_and_restorable_unless_told_otherwise():
    backup = Backup("nightly")

    assert backup.state is BackupState.COMPLETED
    assert backup.capabilities == {"backup": "v2"}


def test_the_units_are_binary():
    assert (MIB, GIB) == (1_048_576, 1_073_741_824)
    assert Cluster("east").bandwidth_bytes_per_second == 200 * MIB


def test_fields_are_given_by_name():
    with pytest.raises(TypeError):
        Cluster("east", "clu:mine")
