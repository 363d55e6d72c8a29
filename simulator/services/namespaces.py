"""The NamespaceService: shows the namespaces of target clusters."""

from __future__ import annotations

from functools import partial

from fakes.world.observation import Observation, Observed
from simulator.api import namespace_pb2
from simulator.services.resources import Description, ResourceKind
from simulator.services.selectors import Infra
from simulator.services.service import Service
from simulator.services.visibility import sees_namespace

_AVAILABLE = namespace_pb2.NamespaceStatus(phase=namespace_pb2.NamespacePhase.AVAILABLE)


def _describe(look: Observation, found: Observed) -> Description:
    namespace = found.entity
    cluster = look.world.clusters.recall(namespace.cluster)
    return Description(
        partial(namespace_pb2.Namespace, status=_AVAILABLE),
        parent=(cluster.kind, cluster.uid),
        related={
            Infra.TENANT: [cluster.tenant],
            Infra.PROJECT: namespace.projects,
            Infra.TARGET_CLUSTER: [cluster.uid],
            Infra.NAMESPACE: [namespace.uid],
        },
        phase=namespace_pb2.NamespacePhase.AVAILABLE,
        names={cluster.uid: cluster.name},
    )


NAMESPACES = ResourceKind("namespaces", namespace_pb2.Namespace, _describe, sees_namespace)

SERVICE = Service("public.portworx.platform.namespace.v1.NamespaceService", {"ListNamespaces": NAMESPACES.page})
