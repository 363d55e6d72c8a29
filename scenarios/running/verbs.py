"""What each verb of a step does, and how a report puts it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from functools import partial
from typing import Any, Protocol, TypeAlias, cast

from google.protobuf.descriptor import Descriptor
from google.protobuf.empty_pb2 import Empty

from fakes import Phase
from fakes.environment import END_OF_TIME_MICROSECONDS, to_microseconds
from fakes.faults.rule_set import InstalledRule
from scenarios.format.call_steps import (
    CallStep,
    CreateStep,
    GetStep,
    ListStep,
    MatrixStep,
    PageDocument,
    RecreateStep,
    SortDocument,
)
from scenarios.format.expectations import ExpectStep
from scenarios.format.field_paths import listed_field
from scenarios.format.method_steps import METHOD_STEPS, MethodStep, Parameter
from scenarios.format.steps import AdvanceUntilStep
from scenarios.running.answers import Answer
from scenarios.running.lanes import Wait
from scenarios.running.scenario_client import ScenarioClient, StepFailed
from simulator.api import restore_pb2
from simulator.documents.changes import ChangeDocument
from simulator.documents.model import Model
from simulator.documents.rules import FaultDocument
from simulator.sessions.stepping import approach

Outcome: TypeAlias = Generator[Wait, None, str]
"""Until when to wait, as long as there is something to wait for, and then what came of it, in a few words."""


def create(client: ScenarioClient, step: CreateStep) -> Outcome:
    """CreateRestore."""
    uid = client.uid
    request = restore_pb2.CreateRestoreRequest(
        namespace_id=uid("namespaces", step.namespace, step.namespace_id),
        project_id=uid("projects", step.project, step.project_id),
        restore=restore_pb2.Restore(
            meta={
                "name": step.name,
                "description": step.description,
                "labels": step.labels,
                "annotations": step.annotations,
            },
            config={"source_references": {"backup_id": uid("backups", step.backup, step.backup_id)}},
        ),
    )
    return _in_words((yield from client.call("create", step, request)))


def recreate(client: ScenarioClient, step: RecreateStep) -> Outcome:
    """RecreateRestore."""
    namespace = client.uid("namespaces", step.namespace, step.namespace_id)
    project = client.uid("projects", step.project, step.project_id)
    failed = client.answer(step.restore).response if step.restore is not None else None
    if isinstance(failed, restore_pb2.Restore):
        namespace = namespace or failed.meta.parent_reference.uid
        project = project or failed.config.destination_references.project_id
    request = restore_pb2.RecreateRestoreRequest(
        id=_restore_id(client, step), name=step.name, project_id=project, namespace_id=namespace
    )
    return _in_words((yield from client.call("recreate", step, request)))


def get(client: ScenarioClient, step: GetStep) -> Outcome:
    """GetRestore."""
    request = restore_pb2.GetRestoreRequest(id=_restore_id(client, step))
    return _in_words((yield from client.call("get", step, request)))


def list_page(client: ScenarioClient, step: ListStep) -> Outcome:
    """ListRestores."""
    uid = client.uid
    filters = {
        "tenant_id": uid("tenants", step.tenant, step.tenant_id),
        "project_id": uid("projects", step.project, step.project_id),
        "data_service_deployment_id": uid("deployments", step.deployment, step.deployment_id),
        "backup_id": uid("backups", step.backup, step.backup_id),
    }
    request = restore_pb2.ListRestoresRequest(
        **{key: value for key, value in filters.items() if value},
        sort=_plain(step.sort),
        pagination=_plain(step.page),
    )
    return _in_words((yield from client.call("list", step, request)))


def matrix(client: ScenarioClient, step: MatrixStep) -> Outcome:
    """GetRestorabilityMatrix."""
    return _in_words((yield from client.call("matrix", step, Empty())))


def call_method(verb: str, method_step: MethodStep, client: ScenarioClient, step: CallStep) -> Outcome:
    """Call a method of the services around a restore."""
    filled = {parameter.field.name: _filled(client, parameter, step) for parameter in method_step.parameters}
    request = method_step.method.request(**{name: value for name, value in filled.items() if value is not None})
    return _in_words((yield from client.call(verb, step, request)))


def _filled(client: ScenarioClient, parameter: Parameter, step: CallStep) -> Any:
    """What a step sends in a field of its request; None where it leaves the field out."""
    if parameter.collection:
        name, text = (getattr(step, key) for key in parameter.keys)
        return None if name is None and text is None else client.uid(parameter.collection, name, text)
    return _plain(getattr(step, parameter.key))


def _plain(value: object) -> Any:
    """A value as protobuf takes it."""
    match value:
        case SortDocument():
            return {"sort_by": value.by, "sort_order": value.order}
        case PageDocument():
            return {"page_number": value.number, "page_size": value.size}
        case Model():
            return value.model_dump(exclude_none=True)
    return value


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
    """Look at the world while it stands still: a call that was given up may still be at work."""
    with client.simulator.session:
        return next(moments, None)


def inject(client: ScenarioClient, fault: FaultDocument) -> str:
    """Put a fault into force."""
    client.simulator.inject(fault.to_rule())
    return ""


def remove(client: ScenarioClient, name: str) -> str:
    """Take a rule out of force."""
    client.simulator.remove_rule(_rule_named(client, name))
    return ""


def open_gate(client: ScenarioClient, name: str) -> str:
    """Open the gate of a rule."""
    gate = client.simulator.gate_of(_rule_named(client, name))
    held = ", ".join(restore.name for restore in gate.held)
    gate.open()
    return f"lets {held} go on" if held else "held nobody"


def _rule_named(client: ScenarioClient, name: str) -> InstalledRule:
    for active in client.simulator.rules:
        if active.name == name:
            return active
    raise StepFailed(f"the rule {name!r} is not in force")


def change(client: ScenarioClient, step: ChangeDocument) -> str:
    """Change the world behind the API's back."""
    with client.simulator.session as world:
        try:
            step.apply(world)
        except (KeyError, ValueError) as error:
            raise StepFailed(str(error)) from None
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


def _restore_id(client: ScenarioClient, step: RecreateStep | GetStep) -> str:
    return client.restore_uid(step.restore) if step.restore is not None else step.restore_id or ""


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
}
"""What does each verb that is done at once; it returns what came of it in a few words, or raises `StepFailed`."""

CALLS: Mapping[str, Callable[[ScenarioClient, Any], Outcome]] = {
    "create": create,
    "recreate": recreate,
    "get": get,
    "list": list_page,
    "matrix": matrix,
    "expect": expect,
    **{verb: partial(call_method, verb, step) for verb, step in METHOD_STEPS.items()},
}
"""What does each verb that makes a call, likewise; while a rule holds the call up, it tells until when to wait."""


class LastingVerb(Protocol):
    """What does a verb that takes time: it tells until when to wait, or raises `StepFailed`."""

    def __call__(self, client: ScenarioClient, arguments: Any, /, *, alone: bool) -> Iterator[Wait]:
        """Do it; *alone* means that nothing else is done meanwhile."""
        ...


LASTING_VERBS: Mapping[str, LastingVerb] = {"advance": advance, "advance_until": advance_until}
"""What does the verbs that take time."""


def intention(verb: str, arguments: Any) -> str:
    """What a step is about to do, in a few words."""
    keys = ["name", "restore", "restore_id", "answer", "phase"]
    if verb in METHOD_STEPS:
        keys += [key for parameter in METHOD_STEPS[verb].parameters if parameter.collection for key in parameter.keys]
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
