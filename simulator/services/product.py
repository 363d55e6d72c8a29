"""The services of the product that the simulator serves."""

from __future__ import annotations

from simulator.services import (
    backup_locations,
    backups,
    deployments,
    namespaces,
    projects,
    restores,
    target_clusters,
    tenants,
    whoami,
)
from simulator.services.service import Service

SERVICES: tuple[Service, ...] = (
    restores.SERVICE,
    backups.SERVICE,
    deployments.SERVICE,
    backup_locations.SERVICE,
    namespaces.SERVICE,
    projects.SERVICE,
    target_clusters.SERVICE,
    tenants.SERVICE,
    whoami.SERVICE,
)
"""To add one, write a file of functions, add its .proto file, and add a line here."""
