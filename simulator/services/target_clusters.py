"""The TargetClusterService: shows clusters, and whether their agents report."""

from __future__ import annotations

from functools import partial
from typing import Any

from fakes.history.versions import DISCONNECTED
from fakes.world.observation import Observation, Observed
from simulator.api import application_pb2, targetcluster_pb2
from simulator.services.resources import Description, ResourceKind
from simulator.services.selectors import Infra
from simulator.services.service import Service
from simulator.services.visibility import sees_what_a_tenant_has

Phase = targetcluster_pb2.TargetClusterPhase


def _describe(look: Observation, found: Observed) -> Description:
    cluster, world = found.entity, look.world
    tenant = world.tenants.recall(cluster.tenant)
    namespaces = [seen.entity for seen in look.all("namespaces") if seen.entity.cluster == cluster.uid]
    return Description(
        partial(_write, look, found),
        parent=(tenant.kind, tenant.uid),
        related={
            Infra.ACCOUNT: [tenant.account],
            Infra.TENANT: [tenant.uid],
            Infra.PROJECT: list(dict.fromkeys(uid for namespace in namespaces for uid in namespace.projects)),
            Infra.TARGET_CLUSTER: [cluster.uid],
            Infra.NAMESPACE: [namespace.uid for namespace in namespaces],
        },
        phase=_phase_of(found),
        names={tenant.uid: tenant.name},
    )


def _phase_of(found: Observed) -> Any:
    return Phase.DISCONNECTED if found.change == DISCONNECTED else Phase.CONNECTED


def _write(look: Observation, found: Observed) -> targetcluster_pb2.TargetCluster:
    message = targetcluster_pb2.TargetCluster(config=targetcluster_pb2.Config())
    status = message.status
    status.phase = _phase_of(found)
    is_connected = status.phase == Phase.CONNECTED
    status.metadata.kube_platform = targetcluster_pb2.KubePlatform.UNKNOWN
    reported = look.at_microseconds if is_connected else found.updated_at_microseconds
    status.last_status_update_time.FromMicroseconds(reported)
    status.platform_agent.phase = application_pb2.ApplicationPhase.SUCCEEDED
    health = application_pb2.ApplicationHealth
    status.platform_agent.health = health.HEALTHY if is_connected else health.UNKNOWN
    return message


CLUSTERS = ResourceKind("clusters", targetcluster_pb2.TargetCluster, _describe, sees_what_a_tenant_has)

SERVICE = Service(
    "public.portworx.platform.TargetCluster.v1.TargetClusterService",
    {"ListTargetClusters": CLUSTERS.page, "GetTargetCluster": CLUSTERS.get},
)
