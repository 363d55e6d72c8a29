"""RecreateRestore makes a new restore of the backup of one that failed, and leaves the failed one as it is."""

import grpc
import pytest

from simulator import Phase
from simulator.api import restore_pb2


@pytest.fixture
def failed(sim, stub, create_request):
    """A restore that failed because the credentials were lost, which have been given back since."""
    created = stub.CreateRestore(
        create_request(description="Copy of the orders", labels={"team": "shop"}, annotations={"note": "keep this"})
    )
    sim.world.lose_credentials("vault")
    sim.advance_until(created.meta.uid, "FAILED")
    sim.world.give_back_credentials("vault")
    return stub.GetRestore(restore_pb2.GetRestoreRequest(id=created.meta.uid))


@pytest.fixture
def recreate_request(sim, failed):
    """Makes requests that are accepted: by default with the project and the namespace of the failed restore."""

    def make(name="orders-again", *, uid=failed.meta.uid, namespace="shop-staging", project="shop"):
        return restore_pb2.RecreateRestoreRequest(
            id=uid,
            name=name,
            project_id=sim.world.projects[project].uid,
            namespace_id=sim.world.namespaces[namespace].uid,
        )

    return make


def test_a_new_restore_of_the_same_backup_begins(sim, stub, failed, recreate_request):
    recreated = stub.RecreateRestore(recreate_request())

    assert recreated.meta.uid != failed.meta.uid
    assert recreated.meta.name == "orders-again"
    assert recreated.status == restore_pb2.Status(phase=Phase.INITIALIZING)
    assert recreated.config.source_references == failed.config.source_references
    new_deployment = recreated.config.destination_references.data_service_deployment_id
    assert new_deployment != failed.config.destination_references.data_service_deployment_id
    sim.advance_until(recreated.meta.uid, "SUCCESSFUL")
    assert sim.world.deployments[new_deployment].name == "orders-again"


def test_the_failed_restore_stays_as_it_is(sim, stub, failed, recreate_request):
    recreated = stub.RecreateRestore(recreate_request())
    sim.advance_until(recreated.meta.uid, "SUCCESSFUL")

    assert stub.GetRestore(restore_pb2.GetRestoreRequest(id=failed.meta.uid)) == failed
    assert [restore.meta.uid for restore in stub.ListRestores(restore_pb2.ListRestoresRequest()).restores] == [
        failed.meta.uid,
        recreated.meta.uid,
    ]


def test_description_labels_and_annotations_are_taken_over(stub, failed, recreate_request):
    recreated = stub.RecreateRestore(recreate_request())

    for field in ("description", "labels", "annotations"):
        assert getattr(recreated.meta, field) == getattr(failed.meta, field)
        assert getattr(recreated.meta, field)


def test_the_new_restore_may_have_the_name_of_the_failed_one(stub, failed, recreate_request):
    assert stub.RecreateRestore(recreate_request(failed.meta.name)).meta.name == failed.meta.name


def test_the_new_restore_goes_where_the_request_says(sim, stub, recreate_request):
    recreated = stub.RecreateRestore(recreate_request(namespace="analytics-prod", project="analytics"))

    assert recreated.meta.parent_reference.uid == sim.world.namespaces["analytics-prod"].uid
    assert recreated.config.destination_references.project_id == sim.world.projects["analytics"].uid


def test_a_failed_restore_can_be_recreated_again_and_again(stub, recreate_request):
    first, second = (stub.RecreateRestore(recreate_request(name)) for name in ("first", "second"))

    assert first.config.source_references == second.config.source_references
    assert first.meta.uid != second.meta.uid


@pytest.mark.parametrize("phase", [phase.name for phase in Phase if phase is not Phase.FAILED])
def test_a_restore_that_did_not_fail_cannot_be_recreated(sim, stub, create_request, recreate_request, phase):
    live = stub.CreateRestore(create_request("another"))
    sim.advance_until(live.meta.uid, phase)

    with pytest.raises(grpc.RpcError, match=phase) as caught:
        stub.RecreateRestore(recreate_request(uid=live.meta.uid))

    assert caught.value.code() is grpc.StatusCode.FAILED_PRECONDITION


def test_an_unknown_restore_is_not_found(stub, recreate_request, refusal):
    missing = "rst:00000000-0000-4000-8000-000000000000"

    refused = refusal(stub.RecreateRestore, recreate_request(uid=missing))

    assert refused.code is grpc.StatusCode.NOT_FOUND
    assert (refused.detail.resource_type, refused.detail.resource_name) == ("restore", missing)


@pytest.mark.parametrize(("field", "kind"), [("namespace_id", "namespace"), ("project_id", "project")])
def test_the_destination_has_to_exist(stub, recreate_request, refusal, field, kind):
    request = recreate_request()
    setattr(request, field, "nowhere")

    refused = refusal(stub.RecreateRestore, request)

    assert refused.code is grpc.StatusCode.NOT_FOUND
    assert (refused.detail.resource_type, refused.detail.resource_name) == (kind, "nowhere")


def test_the_backup_has_to_exist_still(sim, stub, recreate_request, refusal):
    backup = sim.world.delete_backup("orders-backup")

    refused = refusal(stub.RecreateRestore, recreate_request())

    assert refused.code is grpc.StatusCode.NOT_FOUND
    assert (refused.detail.resource_type, refused.detail.resource_name) == ("backup", backup.uid)


def test_the_namespace_has_to_be_assigned_to_the_project(stub, recreate_request, refusal):
    request = recreate_request(namespace="analytics-prod")

    refused = refusal(stub.RecreateRestore, request)

    assert refused.failed_preconditions == {("NAMESPACE_NOT_ASSIGNED", request.namespace_id)}


def test_the_name_must_not_be_that_of_a_live_restore(stub, recreate_request, refusal):
    recreated = stub.RecreateRestore(recreate_request())

    refused = refusal(stub.RecreateRestore, recreate_request())

    assert refused.code is grpc.StatusCode.ALREADY_EXISTS
    assert (refused.detail.resource_type, refused.detail.resource_name) == ("restore", recreated.meta.uid)


def test_that_it_failed_is_checked_before_the_destination(stub, create_request, recreate_request, refusal):
    live = stub.CreateRestore(create_request("another"))
    request = recreate_request(uid=live.meta.uid)
    request.namespace_id = "nowhere"

    assert refusal(stub.RecreateRestore, request).failed_preconditions == {("RESTORE_NOT_FAILED", live.meta.uid)}


def test_the_shape_is_checked_before_anything_is_looked_up(stub, refusal):
    request = restore_pb2.RecreateRestoreRequest(id="nothing", name="2nd", project_id="nothing")

    assert set(refusal(stub.RecreateRestore, request).violations) == {"name", "namespace_id"}
