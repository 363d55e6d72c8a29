"""Injecting, listing and removing rules, and opening gates."""

from __future__ import annotations

from fakes import UnknownEntity
from fakes.faults.report import why_unfired
from fakes.faults.rule_set import InstalledRule
from fakes.suggestions import suggest
from simulator.api import control_pb2
from simulator.documents.reading import read_document
from simulator.documents.rules import FaultDocument
from simulator.services.control.conversions import from_struct, rule_ids
from simulator.services.control.errors import violations_under
from simulator.services.control.host import ControlHost
from simulator.sessions.control import SessionControl
from simulator.sessions.session import Session


def inject_rule(host: ControlHost, request: control_pb2.InjectRuleRequest) -> control_pb2.Rule:
    """Put a rule into force."""
    session = host.sessions.get(request.session).session
    with violations_under("rule"):
        rule = read_document(FaultDocument, from_struct(request.rule)).to_rule()
        active = SessionControl(session).inject(rule)
    return _written(session, active)


def list_rules(host: ControlHost, request: control_pb2.ListRulesRequest) -> control_pb2.ListRulesResponse:
    """List the rules in force."""
    session = host.sessions.get(request.session).session
    with session as world:
        return control_pb2.ListRulesResponse(rules=[_written(session, active) for active in world.rules])


def delete_rule(host: ControlHost, request: control_pb2.DeleteRuleRequest) -> control_pb2.DeleteRuleResponse:
    """Take a rule out of force."""
    session = host.sessions.get(request.session).session
    with session:
        SessionControl(session).remove_rule(_find(session, request.rule))
    return control_pb2.DeleteRuleResponse()


def open_gate(host: ControlHost, request: control_pb2.OpenGateRequest) -> control_pb2.Rule:
    """Open the gate of a rule."""
    session = host.sessions.get(request.session).session
    with session, violations_under("rule"):
        active = _find(session, request.rule)
        SessionControl(session).gate_of(active).open()
        return _written(session, active)


def close_gate(host: ControlHost, request: control_pb2.CloseGateRequest) -> control_pb2.Rule:
    """Close the gate of a rule."""
    session = host.sessions.get(request.session).session
    with session, violations_under("rule"):
        active = _find(session, request.rule)
        SessionControl(session).gate_of(active).close()
        return _written(session, active)


def _find(session: Session, wanted: str) -> InstalledRule:
    """The rule of an id or a name.

    Raises:
        UnknownEntity: there is none.
    """
    ids = rule_ids(tuple(session.world.rules))
    if wanted in ids:
        return ids[wanted]
    named = [active for active in ids.values() if active.name == wanted]
    if named:
        return named[0]
    raise UnknownEntity(f"there is no rule {wanted[:100]!r}; {suggest(wanted, list(ids))}")


def _written(session: Session, active: InstalledRule) -> control_pb2.Rule:
    with session as world:
        ids = {found.name: rule_id for rule_id, found in rule_ids(tuple(world.rules)).items()}
        message = control_pb2.Rule(
            id=ids.get(active.name, active.name),
            name=active.name,
            matched=active.matched_count,
            fired=active.fired_count,
            near_misses=[] if active.fired_count else [why_unfired(active, world.rules)],
            held=[restore.name for restore in active.gate.held],
            held_uids=[restore.uid for restore in active.gate.held],
        )
        message.rule.update(active.rule.to_plain())
    return message
