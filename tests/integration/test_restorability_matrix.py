"""GetRestorabilityMatrix answers with the very matrix that CreateRestore enforces."""

import dataclasses
import itertools

import grpc
import pytest
from google.protobuf import empty_pb2

from simulator import Backup, Condition, Deployment, Simulator, default_world
from simulator.api import restore_pb2

RESTORABILITY = {
    "PostgreSQL": [
        Condition(backup={"backup": "v2"}, image={"pds_restore": "v1"}),
        Condition(backup={"backup": "v3"}, image={"pds_restore": "v2"}),
    ],
    "Redis": [Condition(backup={"backup": "v2", "incremental": "v1"})],
    "Kafka": [Condition(image={"pds_restore": "v2"})],
    "Cassandra": [Condition()],
    "MySQL": [],
}
DATA_SERVICES = [*RESTORABILITY, "Unheard Of"]
BACKUPS = [{}, {"backup": "v2"}, {"backup": "v3"}, {"backup": "v2", "incremental": "v1"}, {"incremental": "v1"}]
IMAGES = [{}, {"pds_restore": "v1"}, {"pds_restore": "v2"}, {"pds_restore": "v1", "other": "v9"}]
COMBINATIONS = {
    f"combination-{number}": combination
    for number, combination in enumerate(itertools.product(DATA_SERVICES, BACKUPS, IMAGES))
}


@pytest.fixture(scope="module")
def matrix_sim():
    """A world with a deployment and a backup for every combination of data service and capabilities."""
    deployments = [
        Deployment(name, namespace="shop-prod", data_service=data_service, image_capabilities=image)
        for name, (data_service, _, image) in COMBINATIONS.items()
    ]
    backups = [
        Backup(name, deployment=name, location="vault", capabilities=capabilities)
        for name, (_, capabilities, _) in COMBINATIONS.items()
    ]
    world = dataclasses.replace(default_world(), deployments=deployments, backups=backups, restorability=RESTORABILITY)
    with Simulator(world=world) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def matrix_stub(matrix_sim, open_stub):
    return open_stub(matrix_sim)


def matrix_of(stub):
    return stub.GetRestorabilityMatrix(empty_pb2.Empty())


def allows(matrix, data_service, backup, image):
    """What a client would read from the matrix."""
    return data_service in matrix.conditions and any(
        all(backup.get(capability) == version for capability, version in condition.backup.items())
        and all(image.get(capability) == version for capability, version in condition.image.items())
        for condition in matrix.conditions[data_service].conditions
    )


def test_the_default_world_can_restore_its_data_services_from_current_backups(stub):
    current = restore_pb2.RestoreCompatibilityConditionList(
        conditions=[{"backup": {"backup": "v2"}, "image": {"pds_restore": "v1"}}]
    )

    assert dict(matrix_of(stub).conditions) == {"PostgreSQL": current, "Redis": current, "Kafka": current}


def test_a_declared_matrix_is_answered_as_it_was_declared(matrix_stub):
    assert matrix_of(matrix_stub) == restore_pb2.RestorabilityMatrix(
        conditions={
            data_service: restore_pb2.RestoreCompatibilityConditionList(
                conditions=[{"backup": condition.backup, "image": condition.image} for condition in conditions]
            )
            for data_service, conditions in RESTORABILITY.items()
        }
    )


@pytest.mark.parametrize("name", COMBINATIONS)
def test_create_accepts_exactly_what_the_matrix_allows(matrix_sim, matrix_stub, name):
    backup = matrix_sim.world.backups[name]
    request = restore_pb2.CreateRestoreRequest(
        namespace_id=matrix_sim.world.namespaces["shop-prod"].uid,
        project_id=matrix_sim.world.projects["shop"].uid,
        restore={"meta": {"name": name}, "config": {"source_references": {"backup_id": backup.uid}}},
    )
    expected = grpc.StatusCode.FAILED_PRECONDITION
    if allows(matrix_of(matrix_stub), *COMBINATIONS[name]):
        expected = grpc.StatusCode.OK

    call = matrix_stub.CreateRestore.future(request)

    assert call.code() is expected


def test_some_combinations_are_allowed_and_some_are_not(matrix_stub):
    matrix = matrix_of(matrix_stub)
    allowed = dict.fromkeys(DATA_SERVICES, 0)
    for data_service, backup, image in COMBINATIONS.values():
        allowed[data_service] += allows(matrix, data_service, backup, image)

    assert allowed == {"PostgreSQL": 5, "Redis": 4, "Kafka": 5, "Cassandra": 20, "MySQL": 0, "Unheard Of": 0}


def test_the_refusal_tells_what_the_matrix_allows(stub, create_request, refusal):
    message = refusal(stub.CreateRestore, create_request(backup="orders-legacy-backup")).message

    assert "v1" in message
    assert "v2" in message
    assert "PostgreSQL" in message


def test_the_matrix_can_be_asked_for_with_a_request_that_has_unknown_fields(matrix_sim, matrix_stub, open_channel):
    newer = open_channel(matrix_sim).unary_unary(
        "/public.portworx.pds.restore.v1.RestoreService/GetRestorabilityMatrix",
        request_serializer=bytes,
        response_deserializer=restore_pb2.RestorabilityMatrix.FromString,
    )

    assert newer(b"\x0a\x03new") == matrix_of(matrix_stub)
