"""CreateRestore answers with a complete resource, and refuses what cannot be restored, the first reason first."""

import dataclasses
import re
from datetime import UTC

import grpc
import pytest

from simulator import Phase, Simulator, default_world
from simulator.api import restore_pb2

UID = re.compile(r"[a-z]{3}:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
KUBERNETES_NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
MISSING = "nam:00000000-0000-4000-8000-000000000000"


@pytest.fixture
def created(stub, create_request):
    return stub.CreateRestore(create_request())


def test_a_name_and_a_backup_are_enough(sim, created):
    assert created.meta.name == "orders-copy"
    assert created.status.phase == Phase.INITIALIZING
    assert created.meta.uid in sim.world.restores


def test_what_the_caller_writes_into_the_metadata_comes_back(stub, create_request):
    written = {
        "description": "Copy of the orders",
        "labels": {"team": "shop", "example.com/tier": ""},
        "annotations": {"example.com/note": "any text: ünïcode, spaces & more"},
    }

    created = stub.CreateRestore(create_request(**written))

    assert created.meta.description == written["description"]
    assert dict(created.meta.labels) == written["labels"]
    assert dict(created.meta.annotations) == written["annotations"]


def test_uids_look_like_real_ones(created):
    destination, source = created.config.destination_references, created.config.source_references
    for uid in (created.meta.uid, destination.data_service_deployment_id, source.backup_id, source.cloudsnap_id):
        assert UID.fullmatch(uid)
    assert created.meta.uid.startswith("rst:")
    assert destination.data_service_deployment_id.startswith("dep:")


def test_the_source_references_are_filled_in_from_the_backup(sim, created):
    backup = sim.world.backups["orders-backup"]

    assert created.config.source_references == restore_pb2.SourceReferences(
        data_service_deployment_id=sim.world.deployments["orders"].uid,
        backup_id=backup.uid,
        backup_location_id=sim.world.backup_locations["vault"].uid,
        cloudsnap_id=backup.cloudsnap,
    )


def test_the_destination_references_are_complete_at_once(sim, created):
    destination = created.config.destination_references

    assert destination.target_cluster_id == sim.world.clusters["west"].uid
    assert destination.project_id == sim.world.projects["shop"].uid
    assert destination.data_service_deployment_id not in sim.world.deployments
    sim.advance_until(created.meta.uid, "SUCCESSFUL")
    assert sim.world.deployments[destination.data_service_deployment_id].name == "orders-copy"


def test_the_parent_is_the_namespace(sim, created):
    assert created.meta.parent_reference.type == "namespace"
    assert created.meta.parent_reference.version == "v1"
    assert created.meta.parent_reference.uid == sim.world.namespaces["shop-staging"].uid


def test_the_resource_names_map_every_referenced_uid_to_its_name(created):
    source, destination = created.config.source_references, created.config.destination_references
    names = dict(created.meta.resource_names)

    assert names.pop(source.cloudsnap_id)
    assert names == {
        created.meta.parent_reference.uid: "shop-staging",
        source.data_service_deployment_id: "orders",
        source.backup_id: "orders-backup",
        source.backup_location_id: "vault",
        destination.target_cluster_id: "west",
        destination.data_service_deployment_id: "orders-copy",
        destination.project_id: "shop",
    }


def test_the_times_are_virtual(sim, stub, create_request):
    sim.advance(12.5)

    created = stub.CreateRestore(create_request())

    assert created.meta.create_time.ToDatetime(tzinfo=UTC) == sim.now
    assert created.meta.update_time == created.meta.create_time


def test_the_status_tells_only_what_is_known_at_the_start(created):
    assert created.meta.resource_version
    assert created.status == restore_pb2.Status(phase=Phase.INITIALIZING)


@pytest.mark.parametrize("name", ["abc", "Orders Copy_2", "a--_  b", "x" * 63, "A" + "_" * 61 + "9", "123", "1_2"])
def test_the_custom_resource_has_a_valid_kubernetes_name_whatever_the_restore_is_called(stub, create_request, name):
    custom_resource_name = stub.CreateRestore(create_request(name)).config.custom_resource_name

    assert KUBERNETES_NAME.fullmatch(custom_resource_name)
    assert len(custom_resource_name) <= 63
    assert custom_resource_name.startswith(f"restore-{name[0].lower()}")


def test_the_custom_resource_is_named_after_the_restore_and_a_short_identifier(stub, create_request):
    staging = stub.CreateRestore(create_request()).config.custom_resource_name
    production = stub.CreateRestore(create_request(namespace="shop-prod")).config.custom_resource_name

    assert re.fullmatch(r"restore-orders-copy-[a-z0-9]+", staging)
    assert staging != production


def test_the_short_identifier_is_taken_from_the_uid_of_the_restore(stub, create_request):
    for name in ("orders-copy", "x" * 63):
        created = stub.CreateRestore(create_request(name))
        short_identifier = created.config.custom_resource_name.rpartition("-")[2]

        assert len(short_identifier) >= 8
        assert created.meta.uid.partition(":")[2].startswith(short_identifier)


def test_output_only_fields_of_a_request_are_ignored(stub, create_request, open_stub):
    plain = create_request()
    full = create_request()
    full.restore.meta.create_time.seconds = 1
    full.restore.meta.update_time.seconds = 2
    full.restore.meta.parent_reference.uid = "nam:elsewhere"
    full.restore.meta.resource_names["bkp:other"] = "x" * 5_000
    full.restore.config.custom_resource_name = "Not a name!"
    full.restore.config.source_references.data_service_deployment_id = "dep:other"
    full.restore.config.source_references.backup_location_id = "x" * 5_000
    full.restore.config.source_references.cloudsnap_id = "csn:other"
    full.restore.config.destination_references.target_cluster_id = "clu:other"
    full.restore.config.destination_references.data_service_deployment_id = "dep:another"
    full.restore.config.destination_references.project_id = "prj:other"

    with Simulator(seed=7) as other:
        expected = open_stub(other).CreateRestore(plain)
    assert stub.CreateRestore(full) == expected


def test_a_status_that_is_sent_along_is_ignored(sim, stub, create_request):
    request = create_request()
    request.restore.meta.uid = "rst:chosen"
    request.restore.meta.resource_version = "99"
    request.restore.status.phase = Phase.FAILED
    request.restore.status.error_message = "x" * 5_000
    request.restore.status.completed_at.seconds = 3

    created = stub.CreateRestore(request)

    assert created.meta.uid != "rst:chosen"
    assert created.meta.resource_version != "99"
    assert created.status == restore_pb2.Status(phase=Phase.INITIALIZING)
    sim.advance_until(created.meta.uid, "SUCCESSFUL")


@pytest.mark.parametrize(
    ("field", "resource_type"), [("namespace_id", "namespace"), ("project_id", "project"), ("backup_id", "backup")]
)
def test_what_does_not_exist_is_not_found(stub, create_request, refusal, field, resource_type):
    request = create_request()
    holder = request.restore.config.source_references if field == "backup_id" else request
    setattr(holder, field, MISSING)

    refused = refusal(stub.CreateRestore, request)

    assert refused.code is grpc.StatusCode.NOT_FOUND
    assert (refused.detail.resource_type, refused.detail.resource_name) == (resource_type, MISSING)
    assert MISSING in refused.message


def test_the_namespace_is_looked_for_first_then_the_project_then_the_backup(stub, create_request, refusal):
    request = create_request()
    expected = (request.namespace_id, request.project_id, request.restore.config.source_references.backup_id)
    request.namespace_id = request.project_id = request.restore.config.source_references.backup_id = MISSING

    found = [refusal(stub.CreateRestore, request).detail.resource_type]
    request.namespace_id = expected[0]
    found.append(refusal(stub.CreateRestore, request).detail.resource_type)
    request.project_id = expected[1]
    found.append(refusal(stub.CreateRestore, request).detail.resource_type)

    assert found == ["namespace", "project", "backup"]


@pytest.mark.parametrize(
    ("arguments", "violation"),
    [
        ({"namespace": "analytics-prod"}, "NAMESPACE_NOT_ASSIGNED"),
        ({"backup": "orders-running-backup"}, "BACKUP_NOT_COMPLETED"),
        ({"backup": "events-failed-backup"}, "BACKUP_NOT_COMPLETED"),
        ({"backup": "orders-legacy-backup"}, "BACKUP_NOT_RESTORABLE"),
    ],
)
def test_a_condition_that_does_not_hold_is_a_failed_precondition(stub, create_request, refusal, arguments, violation):
    ((_, name),) = arguments.items()
    request = create_request(**arguments)
    subject = request.namespace_id if "namespace" in arguments else request.restore.config.source_references.backup_id

    refused = refusal(stub.CreateRestore, request)

    assert refused.failed_preconditions == {(violation, subject)}
    assert name in refused.message


def test_all_conditions_that_do_not_hold_are_told_at_once(refusal, open_stub):
    world = default_world()
    backups = [
        dataclasses.replace(backup, capabilities={}) if backup.name == "orders-running-backup" else backup
        for backup in world.backups
    ]
    with Simulator(world=dataclasses.replace(world, backups=backups)) as sim:
        namespace, backup = sim.world.namespaces["analytics-prod"], sim.world.backups["orders-running-backup"]
        request = restore_pb2.CreateRestoreRequest(
            namespace_id=namespace.uid,
            project_id=sim.world.projects["shop"].uid,
            restore={
                "meta": {"name": "orders-copy"},
                "config": {"source_references": {"backup_id": backup.uid}},
            },
        )

        refused = refusal(open_stub(sim).CreateRestore, request)

    assert refused.failed_preconditions == {
        ("NAMESPACE_NOT_ASSIGNED", namespace.uid),
        ("BACKUP_NOT_COMPLETED", backup.uid),
        ("BACKUP_NOT_RESTORABLE", backup.uid),
    }


def test_the_name_of_a_live_restore_is_taken_in_its_namespace(stub, created, create_request, refusal):
    refused = refusal(stub.CreateRestore, create_request(backup="carts-backup"))

    assert refused.code is grpc.StatusCode.ALREADY_EXISTS
    assert (refused.detail.resource_type, refused.detail.resource_name) == ("restore", created.meta.uid)
    assert "orders-copy" in refused.message


def test_the_name_is_free_in_another_namespace_and_once_the_restore_is_final(sim, stub, created, create_request):
    elsewhere = stub.CreateRestore(create_request(namespace="shop-prod"))
    sim.advance_until(created.meta.uid, "SUCCESSFUL")
    again = stub.CreateRestore(create_request())

    assert len({created.meta.uid, elsewhere.meta.uid, again.meta.uid}) == 3


def test_the_shape_is_checked_before_anything_is_looked_up(stub, create_request, refusal):
    request = create_request("no")
    request.namespace_id = MISSING

    assert list(refusal(stub.CreateRestore, request).violations) == ["restore.meta.name"]


def test_existence_is_checked_before_the_conditions(stub, create_request, refusal):
    request = create_request(namespace="analytics-prod")
    request.restore.config.source_references.backup_id = MISSING

    assert refusal(stub.CreateRestore, request).code is grpc.StatusCode.NOT_FOUND


@pytest.mark.usefixtures("created")
def test_the_conditions_are_checked_before_the_name(stub, create_request, refusal):
    refused = refusal(stub.CreateRestore, create_request(backup="orders-running-backup"))

    assert refused.code is grpc.StatusCode.FAILED_PRECONDITION


@pytest.mark.usefixtures("created")
def test_a_deleted_backup_is_not_found_any_more(sim, stub, create_request, refusal):
    request = create_request("orders-copy-2")
    sim.world.delete_backup("orders-backup")

    refused = refusal(stub.CreateRestore, request)

    assert refused.code is grpc.StatusCode.NOT_FOUND
    assert refused.detail.resource_type == "backup"
