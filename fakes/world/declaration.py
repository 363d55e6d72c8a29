"""A world as its author declares it: the entities that exist when the clock starts, checked and with their uids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from fakes.lifecycle.durations import Duration
from fakes.lifecycle.phases import Phase
from fakes.suggestions import suggest
from fakes.values import shown
from fakes.world import value_checks as check
from fakes.world.adding import HasVariants
from fakes.world.entities import (
    COLLECTIONS,
    Account,
    Backup,
    BackupLocation,
    Cluster,
    Deployment,
    Entity,
    Namespace,
    Project,
    Tenant,
    Token,
    complaints_of,
)
from fakes.world.registry import Registry, UnknownEntity
from fakes.world.restorability import CURRENT, RestorabilityMatrix


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a declared world.

    Args:
        collection: The collection that it is in, such as ``"backups"``.
        name: Name of the entity; empty when it has none.
        field: Name of its field; empty when the problem concerns the whole entity.
        message: What was found and what would have been right.
    """

    collection: str
    name: str
    field: str
    message: str

    def __str__(self) -> str:
        name = self.name if self.name.isprintable() else repr(self.name)[1:-1]
        where = ".".join(part for part in (self.collection, name, self.field) if part)
        return f"{where}: {self.message}"


class InvalidWorld(ValueError):
    """A declared world contradicts itself; *problems* lists everything that is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


def require_valid(collection: str, entity: Entity) -> None:
    """Check an entity without regard to others.

    Raises:
        InvalidWorld: something is wrong with it; all of it.
    """
    problems = _problems_of(collection, entity)
    if problems:
        raise InvalidWorld(problems)


def _problems_of(collection: str, entity: Entity | Token) -> list[Problem]:
    name = _name_of(entity)
    return [Problem(collection, name, field_name, complaint) for field_name, complaint in complaints_of(entity)]


def _name_of(entity: Entity | Token) -> str:
    name: object = entity.name
    return name if isinstance(name, str) else ""


@dataclass(frozen=True, kw_only=True)
class World(HasVariants):
    """A world: an immutable value from which any number of simulators can be started.

    Args:
        accounts: The accounts; likewise for each kind of entity. The order within a kind does not matter.
        tokens: Without any, every call is allowed; with some, every call needs one.
        durations: How long phases take, where that differs from the defaults.
        data_service_durations: The same for a data service; these win over a cluster's, and those over the world's.
        restorability: The matrix that CreateRestore enforces; without one, every data service of the world can be
            restored with the capabilities that backups and images have by default.

    Raises:
        InvalidWorld: it has invalid values, dangling references or duplicate uids; lists all of them.

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
        >>> [cluster.name for cluster in world.with_cluster("north", capacity=8).clusters]
        ['east', 'north']
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
        resolver.require(("durations", "", ""), check.phase_durations, self.durations)
        resolver.require_each("data_service_durations", check.phase_durations, self.data_service_durations)
        if self.restorability is not None:
            resolver.require_each("restorability", check.conditions, self.restorability)
        if resolver.problems:
            raise InvalidWorld(resolver.problems)
        self._copy_tables()

    def _copy_tables(self) -> None:
        """Copy the tables, so that they do not change when the author's do."""
        data_services = {name: dict(durations) for name, durations in self.data_service_durations.items()}
        object.__setattr__(self, "durations", dict(self.durations))
        object.__setattr__(self, "data_service_durations", data_services)
        if self.restorability is not None:
            matrix = {name: [each.copy() for each in conditions] for name, conditions in self.restorability.items()}
            object.__setattr__(self, "restorability", matrix)

    @property
    def matrix(self) -> RestorabilityMatrix:
        """The restorability matrix, given or by default."""
        if self.restorability is not None:
            return self.restorability
        return {deployment.data_service: (CURRENT,) for deployment in self.deployments}


def resolve_addition(collection: str, entity: Entity, registries: Mapping[str, Registry[Any]]) -> Entity:
    """Check an entity that is added to others, and turn its references into uids.

    Args:
        collection: The collection that it belongs to.
        entity: The entity.
        registries: The existing entities, by collection; nothing is added to them.

    Raises:
        InvalidWorld: it has problems; lists all of them.
    """
    resolver = _Resolver({name: registry.copy() for name, registry in registries.items()})
    taken = resolver.take_in(collection, [entity])
    if resolver.problems:
        raise InvalidWorld(resolver.problems)
    return taken[0]


