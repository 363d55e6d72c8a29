"""The NamespaceService: tells of the namespaces of target clusters."""

from __future__ import annotations

from functools import partial

from google.protobuf.message import Message

from fakes.world.observation import Observation, Observed
from simulator.api import namespace_pb2
from simulator.rpc.call import Call
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


def list_namespaces(call: Call) -> Message:
    """Answer with one page of the namespaces that the selectors select."""
    return NAMESPACES.page(call, namespace_pb2.ListNamespacesResponse, "namespaces")


SERVICE = Service("public.portworx.platform.namespace.v1.NamespaceService", {"ListNamespaces": list_namespaces})
