"""The DataServiceDeploymentService: shows deployments, also those that restores are making, and deletes them."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any

from google.protobuf.message import Message

from fakes.lifecycle.phases import Phase
from fakes.world.entities import Deployment
from fakes.world.errors import PreconditionsFailed, Violation
from fakes.world.identifiers import derive_uid, kubernetes_name
from fakes.world.observation import Observation, Observed
from simulator.api import dataservicedeployment_pb2, dataservicedeploymenttopology_pb2, pdsapplicationresource_pb2
from simulator.rpc.call import Call
from simulator.services.resources import Description, Resource, ResourceKind
from simulator.services.selectors import Infra, meets
from simulator.services.service import Service
from simulator.services.visibility import sees_deployment

Status = dataservicedeployment_pb2.Status
Topology = dataservicedeploymenttopology_pb2.DataServiceDeploymentTopology
TopologyStatus = dataservicedeploymenttopology_pb2.DataServiceDeploymentTopologyStatus

INSTANCES = 1
"""How many instances a deployment has; all are in one group."""
TOPOLOGY_NAME = "default"

_TOPOLOGY_PHASES = {
    Status.RESTORING: TopologyStatus.IN_PROGRESS,
    Status.FAILED: TopologyStatus.FAILED,
    Status.DEPLOYED: TopologyStatus.SUCCESS,
}


def _phase_of(found: Observed) -> Any:
    """The phase of a deployment, by the phase of the restore that makes it."""
    if found.restore is None or found.restore.phase is Phase.SUCCESSFUL:
        return Status.DEPLOYED
    return Status.FAILED if found.restore.phase is Phase.FAILED else Status.RESTORING


def _data_service(deployment: Deployment) -> str:
    return derive_uid("data service", deployment.data_service)


def _describe(look: Observation, found: Observed) -> Description:
    world, deployment = look.world, found.entity
    namespace = world.namespaces.recall(deployment.namespace)
    project = world.projects.recall(deployment.project)
    cluster = world.clusters.recall(namespace.cluster)
    names = {entity.uid: entity.name for entity in (namespace, project, cluster)}
    names[derive_uid("image", deployment.image)] = deployment.image
    names[_data_service(deployment)] = deployment.data_service
    if found.restore is not None:
        names[found.restore.uid] = found.restore.name
    return Description(
        partial(_write, cluster.uid, found),
        parent=(namespace.kind, namespace.uid),
        related={
            Infra.TENANT: [project.tenant],
            Infra.PROJECT: [project.uid],
            Infra.NAMESPACE: [namespace.uid],
            Infra.TARGET_CLUSTER: [cluster.uid],
        },
        phase=_phase_of(found),
        names=names,
        is_live=found.restore is not None and found.restore.is_live,
    )


def _write(cluster_uid: str, found: Observed) -> dataservicedeployment_pb2.DataServiceDeployment:
    deployment, restore, phase = found.entity, found.restore, _phase_of(found)
    message = dataservicedeployment_pb2.DataServiceDeployment()
    references = message.config.references
    references.target_cluster_id = cluster_uid
    references.image_id = derive_uid("image", deployment.image)
    references.project_id = deployment.project
    references.data_service_id = _data_service(deployment)
    references.data_service_version_id = derive_uid("data service version", deployment.data_service, deployment.image)
    message.config.data_service_deployment_topologies.append(Topology(name=TOPOLOGY_NAME, instances=INSTANCES))
    status = message.status
    status.phase = phase
    status.health = Status.AVAILABLE if phase == Status.DEPLOYED else Status.UNAVAILABLE
    status.custom_resource_name = kubernetes_name("", deployment.name, deployment.uid)
    status.data_service_deployment_topology_status.append(_topology_status(phase, status.custom_resource_name))
    if restore is not None:
        references.restore_id = restore.uid
        if restore.status.error_code is not None:
            status.error_code = restore.status.error_code.name
            status.error_message = restore.status.error_message
    return message


def _topology_status(phase: Any, custom_resource_name: str) -> Any:
    is_deployed = phase == Status.DEPLOYED
    status = TopologyStatus(
        health=TopologyStatus.AVAILABLE if is_deployed else TopologyStatus.UNAVAILABLE,
        phase=_TOPOLOGY_PHASES[phase],
        ready_instances=INSTANCES if is_deployed else 0,
    )
    connection = status.connection_info
    for number in range(INSTANCES):
        (connection.ready_instances if is_deployed else connection.not_ready_instances).add(
            name=f"{custom_resource_name}-{number}"
        )
    return status


def _is_of_application(request: Any, found: Resource) -> bool:
    data_service = pdsapplicationresource_pb2.PDSApplicationResource.DATA_SERVICE
    return all(
        meets(
            [_data_service(found.observed.entity)] if wanted.resource_type == data_service else [],
            wanted,
        )
        for wanted in request.application_selector.application_filters
    )


DEPLOYMENTS = ResourceKind(
    "deployments",
    dataservicedeployment_pb2.DataServiceDeployment,
    _describe,
    sees_deployment,
    _is_of_application,
)


def get_key_performance_indicators(call: Call) -> Message:
    """Count the deployments that the selectors select."""
    with call as world:
        look = Observation(world, call.stale_seconds)
        selected = DEPLOYMENTS.selected(look, call)
    phases = Counter(found.description.phase for found in selected)
    available = phases.pop(int(Status.DEPLOYED), 0)
    unavailable = phases.total()
    return dataservicedeployment_pb2.KeyPerformanceIndicators(
        data_service_deployment_available_count=available,
        data_service_deployment_unavailable_count=unavailable,
        running_instances=available * INSTANCES,
        not_running_instances=unavailable * INSTANCES,
    )


def delete_deployment(call: Call) -> Message:
    """Delete a deployment; its name becomes free, its backups stay."""
    request: Any = call.request
    call.subject = request.id
    with call as world:
        deployment, description = DEPLOYMENTS.find(Observation(world), request.id, call.caller)
        if description.is_live:
            found = f"deployment {deployment.entity.name!r} is being restored; it can be deleted when that has ended"
            raise PreconditionsFailed([Violation("DEPLOYMENT_RESTORING", request.id, found)])
        world.delete_deployment(request.id)
    return call.method.response()


SERVICE = Service(
    "public.portworx.pds.dataservicedeployment.v1.DataServiceDeploymentService",
    {
        "GetDataServiceDeployment": DEPLOYMENTS.get,
        "DeleteDataServiceDeployment": delete_deployment,
        "ListDataServiceDeployments": DEPLOYMENTS.page,
        "GetKeyPerformanceIndicators": get_key_performance_indicators,
    },
)
