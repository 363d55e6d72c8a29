"""What the steps of one run share: the simulator, the client, and the answers so far."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from functools import partial
from operator import methodcaller
from typing import Any

from google.protobuf.message import Message

from fakes import derive_uid
from fakes.suggestions import suggest
from fakes.world.entities import COLLECTIONS
from fakes.world.registry import UnknownEntity
from scenarios.format.call_steps import CallStep, CreateStep
from scenarios.format.expectations import Expectation, Matcher
from scenarios.format.field_paths import FieldPathError, read_path
from scenarios.format.history_expectations import CallsDocument, EventDocument
from scenarios.format.regular_expressions import compile_expression, quoted
from scenarios.loading.loader import Scenario
from scenarios.loading.references import VARIABLE, alias_of
from scenarios.loading.yaml_source import TEXT_LENGTH_MAX
from scenarios.running.answers import Answer, ask, complaints
from scenarios.running.history_assertions import call_complaints, event_complaints
from scenarios.running.lanes import Wait
from simulator.api import METHODS, Method, restore_pb2
from simulator.documents.model import Model
from simulator.documents.problems import shown
from simulator.requests.building import build, with_implied
from simulator.requests.names import uid_in
from simulator.requests.parameters import METHODS_BY_VERB, PARAMETERS, RESTORES
from simulator.services.conversions import to_restore
from simulator.simulator import Simulator
from simulator.transports.in_process.channel import InProcessChannel

CALL_TIMEOUT_SECONDS = 60
"""A call that takes longer has gone wrong; in virtual time none does."""


class StepFailed(Exception):
    """A step did not go as expected; each of its arguments is a complaint."""


class ScenarioClient:
    """A client that calls a simulator as a scenario says.

    Args:
        scenario: The scenario whose names the steps use.
        simulator: The simulator, which has to be running.
        start_microseconds: When the scenario started, from which expected times are counted.
    """

    def __init__(self, scenario: Scenario, simulator: Simulator, *, start_microseconds: int) -> None:
        self.simulator = simulator
        self._start_microseconds = start_microseconds
        self._scenario = scenario
        channel = simulator.channel()
        assert isinstance(channel, InProcessChannel)
        channel.deadline_grace_seconds = None  # the lanes say when to let time pass
        self._channel = channel
        self._answers = {name: Answer("OK", response=to_restore(found)) for name, found in scenario.restores.items()}
        self._metadata_of: dict[str, tuple[tuple[str, str], ...]] = dict.fromkeys(scenario.restores, ())

    def call(self, verb: str, step: CallStep) -> Generator[Wait, None, Answer]:
        """Make the call of *verb*, remember the answer and check what *step* expects of it.

        Raises:
            StepFailed: the answer is not as expected.
        """
        method = METHODS_BY_VERB[verb]
        request = self._request(method, step)
        metadata = self._metadata(step)
        timeout_seconds = CALL_TIMEOUT_SECONDS if step.timeout is None else step.timeout
        answer = yield from self._ask(method.name, request, metadata, timeout_seconds)
        alias = alias_of(step)
        if alias is not None:
            self._answers[alias] = answer
            self._metadata_of[alias] = metadata
        self.expect(step.expect, answer)
        return answer

    def look_at(self, alias: str) -> Generator[Wait, None, Answer]:
        """Get the restore that an earlier step has left under *alias*, as it is now, with the metadata of that step.

        Raises:
            StepFailed: the call had failed.
        """
        request = restore_pb2.GetRestoreRequest(id=self.restore_uid(alias))
        return (yield from self._ask("GetRestore", request, self._metadata_of[alias], CALL_TIMEOUT_SECONDS))

    def _ask(
        self, method: str, request: Message, metadata: Sequence[tuple[str, str]], timeout_seconds: float
    ) -> Generator[Wait, None, Answer]:
        """Make a call; while a rule holds it up in virtual time, others may go on until a deadline passes."""
        called = METHODS[method]
        call = self._channel.unary_unary(called.path, methodcaller("SerializeToString"), called.response.FromString)
        pending = call.future(request, metadata=metadata, timeout=timeout_seconds)
        holds = self.simulator.session.holds
        while not pending.done() and (moment := holds.next_deadline_microseconds()) is not None:
            yield Wait(moment)
        return ask(pending.result)

    def answer(self, alias: str) -> Answer:
        """The answer that an earlier step has left under *alias*.

        Raises:
            StepFailed: none has.
        """
        if alias not in self._answers:
            raise StepFailed(f"no earlier step has left an answer {alias!r}; {suggest(alias, self._answers)}")
        return self._answers[alias]

    def expect(self, expectation: Expectation, answer: Answer) -> None:
        """Check *answer*.

        Raises:
            StepFailed: it is not as expected.
        """
        found = tuple(complaints(expectation, answer, start_microseconds=self._start_microseconds))
        if found:
            raise StepFailed(*found)

    def expect_history(self, events: Sequence[EventDocument], calls: Sequence[CallsDocument]) -> None:
        """Check what has happened so far.

        Raises:
            StepFailed: it is not as expected.
        """
        start_microseconds = self._start_microseconds
        found = (
            *event_complaints(events, self.simulator.timeline, start_microseconds=start_microseconds),
            *call_complaints(calls, self.simulator.calls),
        )
        if found:
            raise StepFailed(*found)

    @property
    def now_microseconds(self) -> int:
        """The time of the world, in microseconds since 1970."""
        with self.simulator.session as world:
            return world.environment.now_microseconds

    def with_variables(self, arguments: Any, variables: Mapping[str, str]) -> Any:
        """Put values in the place of each ``${alias.path}``, and of *variables*, in the arguments of a step.

        They are written out as text; only an expected field that is nothing but a variable is the value itself.

        Raises:
            StepFailed: the call that a variable refers to has failed, or its answer has nothing at that path.
        """
        if isinstance(arguments, str):
            return self._written_out(arguments, variables, str)
        filled = partial(self.with_variables, variables=variables)
        if isinstance(arguments, Model):
            given = {key: filled(getattr(arguments, key)) for key in arguments.model_fields_set}
            if isinstance(arguments, Expectation):
                given["fields"] = {path: self._expected(value, variables) for path, value in arguments.fields.items()}
            return arguments.model_copy(update=given)
        if isinstance(arguments, Mapping):
            return {key: filled(value) for key, value in arguments.items()}
        return [filled(value) for value in arguments] if isinstance(arguments, Sequence) else arguments

    def _written_out(self, text: str, variables: Mapping[str, str], write: Callable[[Any], str]) -> str:
        """The *text* with its variables as *write* writes their values."""
        values: list[str] = []
        length = len(text)
        for match in VARIABLE.finditer(text):
            values.append(write(self._variable(match[1], variables)))
            length += len(values[-1])
            if length > TEXT_LENGTH_MAX:
                raise StepFailed(f"{match[0]} makes a text of more than {TEXT_LENGTH_MAX} characters")
        following = iter(values)
        return VARIABLE.sub(lambda _: next(following), text)

    def _expected(self, value: Any, variables: Mapping[str, str]) -> Any:
        if isinstance(value, Matcher) and value.matches is not None:
            pattern = self._written_out(value.matches, variables, lambda found: quoted(str(found)))
            try:
                compile_expression(pattern)
            except ValueError as error:
                raise StepFailed(f"{shown(pattern)} is no regular expression: {error}") from None
            return self.with_variables(value, variables).model_copy(update={"matches": pattern})
        whole = VARIABLE.fullmatch(value) if isinstance(value, str) else None
        return self._variable(whole[1], variables) if whole else self.with_variables(value, variables)

    def restore_uid(self, alias: str) -> str:
        """The uid of the restore that an earlier step has left under *alias*.

        Raises:
            StepFailed: the call had failed.
        """
        return str(self._value(alias, "meta.uid"))

    def _request(self, method: Method, step: CallStep) -> Message:
        """The request that a step makes.

        Raises:
            StepFailed: it leaves out what does not follow, or the call that it refers to has failed.
        """
        if isinstance(step, CreateStep):
            step = self._scenario.document.defaults.fill(step)
        keys = {key for parameter in PARAMETERS[method.name] for key in parameter.keys}
        given = step.model_dump(include=keys, exclude_none=True, warnings=False)
        with self.simulator.session as world:
            try:
                return build(method, with_implied(method, given, world, self._uid), self._uid)
            except ValueError as error:
                raise StepFailed(str(error)) from None

    def _uid(self, collection: str, named: str) -> str:
        """The uid of an entity, or of the restore that an earlier step has left.

        An entity that is to be added yet has the uid that follows from its name.
        """
        if collection == RESTORES:
            return self.restore_uid(named)
        try:
            return uid_in(self.simulator.session.world, collection, named)
        except UnknownEntity:
            return derive_uid(COLLECTIONS[collection].kind, named)

    def _variable(self, variable: str, variables: Mapping[str, str]) -> Any:
        if variable in variables:
            return variables[variable]
        alias, _, path = variable.partition(".")
        return self._value(alias, path)

    def _value(self, alias: str, path: str) -> Any:
        answer = self.answer(alias)
        if answer.response is None:
            raise StepFailed(f"needs the answer {alias!r}, but that is {answer}")
        try:
            value = read_path(answer.response, path)
        except FieldPathError as error:
            raise StepFailed(str(error)) from None
        if value is None:
            raise StepFailed(f"needs {path} of the answer {alias!r}, but nothing is there")
        return value

    def _metadata(self, step: CallStep) -> tuple[tuple[str, str], ...]:
        metadata = {}
        token = next((token for token in self._scenario.world.tokens if token.name == step.token), None)
        if token is not None:
            if not token.knows_secret:
                raise StepFailed(f"needs the secret of the token {token.name!r}; the world has only its digest")
            metadata = {"authorization": f"Bearer {token.secret}", "px-account-id": token.account}
        if step.bearer is not None:
            metadata["authorization"] = f"Bearer {step.bearer}"
        if step.account is not None:
            metadata["px-account-id"] = step.account
        return tuple(metadata.items())
