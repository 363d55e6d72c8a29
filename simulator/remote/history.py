"""The history of a remote session, as the values that a local simulator has: events, restores and calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, overload

from google.protobuf import json_format

from fakes import ErrorCode, Phase, Restore, RestoreSpec
from fakes.history.events import Event, FaultFired, RemoteCall, Transition, WorldChange
from fakes.history.timeline import EventSequence
from fakes.lifecycle.restores import RestoreTarget, moment
from simulator.api import METHODS, restore_pb2
from simulator.remote.connection import SessionConnection
from simulator.sessions.call_log import CallLog
from simulator.sessions.call_record import CallRecord
from simulator.sessions.clock import ClockMode

PAGE_SIZE = 1_000
_MICROSECONDS = 1_000_000


class RemoteTimeline(EventSequence):
    """The events of a session so far, oldest first, as far as the server has kept them.

    Args:
        events: The events with their numbers.
    """

    def __init__(self, events: Sequence[tuple[int, Event]]) -> None:
        self._events = events

    def after(self, number: int, limit: int | None = None) -> Iterator[tuple[int, Event]]:
        found = [numbered for numbered in self._events if numbered[0] > number]
        return iter(found if limit is None else found[:limit])

    @overload
    def __getitem__(self, index: int) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> list[Event]: ...
    def __getitem__(self, index: int | slice) -> Event | list[Event]:
        events = [event for _, event in self._events]
        return events[index]

    def __len__(self) -> int:
        return len(self._events)

    def __iter__(self) -> Iterator[Event]:
        return iter([event for _, event in self._events])


class RemoteCallLog(CallLog):
    """The calls of a session, as they were when they were last read.

    Args:
        clock_mode: What moves the time of its world.
        read: Reads all calls until now.
        look_every_seconds: How often `wait_for` reads them.
    """

    def __init__(
        self, clock_mode: ClockMode, read: Callable[[], Sequence[CallRecord]], look_every_seconds: float
    ) -> None:
        super().__init__(clock_mode)
        self._read = read
        self.look_every_seconds = look_every_seconds

    def update(self) -> None:
        for record in self._read()[len(self) :]:
            self.append(record)


class RemoteHistory:
    """Reads the history of a session, and from then on what is new in it.

    Args:
        session: The session.
    """

    def __init__(self, session: SessionConnection) -> None:
        self._session = session
        self.forget()

    def forget(self) -> None:
        """Start over, as after a reset."""
        self._events: list[tuple[int, Event]] = []
        self._restores: dict[str, Restore] = {}
        self._calls: list[CallRecord] = []
        self._last_call = 0

    def timeline(self, *, read: bool = True) -> RemoteTimeline:
        """All events until now, or only those that were read before."""
        if read:
            self._read_events()
        return RemoteTimeline(tuple(self._events))

    def restores(self) -> Sequence[Restore]:
        """All restores, in the order of their creation."""
        self._read_events()
        return tuple(self._restores.values())

    def calls(self, clock: ClockMode, look_every_seconds: float) -> CallLog:
        """All calls until now, in the order in which they were answered."""
        log = RemoteCallLog(clock, self._read_calls, look_every_seconds)
        log.update()
        return log

    def _read_calls(self) -> Sequence[CallRecord]:
        token = str(self._last_call or "")
        for page in self._session.pages("ListCalls", page_size=PAGE_SIZE, page_token=token):
            self._calls += map(_to_record, page.calls)
            self._last_call = page.calls[-1].number if page.calls else self._last_call
        return self._calls

    def _read_events(self) -> None:
        last = self._events[-1][0] if self._events else 0
        pages = self._session.pages("ListEvents", after=last, page_size=PAGE_SIZE)
        new = [event for page in pages for event in page.events]
        unknown = {event.transition.restore for event in new if event.HasField("transition")} - self._restores.keys()
        described = self._described() if unknown else {}
        for event in new:
            read = _READERS[event.WhichOneof("what")]
            self._events.append((event.sequence, read(event, self._restores, described)))

    def _described(self) -> Mapping[str, restore_pb2.Restore]:
        """The restores that exist now, as the API describes them, by uid."""
        world = self._session.call("GetWorld", kinds=["restores"])
        plain = json_format.MessageToDict(world.entities).get("restores", {})
        messages = (json_format.ParseDict(one, restore_pb2.Restore()) for one in plain.values())
        return {message.meta.uid: message for message in messages}


def _to_transition(event: Any, restores: dict[str, Restore], described: Mapping[str, Any]) -> Event:
    told, at_microseconds = event.transition, event.time.ToMicroseconds()
    restore = restores.get(told.restore)
    if restore is None:
        restore = restores[told.restore] = _to_restore(len(restores) + 1, told, described.get(told.restore))
    restore.history.append(moment(Phase[told.to_phase], at_microseconds))
    if told.error_code:
        restore.error_code, restore.error_message = ErrorCode[told.error_code], told.error_message
    previous = Phase[told.from_phase] if told.from_phase else None
    return Transition(at_microseconds, restore, previous, restore.status)


def _to_restore(ordinal: int, told: Any, message: restore_pb2.Restore | None) -> Restore:
    """The restore of a transition; its history is added later."""
    message = message or restore_pb2.Restore(meta={"uid": told.restore, "name": told.name})
    meta, source, destination = message.meta, message.config.source_references, message.config.destination_references
    spec = RestoreSpec(
        name=meta.name,
        namespace=meta.parent_reference.uid,
        project=destination.project_id,
        backup=source.backup_id,
        description=meta.description,
        labels=dict(meta.labels),
        annotations=dict(meta.annotations),
    )
    target = RestoreTarget(
        tenant="",
        cluster=destination.target_cluster_id,
        source_deployment=source.data_service_deployment_id,
        backup_location=source.backup_location_id,
        cloudsnap=source.cloudsnap_id,
        names=dict(meta.resource_names),
    )
    return Restore(ordinal, meta.uid, spec, target, destination.data_service_deployment_id, [])


_READERS: Mapping[str, Callable[[Any, dict[str, Restore], Mapping[str, Any]], Event]] = {
    "transition": _to_transition,
    "world": lambda event, *_: WorldChange(
        event.time.ToMicroseconds(), event.world.change, event.world.uid, event.world.name
    ),
    "fault": lambda event, *_: FaultFired(
        event.time.ToMicroseconds(),
        event.fault.rule,
        event.fault.effect,
        event.fault.uid,
        event.fault.name,
        event.fault.method,
        event.fault.call,
    ),
    "rpc": lambda event, *_: RemoteCall(
        event.time.ToMicroseconds(),
        event.rpc.method,
        event.rpc.code,
        event.rpc.caller,
        event.rpc.subject,
        event.rpc.message,
        event.rpc.call,
    ),
}
"""The function that makes the value of an event, by its kind."""


def _to_record(call: Any) -> CallRecord:
    method = METHODS.get(call.method)
    request = _bytes_of(method.request, call.request) if method is not None else b""
    response = _bytes_of(method.response, call.response) if method is not None and call.HasField("response") else None
    return CallRecord(
        method=call.method,
        request_bytes=request,
        response_parts=None if response is None else (response,),
        code=call.code,
        message=call.message,
        metadata=tuple(call.metadata.items()),
        caller=call.caller,
        arrived_microseconds=call.arrive_time.ToMicroseconds(),
        answered_microseconds=call.answer_time.ToMicroseconds(),
        wall_microseconds=call.wall_time.ToMicroseconds(),
        deadline_seconds=call.deadline.ToMicroseconds() / _MICROSECONDS if call.HasField("deadline") else None,
        delay_seconds=call.delay.ToMicroseconds() / _MICROSECONDS,
        subject=call.subject,
        call=call.call,
    )


def _bytes_of(message_class: Any, struct: Any) -> bytes:
    message = json_format.ParseDict(json_format.MessageToDict(struct), message_class(), ignore_unknown_fields=True)
    content: bytes = message.SerializeToString()
    return content
