"""The past of deployments: those that restores make have a past from the creation of their restore on."""

from __future__ import annotations

from dataclasses import replace

from fakes.environment import Environment
from fakes.history.registries import DeploymentRegistry
from fakes.history.restore_lists import RestoreLists
from fakes.history.versions import DECLARED, DELETED, EntityVersions, Version
from fakes.lifecycle.phases import Phase
from fakes.lifecycle.restores import Restore
from fakes.world.entities import Deployment


class DeploymentHistory:
    """The past of the deployments of one world.

    Args:
        environment: The clock.
        deployments: The deployments.
        lists: The restores.
        versions: The versions of entities.
    """

    def __init__(
        self, environment: Environment, deployments: DeploymentRegistry, lists: RestoreLists, versions: EntityVersions
    ) -> None:
        self._environment = environment
        self._deployments = deployments
        self._lists = lists
        self._versions = versions

    def restore_of(self, uid: str) -> Restore | None:
        """The restore that makes a deployment, or has made it; None where none does."""
        return self._lists.restore_of_deployment(uid)

    def as_of(self, uid: str, at_microseconds: int) -> Deployment:
        """A deployment as it was at a time when it existed.

        Raises:
            UnknownEntity: there never was one.
        """
        versions = self._versions.of(uid, at_microseconds)
        found = versions[-1].entity if versions else self._deployments.recall(uid)
        assert isinstance(found, Deployment)
        return found

    def destination_of(self, restore: Restore, at_microseconds: int) -> Deployment:
        """The deployment that a restore makes: like the one that was backed up, but with its own name and place.

        Args:
            restore: The restore, as it was at the time.
            at_microseconds: The time.
        """
        if restore.phase is Phase.SUCCESSFUL:
            return self.as_of(restore.deployment, at_microseconds)
        if not restore.is_live:
            at_microseconds = restore.status.updated_at_microseconds
        source = self.as_of(restore.source_deployment, at_microseconds)
        spec = restore.spec
        return replace(source, name=spec.name, uid=restore.deployment, namespace=spec.namespace, project=spec.project)

    def begin_versions(self, deployment: Deployment) -> None:
        """Remember a deployment as its restore made it, before its first change."""
        restore = self.restore_of(deployment.uid)
        if restore is not None and not self._versions.of(deployment.uid, self._environment.now_microseconds):
            self._versions.append(Version(restore.status.updated_at_microseconds, DECLARED, deployment))

    def is_deleted(self, uid: str) -> bool:
        """Whether a deployment was deleted, or what a restore left behind of it."""
        versions = self._versions.of(uid, self._environment.now_microseconds)
        return bool(versions) and versions[-1].change in DELETED
