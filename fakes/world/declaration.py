"""A world as its author declares it: the entities there are when the clock starts, checked and with their uids."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from fakes.lifecycle.durations import Duration
from fakes.lifecycle.phases import Phase
from fakes.suggestions import suggest
from fakes.world.entities import (
    COLLECTIONS,
    Account,
    Backup,
    BackupLocation,
    BackupState,
    Cluster,
    Deployment,
    Entity,
    Namespace,
    Project,
    Tenant,
    Token,
)
from fakes.world.registry import Registry, UnknownEntity
from fakes.world.restorability import CURRENT, RestorabilityMatrix


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a declared world.

    Args:
        collection: Which collection it is in, such as ``"backups"``.
        name: Name of the entity.
        field: Name of its field; empty when it is about the whole entity.
        message: What was found and what would have been right.
    """

    collection: str
    name: str
    field: str
    message: str

    def __str__(self) -> str:
        where = ".".join(part for part in (self.collection, self.name, self.field) if part)
        return f"{where}: {self.message}"


class InvalidWorld(ValueError):
    """A declared world contradicts itself; *problems* lists everything that is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


@dataclass(frozen=True, kw_only=True)
class World:
    """A world: an immutable value from which any number of simulators can be started.

    Args:
        accounts: And so on for each kind of entity, in any order within a kind.
        tokens: Without any, every call is allowed; with some, every call needs one.
        durations: How long phases take, where that differs from the defaults (design section 2).
        data_service_durations: The same for a data service; these win over a cluster's, and those over the world's.
        restorability: The matrix that CreateRestore enforces; without one, every data service of the world can be
            restored with the capabilities that backups and images have by default.

    Raises:
        InvalidWorld: references to nothing, uids that are taken twice, numbers that make no sense; all at once.

    Example:
        >>> world = World(
        ...     accounts=[Account("acme")],
        ...     tenants=[Tenant("engineering")],
        ...     projects=[Project("shop")],
        ...     clusters=[Cluster("east", capacity=2)],
        ...     backup_locations=[BackupLocation("vault")],
        ...     namespaces=[Namespace("prod", projects=["shop"])],
        ...     deployments=[Deployment("orders", data_service="PostgreSQL")],
        ...     backups=[Backup("nightly")],
        ... )
        >>> world.backups[0].deployment == world.deployments[0].uid
        True
    """

    accounts: Sequence[Account] = ()
    tenants: Sequence[Tenant] = ()
    projects: Sequence[Project] = ()
    clusters: Sequence[Cluster] = ()
    backup_locations: Sequence[BackupLocation] = ()
    namespaces: Sequence[Namespace] = ()
    deployments: Sequence[Deployment] = ()
    backups: Sequence[Backup] = ()
    tokens: Sequence[Token] = ()
    durations: Mapping[Phase, Duration] = field(default_factory=dict)
    data_service_durations: Mapping[str, Mapping[Phase, Duration]] = field(default_factory=dict)
    restorability: RestorabilityMatrix | None = None

    def __post_init__(self) -> None:
        resolver = _Resolver()
        for collection in COLLECTIONS:
            object.__setattr__(self, collection, resolver.take_in(collection, getattr(self, collection)))
        object.__setattr__(self, "tokens", resolver.take_tokens(self.tokens))
        resolver.check_durations(("durations", "", ""), self.durations)
        for data_service, durations in self.data_service_durations.items():
            resolver.check_durations(("data_service_durations", data_service, ""), durations)
        if resolver.problems:
            raise InvalidWorld(resolver.problems)

    @property
    def matrix(self) -> RestorabilityMatrix:
        """The restorability matrix, given or by default."""
        if self.restorability is not None:
            return self.restorability
        return {deployment.data_service: (CURRENT,) for deployment in self.deployments}


NAME_LENGTH_MAX = 255
HIGHEST = 2**63 - 1
"""What an int64 holds."""
_LOWEST = {"capacity": 1, "bandwidth_bytes_per_second": 1, "size_bytes": 0}


class _Resolver:
    """Gives entities their uids and turns what they refer to into uids, collecting what is wrong."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._refused: set[tuple[str, str]] = set()
        """Kinds and names of what has the uid of another: whatever refers to it is right."""
        self._registries: dict[str, Registry[Any]] = {
            collection: Registry(entity.kind) for collection, entity in COLLECTIONS.items()
        }

    def take_in(self, collection: str, entities: Iterable[Entity]) -> tuple[Entity, ...]:
        taken = []
        if isinstance(entities, str | Entity):
            self._report(collection, "", "", f"is {entities!r}; expected a list of them")
            return ()
        for declared in entities:
            if not isinstance(declared, COLLECTIONS[collection]):
                self._report(collection, "", "", f"has {declared!r}; expected {COLLECTIONS[collection].__name__}(...)")
                continue
            found_before = len(self.problems)
            entity = self._resolve(collection, declared)
            self._check(collection, entity)
            try:
                self._registries[collection].add(entity)
            except ValueError as error:
                self._refused.add((COLLECTIONS[collection].kind, entity.name))
                self._report(collection, entity.name, "", str(error))
            if len(self.problems) == found_before:
                taken.append(entity)
        return tuple(taken)

    def take_tokens(self, tokens: Iterable[Token]) -> tuple[Token, ...]:
        taken = tuple(self._resolve("tokens", token) for token in tokens)
        secrets: dict[str, str] = {}
        for token in taken:
            self._check_name("tokens", token.name)
            if not re.fullmatch("[!-~]+", token.secret):
                self._report("tokens", token.name, "secret", "expected printable ASCII without spaces")
            elif token.secret in secrets:
                self._report("tokens", token.name, "secret", f"{secrets[token.secret]!r} has the same secret")
            secrets[token.secret] = token.name
        return taken

    def _check_name(self, collection: str, name: str) -> None:
        if not name or len(name) > NAME_LENGTH_MAX or not name.isprintable():
            self._report(collection, name, "name", f"expected 1 to {NAME_LENGTH_MAX} printable characters")

    def check_durations(self, where: tuple[str, str, str], durations: object) -> None:
        if not isinstance(durations, Mapping):
            self._report(
                *where, f"is {durations!r}; expected durations by phase, such as {{Phase.PENDING: Constant(5)}}"
            )
            return
        for phase, duration in durations.items():
            if not isinstance(phase, Phase) or phase.is_final:
                self._report(*where, f"has {phase!r}; expected a phase that ends, such as Phase.PENDING")
            if not isinstance(duration, Duration):
                self._report(*where, f"has {duration!r}; expected a duration such as Constant(5)")

    def _resolve(self, collection: str, entity: Any) -> Any:
        changes: dict[str, Any] = {}
        for entry in fields(entity):
            value = getattr(entity, entry.name)
            if isinstance(value, Mapping):
                changes[entry.name] = dict(value)  # what its author does with theirs later is no business of the world
            if "refers_to" not in entry.metadata:
                continue
            where = (collection, entity.name, entry.name)
            registry = self._registries[entry.metadata["refers_to"]]
            if isinstance(value, str) and entry.default == ():
                self._report(*where, f"is {value!r}; expected a list of names or uids, such as [{value!r}]")
            elif isinstance(value, str):
                changes[entry.name] = (
                    self._find(where, registry, value) if value else self._implied(where, entity, registry)
                )
            else:
                changes[entry.name] = tuple(self._find(where, registry, reference) for reference in value)
        return replace(entity, **changes)

    def _implied(self, where: tuple[str, str, str], entity: Any, registry: Registry[Any]) -> str:
        """What an empty reference can only mean; still empty when it could mean several, or nothing."""
        candidates: Sequence[str] = tuple(registry.by_uid)
        if isinstance(entity, Deployment) and where[-1] == "project":
            namespaces = self._registries["namespaces"]
            namespace = entity.namespace or next(iter(namespaces.by_uid), "")
            candidates = namespaces[namespace].projects if namespace in namespaces else ()
        if len(candidates) == 1:
            return candidates[0]
        names = [registry[uid].name for uid in candidates if uid in registry]
        self._report(*where, f"names no {registry.kind}; {suggest('', names)}")
        return ""

    def _find(self, where: tuple[str, str, str], registry: Registry[Any], reference: str) -> str:
        try:
            return str(registry[reference].uid)
        except UnknownEntity as error:
            if (registry.kind, reference) not in self._refused:
                self._report(*where, str(error))
            return reference

    def _check(self, collection: str, entity: Entity) -> None:
        for name, lowest in _LOWEST.items():
            value: object = getattr(entity, name, lowest)
            if isinstance(value, bool) or not isinstance(value, int) or value < lowest:
                self._report(
                    collection, entity.name, name, f"is {value!r}; expected a whole number of at least {lowest}"
                )
            elif value > HIGHEST:
                self._report(collection, entity.name, name, f"is too large; expected at most {HIGHEST}")
        for name in ("capabilities", "image_capabilities"):
            value = getattr(entity, name, {})
            if not isinstance(value, Mapping) or not all(isinstance(text, str) for text in (*value, *value.values())):
                self._report(
                    collection, entity.name, name, f"is {value!r}; expected versions by name, {{'backup': 'v2'}}"
                )
        state: object = getattr(entity, "state", BackupState.COMPLETED)
        if not isinstance(state, BackupState):
            self._report(collection, entity.name, "state", f"is {state!r}; expected one of {list(BackupState)}")
        if isinstance(entity, Cluster):
            self.check_durations((collection, entity.name, "durations"), entity.durations)
        if isinstance(entity, Deployment) and not entity.data_service:
            self._report(collection, entity.name, "data_service", "is missing; expected a name such as 'PostgreSQL'")
        self._check_name(collection, entity.name)

    def _report(self, collection: str, name: str, field_name: str, message: str) -> None:
        self.problems.append(Problem(collection, name, field_name, message))
