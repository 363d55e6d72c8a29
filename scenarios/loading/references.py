"""Checks a scenario before it is run: the entities, answers and fields that it refers to exist."""

from __future__ import annotations

import re
from collections import ChainMap, defaultdict
from collections.abc import Collection, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice

from google.protobuf.descriptor import Descriptor

from fakes import World
from fakes.faults.rule_set import RuleSet
from fakes.suggestions import suggest
from fakes.world.catalog import Catalog
from fakes.world.entities import COLLECTIONS
from fakes.world.registry import UnknownEntity
from scenarios.format.call_steps import CallStep, CreateStep, DefaultsDocument
from scenarios.format.expectations import RESPONSES, Expectation, ExpectStep, is_about_presence
from scenarios.format.field_paths import FieldPathError, check_path, listed_field
from scenarios.format.scenario import SAID_BY_SNAPSHOT, ScenarioDocument
from scenarios.format.steps import LaneDocument, RepeatStep, Step, count_steps
from scenarios.loading.rule_names import RuleNames
from simulator.api import METHOD_NAMES
from simulator.documents.changes import ChangeDocument
from simulator.documents.model import Model
from simulator.documents.problems import PROBLEMS_MAX, Finding, KeyPath
from simulator.documents.rules import FaultDocument
from simulator.requests.building import with_implied
from simulator.requests.parameters import METHODS_BY_VERB
from simulator.sessions.clock import ClockMode
from simulator.sessions.session import Session

VARIABLE = re.compile(r"\$\{([^{}]*)\}")
"""A value from an earlier answer: ``${alias.path.of.a.field}``."""

INDEX = "index"
"""The variable that counts the rounds of a ``repeat``."""

RESERVED: Mapping[str, str] = {
    INDEX: "${index} is the number of the round",
    "parameters": "${parameters.KEY} is the value of a parameter",
}
"""Names that no answer can have, with the reason, because no variable would find it."""

STEPS_MAX = 100_000
"""The limit of steps of a run, with repeats; more would be a mistake, and would seem to hang."""

COLLECTION_OF_KEY: Mapping[str, str] = {
    "backup": "backups",
    "namespace": "namespaces",
    "project": "projects",
    "tenant": "tenants",
    "deployment": "deployments",
    "cluster": "clusters",
    "backup_location": "backup_locations",
    "token": "tokens",
    "complete_backup": "backups",
    "delete_backup": "backups",
    "disconnect_cluster": "clusters",
    "reconnect_cluster": "clusters",
    "lose_credentials": "backup_locations",
    "give_back_credentials": "backup_locations",
}
"""The keys of steps that name an entity of the declared world."""


def check_references(document: ScenarioDocument, world: World, session: Session | None = None) -> list[Finding]:
    """Find everything in *document* that refers to something unknown, or does not fit its clock.

    Args:
        document: A scenario.
        world: The world that it declares.
        session: The session that it continues from, if it has a snapshot.
    """
    is_virtual = document.clock != ClockMode.WALL.value if session is None else session.clock.is_virtual
    findings: list[Finding] = []
    if session is not None:
        said = [key for key in SAID_BY_SNAPSHOT if key in document.model_fields_set]
        findings += [((key,), "is what the snapshot says; leave it out, or 'snapshot'") for key in said]
    if is_virtual and document.speed != 1:
        findings.append((("speed",), f"is {document.speed:g}, but only 'clock: wall' has a speed"))
    step_count = count_steps(document.steps)
    if step_count > STEPS_MAX:
        findings.append((("steps",), f"are {step_count} with those that are repeated; expected at most {STEPS_MAX}"))
    catalog = Catalog(world)
    checker = _Checker(
        world,
        catalog,
        document.defaults,
        RuleNames(RuleSet(catalog, seed=0, start_microseconds=0, methods=METHOD_NAMES)),
        is_virtual=is_virtual,
    )
    if session is not None:
        checker.go_on_from(session)
    findings += checker.check_values(document.defaults, ("defaults",))
    for index, fault in enumerate(document.faults):
        findings += checker.rules.add(fault, ("faults", index))
    # Each is compared with all known names, which takes time, so the search stops at the last that is reported.
    findings += islice(checker.check_all(document.steps, ("steps",)), PROBLEMS_MAX + 1)
    return findings


