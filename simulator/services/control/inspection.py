"""Shows what clients of the product can't see: what is in use on clusters, and what a restore waits for."""

from __future__ import annotations

from fakes.lifecycle.waiting import usage_of, waiting_of
from simulator.api import control_pb2
from simulator.services.control.conversions import as_json
from simulator.services.control.host import ControlHost
from simulator.services.conversions import to_restore


def list_clusters(host: ControlHost, request: control_pb2.ListClustersRequest) -> control_pb2.ListClustersResponse:
    """List the clusters with what is in use of each."""
    response = control_pb2.ListClustersResponse()
    with host.sessions.get(request.session).session as world:
        for cluster in world.clusters.values():
            usage = usage_of(world.engine.clusters[cluster.uid])
            response.clusters.add(
                uid=cluster.uid,
                name=cluster.name,
                connected=usage.is_connected,
                slots=cluster.capacity,
                slots_used=usage.slots_used,
                slots_awaited=usage.slots_awaited,
                bandwidth=cluster.bandwidth_bytes_per_second,
                downloads=usage.downloads,
                restores=usage.restores,
            )
    return response


def inspect_restore(
    host: ControlHost, request: control_pb2.InspectRestoreRequest
) -> control_pb2.InspectRestoreResponse:
    """Describe a restore, and what it waits for."""
    response = control_pb2.InspectRestoreResponse()
    with host.sessions.get(request.session).session as world:
        restore = world.restores[request.restore]
        response.restore.update(as_json(to_restore(restore)))
        run = world.engine.clusters[restore.cluster].runs.get(restore.uid)
        if run is not None:
            waiting = waiting_of(run)
            response.waits_for = waiting.reason
            if waiting.until_microseconds is not None:
                response.until.FromMicroseconds(waiting.until_microseconds)
    return response
