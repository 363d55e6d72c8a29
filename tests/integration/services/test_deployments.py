"""A restored deployment is there from the creation of its restore on, and is as that is."""

import grpc
import pytest

from simulator import Simulator, faults


@pytest.fixture
def deployment_of(ask):
    """Reads the deployment that a restore makes."""
    return lambda restore: ask(
        "GetDataServiceDeployment", id=restore.config.destination_references.data_service_deployment_id
    )


def state(deployment):
    status = deployment.status
    return status.Phase.Name(status.phase), status.Health.Name(status.health)


def test_a_deployment_is_restored_then_available(sim, ask, uid, restore, deployment_of):
    created = restore()

    assert state(deployment_of(created)) == ("RESTORING", "UNAVAILABLE")
    sim.run_until_idle()

    deployment = deployment_of(created)
    source = ask("GetDataServiceDeployment", id=uid("deployments", "orders"))
    assert state(deployment) == ("DEPLOYED", "AVAILABLE") == state(source)
    assert deployment.meta.name == "orders-copy"
    assert deployment.config.references.restore_id == created.meta.uid
    assert deployment.config.references.image_id == source.config.references.image_id
    topologies = [list(one.config.data_service_deployment_topologies) for one in (deployment, source)]
    assert topologies[0] == topologies[1] != []
    assert deployment.meta.create_time == created.meta.create_time != deployment.meta.update_time


def test_the_deployment_of_a_restore_that_fails_has_failed_with_it(sim, restore, deployment_of):
    sim.inject(faults.fail("RESTORE_INTERNAL_ERROR", message="no luck"), phase="PENDING")
    created = restore()
    sim.run_until_idle()

    status = deployment_of(created).status

    assert state(deployment_of(created)) == ("FAILED", "UNAVAILABLE")
    assert (status.error_code, status.error_message) == ("RESTORE_INTERNAL_ERROR", "no luck")


def test_deployments_in_every_state_are_listed_and_counted(sim, ask, tenant, restore):
    restore("one")
    sim.run_until_idle()
    restore("two")

    listed = ask("ListDataServiceDeployments", tenant_id=tenant).data_service_deployments
    counts = ask("GetKeyPerformanceIndicators", tenant_id=tenant)

    assert [deployment.meta.name for deployment in listed] == ["orders", "carts", "events", "one", "two"]
    assert counts.data_service_deployment_available_count == 4
    assert counts.data_service_deployment_unavailable_count == 1


def test_deployments_are_selected_by_data_service(ask, tenant, uid):
    redis = ask("GetDataServiceDeployment", id=uid("deployments", "carts")).config.references.data_service_id
    wanted = {"resource_type": "DATA_SERVICE", "op": "IN", "values": [redis]}

    listed = ask("ListDataServiceDeployments", tenant_id=tenant, application_selector={"application_filters": [wanted]})

    assert [found.meta.name for found in listed.data_service_deployments] == ["carts"]


def test_deleting_frees_the_name(sim, ask, restore, deployment_of, refusal_of):
    first = restore()
    sim.run_until_idle()
    ask("DeleteDataServiceDeployment", id=first.config.destination_references.data_service_deployment_id)

    assert refusal_of(lambda: deployment_of(first)).code is grpc.StatusCode.NOT_FOUND
    second = restore()
    sim.run_until_idle()
    assert state(deployment_of(second)) == ("DEPLOYED", "AVAILABLE")


def test_a_deployment_can_be_deleted_when_its_restore_has_ended(sim, ask, restore, deployment_of, refusal_of):
    sim.world.lose_credentials("vault")
    created = restore()
    uid = created.config.destination_references.data_service_deployment_id

    refused = refusal_of(lambda: ask("DeleteDataServiceDeployment", id=uid))
    assert refused.failed_preconditions == {("DEPLOYMENT_RESTORING", uid)}
    sim.run_until_idle()
    assert state(deployment_of(created))[0] == "FAILED"
    ask("DeleteDataServiceDeployment", id=uid)

    for method in ("GetDataServiceDeployment", "DeleteDataServiceDeployment"):
        assert refusal_of(lambda method=method: ask(method, id=uid)).code is grpc.StatusCode.NOT_FOUND


def test_a_deleted_backup_is_gone_with_its_cloudsnap(sim, ask, uid, restore, refusal_of):
    backup = uid("backups", "orders-backup")
    created = restore()
    ask("DeleteBackup", id=backup)

    for method in ("GetBackup", "DeleteBackup"):
        assert refusal_of(lambda method=method: ask(method, id=backup)).code is grpc.StatusCode.NOT_FOUND
    sim.run_until_idle()
    assert sim.world.restores[created.meta.uid].phase.name == "FAILED"
    assert [change.change for change in sim.timeline.changes()] == ["backup deleted"]


def test_an_upgraded_copy_was_another_before(sim, restore, deployment_of):
    created = restore()
    sim.run_until_idle()
    before = deployment_of(created)
    sim.advance(60)
    sim.world.upgrade_deployment(before.meta.uid, image="postgresql:17.0")

    after = deployment_of(created)
    sim.inject(faults.stale(30), method="GetDataServiceDeployment")

    assert after.config.references.image_id != before.config.references.image_id
    assert int(after.meta.resource_version) == int(before.meta.resource_version) + 1
    assert deployment_of(created) == before


def test_polling_a_deployment_moves_the_time_on_poll(ask_of):
    with Simulator(clock="on_poll") as simulator:
        ask, world = ask_of(simulator), simulator.world
        created = ask(
            "CreateRestore",
            namespace_id=world.namespaces["shop-staging"].uid,
            project_id=world.projects["shop"].uid,
            restore={
                "meta": {"name": "copy"},
                "config": {"source_references": {"backup_id": world.backups["orders-backup"].uid}},
            },
        )
        uid = created.config.destination_references.data_service_deployment_id

        polls = 1
        while state(ask("GetDataServiceDeployment", id=uid))[0] == "RESTORING":
            polls += 1
            assert polls < 20

        assert state(ask("GetDataServiceDeployment", id=uid)) == ("DEPLOYED", "AVAILABLE")


def test_a_project_has_what_belongs_to_it(ask, uid, restore):
    created = restore()

    project = ask("GetProject", project_id=uid("projects", "shop"))

    infra, pds = project.config.infra_resources, project.config.applications_resources.pds_resources
    assert list(infra.namespaces) == [uid("namespaces", "shop-prod"), uid("namespaces", "shop-staging")]
    assert list(infra.clusters) == [uid("clusters", "east"), uid("clusters", "west")]
    assert list(infra.backup_locations) == [uid("backup_locations", "vault")]
    assert list(pds.restores) == [created.meta.uid]
    assert created.config.destination_references.data_service_deployment_id in pds.data_service_deployments
    assert dict(project.status.associated_resources) == {
        "TARGET_CLUSTER": 2,
        "NAMESPACE": 2,
        "BACKUP_LOCATION": 1,
        "PDS_DATA_SERVICE_DEPLOYMENT": 3,
        "PDS_RESTORE": 1,
    }
