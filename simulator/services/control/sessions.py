"""Making, listing, resetting and ending sessions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import grpc

from simulator.api import control_pb2
from simulator.documents.reading import read_document
from simulator.documents.rules import FaultDocument
from simulator.documents.worlds import WorldDocument
from simulator.services.control.conversions import from_struct, from_value, to_session
from simulator.services.control.errors import invalid, refused, violations_under
from simulator.services.control.host import ControlHost, SessionSetup
from simulator.services.control.paging import page_of
from simulator.sessions.clock import make_clock
from simulator.sessions.control import SessionControl
from simulator.sessions.registry import HostedSession, new_id
from simulator.sessions.session import Session


def create_session(host: ControlHost, request: control_pb2.CreateSessionRequest) -> control_pb2.Session:
    """Make a session."""
    elsewhere = host.read_elsewhere()
    if elsewhere is not None:
        if request.dedicated_port:
            made: control_pb2.Session = elsewhere.create(request)
            return made
        elsewhere.require_free(request.session_id)
    setup = _setup(host, request)
    with violations_under("clock"):
        clock = make_clock(setup.clock, speed=setup.speed)
    with violations_under("rules"):
        session = Session(setup.world, seed=setup.seed, clock=clock, rules=setup.rules)
    hosted = HostedSession(request.session_id or new_id(), session, strict=setup.strict, allow_held=setup.allow_held)
    with violations_under("session_id"):
        host.sessions.add(hosted)
    if request.dedicated_port:
        try:
            hosted.target, close = host.open_port(hosted)
        except OSError as error:
            host.sessions.remove(hosted.id)
            raise refused(grpc.StatusCode.RESOURCE_EXHAUSTED, "NO_PORT", f"no port is to be had: {error}") from None
        hosted.on_end.append(close)
    return _written(host, hosted)


def get_session(host: ControlHost, request: control_pb2.GetSessionRequest) -> control_pb2.Session:
    """Describe a session."""
    hosted = host.sessions.get(request.session)
    message = _written(host, hosted)
    unfired_rules, held_restores, errors = _troubles(hosted)
    message.complaints.unfired_rules.extend(unfired_rules)
    message.complaints.held_restores.extend(held_restores)
    message.complaints.errors.extend(errors)
    return message


def list_sessions(host: ControlHost, request: control_pb2.ListSessionsRequest) -> control_pb2.ListSessionsResponse:
    """List the sessions, the oldest first."""
    sessions = [_written(host, hosted) for hosted in host.sessions]
    elsewhere = host.read_elsewhere()
    if elsewhere is not None:
        sessions = sorted([*sessions, *elsewhere.sessions()], key=lambda one: one.create_time.ToMicroseconds())
    page, token = page_of(sessions, request.page_size, request.page_token)
    return control_pb2.ListSessionsResponse(sessions=page, next_page_token=token)


def delete_session(host: ControlHost, request: control_pb2.DeleteSessionRequest) -> control_pb2.DeleteSessionResponse:
    """End a session."""
    hosted = host.sessions.get(request.session)
    with violations_under("session"):
        complaints = complaints_of(hosted)
        host.sessions.remove(request.session)
    return control_pb2.DeleteSessionResponse(complaints=complaints)


def reset_session(host: ControlHost, request: control_pb2.ResetSessionRequest) -> control_pb2.Session:
    """Begin a session again."""
    hosted = host.sessions.get(request.session)
    hosted.session.reset()
    return _written(host, hosted)


def complaints_of(hosted: HostedSession) -> list[str]:
    """What a strict simulator would raise at its end."""
    if not hosted.strict:
        return []
    unfired_rules, held_restores, errors = _troubles(hosted)
    return [*(f"the simulator had an error: {error}" for error in errors), *unfired_rules, *held_restores]


def _troubles(hosted: HostedSession) -> tuple[list[str], list[str], list[str]]:
    """The rules that never took effect, those that hold restores, and what went wrong in the simulator."""
    control = SessionControl(hosted.session, allow_held=hosted.allow_held)
    return control.unfired_rules(), control.held_restores(), [repr(error) for error in hosted.session.errors]


def _written(host: ControlHost, hosted: HostedSession) -> control_pb2.Session:
    return to_session(hosted, target=host.read_target(), base_url=host.read_base_url())


def _setup(host: ControlHost, request: control_pb2.CreateSessionRequest) -> SessionSetup:
    """What a request asks for, on top of the scenario that it names."""
    setup = _of_scenario(host, request.scenario)
    changes: dict[str, Any] = {
        key: getattr(request, key) for key in ("seed", "speed", "strict", "allow_held") if request.HasField(key)
    }
    if request.clock:
        changes["clock"] = request.clock
    if request.HasField("world"):
        with violations_under("world"):
            changes["world"] = read_document(WorldDocument, from_struct(request.world)).to_world()
    rules = []
    for index, rule in enumerate(request.rules):
        with violations_under(f"rules[{index}]"):
            rules.append(read_document(FaultDocument, from_struct(rule)).to_rule())
    return replace(setup, **changes, rules=(*setup.rules, *rules))


def _of_scenario(host: ControlHost, scenario: Any) -> SessionSetup:
    plain = from_value(scenario)
    if plain is None:
        return SessionSetup()
    if not isinstance(plain, str | dict):
        raise invalid("scenario", "expected the name of a scenario that ships, or a scenario as an object")
    with violations_under("scenario"):
        return host.read_scenario(plain)
