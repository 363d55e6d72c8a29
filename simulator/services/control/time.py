"""Moves the time of a session, and changes what moves it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simulator.api import control_pb2
from simulator.services.control.conversions import to_clock, to_events
from simulator.services.control.errors import invalid, violations_under
from simulator.services.control.host import ControlHost
from simulator.sessions.control import SessionControl
from simulator.sessions.time_control import to_phase

EVENTS_MAX = 1_000
"""How many events an answer shows."""
LIMIT_SECONDS = 1_800.0
"""How long a restore may take to reach a phase, by default."""


def advance_time(host: ControlHost, request: control_pb2.AdvanceTimeRequest) -> control_pb2.AdvanceTimeResponse:
    """Move the time."""
    session = host.sessions.get(request.session).session
    kind = request.WhichOneof("advance")
    if kind is None or getattr(request, kind) is False:
        raise invalid("advance", f"is missing; expected one of {', '.join(_ADVANCES)}")
    with session as world:
        last_before = world.timeline.last_number
        moved = _ADVANCES[kind](SessionControl(session), getattr(request, kind))
        response = control_pb2.AdvanceTimeResponse(
            events=world.timeline.last_number - last_before,
            happened=to_events(world.timeline.after(last_before, EVENTS_MAX)),
            moved=moved is not False,
        )
        response.now.FromMicroseconds(world.environment.now_microseconds)
    return response


def _by_duration(control: SessionControl, duration: Any) -> None:
    with violations_under("duration"):
        control.advance(duration.ToTimedelta())


def _until_phase(control: SessionControl, until: control_pb2.AdvanceTimeRequest.Until) -> None:
    with violations_under("until.phase"):
        phase = to_phase(until.phase)
    with violations_under("until", "limit"):
        limit = until.limit.ToTimedelta() if until.HasField("limit") else LIMIT_SECONDS
        control.advance_until_phase(until.restore, phase, limit)


_ADVANCES: Mapping[str, Callable[[SessionControl, Any], object]] = {
    "duration": _by_duration,
    "to_next_event": lambda control, _: control.step(),
    "until": _until_phase,
    "until_idle": lambda control, _: control.run_until_idle(),
}
"""The function that moves the time, by the field of the request."""


def update_clock(host: ControlHost, request: control_pb2.UpdateClockRequest) -> control_pb2.Clock:
    """Change what moves the time."""
    hosted = host.sessions.get(request.session)
    changes = {key: getattr(request, key) for key in ("mode", "speed", "paused") if request.HasField(key)}
    with violations_under("", *changes):
        SessionControl(hosted.session).change_clock(**changes)
    return to_clock(hosted)