class _Resolver:
    """Checks entities and turns their references into uids; collects the problems."""

    def __init__(self, registries: Mapping[str, Registry[Any]] | None = None) -> None:
        self.problems: list[Problem] = []
        self._refused: defaultdict[str, set[str]] = defaultdict(set)
        """By collection, names of declared entities that are not registered; references to them are not reported."""
        self._nameless: set[str] = set()
        """Collections with an entity without a valid name; any reference to them might mean that one."""
        self._registries = registries or {
            collection: Registry(entity.kind) for collection, entity in COLLECTIONS.items()
        }

    def take_in(self, collection: str, entities: object) -> tuple[Entity, ...]:
        taken = []
        for declared in self._each(collection, COLLECTIONS[collection], entities):
            found_before = len(self.problems)
            entity = self._resolve(collection, declared)
            self._register(collection, entity)
            if len(self.problems) == found_before:
                taken.append(entity)
        return tuple(taken)

    def take_tokens(self, tokens: object) -> tuple[Token, ...]:
        taken = tuple(self._resolve("tokens", token) for token in self._each("tokens", Token, tokens))
        names: dict[str, str] = {}
        for token in taken:
            if any(check.secret(token.secret)):
                continue
            if token.digest in names:
                self._report("tokens", _name_of(token), "secret", f"{shown(names[token.digest])} has the same secret")
            names[token.digest] = _name_of(token)
        return taken

    def require(self, where: tuple[str, str, str], by: check.Check, value: object) -> None:
        """Report the complaints of a check."""
        for complaint in by(value):
            self._report(*where, complaint)

    def require_each(self, table: str, by: check.Check, values: object) -> None:
        """Report the complaints of a check about a table by data service."""
        if not isinstance(values, Mapping):
            self._report(table, "", "", f"is {shown(values)}; expected a mapping by data service")
            return
        for data_service, value in values.items():
            if isinstance(data_service, str):
                self.require((table, data_service, ""), check.name, data_service)
                self.require((table, data_service, ""), by, value)
            else:
                self._report(table, "", "", f"has {shown(data_service)}; expected a data service such as 'PostgreSQL'")

    def _each(self, collection: str, kind: type[Any], entities: object) -> Iterator[Any]:
        """The elements of a collection that are entities of its kind; reports the others."""
        # Anything given as a token may be a secret.
        show = shown if kind is not Token else lambda value: f"a value of type {type(value).__name__}"
        if not isinstance(entities, Iterable) or isinstance(entities, str | bytes | Mapping):
            self._nameless.add(collection)
            self._report(collection, "", "", f"is {show(entities)}; expected a list of them")
            return
        for entity in entities:
            if isinstance(entity, kind):
                yield entity
            else:
                self._nameless.add(collection)
                self._report(collection, "", "", f"has {show(entity)}; expected {kind.__name__}(...)")

    def _resolve(self, collection: str, entity: Any) -> Any:
        """The entity with uids as its references; an invalid field stays as it is."""
        problems = _problems_of(collection, entity)
        wrong = {problem.field for problem in problems}
        changes: dict[str, Any] = {}
        for entry in fields(entity):
            value = getattr(entity, entry.name)
            if entry.name in wrong:
                continue
            if isinstance(value, Mapping):
                changes[entry.name] = dict(value)  # so that later changes by the author change no world
            elif "refers_to" in entry.metadata:
                where = (collection, _name_of(entity), entry.name)
                changes[entry.name] = self._resolve_reference(where, entry.metadata, value, changes)
        self.problems += problems
        return replace(entity, **changes)

    def _resolve_reference(
        self,
        where: tuple[str, str, str],
        about: Mapping[str, Any],
        value: str | Sequence[str],
        known: Mapping[str, Any],
    ) -> str | tuple[str, ...]:
        """The uids that a field refers to, by its metadata *about*; the fields before it are *known*."""
        target = about["refers_to"]
        if not isinstance(value, str):
            return tuple(self._find(where, target, reference) for reference in value)
        if value:
            return self._find(where, target, value)
        if not about["implied_by"]:
            return self._implied(where, target, tuple(self._registries[target].by_uid))
        holder_collection, holder_field = about["implied_by"]
        if holder_field not in known:
            return ""  # that was reported there
        holder = self._registries[holder_collection].get(known[holder_field])
        return self._implied(where, target, () if holder is None else getattr(holder, target))

    def _register(self, collection: str, entity: Any) -> None:
        """Register an entity, even one with problems, so that others can refer to it."""
        if not isinstance(entity.name, str) or not isinstance(entity.uid, str):
            self._nameless.add(collection)
            return
        try:
            self._registries[collection].add(entity)
        except ValueError as error:
            self._refused[collection].add(entity.name)
            self._report(collection, entity.name, "", str(error))

    def _implied(self, where: tuple[str, str, str], target: str, candidates: object) -> str:
        """The only entity that an empty reference can mean; empty when it could mean several, or none."""
        if not isinstance(candidates, tuple):
            return ""  # the owner of the candidates has a problem that was reported there
        registry = self._registries[target]
        if len(candidates) == 1:
            return str(candidates[0])
        if target not in self._nameless:
            names = [registry[uid].name for uid in candidates if uid in registry]
            self._report(*where, f"names no {registry.kind}; {suggest('', names)}")
        return ""

    def _find(self, where: tuple[str, str, str], target: str, reference: str) -> str:
        try:
            return str(self._registries[target][reference].uid)
        except UnknownEntity as error:
            if target not in self._nameless and reference not in self._refused[target]:
                self._report(*where, str(error))
            return reference

    def _report(self, collection: str, name: str, field_name: str, message: str) -> None:
        self.problems.append(Problem(collection, name, field_name, message))
