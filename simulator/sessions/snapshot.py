"""Turns a session into records, and records into a session that continues from there.

A call that is held up, or on its way, is not part of a snapshot, because it belongs to its connection. What it has done
so far is: it was counted, rules have matched it, and their faults are in the timeline. Its answer never comes.
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter, deque
from collections.abc import Sequence
from typing import Any

from google.protobuf.message import DecodeError

from fakes.faults.errors import InvalidRule
from fakes.faults.installed_rule import InstalledRule
from fakes.faults.rule import Rule
from fakes.faults.rule_checks import kind_of
from fakes.snapshot.errors import (
    SnapshotError,
    bytes_of,
    read_each,
    refusing,
    require,
    require_all_used,
    require_each_once,
    require_index,
)
from fakes.snapshot.reading import WorldReader
from fakes.snapshot.rules import EffectClasses, rule_from_plain
from fakes.snapshot.writing import rule_to_plain, write_world
from simulator.api import METHOD_NAMES, METHODS
from simulator.sessions.call_log import UNKNOWN_METHOD, CallLog
from simulator.sessions.call_record import CallRecord, Metadata
from simulator.sessions.clock import Clock, ClockMode, OnPollClock, WallClock, make_clock
from simulator.sessions.rule_history import RuleHistory, UnfiredRule
from simulator.sessions.session import Session
from simulator.sessions.snapshot_records import (
    VERSION,
    BytesRecord,
    CallRecordRecord,
    CallsRecord,
    ClockRecord,
    ErrorRecord,
    FirstRuleRecord,
    RuleHistoryRecord,
    SessionRecord,
    UnfiredRuleRecord,
)


class RecordedError(Exception):
    """An error of a simulator from before its snapshot; shown as it was then."""

    def __init__(self, shown: str, text: str) -> None:
        super().__init__(text)
        self._shown = shown

    def __repr__(self) -> str:
        return self._shown


def write_session(session: Session) -> SessionRecord:
    """Write a session as it is now.

    Raises:
        SnapshotError: there is something that can't be written, such as an effect that has no ``to_plain``.
    """
    with session as world:
        return SessionRecord(
            pds_simulator_snapshot=VERSION,
            clock=_clock_to_record(session.clock),
            rules=[rule_to_plain(rule) for rule in session.rules],
            rule_history=_rule_history_to_record(session.rule_history, world.rules.installed),
            calls=_calls_to_record(session.calls),
            world=write_world(world, session.declared, session.seed, session.holds.deadlines.values()),
            errors=[
                ErrorRecord(repr(error), str(error), list(getattr(error, "__notes__", ()))) for error in session.errors
            ],
            strict=session.strict,
            allow_held=session.allow_held,
            history_max=session.history_max,
        )


def read_session(record: SessionRecord, effects: EffectClasses) -> Session:
    """Make a session that continues from a snapshot.

    Args:
        record: The snapshot.
        effects: The classes of effects that its rules may have.

    Raises:
        SnapshotError: something in it is wrong; says where.
    """
    with refusing(("world",)):
        reader = WorldReader(record.world, effects=effects, methods=METHOD_NAMES)
    with refusing(("clock",)):
        clock = _clock_from_record(record.clock)
    rules = read_each(("rules",), record.rules, lambda plain: rule_from_plain(plain, effects))
    limit = record.history_max
    require(limit is None or limit > 0, ("history_max",), f"is {limit}; expected a whole number from 1, or nothing")
    try:
        session = Session(
            reader.declared,
            seed=record.world.seed,
            clock=clock,
            rules=rules,
            strict=record.strict,
            allow_held=record.allow_held,
            history_max=limit,
        )
    except InvalidRule as error:
        raise SnapshotError(("rules",), str(error)) from None
    session.go_on_with(reader.world)
    with refusing(("rule_history",)):
        _load_rule_history(record.rule_history, session, rules)
    with refusing(("calls",)):
        session.calls = _calls_from_record(record.calls)
    session.calls.limit(limit)
    session.errors = deque(map(_error_from_record, record.errors), maxlen=session.errors.maxlen)
    _go_on(clock, record.clock)
    return session


def _clock_to_record(clock: Clock) -> ClockRecord:
    if isinstance(clock, WallClock):
        return ClockRecord("wall", clock.speed, clock.is_paused, clock.carried_microseconds)
    return ClockRecord(clock.mode.value, idle_count=clock.idle_count)


def _clock_from_record(record: ClockRecord) -> Clock:
    require(record.carried_microseconds < 1, ("carried_microseconds",), "expected less than 1")
    with refusing(("speed",)):
        return make_clock(record.mode, speed=record.speed)


def _go_on(clock: Clock, record: ClockRecord) -> None:
    """Set a clock that a session has just started to where another was."""
    if isinstance(clock, WallClock):
        clock.is_paused = record.is_paused
        clock.go_on(record.carried_microseconds)
    elif isinstance(clock, OnPollClock):
        clock.idle_count = record.idle_count


def _rule_history_to_record(history: RuleHistory, installed: Sequence[InstalledRule]) -> RuleHistoryRecord:
    return RuleHistoryRecord(
        life=history.life,
        past=[_unfired_to_record(rule) for rule in history.past],
        declared=[None if rule is None else _unfired_to_record(rule) for rule in history.declared],
        first=[
            FirstRuleRecord(installed.index(rule) if rule in installed else None, rule.fired_count)
            for rule in history.first
        ],
    )


def _unfired_to_record(rule: UnfiredRule) -> UnfiredRuleRecord:
    return UnfiredRuleRecord(rule.name, rule.life_count, list(rule.reasons.items()))


def _unfired_from_record(record: UnfiredRuleRecord) -> UnfiredRule:
    return UnfiredRule(record.name, record.life_count, dict(record.reasons))


def _load_rule_history(record: RuleHistoryRecord, session: Session, rules: Sequence[Rule]) -> None:
    for key in ("declared", "first"):
        require(len(getattr(record, key)) == len(rules), (key,), f"expected one for each of the {len(rules)} rules")
    for place, past in enumerate(record.past):
        require(past.reasons, ("past", place, "reasons"), "are missing")
    for key in ("past", "declared"):
        for place, unfired in enumerate(getattr(record, key)):
            require_each_once([life for life, _ in unfired.reasons] if unfired else (), (key, place, "reasons"))
    require_each_once([told.installed for told in record.first if told.installed is not None], ("first",))
    in_force = session.world.rules.installed
    first = []
    for place, told in enumerate(record.first):
        if told.installed is None:
            rule = rules[place]
            first.append(InstalledRule(rule, rule.name, kind_of(rule), fired_count=told.fired_count))
        else:
            require_index(told.installed, len(in_force), ("first", place, "installed"), "rules in force")
            installed = in_force[told.installed]
            fits = told.fired_count == installed.fired_count
            require(fits, ("first", place, "fired_count"), f"does not fit that of the rule, {installed.fired_count}")
            first.append(installed)
    session.rule_history.load(
        record.life,
        map(_unfired_from_record, record.past),
        [None if each is None else _unfired_from_record(each) for each in record.declared],
        first,
        session.world.rules,
    )


def _calls_to_record(calls: CallLog) -> CallsRecord:
    indexes: dict[bytes, int] = {}
    records = [
        CallRecordRecord(
            method=record.method,
            request=b64encode(record.request_bytes).decode(),
            response=None
            if record.response_parts is None
            else [indexes.setdefault(part, len(indexes)) for part in record.response_parts],
            code=record.code,
            message=record.message,
            metadata=[
                (key, BytesRecord(b64encode(value).decode()) if isinstance(value, bytes) else value)
                for key, value in record.metadata
            ],
            caller=record.caller,
            arrived=record.arrived_microseconds,
            answered=record.answered_microseconds,
            wall=record.wall_microseconds,
            deadline_seconds=record.deadline_seconds,
            delay_seconds=record.delay_seconds,
            subject=record.subject,
            call=record.call,
        )
        for record in calls
    ]
    return CallsRecord(
        clock=calls.clock_mode.value,
        arrived_count=calls.arrived_count,
        forgotten_count=calls.first_number - 1,
        counts=[(method, code, count) for (method, code), count in calls.counts.items()],
        parts=[b64encode(part).decode() for part in indexes],
        calls=records,
    )


def _calls_from_record(record: CallsRecord) -> CallLog:
    parts = read_each(("parts",), record.parts, lambda part: bytes_of(part, ()))
    require_each_once(parts, ("parts",))
    checked: set[object] = set()
    """Answers that have been checked to be messages."""
    calls = read_each(("calls",), record.calls, lambda told: _call_from_record(told, parts, checked))
    require_all_used(len(parts), (index for told in record.calls for index in told.response or ()), ("parts",))
    require_each_once([(method, code) for method, code, _ in record.counts], ("counts",))
    counts = {(method, code): count for method, code, count in record.counts}
    kept = Counter((call.method if call.method in METHODS else UNKNOWN_METHOD, call.code) for call in calls)
    for what, count in kept.items():
        require(count <= counts.get(what, 0), ("counts",), f"are fewer than {count} times {' '.join(what)}")
    arrived = max([record.forgotten_count + len(calls), *(call.call for call in calls)])
    require(
        record.arrived_count >= arrived, ("arrived_count",), f"is {record.arrived_count}; expected {arrived} or more"
    )
    log = CallLog(ClockMode(record.clock))
    log.load(calls, counts, arrived=record.arrived_count, forgotten=record.forgotten_count)
    return log


def _call_from_record(told: CallRecordRecord, parts: Sequence[bytes], checked: set[object]) -> CallRecord:
    for place, index in enumerate(told.response or ()):
        require_index(index, len(parts), ("response", place), "parts")
    known = told.method in METHODS
    require(known or told.response is None, ("method",), "is none that could have been answered")
    require((told.response is None) == (told.code != "OK"), ("response",), f"does not fit the code {told.code!r}")
    call = CallRecord(
        told.method,
        bytes_of(told.request, ("request",)),
        None if told.response is None else tuple([parts[index] for index in told.response]),
        told.code,
        told.message,
        _metadata(told),
        told.caller,
        told.arrived,
        told.answered,
        told.wall,
        told.deadline_seconds,
        told.delay_seconds,
        told.subject,
        told.call,
    )
    answer = (told.method, call.response_parts)
    if answer not in checked:
        try:
            _ = call.response  # so that later readers find a message
        except DecodeError:
            raise SnapshotError(("response",), f"is no answer of {told.method}") from None
        checked.add(answer)
    return call


def _metadata(told: CallRecordRecord) -> Metadata:
    return tuple(
        (key, bytes_of(value.base64, ("metadata", place)) if isinstance(value, BytesRecord) else value)
        for place, (key, value) in enumerate(told.metadata)
    )


def _error_from_record(record: ErrorRecord) -> Exception:
    error: Any = RecordedError(record.shown, record.text)
    for note in record.notes:
        error.add_note(note)
    made: Exception = error
    return made
