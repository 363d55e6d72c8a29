"""The main job: a restore from its creation to its success."""

from simulator import Phase
from simulator.api import restore_pb2


def test_a_restore_runs_from_initializing_to_successful(sim, stub, create_request):
    created = stub.CreateRestore(create_request())
    assert created.status.phase == Phase.INITIALIZING

    sim.advance_until(created.meta.uid, "SUCCESSFUL")

    restored = stub.GetRestore(restore_pb2.GetRestoreRequest(id=created.meta.uid))
    assert restored.status.phase == Phase.SUCCESSFUL
    deployment = sim.world.deployments[restored.config.destination_references.data_service_deployment_id]
    assert deployment.name == "orders-copy"
