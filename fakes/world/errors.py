"""Errors of the world; the service turns them into status codes.

Each error says what is needed to fix it: what was asked for, what was found, and what would have been accepted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class WorldError(Exception):
    """Base of the errors of the world."""


@dataclass
class NotFound(WorldError):
    """A resource that a call names does not exist, or the caller may not see it.

    Args:
        kind: The kind of resource, such as ``"namespace"``.
        uid: The uid as the caller gave it.
        hint: What the uid names instead; empty if nothing.
    """

    kind: str
    uid: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.uid!r} not found{self.hint and ': '}{self.hint}"


@dataclass
class AccessDenied(WorldError):
    """The caller may not use a project that the call needs.

    Args:
        caller: Name of the token of the call.
        role: The role of the project in the call, ``"destination"`` or ``"source"``.
        project_uid: Uid of the project.
        project_name: Its name.
    """

    caller: str
    role: str
    project_uid: str
    project_name: str

    def __str__(self) -> str:
        return f"{self.caller!r} has no access to the {self.role} project {self.project_name!r} ({self.project_uid})"


@dataclass(frozen=True)
class Violation:
    """One condition that does not hold.

    Args:
        type: The condition, in capitals: ``"BACKUP_NOT_COMPLETED"``.
        subject: Uid of the resource that does not meet it.
        description: What was found and what would have been right.
    """

    type: str
    subject: str
    description: str


@dataclass
class PreconditionsFailed(WorldError):
    """The system is not in the state that the call needs; all conditions that do not hold are listed."""

    violations: Sequence[Violation]

    def __str__(self) -> str:
        return "; ".join(violation.description for violation in self.violations)


@dataclass
class AlreadyExists(WorldError):
    """A live resource has the name already.

    Args:
        kind: The kind of resource.
        name: The name that is taken.
        uid: Uid of the resource that has it.
        scope: Where the name has to be unique.
    """

    kind: str
    name: str
    uid: str
    scope: str

    def __str__(self) -> str:
        return f"a live {self.kind} named {self.name!r} ({self.uid}) exists in {self.scope}"
