"""Callers, and the projects that they may see and use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caller:
    """A caller.

    Args:
        name: Name of the token; empty in a world without tokens.
        projects: Uids of the projects that they see; None means all.
        account: Uid of the account of the token; empty in a world without tokens.
    """

    name: str = ""
    projects: frozenset[str] | None = None
    account: str = ""

    def sees(self, project_uid: str) -> bool:
        """Whether they may see and use a project."""
        return self.projects is None or project_uid in self.projects


ANYBODY = Caller()
"""The caller in a world without tokens; they may do everything."""
