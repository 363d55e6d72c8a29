"""Makes, lists, resets and ends sessions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import grpc

from fakes.faults.errors import InvalidRule
from fakes.snapshot.errors import SnapshotError
from simulator.api import control_pb2
from simulator.documents.reading import read_document
from simulator.documents.rules import FaultDocument
from simulator.documents.snapshots import take_snapshot
from simulator.documents.worlds import WorldDocument
from simulator.services.control.conversions import fill_struct, from_struct, from_value, to_session
from simulator.services.control.errors import invalid, refused, violations_under
from simulator.services.control.host import ControlHost, SessionSetup
from simulator.services.control.paging import page_of
from simulator.sessions.clock import make_clock
from simulator.sessions.control import SessionControl
from simulator.sessions.registry import HostedSession, new_id


def create_session(host: ControlHost, request: control_pb2.CreateSessionRequest) -> control_pb2.Session:
    """Make a session."""
    elsewhere = host.read_elsewhere()
    if elsewhere is not None:
        if request.dedicated_port:
            made: control_pb2.Session = elsewhere.create(request)
            return made
        elsewhere.require_free(request.session_id)
    hosted = _hosted(host, request)
    with violations_under("session_id"):
        host.sessions.add(hosted)
    if request.dedicated_port:
        try:
            host.open_port(hosted)
        except OSError as error:
            host.sessions.remove(hosted.id)
            raise refused(grpc.StatusCode.RESOURCE_EXHAUSTED, "NO_PORT", f"no port is to be had: {error}") from None
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
    """Reset a session."""
    hosted = host.sessions.get(request.session)
    hosted.session.reset()
    return _written(host, hosted)


def write_scenario(host: ControlHost, request: control_pb2.WriteScenarioRequest) -> control_pb2.WriteScenarioResponse:
    """Write a session as a scenario."""
    if host.write_scenario is None:
        raise refused(grpc.StatusCode.UNIMPLEMENTED, "NO_SCENARIOS", "this server writes no scenarios")
    yaml, snapshot = host.write_scenario(host.sessions.get(request.session))
    response = control_pb2.WriteScenarioResponse(yaml=yaml)
    if snapshot is not None:
        fill_struct(response.snapshot, snapshot)
    return response


def create_snapshot(
    host: ControlHost, request: control_pb2.CreateSnapshotRequest
) -> control_pb2.CreateSnapshotResponse:
    """Take a snapshot of a session."""
    hosted = host.sessions.get(request.session)
    try:
        document = take_snapshot(hosted.session)
    except SnapshotError as error:
        raise refused(grpc.StatusCode.FAILED_PRECONDITION, "NO_SNAPSHOT", str(error)) from None
    response = control_pb2.CreateSnapshotResponse()
    fill_struct(response.snapshot, document)
    return response


def complaints_of(hosted: HostedSession) -> list[str]:
    """Report what a strict simulator would raise at its end."""
    if not hosted.session.strict:
        return []
    unfired_rules, held_restores, errors = _troubles(hosted)
    return [*(f"the simulator had an error: {error}" for error in errors), *unfired_rules, *held_restores]


def _troubles(hosted: HostedSession) -> tuple[list[str], list[str], list[str]]:
    """The rules that never took effect, those that hold restores, and errors of the simulator."""
    control = SessionControl(hosted.session)
    return control.unfired_rules(), control.held_restores(), [repr(error) for error in hosted.session.errors]


def _written(host: ControlHost, hosted: HostedSession) -> control_pb2.Session:
    return to_session(hosted, target=host.read_target(), base_url=host.read_base_url())


def _hosted(host: ControlHost, request: control_pb2.CreateSessionRequest) -> HostedSession:
    """Make the session that a request asks for, from a snapshot or new."""
    setup = _setup(host, request)
    session_id = request.session_id or new_id()
    if setup.snapshot is not None:
        for field, _ in request.ListFields():
            if field.name in _WITHOUT_SNAPSHOT:
                raise invalid(field.name, "is what the snapshot says; leave it out, or the snapshot")
        with violations_under("snapshot"), _placing_rules(0):
            hosted = setup.host(session_id)
    else:
        with violations_under("clock"):
            make_clock(setup.clock, speed=setup.speed)
        with violations_under("scenario"), _placing_rules(len(setup.rules) - len(request.rules)):
            hosted = setup.host(session_id)
    return hosted


@contextmanager
def _placing_rules(of_scenario: int) -> Iterator[None]:
    """Say where the request has a rule that could never match; the first so many rules are those of its scenario.

    Raises:
        InvalidRequest: there is such a rule.
    """
    try:
        yield
    except InvalidRule as error:
        index = error.index or 0
        place = f"scenario.faults[{index}]" if index < of_scenario else f"rules[{index - of_scenario}]"
        raise invalid(".".join(filter(None, (place, error.key))), error.message) from None


_WITHOUT_SNAPSHOT = ("world", "seed", "clock", "speed")
"""The fields that exclude a snapshot."""


def _setup(host: ControlHost, request: control_pb2.CreateSessionRequest) -> SessionSetup:
    """The setup that a request asks for, based on the scenario that it names."""
    setup = _of_scenario(host, request.scenario)
    changes: dict[str, Any] = {
        key: getattr(request, key) for key in ("seed", "speed", "strict", "allow_held") if request.HasField(key)
    }
    if request.clock:
        changes["clock"] = request.clock
    if request.HasField("snapshot"):
        if request.HasField("scenario"):
            raise invalid("scenario", "can't be asked for together with a snapshot; leave out one of them")
        changes["snapshot"] = from_struct(request.snapshot)
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
