"""Writes a session as a scenario: what it began with, the calls that clients made, and what was done beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce
from typing import Any

from google.protobuf import json_format
from google.protobuf.message import Message

from fakes import default_world
from fakes.faults.rule_set import free_name
from fakes.world.entities import COLLECTIONS
from scenarios.format.writing import scenario_yaml
from scenarios.loading.snapshots import named_restores
from simulator.api import restore_pb2
from simulator.documents.plain import plain_world
from simulator.documents.snapshots import session_from, unwrapped
from simulator.requests.parameters import METHODS_BY_VERB, PARAMETERS, RESTORES, Parameter
from simulator.sessions.call_record import CallRecord
from simulator.sessions.clock import ClockMode
from simulator.sessions.interventions import Intervention
from simulator.sessions.registry import HostedSession
from simulator.sessions.session import Session

_MICROSECONDS = 1_000_000
_ACCOUNT = "px-account-id"

Step = dict[str, Any]


def write_scenario(hosted: HostedSession) -> tuple[str, Mapping[str, Any] | None]:
    """Write a session as the text of a scenario file that repeats it.

    Calls that no step can make, such as those that a client cancelled, are left out; a comment counts them.

    Returns:
        The text; and where the session began with a snapshot, that snapshot, which belongs beside the scenario in the
        file that the scenario names.
    """
    session = hosted.session
    with session:
        start, snapshot = _start(hosted)
        recording = _Recording(session, start)
        answered_count = 0 if start is None else start.calls.last_number
        calls = [record for _, record in session.calls.after(answered_count)]
        steps = [*recording.steps(calls, hosted.interventions.of_life(session))]
        forgotten_count = max(session.calls.first_number - 1 - answered_count, 0)
        document: dict[str, Any] = {"version": 1, "description": f"Recorded from the session {hosted.id!r}."}
        if snapshot is None:
            document |= _beginning(hosted)
        else:
            document["snapshot"] = f"{hosted.id}.snapshot.json"
        if not session.strict:
            document["strict"] = False
        if session.allow_held:
            document["allow_held"] = True
    document["steps"] = steps
    left_out = [
        f"# {count} {what}\n"
        for count, what in (
            (forgotten_count, "calls at the beginning are no longer kept and left out."),
            (recording.left_out_count, "calls that no step can make are left out."),
        )
        if count
    ]
    return "".join(left_out) + scenario_yaml(document), snapshot


def _start(hosted: HostedSession) -> tuple[Session | None, Mapping[str, Any] | None]:
    """Return the session as it was at its start from a snapshot, and the snapshot; None and None without a snapshot.

    As in any scenario, steps move the time if the wall clock did.
    """
    snapshot = unwrapped(hosted.begun_with)
    if not isinstance(snapshot, Mapping):
        return None, None
    if snapshot["clock"]["mode"] == ClockMode.WALL.value:
        snapshot = {**snapshot, "clock": {"mode": ClockMode.MANUAL.value}}
    start = session_from(snapshot)
    if start.rule_history.life != hosted.session.rule_history.life:
        return None, None  # a reset has made it start without one
    return start, snapshot


def _beginning(hosted: HostedSession) -> dict[str, Any]:
    """The start of a scenario without a snapshot."""
    session = hosted.session
    document: dict[str, Any] = {}
    if session.seed:
        document["seed"] = session.seed
    if session.clock.mode is ClockMode.ON_POLL:
        document["clock"] = ClockMode.ON_POLL.value
    if session.declared != default_world():
        document["world"] = _world(session)
    if faults := _rules_from_the_start(hosted):
        document["faults"] = faults
    return document


def _world(session: Session) -> dict[str, Any]:
    """Write the world of a session, with other secrets; steps use whatever they are."""
    world = plain_world(session.declared)
    for token in world["tokens"].values():
        token["secret"] = token["secret"].removeprefix("sha256:")
    return world


def _rules_from_the_start(hosted: HostedSession) -> list[dict[str, Any]]:
    """The rules that the session began with, and those in force that no step injects."""
    session = hosted.session
    injected = {one.step["inject"]["name"] for one in hosted.interventions.of_life(session) if "inject" in one.step}
    others = [one for one in session.world.rules if one.rule not in session.rules and one.name not in injected]
    written: dict[str, dict[str, Any]] = {}
    for rule in session.rules:
        name, _ = free_name(rule.name, written)  # as in the session, where the names of two may be the same
        plain = rule.to_plain()
        written[name] = plain | {"name": name} if "name" in plain else plain
    return [*written.values(), *(one.to_plain() for one in others)]


class _Recording:
    """Turns calls and interventions into steps.

    Args:
        session: The session, which has to be locked.
        start: The session at its start from a snapshot; None without a snapshot.
    """

    def __init__(self, session: Session, start: Session | None = None) -> None:
        self.left_out_count = 0
        self._environment = session.world.environment
        self._polls_move = session.clock.mode is ClockMode.ON_POLL
        self._now = (
            session.world.rules.start_microseconds if start is None else start.world.environment.now_microseconds
        )
        self._tokens = {token.name for token in session.declared.tokens}
        self._names = {
            (collection, entity.uid): entity.name
            for collection in COLLECTIONS
            for entity in getattr(session.declared, collection)
        }
        """The names for uids. Other uids stay, because they are the same in each run."""
        self._aliases = {} if start is None else {one.uid: name for name, one in named_restores(start).items()}

    def steps(self, calls: list[CallRecord], interventions: list[Intervention]) -> Iterator[Step]:
        """Return the steps in their original order, with the time between them."""
        happened: list[tuple[float, CallRecord | Intervention]] = [
            *((call.call, call) for call in calls),
            *((one.call_count + 0.5, one) for one in interventions),
        ]
        for _, one in sorted(happened, key=lambda pair: pair[0]):
            if isinstance(one, Intervention):
                yield from self._pass_time(one.at_microseconds)
                yield dict(one.step)
                continue
            step = self._call_step(one)
            if step is None:
                self.left_out_count += 1
                continue
            yield from self._pass_time(one.arrived_microseconds)
            yield step
            if self._polls_move:
                self._now = max(self._now, one.answered_microseconds)
        yield from self._pass_time(self._environment.now_microseconds)

    def _pass_time(self, until_microseconds: int) -> Iterator[Step]:
        if until_microseconds > self._now:
            seconds = (until_microseconds - self._now) / _MICROSECONDS
            yield {"advance": f"{seconds:.6f}".rstrip("0").rstrip(".") + "s"}
            self._now = until_microseconds

    def _call_step(self, record: CallRecord) -> Step | None:
        """The step that repeats a call; None if no step can."""
        request = record.request
        if request is None or record.code == "CANCELLED":
            return None
        verb = next((verb for verb, method in METHODS_BY_VERB.items() if method.name == record.method), None)
        if verb is None:
            return None
        step = self._arguments(record.method, request)
        if "name" in step:
            step |= self._alias(record, str(step["name"]))
        return {verb: step | self._circumstances(record)}

    def _circumstances(self, record: CallRecord) -> Step:
        """The caller, the deadline, and how the call ended."""
        metadata = dict(record.metadata)
        step: Step = {}
        if record.caller in self._tokens:
            step["token"] = record.caller
        elif isinstance(secret := metadata.get("authorization"), str):
            step["bearer"] = secret.partition(" ")[2] or secret
        if isinstance(account := metadata.get(_ACCOUNT), str):
            step["account"] = account
        if record.deadline_seconds is not None:
            step["timeout"] = f"{record.deadline_seconds:.6f}".rstrip("0").rstrip(".") + "s"
        if record.code != "OK":
            step["expect"] = {"code": record.code}
        return step

    def _arguments(self, method: str, request: Message) -> Step:
        """The arguments of a step for *request*; those that would follow from the rest are given even if empty."""
        parameters = PARAMETERS[method]
        is_list = any(parameter.key == "page" for parameter in parameters)
        step: Step = {}
        for parameter in parameters:
            holder = reduce(getattr, parameter.path[:-1], request)
            field, value = parameter.field, getattr(holder, parameter.path[-1])
            if parameter.collection:
                is_given = value or not is_list or (field.containing_oneof and holder.HasField(field.name))
                step |= self._entity(parameter, value) if is_given else {}
            elif field.message_type is not None or field.enum_type is not None:
                plain = json_format.MessageToDict(holder, preserving_proto_field_name=True)
                step |= {parameter.key: _in_words(parameter, plain[field.name])} if field.name in plain else {}
            elif value or parameter.key == "name":
                step[parameter.key] = value
        return step

    def _entity(self, parameter: Parameter, uid: str) -> Step:
        if parameter.collection == RESTORES:
            name = self._aliases.get(uid)
        else:
            name = self._names.get((parameter.collection, uid))
        return {f"{parameter.key}_id": uid} if name is None else {parameter.key: name}

    def _alias(self, record: CallRecord, name: str) -> Step:
        """Give the answer of a call that made a restore a unique name."""
        response = record.response
        if not isinstance(response, restore_pb2.Restore):
            return {}
        taken, alias, number = self._aliases.values(), name, 1
        while not alias or alias in taken or "$" in alias:
            number += 1
            alias = f"{name.replace('$', '')}-{number}"
        self._aliases[response.meta.uid] = alias
        return {} if alias == name else {"as": alias}


def _in_words(parameter: Parameter, plain: Any) -> Any:
    """A value as a step gives it."""
    if not parameter.words:
        return plain
    told = {key: plain[field] for key, field in parameter.words.items() if field in plain}
    return {key: int(value) if parameter.key == "page" else value for key, value in told.items()}
