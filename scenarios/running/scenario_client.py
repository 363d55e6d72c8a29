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
from scenarios.format.call_steps import CallStep
from scenarios.format.expectations import Expectation, Matcher
from scenarios.format.field_paths import FieldPathError, read_path
from scenarios.format.history_expectations import CallsDocument, EventDocument
from scenarios.format.regular_expressions import compile_expression, quoted
from scenarios.loading.loader import Scenario
from scenarios.loading.references import METHOD_OF_VERB, VARIABLE, alias_of
from scenarios.loading.yaml_source import TEXT_LENGTH_MAX
from scenarios.running.answers import Answer, ask, complaints
from scenarios.running.history_assertions import call_complaints, event_complaints
from scenarios.running.lanes import Wait
from simulator.api import METHODS, restore_pb2
from simulator.documents.model import Model
from simulator.documents.problems import shown
from simulator.simulator import Simulator
from simulator.transports.in_process.channel import InProcessChannel

CALL_TIMEOUT_SECONDS = 60
"""A call that takes longer has gone wrong; in virtual time none does."""


class StepFailed(Exception):
    """A step did not go as expected; each of its arguments is a complaint."""


class ScenarioClient:
    """A client that talks to a simulator as a scenario says.

    Args:
        scenario: Whose names the steps use.
        simulator: To talk to; it has to run.
        start_microseconds: When the scenario started, from which expected times are counted.
    """

    def __init__(self, scenario: Scenario, simulator: Simulator, *, start_microseconds: int) -> None:
        self.simulator = simulator
        self._start_microseconds = start_microseconds
        self._scenario = scenario
        channel = simulator.channel()
        assert isinstance(channel, InProcessChannel)
        channel.deadline_grace_seconds = None  # the lanes tell when to let time pass
        self._channel = channel
        self._answers: dict[str, Answer] = {}
        self._metadata_of: dict[str, tuple[tuple[str, str], ...]] = {}

    def call(self, verb: str, step: CallStep, request: Message) -> Generator[Wait, None, Answer]:
        """Make the call of *verb*, remember the answer and check what *step* expects of it.

        Raises:
            StepFailed: the answer is not as expected.
        """
        metadata = self._metadata(step)
        timeout_seconds = CALL_TIMEOUT_SECONDS if step.timeout is None else step.timeout
        answer = yield from self._ask(METHOD_OF_VERB[verb], request, metadata, timeout_seconds)
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

    def uid(self, collection: str, name: str | None, text: str | None) -> str:
        """What to send as identifier: the uid of the entity of that name, or else the text as it is.

        An entity that is no more keeps its uid.
        """
        if name is None:
            return text or ""
        with self.simulator.session as world:
            present = world.collection(collection).get(name)
        if present is not None:
            return present.uid
        declared = (str(entity.uid) for entity in getattr(self._scenario.world, collection) if entity.name == name)
        return next(declared, derive_uid(COLLECTIONS[collection].kind, name))

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
            metadata = {"authorization": f"Bearer {token.secret}", "px-account-id": token.account}
        if step.bearer is not None:
            metadata["authorization"] = f"Bearer {step.bearer}"
        if step.account is not None:
            metadata["px-account-id"] = step.account
        return tuple(metadata.items())
