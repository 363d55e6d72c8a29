"""Uids look like real ones, and anybody can compute them from kind and name."""

import re
import uuid

import pytest

from fakes import derive_uid
from fakes.world.identifiers import PREFIXES, kind_of

KINDS = sorted(PREFIXES)


@pytest.mark.parametrize("kind", KINDS)
def test_a_uid_is_the_prefix_of_its_kind_and_a_version_4_uuid(kind):
    prefix, _, text = derive_uid(kind, "orders").partition(":")

    assert prefix == PREFIXES[kind]
    assert re.fullmatch(r"[a-z]{3}", prefix)
    assert str(uuid.UUID(text)) == text
    assert uuid.UUID(text).version == 4
    assert uuid.UUID(text).variant == uuid.RFC_4122


def test_a_uid_follows_the_documented_derivation():
    namespace = uuid.uuid5(uuid.NAMESPACE_DNS, "pds-restore-simulator")
    derived = str(uuid.uuid5(namespace, "backup/orders-backup"))

    # Only the version digit, the first of the third group, differs from the version 5 UUID.
    assert derive_uid("backup", "orders-backup") == f"bkp:{derived[:14]}4{derived[15:]}"


def test_a_uid_never_changes_from_one_release_to_the_next():
    assert derive_uid("backup", "orders-backup") == "bkp:303d8677-4ae4-405b-9362-f05b208de24e"


def test_prefixes_are_unique():
    assert len(set(PREFIXES.values())) == len(PREFIXES)


def test_the_same_name_gives_another_uuid_for_each_kind():
    uuids = {derive_uid(kind, "orders").partition(":")[2] for kind in KINDS}

    assert len(uuids) == len(KINDS)


def test_different_names_give_different_uids():
    uids = {derive_uid("backup", f"backup-{number}") for number in range(1000)}

    assert len(uids) == 1000


def test_several_names_identify_together():
    assert derive_uid("restore", "7", "orders") != derive_uid("restore", "8", "orders")
    assert derive_uid("restore", "7", "orders") == derive_uid("restore", "7", "orders")


def test_an_unknown_kind_has_no_uids():
    with pytest.raises(KeyError, match="volume"):
        derive_uid("volume", "orders")


@pytest.mark.parametrize("kind", KINDS)
def test_the_kind_is_told_from_the_uid(kind):
    assert kind_of(derive_uid(kind, "orders")) == kind


@pytest.mark.parametrize("text", ["", "orders", "bkp", "vol:303d8677-4ae4-405b-9362-f05b208de24e", ":", "BKP:x"])
def test_no_kind_is_told_from_what_has_no_known_prefix(text):
    assert kind_of(text) is None
