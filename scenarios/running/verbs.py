"""What each verb of a step does, and how a report puts it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from functools import partial
from typing import Any, Protocol, TypeAlias, cast

from google.protobuf.descriptor import Descriptor

from fakes import Phase
from fakes.environment import END_OF_TIME_MICROSECONDS, to_microseconds
from fakes.faults.installed_rule import InstalledRule
from scenarios.format.call_steps import CallStep
from scenarios.format.client_step import ClientStep
from scenarios.format.expectations import ExpectStep
from scenarios.format.field_paths import listed_field
from scenarios.format.method_steps import METHOD_STEPS
from scenarios.format.steps import AdvanceUntilStep
from scenarios.running.answers import Answer
from scenarios.running.client_runs import run_client
from scenarios.running.lanes import Wait
from scenarios.running.scenario_client import ScenarioClient, StepFailed
from simulator.api import restore_pb2
from simulator.documents.changes import ChangeDocument
from simulator.documents.rules import FaultDocument
from simulator.requests.parameters import METHODS_BY_VERB, PARAMETERS
from simulator.sessions.stepping import approach

Outcome: TypeAlias = Generator[Wait, None, str]
"""Yields until when to wait, as long as there is something to wait for, and returns the result in a few words."""


def call(verb: str, client: ScenarioClient, step: CallStep) -> Outcome:
    """Call a method of the API."""
    return _in_words((yield from client.call(verb, step)))


def advance(client: ScenarioClient, seconds: float, *, alone: bool) -> Iterator[Wait]:  # noqa: ARG001  # alone or not
    """Let time pass."""
    target_microseconds = client.now_microseconds + to_microseconds(seconds)
    if target_microseconds > END_OF_TIME_MICROSECONDS:
        raise StepFailed("the clock ends with the year 9999; the target lies after that")
    yield Wait(target_microseconds)
    while client.now_microseconds < target_microseconds:
        yield Wait(target_microseconds)


def advance_until(client: ScenarioClient, step: AdvanceUntilStep, *, alone: bool) -> Iterator[Wait]:
    """Let time pass until a restore is in a phase."""
    with client.simulator.session as world:
        restore = world.restores[client.restore_uid(step.restore)]
        limit_microseconds = to_microseconds(step.limit)
        moments = approach(world, restore, Phase[step.phase], limit_microseconds=limit_microseconds, alone=alone)
    try:
        while (moment := _next_moment(client, moments)) is not None:
            yield Wait(moment)
    except TimeoutError as error:
        raise StepFailed(str(error)) from None


def _next_moment(client: ScenarioClient, moments: Iterator[int]) -> int | None:
    """Look at the world while it stands still, because an abandoned call may still be running."""
    with client.simulator.session:
        return next(moments, None)


def inject(client: ScenarioClient, fault: FaultDocument) -> str:
    """Put a rule into force."""
    client.simulator.inject(fault.to_rule())
    return ""


def remove(client: ScenarioClient, name: str) -> str:
    """Remove a rule."""
    client.simulator.remove_rule(_rule_named(client, name))
    return ""


def open_gate(client: ScenarioClient, name: str) -> str:
    """Open the gate of a rule."""
    gate = client.simulator.gate_of(_rule_named(client, name))
    held = ", ".join(restore.name for restore in gate.held)
    gate.open()
    return f"lets {held} go on" if held else "held nobody"


def _rule_named(client: ScenarioClient, name: str) -> InstalledRule:
    for installed in client.simulator.rules:
        if installed.name == name:
            return installed
    raise StepFailed(f"the rule {name!r} is not in force")


def change(client: ScenarioClient, step: ChangeDocument) -> str:
    """Change the world behind the API's back."""
    with client.simulator.session as world:
        try:
            step.apply(world)
        except (KeyError, ValueError) as error:
            raise StepFailed(str(error)) from None
    return ""


def run_client_step(client: ScenarioClient, step: ClientStep) -> str:
    """Run a client under test."""
    try:
        complaints = run_client(step, client.simulator)
    except ValueError as error:
        raise StepFailed(str(error)) from None
    if complaints:
        raise StepFailed(*(f"{complaint.oracle}: {complaint.cause}: {complaint.message}" for complaint in complaints))
    return ""


def expect(client: ScenarioClient, step: ExpectStep) -> Outcome:
    """Look at a restore as it is now, at an answer from before, or at what has happened."""
    if step.is_about_history:
        client.expect_history(step.timeline or (), step.calls or ())
        return ""
    if step.answer is not None:
        answer = client.answer(step.answer)
    else:
        assert step.restore is not None
        answer = yield from client.look_at(step.restore)
    client.expect(step, answer)
    return _in_words(answer)


def _in_words(answer: Answer) -> str:
    """An answer in a few words."""
    response = answer.response
    if isinstance(response, restore_pb2.Restore):
        return f"{restore_pb2.Phase.Name(response.status.phase)} {response.meta.uid}"
    listed = None if response is None else listed_field(cast(Descriptor, response.DESCRIPTOR))
    if listed is not None:
        page = cast(Any, response).pagination
        count = len(getattr(response, listed.name))
        return f"{count} of {page.total_records}, page {page.current_page} of {page.total_pages}"
    if isinstance(response, restore_pb2.RestorabilityMatrix):
        return f"{len(response.conditions)} data services"
    return str(answer)


VERBS: Mapping[str, Callable[[ScenarioClient, Any], str]] = {
    "inject": inject,
    "remove": remove,
    "open": open_gate,
    "change": change,
    "client": run_client_step,
}
"""The verbs that are done at once; each returns its result in a few words, or raises `StepFailed`."""

CALLS: Mapping[str, Callable[[ScenarioClient, Any], Outcome]] = {
    "expect": expect,
    **{verb: partial(call, verb) for verb in METHODS_BY_VERB},
}
"""The verbs that make a call, likewise; while a rule holds the call up, they yield until when to wait."""


class LastingVerb(Protocol):
    """A verb that takes time: it yields until when to wait, or raises `StepFailed`."""

    def __call__(self, client: ScenarioClient, arguments: Any, /, *, alone: bool) -> Iterator[Wait]:
        """Do it; with *alone*, nothing else is done meanwhile."""
        ...


LASTING_VERBS: Mapping[str, LastingVerb] = {"advance": advance, "advance_until": advance_until}
"""The verbs that take time."""


def intention(verb: str, arguments: Any) -> str:
    """What a step is about to do, in a few words."""
    keys = ["name", "restore", "restore_id", "answer", "phase", "check", "command"]
    if verb in METHOD_STEPS:
        parameters = PARAMETERS[METHOD_STEPS[verb].method.name]
        keys += [key for parameter in parameters if parameter.collection for key in parameter.keys if key not in keys]
    named = [getattr(arguments, key, None) for key in keys]
    if isinstance(arguments, ExpectStep):
        named += [key for key in ("timeline", "calls") if getattr(arguments, key) is not None]
    if isinstance(arguments, ChangeDocument) and arguments.add is not None:
        named = ["add", *(name for _, name in arguments.added_names())]
    elif isinstance(arguments, ChangeDocument):
        [(what, given)] = arguments.model_dump(exclude_none=True).items()
        named = [what.replace("_", " "), given if isinstance(given, str) else next(iter(given.values()))]
    elif isinstance(arguments, FaultDocument):
        named = [arguments.to_rule().name]
    elif isinstance(arguments, float | str):
        named = [f"{arguments:g} s" if isinstance(arguments, float) else arguments]
    return " ".join([verb.replace("_", " "), *(part for part in named if part)])
