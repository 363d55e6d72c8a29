"""The ProjectService: shows projects and what belongs to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from fakes.world.observation import Observation, Observed
from simulator.api import project_pb2
from simulator.services.resources import Description, ResourceKind
from simulator.services.selectors import Infra
from simulator.services.service import Service
from simulator.services.visibility import sees_project


def _describe(look: Observation, found: Observed) -> Description:
    project = found.entity
    tenant = look.world.tenants.recall(project.tenant)
    namespaces = [seen.entity for seen in look.all("namespaces") if project.uid in seen.entity.projects]
    clusters = list(dict.fromkeys(namespace.cluster for namespace in namespaces))
    locations = [seen.entity.uid for seen in look.all("backup_locations") if seen.entity.tenant == project.tenant]
    related: dict[int, Sequence[str]] = {
        Infra.ACCOUNT: [tenant.account],
        Infra.TENANT: [tenant.uid],
        Infra.PROJECT: [project.uid],
        Infra.TARGET_CLUSTER: clusters,
        Infra.NAMESPACE: [namespace.uid for namespace in namespaces],
        Infra.BACKUP_LOCATION: locations,
    }
    return Description(
        partial(_write, look, project.uid, related),
        parent=(tenant.kind, tenant.uid),
        related=related,
        phase=project_pb2.Phase.ACTIVE,
        names={tenant.uid: tenant.name},
    )


def _write(look: Observation, uid: str, related: Mapping[int, Sequence[str]]) -> project_pb2.Project:
    message = project_pb2.Project(status=project_pb2.Status(phase=project_pb2.Phase.ACTIVE))
    infra = message.config.infra_resources
    infra.clusters.extend(related[Infra.TARGET_CLUSTER])
    infra.namespaces.extend(related[Infra.NAMESPACE])
    infra.backup_locations.extend(related[Infra.BACKUP_LOCATION])
    applications = message.config.applications_resources.pds_resources
    applications.data_service_deployments.extend(
        seen.entity.uid for seen in look.all("deployments") if seen.entity.project == uid
    )
    applications.restores.extend(restore.uid for restore in look.restores() if restore.spec.project == uid)
    counts = {
        "TARGET_CLUSTER": len(infra.clusters),
        "NAMESPACE": len(infra.namespaces),
        "BACKUP_LOCATION": len(infra.backup_locations),
        "PDS_DATA_SERVICE_DEPLOYMENT": len(applications.data_service_deployments),
        "PDS_RESTORE": len(applications.restores),
    }
    message.status.associated_resources.update(counts)
    return message


PROJECTS = ResourceKind("projects", project_pb2.Project, _describe, sees_project)

SERVICE = Service(
    "public.portworx.platform.project.v1.ProjectService", {"GetProject": PROJECTS.get, "ListProjects": PROJECTS.page}
)
