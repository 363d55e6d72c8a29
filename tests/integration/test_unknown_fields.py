"""What a newer client sends that this release of the API does not know comes back unchanged, at every level."""

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from simulator.api import METHODS
from simulator.api.pool import POOL_FILES

RESTORE = "public.portworx.pds.restore.v1"
COMMON = "public.portworx.common.v1"
FIELD = descriptor_pb2.FieldDescriptorProto
NEWER = {
    f"{RESTORE}.Restore": [(9, "newer_flag", FIELD.TYPE_BOOL)],
    f"{RESTORE}.Config": [(4, "newer_size", FIELD.TYPE_INT64), (5, "newer_texts", FIELD.TYPE_STRING)],
    f"{RESTORE}.SourceReferences": [(5, "newer_id", FIELD.TYPE_STRING)],
    f"{RESTORE}.DestinationReferences": [(4, "newer_number", FIELD.TYPE_DOUBLE)],
    f"{RESTORE}.Status": [(7, "newer_bytes", FIELD.TYPE_BYTES)],
    f"{COMMON}.Meta": [(11, "newer_note", FIELD.TYPE_STRING), (536_870_911, "newest_note", FIELD.TYPE_STRING)],
    f"{COMMON}.Reference": [(4, "newer_hint", FIELD.TYPE_FIXED32)],
    f"{RESTORE}.CreateRestoreRequest": [(4, "newer_option", FIELD.TYPE_STRING)],
    f"{RESTORE}.GetRestoreRequest": [(2, "newer_option", FIELD.TYPE_STRING)],
    f"{RESTORE}.ListRestoresRequest": [(7, "newer_option", FIELD.TYPE_STRING)],
    f"{RESTORE}.RecreateRestoreRequest": [(5, "newer_option", FIELD.TYPE_STRING)],
}
SENT = {
    "newer_flag": True,
    "config": {
        "newer_size": -(2**63),
        "newer_texts": ["one", "", "three"],
        "source_references": {"newer_id": "new:1"},
        "destination_references": {"newer_number": 0.5},
    },
    "status": {"newer_bytes": b"\x00\xff"},
    "meta": {
        "newer_note": "ünïcode",
        "newest_note": "highest field number",
        "parent_reference": {"newer_hint": 7},
    },
}


def newer_pool():
    """The API with more fields, as a later release may have them."""
    pool = descriptor_pool.DescriptorPool()
    for serialized in POOL_FILES:
        file = descriptor_pb2.FileDescriptorProto.FromString(serialized)
        for message in file.message_type:
            for number, name, kind in NEWER.get(f"{file.package}.{message.name}", ()):
                label = FIELD.LABEL_REPEATED if name == "newer_texts" else FIELD.LABEL_OPTIONAL
                message.field.add(number=number, name=name, json_name=name, type=kind, label=label)
        pool.AddSerializedFile(file.SerializeToString())
    return pool


@pytest.fixture(scope="module")
def newer():
    """Makes messages of the newer release by their name: ``newer("CreateRestoreRequest", ...)``."""
    pool = newer_pool()

    def make(message_name, **fields):
        return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{RESTORE}.{message_name}"))(**fields)

    return make


@pytest.fixture
def call(sim, newer, open_channel):
    """Calls as a client of the newer release: ``call("GetRestore", id=...)``."""
    channel = open_channel(sim)

    def call(method_name, **fields):
        method = METHODS[method_name]
        response_type = type(newer(method.response.DESCRIPTOR.name))
        multi_callable = channel.unary_unary(
            method.path,
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=response_type.FromString,
        )
        return multi_callable(newer(method.request.DESCRIPTOR.name, newer_option="of the call", **fields))

    return call


@pytest.fixture
def created(call, create_request):
    plain = create_request()
    restore = {
        **SENT,
        "meta": {**SENT["meta"], "name": plain.restore.meta.name},
        "config": {
            **SENT["config"],
            "source_references": {
                **SENT["config"]["source_references"],
                "backup_id": plain.restore.config.source_references.backup_id,
            },
        },
    }
    return call("CreateRestore", namespace_id=plain.namespace_id, project_id=plain.project_id, restore=restore)


def newer_fields(restore):
    """What a restore tells in the fields of the newer release, arranged like SENT."""
    return {
        "newer_flag": restore.newer_flag,
        "config": {
            "newer_size": restore.config.newer_size,
            "newer_texts": list(restore.config.newer_texts),
            "source_references": {"newer_id": restore.config.source_references.newer_id},
            "destination_references": {"newer_number": restore.config.destination_references.newer_number},
        },
        "status": {"newer_bytes": restore.status.newer_bytes},
        "meta": {
            "newer_note": restore.meta.newer_note,
            "newest_note": restore.meta.newest_note,
            "parent_reference": {"newer_hint": restore.meta.parent_reference.newer_hint},
        },
    }


def test_they_come_back_from_creating(created):
    assert newer_fields(created) == SENT


def test_they_come_back_from_getting_in_every_phase(sim, call, created):
    while sim.step():
        assert newer_fields(call("GetRestore", id=created.meta.uid)) == SENT

    assert call("GetRestore", id=created.meta.uid).status.phase == 7


def test_they_come_back_from_listing(call, created):
    (listed,) = call("ListRestores").restores

    assert listed == created


def test_they_are_carried_over_by_recreating(sim, call, created):
    sim.world.lose_credentials("vault")
    sim.advance_until(created.meta.uid, "FAILED")

    recreated = call(
        "RecreateRestore",
        id=created.meta.uid,
        name="orders-again",
        project_id=created.config.destination_references.project_id,
        namespace_id=created.meta.parent_reference.uid,
    )

    assert recreated.meta.name == "orders-again"
    assert newer_fields(recreated) == SENT


def test_they_change_nothing_about_the_known_fields(call, stub, create_request, created):
    plain = stub.CreateRestore(create_request(namespace="shop-prod"))
    (listed, other) = call("ListRestores").restores

    for known in ("name", "labels", "resource_version", "create_time"):
        assert getattr(listed.meta, known) == getattr(other.meta, known)
    assert listed.config.source_references.backup_id == plain.config.source_references.backup_id
    assert listed.status.phase == plain.status.phase
    assert listed.meta.uid == created.meta.uid


def test_a_restore_without_them_has_none(call, stub, create_request):
    stub.CreateRestore(create_request())

    (listed,) = call("ListRestores").restores

    assert newer_fields(listed) == newer_fields(type(listed)())


def test_repeated_occurrences_come_back_in_their_order(sim, create_request, open_channel):
    request = create_request()
    unknown = b"".join(b"\xa2\x06\x01" + letter for letter in (b"a", b"b", b"a"))  # field 100, a text, three times
    restore = type(request.restore)
    request.restore.CopyFrom(restore.FromString(request.restore.SerializeToString() + unknown))
    create = open_channel(sim).unary_unary(METHODS["CreateRestore"].path, request_serializer=bytes)

    assert unknown in create(request.SerializeToString())
