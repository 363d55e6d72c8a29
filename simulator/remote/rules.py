"""Rules in force in a remote session."""

from __future__ import annotations

from typing import Any

from fakes import Restore
from fakes.faults.rule import Rule
from fakes.printable import printable
from simulator.remote.connection import SessionConnection
from simulator.remote.history import RemoteHistory


class RemoteRule:
    """A rule that is or was in force; its counts are read from the server at each access.

    Args:
        session: The session that it belongs to.
        history: Of the same session.
        described: How the server describes it.
        rule: The rule itself.
    """

    def __init__(self, session: SessionConnection, history: RemoteHistory, described: Any, rule: Rule) -> None:
        self._session = session
        self._history = history
        self._described = described
        self.id: str = described.id
        self.name: str = described.name
        self.rule = rule

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RemoteRule) and (self._session, self.id) == (other._session, other.id)

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return printable(f"<rule {self.name!r}>")

    @property
    def matched_count(self) -> int:
        """How often it matched, whether or not it then took effect."""
        return int(self.described().matched)

    @property
    def fired_count(self) -> int:
        """How often it took effect."""
        return int(self.described().fired)

    @property
    def has_gate(self) -> bool:
        """Whether restores may wait at its gate."""
        effect = self.rule.effect
        return effect.name == "gate" or (effect.name == "stall" and getattr(effect, "duration", None) is None)

    @property
    def held(self) -> list[Restore]:
        """The restores that it holds, in the order in which they came."""
        known = {restore.uid: restore for restore in self._history.restores()}
        return [known[uid] for uid in self.described().held_uids]

    def described(self) -> Any:
        """How the server describes it now, or last described it while it was in force."""
        self._find()
        return self._described

    def change(self, method: str) -> None:
        """Make a call about it.

        Raises:
            ValueError: it is not in force.
        """
        if not self._find():
            raise ValueError(f"the rule {self.name!r} is not in force")
        self._session.call(method, rule=self.id)

    def _find(self) -> bool:
        """Read its current description, if it is in force."""
        found = next((rule for rule in self._session.call("ListRules").rules if rule.id == self.id), None)
        self._described = found or self._described
        return found is not None


class RemoteGate:
    """A gate that holds restores before a phase.

    Args:
        rule: Its rule.
    """

    def __init__(self, rule: RemoteRule) -> None:
        self.rule = rule

    def __repr__(self) -> str:
        return printable(f"<gate {self.rule.name!r}>")

    @property
    def held(self) -> list[Restore]:
        """The restores that wait before it, in the order in which they came."""
        return self.rule.held

    def open(self) -> None:
        """Let the restores that wait go on, and let later ones pass."""
        self.rule.change("OpenGate")

    def close(self) -> None:
        """Hold restores that come from now on."""
        self.rule.change("CloseGate")
