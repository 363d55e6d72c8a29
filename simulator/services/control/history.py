"""The history of a session: its calls and its events."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from fakes import LiveWorld
from simulator.api import METHODS, control_pb2
from simulator.rpc.field_rules import WORLD_KINDS, unknown_name
from simulator.services.control.conversions import to_call, to_event
from simulator.services.control.errors import invalid
from simulator.services.control.host import ControlHost
from simulator.services.control.paging import page_length, page_start
from simulator.sessions.call_log import CallLog
from simulator.sessions.call_record import CallRecord
from simulator.sessions.event_watch import Watcher, watch_events
from simulator.sessions.registry import UnknownSession


def list_calls(host: ControlHost, request: control_pb2.ListCallsRequest) -> control_pb2.ListCallsResponse:
    """List the calls that clients made; the token of a page is the number of the call before it."""
    size, after = page_length(request.page_size), page_start(request.page_token)
    response = control_pb2.ListCallsResponse()
    session = host.sessions.get(request.session).session
    with session as world:
        calls = session.calls
        _require_uid(request.subject, world)
        _require_method(request.method, calls)
        response.first_kept = calls.first_number if len(calls) else 0
        for number, record in calls.after(after):
            if not _is_wanted(record, request):
                continue
            if len(response.calls) == size:
                response.next_page_token = str(response.calls[-1].number)
                break
            response.calls.append(to_call(number, record, first_attempt=calls.first_attempt(number)))
    return response


def _require_method(method: str, calls: CallLog) -> None:
    """Check that a method is one of the product, or that somebody has called it.

    Raises:
        InvalidRequest: it is neither.
    """
    if method and method not in METHODS and all(record.method != method for record in calls):
        raise invalid("method", unknown_name(method, list(METHODS)))


def _require_uid(subject: str, world: LiveWorld) -> None:
    """Check that a subject is not the name of something, which selects nothing.

    Raises:
        InvalidRequest: it is.
    """
    for kind in WORLD_KINDS if subject else ():
        found = getattr(world, kind).find(subject)
        if found is not None and found.uid != subject:
            raise invalid("subject", f"is {subject!r}, a name; expected a uid, such as {found.uid!r}")


def _is_wanted(record: CallRecord, request: control_pb2.ListCallsRequest) -> bool:
    return (
        request.method in ("", record.method)
        and request.code in ("", record.code)
        and request.call in (0, record.call)
        and request.subject in ("", record.subject)
    )


def list_events(host: ControlHost, request: control_pb2.ListEventsRequest) -> control_pb2.ListEventsResponse:
    """List what happened; the token of a page is the number of the event before it."""
    size, after = page_length(request.page_size), max(page_start(request.page_token), request.after)
    response = control_pb2.ListEventsResponse()
    with host.sessions.get(request.session).session as world:
        _require_uid(request.subject, world)
        response.first_kept = world.timeline.first_number if len(world.timeline) else 0
        for sequence, event in world.timeline.after(after):
            if request.kinds and event.kind not in request.kinds:
                continue
            if request.subject and request.subject not in event.fields().values():
                continue
            if len(response.events) == size:
                response.next_page_token = str(response.events[-1].sequence)
                break
            response.events.append(to_event(sequence, event))
    return response


def watch(
    host: ControlHost, request: control_pb2.WatchEventsRequest, is_waiting: Callable[[], bool]
) -> Iterator[control_pb2.Event]:
    """Yield the events after one, and those to come. A session that is watched is not idle.

    Raises:
        UnknownSession: the session has ended.
    """
    session = host.sessions.get(request.session).session

    def is_watched() -> bool:
        if host.sessions.get(request.session).session is not session:
            raise UnknownSession(request.session)
        return is_waiting()

    watcher = Watcher(session, request.after)
    host.watchers.add(watcher)
    try:
        for sequence, event in watch_events(session, request.after, is_waiting=is_watched):
            yield to_event(sequence, event)
            watcher.after = sequence
    finally:
        host.watchers.discard(watcher)
