"""The BackupService: shows backups, and deletes them."""

from __future__ import annotations

from functools import partial
from typing import Any

from google.protobuf.message import Message

from fakes.world.entities import Backup, BackupState
from fakes.world.identifiers import derive_uid, kubernetes_name
from fakes.world.observation import Observation, Observed
from simulator.api import backup_pb2
from simulator.rpc.call import Call
from simulator.services.resources import Description, Resource, ResourceKind
from simulator.services.selectors import Infra
from simulator.services.service import Service
from simulator.services.visibility import sees_backup

_PHASES = {
    BackupState.IN_PROGRESS: backup_pb2.Status.IN_PROGRESS,
    BackupState.COMPLETED: backup_pb2.Status.COMPLETED,
    BackupState.FAILED: backup_pb2.Status.FAILED,
}


def _describe(look: Observation, found: Observed) -> Description:
    world, backup = look.world, found.entity
    deployment = world.deployments.recall(backup.deployment)
    namespace = world.namespaces.recall(deployment.namespace)
    project = world.projects.recall(deployment.project)
    named = (deployment, world.backup_locations.recall(backup.location))
    return Description(
        partial(_write, look, found),
        parent=(deployment.kind, deployment.uid),
        related={
            Infra.TENANT: [project.tenant],
            Infra.PROJECT: [project.uid],
            Infra.NAMESPACE: [namespace.uid],
            Infra.TARGET_CLUSTER: [namespace.cluster],
            Infra.BACKUP_LOCATION: [backup.location],
        },
        phase=_PHASES[backup.state],
        names={entity.uid: entity.name for entity in named} | {backup.cloudsnap: f"{backup.name}-cloudsnap"},
    )


def _write(look: Observation, found: Observed) -> backup_pb2.Backup:
    backup: Backup = found.entity
    deployment = look.world.deployment_history.as_of(backup.deployment, found.created_at_microseconds)
    namespace = look.world.namespaces.recall(deployment.namespace)
    message = backup_pb2.Backup()
    message.config.references.image_id = derive_uid("image", deployment.image)
    message.config.backup_capability = next(iter(backup.capabilities.values()), "")
    status = message.status
    status.cloud_snap_id = backup.cloudsnap
    status.phase = _PHASES[backup.state]
    status.start_time.FromMicroseconds(found.created_at_microseconds)
    if backup.state is not BackupState.IN_PROGRESS:
        status.completion_time.FromMicroseconds(found.updated_at_microseconds)
    if backup.state is BackupState.FAILED:
        status.error_message = "the backup has failed"
    status.file_size = backup.size_bytes
    about = status.data_service_deployment_meta_data
    about.name = deployment.name
    about.custom_resource_name = kubernetes_name("", deployment.name, deployment.uid)
    about.target_cluster_name = look.world.clusters.recall(namespace.cluster).name
    about.namespace_name = namespace.name
    about.data_service_name = deployment.data_service
    about.image_build = deployment.image
    return message


def _is_wanted(request: Any, found: Resource) -> bool:
    """Whether a backup is of the deployment in the request; no backup belongs to a backup configuration."""
    deployment = request.data_service_deployment_id
    return not request.backup_config_id and deployment in ("", found.observed.entity.deployment)


BACKUPS = ResourceKind("backups", backup_pb2.Backup, _describe, sees_backup, _is_wanted)


def delete_backup(call: Call) -> Message:
    """Delete a backup and its cloudsnap; restores that still need the cloudsnap will fail."""
    request: Any = call.request
    call.subject = request.id
    with call as world:
        BACKUPS.find(Observation(world), request.id, call.caller)
        world.delete_backup(request.id)
    return call.method.response()


SERVICE = Service(
    "public.portworx.pds.backup.v1.BackupService",
    {"GetBackup": BACKUPS.get, "DeleteBackup": delete_backup, "ListBackups": BACKUPS.page},
)
