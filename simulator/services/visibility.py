"""Which resources a caller sees: those of the token's projects, and those that contain these."""

from __future__ import annotations

from typing import Any

from fakes import Caller
from fakes.world.observation import Observation


def sees_project(_look: Observation, project: Any, caller: Caller) -> bool:
    """Whether the token is for a project."""
    return caller.sees(project.uid)


def sees_deployment(_look: Observation, deployment: Any, caller: Caller) -> bool:
    """Whether the token is for the project of a deployment."""
    return caller.sees(deployment.project)


def sees_backup(look: Observation, backup: Any, caller: Caller) -> bool:
    """Whether the token is for the project of the deployment that was backed up."""
    return caller.projects is None or caller.sees(look.world.deployments.recall(backup.deployment).project)


def sees_namespace(_look: Observation, namespace: Any, caller: Caller) -> bool:
    """Whether the token is for a project to which a namespace is assigned."""
    return caller.projects is None or any(map(caller.sees, namespace.projects))


def sees_tenant(look: Observation, tenant: Any, caller: Caller) -> bool:
    """Whether the token is for a project of a tenant."""
    return _sees_something_of(look, tenant.uid, caller)


def sees_what_a_tenant_has(look: Observation, entity: Any, caller: Caller) -> bool:
    """Whether the token is for a project of the tenant that has a cluster or a backup location."""
    return _sees_something_of(look, entity.tenant, caller)


def _sees_something_of(look: Observation, tenant_uid: str, caller: Caller) -> bool:
    if caller.projects is None:
        return True
    return any(project.tenant == tenant_uid for project in look.world.projects.values() if caller.sees(project.uid))
