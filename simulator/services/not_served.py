"""The methods that the simulator does not serve, of services that it serves in part.

They have routes over HTTP, so that clients learn there, too, that the simulator lacks the method.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool
from google.protobuf.descriptor import ServiceDescriptor

from simulator.api import annotations_pb2
from simulator.api.pool import POOL, read_message

_DEPLOYMENTS = "/pds/v1/namespaces/*/dataServiceDeployments"
NOT_SERVED: Mapping[str, Sequence[tuple[str, str, str]]] = {
    "public.portworx.pds.dataservicedeployment.v1.DataServiceDeploymentService": (
        ("CreateDataServiceDeployment", "post", _DEPLOYMENTS),
        ("CreateDataServiceDeploymentWithScheduledBackup", "post", f"{_DEPLOYMENTS}:createWithScheduledBackup"),
        ("GetDataServiceDeploymentCredentials", "get", "/pds/v1/dataServiceDeployments/*:credentials"),
    ),
    "public.portworx.platform.namespace.v1.NamespaceService": (("DeleteNamespace", "delete", "/core/v1/namespaces/*"),),
    "public.portworx.platform.project.v1.ProjectService": (
        ("CreateProject", "post", "/core/v1/tenants/*/projects"),
        ("UpdateProject", "put", "/core/v1/projects/*"),
        ("DeleteProject", "delete", "/core/v1/projects/*"),
        ("AssociateResources", "put", "/core/v1/projects/*:associate"),
        ("DisassociateResources", "put", "/core/v1/projects/*:disassociate"),
    ),
    "public.portworx.platform.TargetCluster.v1.TargetClusterService": (
        ("DeleteTargetCluster", "delete", "/core/v1/clusters/*"),
        ("UpdateTargetCluster", "put", "/core/v1/clusters/*"),
    ),
    "public.portworx.platform.targetcluster.application.v1.ApplicationService": (
        ("ListApplications", "get", "/core/v1/clusters/*/applications"),
        ("GetApplication", "get", "/core/v1/clusters/*/applications/*"),
        ("InstallApplication", "post", "/core/v1/clusters/*/applications"),
        ("UpdateApplication", "put", "/core/v1/applications/*"),
        ("UninstallApplication", "delete", "/core/v1/clusters/*/applications/*"),
    ),
    "public.portworx.platform.tenant.v1.TenantService": (
        ("CreateTenant", "post", "/core/v1/tenants"),
        ("UpdateTenant", "put", "/core/v1/tenants/*"),
        ("DeleteTenant", "delete", "/core/v1/tenants/*"),
        ("GetResourceCount", "get", "/core/v1/tenants/*/resource:verbose"),
    ),
    "public.portworx.platform.backuplocation.v1.BackupLocationService": (
        ("CreateBackupLocation", "post", "/core/v1/tenants/*/backupLocations"),
        ("UpdateBackupLocation", "put", "/core/v1/backupLocations/*"),
        ("DeleteBackupLocation", "delete", "/core/v1/backupLocations/*"),
    ),
    "public.portworx.platform.whoami.v1.WhoAmIService": (("InvitationsWhoAmI", "get", "/core/v1/whoami:invitations"),),
}
"""By full name of the service: method, HTTP method and path, as the product's annotations have them."""


def services_not_served() -> list[ServiceDescriptor]:
    """Describe these methods for a gateway. Their requests are empty messages; all members are ignored."""
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(POOL.FindFileByName("google/protobuf/empty.proto").serialized_pb)
    return [_described(pool, *each) for each in NOT_SERVED.items()]


def _described(
    pool: descriptor_pool.DescriptorPool, full_name: str, methods: Sequence[tuple[str, str, str]]
) -> ServiceDescriptor:
    package, _, name = full_name.rpartition(".")
    file = descriptor_pb2.FileDescriptorProto(name=f"{full_name}.proto", package=package, syntax="proto3")
    file.dependency.append("google/protobuf/empty.proto")
    service = file.service.add(name=name)
    for method, http_method, path in methods:
        empty = ".google.protobuf.Empty"
        described = service.method.add(name=method, input_type=empty, output_type=empty)
        options: Any = read_message("google.protobuf.MethodOptions", b"")
        setattr(options.Extensions[annotations_pb2.http], http_method, path)
        described.options.MergeFromString(options.SerializeToString())
    pool.AddSerializedFile(file.SerializeToString())
    return pool.FindServiceByName(full_name)
