"""Rules in force in a session elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fakes import Restore
from fakes.faults.rule import Rule
from simulator.api import control_pb2
from simulator.remote.connection import ControlConnection
from simulator.remote.history import RemoteHistory


class RemoteRule:
    """A rule that is in force, or was; its counts are those of the moment at which they are asked for.

    Args:
        session: Where it is.
        described: What the server tells of it.
        rule: The rule itself.
    """

    def __init__(self, session: RuleConnection, described: Any, rule: Rule) -> None:
        self._session = session
        self._described = described
        self.id: str = described.id
        self.name: str = described.name
        self.rule = rule

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RemoteRule) and (self._session, self.id) == (other._session, other.id)

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def matched_count(self) -> int:
        """How often it was met, whether or not it then took effect."""
        return int(self.described().matched)

    @property
    def fired_count(self) -> int:
        """How often it took effect."""
        return int(self.described().fired)

    def described(self) -> Any:
        """What the server tells of it now, or told at last while it was in force."""
        self._described = self._session.find(self.id) or self._described
        return self._described

    @property
    def has_gate(self) -> bool:
        """Whether restores may wait at it."""
        effect = self.rule.effect
        return effect.name == "gate" or (effect.name == "stall" and getattr(effect, "duration", None) is None)


class RemoteGate:
    """A gate that holds restores before a phase.

    Args:
        session: Where it stands.
        rule: Its rule.
    """

    def __init__(self, session: RuleConnection, rule: RemoteRule) -> None:
        self._session = session
        self.rule = rule

    @property
    def held(self) -> list[Restore]:
        """The restores that wait before it, in the order of their coming."""
        return self._session.held(self.rule)

    def open(self) -> None:
        """Let those that wait go on, and all that come later pass."""
        self._session.change("OpenGate", control_pb2.OpenGateRequest, self.rule)

    def close(self) -> None:
        """Hold what comes from now on."""
        self._session.change("CloseGate", control_pb2.CloseGateRequest, self.rule)


class RuleConnection:
    """What can be asked of the rules of a session.

    Args:
        connection: To the server.
        session_id: Which session.
        history: Of the same session.
    """

    def __init__(self, connection: ControlConnection, session_id: str, history: RemoteHistory) -> None:
        self._connection = connection
        self._session_id = session_id
        self._history = history

    def all(self) -> Sequence[Any]:
        """The messages of all rules in force."""
        listed = self._connection.call("ListRules", control_pb2.ListRulesRequest(session=self._session_id))
        return tuple(listed.rules)

    def find(self, rule_id: str) -> Any:
        """The message of a rule; None where it is not in force."""
        return next((described for described in self.all() if described.id == rule_id), None)

    def held(self, rule: RemoteRule) -> list[Restore]:
        """The restores that a rule holds."""
        known = {restore.uid: restore for restore in self._history.restores()}
        return [known[uid] for uid in rule.described().held_uids]

    def change(self, method: str, request: Any, rule: RemoteRule) -> Any:
        """Make a call about a rule.

        Raises:
            ValueError: it is not in force.
        """
        rule.described()  # which it remembers
        if self.find(rule.id) is None:
            raise ValueError(f"the rule {rule.name!r} is not in force")
        return self._connection.call(method, request(session=self._session_id, rule=rule.id))
