"""The TenantService: shows the tenants of accounts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from fakes.world.observation import Observation, Observed
from simulator.api import tenant_pb2
from simulator.services.resources import Description, ResourceKind
from simulator.services.selectors import Infra
from simulator.services.service import Service
from simulator.services.visibility import sees_tenant


def _describe(look: Observation, found: Observed) -> Description:
    tenant = found.entity

    def has(collection: str) -> Sequence[str]:
        return [seen.entity.uid for seen in look.all(collection) if seen.entity.tenant == tenant.uid]

    account = look.world.accounts.recall(tenant.account)
    return Description(
        partial(tenant_pb2.Tenant, status=tenant_pb2.Status(phase=tenant_pb2.Phase.ACTIVE)),
        parent=(account.kind, account.uid),
        related={
            Infra.ACCOUNT: [account.uid],
            Infra.TENANT: [tenant.uid],
            Infra.PROJECT: has("projects"),
            Infra.TARGET_CLUSTER: has("clusters"),
            Infra.BACKUP_LOCATION: has("backup_locations"),
        },
        phase=tenant_pb2.Phase.ACTIVE,
        names={account.uid: account.name},
    )


TENANTS = ResourceKind("tenants", tenant_pb2.Tenant, _describe, sees_tenant)

SERVICE = Service(
    "public.portworx.platform.tenant.v1.TenantService", {"GetTenant": TENANTS.get, "ListTenants": TENANTS.page}
)
