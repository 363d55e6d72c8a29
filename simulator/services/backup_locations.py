"""The BackupLocationService: shows where backups are kept, and whether clusters can use them."""

from __future__ import annotations

from functools import partial
from typing import Any

from fakes.world.observation import Observation, Observed
from simulator.api import backuplocation_pb2, cloudcredential_pb2
from simulator.services.resources import Description, ResourceKind
from simulator.services.selectors import Infra
from simulator.services.service import Service
from simulator.services.visibility import sees_what_a_tenant_has


def _describe(look: Observation, found: Observed) -> Description:
    location = found.entity
    tenant = look.world.tenants.recall(location.tenant)
    return Description(
        partial(_write, location),
        parent=(tenant.kind, tenant.uid),
        related={
            Infra.ACCOUNT: [tenant.account],
            Infra.TENANT: [tenant.uid],
            Infra.PROJECT: [seen.entity.uid for seen in look.all("projects") if seen.entity.tenant == tenant.uid],
            Infra.BACKUP_LOCATION: [location.uid],
        },
        names={tenant.uid: tenant.name},
    )


def _write(location: Any) -> backuplocation_pb2.BackupLocation:
    message = backuplocation_pb2.BackupLocation()
    message.config.provider.cloud_provider = cloudcredential_pb2.Provider.S3COMPATIBLE
    message.config.s3_storage.bucket_name = location.name
    status = backuplocation_pb2.Status
    message.status.validity = status.VALID if location.credentials_valid else status.INVALID
    return message


LOCATIONS = ResourceKind("backup_locations", backuplocation_pb2.BackupLocation, _describe, sees_what_a_tenant_has)

SERVICE = Service(
    "public.portworx.platform.backuplocation.v1.BackupLocationService",
    {"GetBackupLocation": LOCATIONS.get, "ListBackupLocations": LOCATIONS.page},
)