@dataclass
class _Checker:
    """Goes through the steps in order and remembers which answers there will be."""

    world: World
    catalog: Catalog
    defaults: DefaultsDocument
    rules: RuleNames
    is_virtual: bool
    answers: MutableMapping[str, Descriptor] = field(default_factory=dict)
    variables: frozenset[str] = frozenset()
    added: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Names of entities that steps add, by collection."""
    uids_by_name: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """The restores at the start; several may have the same name."""

    def go_on_from(self, session: Session) -> None:
        """Add what a session has beyond the declared world: entities, restores, rules."""
        with session as live:
            for collection in COLLECTIONS:
                self.added[collection] += live.collection(collection).names()
            self.answers.update(dict.fromkeys(live.restores, answer_type("get")))
            for restore in live.restores.values():
                self.uids_by_name[restore.name].append(restore.uid)
            self.rules = RuleNames(live.rules, {rule.name: rule.rule for rule in live.rules})

    def check_all(self, steps: Sequence[Step], path: KeyPath) -> Iterator[Finding]:
        """Check *steps*, which stand at *path*."""
        for index, step in enumerate(steps):
            yield from self.check(step, (*path, index))

    def check(self, step: Step, path: KeyPath) -> Iterator[Finding]:
        """Check one step, and remember what later ones may refer to."""
        arguments = getattr(step, step.verb)
        where = (*path, step.verb)
        match arguments:
            case RepeatStep():
                inside = replace(self, variables=self.variables | {INDEX})
                yield from inside.check_all(arguments.steps, (*where, "steps"))
            case list() | tuple():
                yield from self._check_lanes(arguments, where)
            case FaultDocument():
                yield from self._check_variables(arguments, where)
                yield from self.rules.add(arguments, where)
            case Model():
                yield from self._check_model(step.verb, arguments, where)
            case str():
                yield from self.rules.check(step.verb, arguments, where)
        if step.verb in ("advance", "advance_until") and not self.is_virtual:
            only = "only 'clock: manual' and 'on_poll' can advance"
            yield where, f"the wall clock moves the time of this scenario; {only}"

    def _check_lanes(self, lanes: Sequence[LaneDocument], where: KeyPath) -> Iterator[Finding]:
        """Check each lane with the answers from before all lanes; lanes do not share answers or their names."""
        left_by: dict[str, int] = {}
        left: dict[str, Descriptor] = {}
        names: dict[str, int] = {}
        for number, lane in enumerate(lanes):
            if lane.name in names:
                yield (*where, number, "name"), f"is the name of lane {names[lane.name] + 1}, too; expected another"
            names |= {lane.name: number} if lane.name else {}
            own: dict[str, Descriptor] = {}
            inside = replace(self, answers=ChainMap(own, self.answers))
            yield from inside.check_all(lane.steps, (*where, number, "steps"))
            for alias in sorted(own):
                if alias in left_by:
                    other = left_by[alias] + 1
                    yield (*where, number), f"leaves the answer {alias!r}, as lane {other} does; rename one with 'as'"
                left_by[alias] = number
            left |= own
        self.answers.update(left)

    def _check_model(self, verb: str, arguments: Model, where: KeyPath) -> Iterator[Finding]:
        yield from self.check_values(arguments, where)
        if isinstance(arguments, ChangeDocument):
            for collection, name in arguments.added_names():
                self.added[collection].append(name)
        if isinstance(arguments, CallStep):
            answer = answer_type(verb)
            yield from _check_expectation(arguments.expect, answer, (*where, "expect"))
            alias = alias_of(arguments)
            if alias is not None and alias in RESERVED:
                yield (
                    (*where, "as" if arguments.alias is not None else "name"),
                    f"{alias!r} can't be the name of an answer: {RESERVED[alias]}; expected another, given with 'as'",
                )
            if alias is not None:
                self.answers[alias] = answer
        elif isinstance(arguments, Expectation):
            answered = self._answer(getattr(arguments, "answer", None) or "") or answer_type("get")
            yield from _check_expectation(arguments, answered, where)
            if not (isinstance(arguments, ExpectStep) and arguments.is_about_history):
                yield from _require_subject(arguments, where)
        if isinstance(arguments, CreateStep):
            yield from self._check_implied(arguments, where)
        for key in getattr(arguments, "required_twins", ()):
            yield from _require_one(arguments, (key, f"{key}_id"), where)

    def _check_implied(self, step: CreateStep, where: KeyPath) -> Iterator[Finding]:
        """Check that what a step leaves out follows from the rest; steps that add entities may change that."""
        given = self.defaults.fill(step).model_dump(exclude_none=True)
        if any(self.added.values()) or VARIABLE.search(given.get("namespace_id", "")):
            return
        try:
            with_implied(METHODS_BY_VERB["create"], given, self.catalog, self._uid)
        except UnknownEntity:
            return  # it is named by a variable, or said to be unknown where it stands
        except ValueError as error:
            yield where, str(error)

    def _uid(self, collection: str, name: str) -> str:
        return self.catalog.collection(collection)[name].uid

    def check_values(self, arguments: Model, where: KeyPath) -> Iterator[Finding]:
        """Check that what the keys of a model refer to exists."""
        restore = answer_type("get")
        for key in sorted(arguments.model_fields_set):
            value = getattr(arguments, key)
            wrong = list(self._check_variables(value, (*where, key)))
            yield from wrong
            if isinstance(value, str) and not wrong:
                if key in COLLECTION_OF_KEY:
                    yield from self._check_entity(COLLECTION_OF_KEY[key], value, (*where, key))
                elif key in ("restore", "answer"):
                    yield from self._check_alias(value, (*where, key))
                    found = self._answer(value) or restore
                    if key == "restore" and found is not restore:
                        yield (*where, key), f"the answer {value!r} is a {found.name}; expected a restore"

    def _check_entity(self, collection: str, name: str, where: KeyPath) -> Iterator[Finding]:
        names = [entity.name for entity in getattr(self.world, collection)] + self.added[collection]
        if known_name(name, names) is None:
            yield where, f"the world has no {name!r} among its {collection}; {suggest(name, names)}"

    def _check_alias(self, alias: str, where: KeyPath) -> Iterator[Finding]:
        if known_name(alias, self.answers) is not None:
            return
        uids = self.uids_by_name.get(alias, ())
        if uids:
            yield where, f"{len(uids)} restores are named {alias!r}; choose by uid: {', '.join(uids)}"
        else:
            yield where, f"no earlier step has an answer {alias!r}; {suggest(alias, self.answers)}"

    def _check_variables(self, value: object, where: KeyPath) -> Iterator[Finding]:
        if isinstance(value, str):
            for variable in VARIABLE.findall(value):
                yield from self._check_variable(variable, where)
        elif isinstance(value, Model):
            for key in sorted(value.model_fields_set):
                yield from self._check_variables(getattr(value, key), (*where, key))
        elif isinstance(value, Mapping):
            for key, entry in value.items():
                yield from self._check_variables(entry, (*where, key))
        elif isinstance(value, Sequence):
            for index, entry in enumerate(value):
                yield from self._check_variables(entry, (*where, index))

    def _check_variable(self, variable: str, where: KeyPath) -> Iterator[Finding]:
        if variable in self.variables:
            return
        if variable == INDEX:
            yield where, "${index} is known only within 'repeat'"
            return
        alias, _, path = variable.partition(".")
        answer = self._answer(alias)
        if answer is not None:
            yield from _check_field(answer, path, None, where)
        else:
            yield from self._check_alias(alias, where)

    def _answer(self, alias: str) -> Descriptor | None:
        known = known_name(alias, self.answers)
        return None if known is None else self.answers[known]


def known_name(text: str, names: Collection[str]) -> str | None:
    """The one of *names* that *text* matches, with any values for the variables in that name."""
    if text in names:
        return text
    return next((name for name in names if "${" in name and _possible_texts(name).fullmatch(text)), None)


@lru_cache(maxsize=10_000)
def _possible_texts(name: str) -> re.Pattern[str]:
    """A pattern for a name, with any values for its variables."""
    return re.compile(".+".join(map(re.escape, VARIABLE.split(name)[::2])))


def answer_type(verb: str) -> Descriptor:
    """The type of the answer of the call that *verb* makes."""
    return RESPONSES[METHODS_BY_VERB[verb].name]


def alias_of(step: CallStep) -> str | None:
    """The name by which later steps find the answer to a call; None if there is none."""
    return step.alias or getattr(step, "name", None)


def _require_one(arguments: Model, keys: tuple[str, str], where: KeyPath) -> Iterator[Finding]:
    given = [key for key in keys if getattr(arguments, key) is not None]
    if len(given) != 1:
        found = "both are given" if given else "neither is given"
        yield where, f"expected either {keys[0]!r} or {keys[1]!r}; {found}"


def _require_subject(arguments: Model, where: KeyPath) -> Iterator[Finding]:
    """Check that a step that expects something says of what; *arguments* do not concern the history."""
    if getattr(arguments, "restore", None) is None and getattr(arguments, "answer", None) is None:
        yield where, "says not what to look at; expected 'restore', 'answer', 'timeline' or 'calls'"
    else:
        yield from _require_one(arguments, ("restore", "answer"), where)


def _check_expectation(expectation: Expectation, answer: Descriptor, where: KeyPath) -> Iterator[Finding]:
    for path, expected in expectation.fields.items():
        yield from _check_field(answer, path, expected, (*where, "fields", path))
    if expectation.names is not None and listed_field(answer) is None:
        yield (*where, "names"), f"only a list has names; the answer is a {answer.name}"
    if expectation.code != "OK" and (expectation.fields or expectation.names is not None):
        yield (
            where,
            f"a call that ends with {expectation.code} has no answer, so no fields or names can be expected",
        )


def _check_field(answer: Descriptor, path: str, expected: object, where: KeyPath) -> Iterator[Finding]:
    try:
        is_variable = isinstance(expected, str) and VARIABLE.search(expected)
        check_path(answer, path, None if is_variable else expected, whole=is_about_presence(expected))
    except FieldPathError as error:
        yield where, str(error)
