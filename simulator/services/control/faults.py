"""Injects, lists and removes rules, and opens gates."""

from __future__ import annotations

from fakes import UnknownEntity
from fakes.faults.installed_rule import InstalledRule
from fakes.faults.report import why_unfired
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
    hosted = host.sessions.get(request.session)
    session = hosted.session
    with session, violations_under("rule"):
        rule = read_document(FaultDocument, from_struct(request.rule)).to_rule()
        installed = SessionControl(session).inject(rule)
        hosted.interventions.add(session, "inject", installed.to_plain())
    return _written(session, installed)


def list_rules(host: ControlHost, request: control_pb2.ListRulesRequest) -> control_pb2.ListRulesResponse:
    """List the rules in force."""
    session = host.sessions.get(request.session).session
    with session as world:
        return control_pb2.ListRulesResponse(rules=[_written(session, installed) for installed in world.rules])


def delete_rule(host: ControlHost, request: control_pb2.DeleteRuleRequest) -> control_pb2.DeleteRuleResponse:
    """Remove a rule."""
    hosted = host.sessions.get(request.session)
    session = hosted.session
    with session:
        installed = _find(session, request.rule)
        SessionControl(session).remove_rule(installed)
        hosted.interventions.add(session, "remove", installed.name)
    return control_pb2.DeleteRuleResponse()


def open_gate(host: ControlHost, request: control_pb2.OpenGateRequest) -> control_pb2.Rule:
    """Open the gate of a rule."""
    hosted = host.sessions.get(request.session)
    session = hosted.session
    with session, violations_under("rule"):
        installed = _find(session, request.rule)
        SessionControl(session).gate_of(installed).open()
        hosted.interventions.add(session, "open", installed.name)
        return _written(session, installed)


def close_gate(host: ControlHost, request: control_pb2.CloseGateRequest) -> control_pb2.Rule:
    """Close the gate of a rule."""
    session = host.sessions.get(request.session).session
    with session, violations_under("rule"):
        installed = _find(session, request.rule)
        SessionControl(session).gate_of(installed).close()
        return _written(session, installed)


def _find(session: Session, wanted: str) -> InstalledRule:
    """Find a rule by id or name.

    Raises:
        UnknownEntity: there is none.
    """
    ids = rule_ids(tuple(session.world.rules))
    if wanted in ids:
        return ids[wanted]
    named = [installed for installed in ids.values() if installed.name == wanted]
    if named:
        return named[0]
    raise UnknownEntity(f"there is no rule {wanted[:100]!r}; {suggest(wanted, list(ids))}")


def _written(session: Session, installed: InstalledRule) -> control_pb2.Rule:
    with session as world:
        ids = {found.name: rule_id for rule_id, found in rule_ids(tuple(world.rules)).items()}
        message = control_pb2.Rule(
            id=ids.get(installed.name, installed.name),
            name=installed.name,
            matched=installed.matched_count,
            fired=installed.fired_count,
            near_misses=[] if installed.fired_count else [why_unfired(installed, world.rules)],
            held=[restore.name for restore in installed.gate.held],
            gate=_gate_of(installed),
            held_uids=[restore.uid for restore in installed.gate.held],
        )
        message.rule.update(installed.rule.to_plain())
    return message


def _gate_of(installed: InstalledRule) -> str:
    if not installed.has_gate:
        return ""
    return "open" if installed.gate.is_open else "closed"
