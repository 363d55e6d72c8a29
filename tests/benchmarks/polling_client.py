"""A client of twenty calls, which explorations are measured with."""

import grpc

from simulator.api import RestoreServiceStub, restore_pb2

CALLS = 20


def check(sim):
    stub = RestoreServiceStub(sim.channel())
    created = restore_pb2.CreateRestoreRequest(
        namespace_id=sim.uid("shop-staging"), project_id=sim.uid("shop"), restore={"meta": {"name": "orders-copy"}}
    )
    created.restore.config.source_references.backup_id = sim.uid("orders-backup")
    request = restore_pb2.GetRestoreRequest()
    for number in range(CALLS):
        sim.advance(5)
        try:
            if number == 0:
                request.id = stub.CreateRestore(created, timeout=5).meta.uid
            else:
                stub.GetRestore(request, timeout=5)
        except grpc.RpcError:
            pass
