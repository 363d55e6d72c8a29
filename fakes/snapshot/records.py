"""The records of a snapshot of a world; their fields, types and bounds are the format.

Whatever has an order is a list, because objects of JSON have none. Times are whole microseconds since 1970. Restores
are named by their ordinals, from 1, everything else by uid or by its index in a list of the snapshot.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal

from fakes.environment import END_OF_TIME_MICROSECONDS, NEVER_MICROSECONDS

Plain = dict[str, Any]
"""An object as JSON has it."""


@dataclass(frozen=True, slots=True)
class Within:
    """The bounds of a number. Pydantic checks them when it reads records, and the JSON Schema shows them."""

    least: float
    most: float

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        """Add the bounds to pydantic's schema of the type; true is no number."""
        return {**handler(source), "ge": self.least, "le": self.most, "strict": True}


Count = Annotated[int, Within(0, 2**53)]
"""More than any count reaches."""
Time = Annotated[int, Within(0, END_OF_TIME_MICROSECONDS)]
Duration = Annotated[int, Within(0, NEVER_MICROSECONDS)]
Amount = Annotated[float, Within(0, 1e30)]
"""More microseconds or bytes than any piece of work takes."""

SlotState = Literal["none", "waiting", "held"]
WorkKind = Literal["await slot", "elapse", "download", "pause", "await gate", "fail", "record fault"]
EntryKind = Literal["work done", "slot released", "downloaded", "heartbeat lost", "fault due", "fault ends"]


class Record:
    """Base of the records: unknown keys are refused."""

    __slots__ = ()
    __pydantic_config__: ClassVar[Mapping[str, Any]] = {"extra": "forbid", "allow_inf_nan": False}


@dataclass(slots=True)
class WorkRecord(Record):
    """A piece of work: what it takes, whose gate it awaits, why it fails, or which rule it records."""

    kind: WorkKind
    microseconds: Duration | None = None
    size_bytes: Amount | None = None
    gate: int | None = None
    error_code: str | None = None
    message: str | None = None
    rule: str | None = None
    effect: str | None = None


@dataclass(slots=True)
class DownloadRecord(Record):
    """A running download: the level of the link at which it ends, and its number there."""

    ends_at_bytes: Amount
    number: Count


@dataclass(slots=True)
class RunRecord(Record):
    """What a live restore still has to do in its phase; *work* is left out if it is as planned for its target."""

    position: int
    work: list[WorkRecord] | None = None
    remaining: Amount | None = None
    slot: SlotState = "none"
    download: DownloadRecord | None = None


@dataclass(slots=True)
class RestoreRecord(Record):
    """A restore. It entered its phases, one after the other, at the times in *history*.

    Where there is an *error_code*, the last phase is FAILED. It is live where there is none and SUCCESSFUL is not
    reached, and then it has a *run*.
    """

    uid: str
    name: str
    namespace: str
    project: str
    backup: str
    target: int
    history: list[int]
    description: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)
    unknown_fields: str = ""
    """In base64."""
    error_code: str | None = None
    error_message: str = ""
    run: RunRecord | None = None


@dataclass(slots=True)
class TargetRecord(Record):
    """What restores of one backup into one namespace have in common.

    Its *plans* have the work of each phase, or nothing where a duration is drawn for each restore.
    """

    tenant: str
    cluster: str
    source_deployment: str
    backup_location: str
    cloudsnap: str
    names: dict[str, str]
    plans: list[list[WorkRecord] | None] | None = None


@dataclass(slots=True)
class GateRecord(Record):
    """A gate, and the restores that wait there."""

    name: str
    is_open: bool = False
    waiting: list[int] = field(default_factory=list)


@dataclass(slots=True)
class InstalledRuleRecord(Record):
    """A rule in force, and what it has done."""

    rule: Plain
    name: str
    matched_count: Count = 0
    fired_count: Count = 0
    is_due_past: bool = False
    memory: list[tuple[str, list[int | float]]] = field(default_factory=list)
    applied: list[str] = field(default_factory=list)
    """Uids of the entities that it has changed in a way that can be reverted."""
    draws: dict[str, Count] = field(default_factory=dict)


@dataclass(slots=True)
class ContextRecord(Record):
    """A moment at which rules could take effect."""

    values: dict[str, list[str]]
    subject: str
    title: str
    at: Time
    labels: dict[str, str] = field(default_factory=dict)
    uid: str = ""
    name: str = ""


@dataclass(slots=True)
class RuleSetRecord(Record):
    """The rules in force. Their gates are the first gates of the world, in the same order."""

    installed: list[InstalledRuleRecord]
    name_numbers: dict[str, Annotated[int, Within(2, 2**53)]]
    calls: list[ContextRecord]
    phases: list[ContextRecord]


@dataclass(slots=True)
class ClusterRecord(Record):
    """A cluster at run time: who waits for capacity, and how far the downloads on its link are."""

    uid: str
    outage_count: Count
    waiting: list[int]
    level_bytes: Amount
    level_at: Time
    started_count: Count


@dataclass(slots=True)
class EntryRecord(Record):
    """What is due at a time, and its subject: a restore, a cluster, or a rule and what it has applied."""

    at: int
    kind: EntryKind
    restore: int | None = None
    cluster: str | None = None
    rule: int | None = None
    applied: int | None = None


@dataclass(slots=True)
class CollectionRecord(Record):
    """The entities of a kind that exist, those that existed, and all names that they ever had, in order.

    A deployment that a restore has made is a pair: the ordinal of the restore, and the deployment that it is like.
    """

    present: list[int | tuple[int, int]]
    removed: list[int]
    names: list[str]


@dataclass(slots=True)
class DeclaredRecord(Record):
    """The world as declared, to which a reset returns."""

    collections: dict[str, list[int]]
    tokens: list[Plain]
    durations: dict[str, Any]
    data_service_durations: dict[str, dict[str, Any]]
    restorability: dict[str, list[Plain]] | None = None


@dataclass(slots=True)
class VersionRecord(Record):
    """An entity, from one of its changes on."""

    at: int
    change: str
    entity: int


@dataclass(slots=True)
class EventsRecord(Record):
    """The events that are kept.

    A number stands for each: the ordinal of a restore times 16, plus the phase that it entered, or 0 when its
    deployment was made. A 0 stands for the next of the *others*.
    """

    forgotten_count: Count
    numbers: list[int]
    others: list[Plain]


@dataclass(slots=True)
class WorldRecord(Record):
    """A world in motion."""

    seed: int
    start: Time
    now: Time
    entities: list[Plain]
    declared: DeclaredRecord
    collections: dict[str, CollectionRecord]
    versions: list[list[VersionRecord]]
    credential_losses: dict[str, Count]
    targets: list[TargetRecord]
    gates: list[GateRecord]
    rules: RuleSetRecord
    restores: list[RestoreRecord]
    clusters: list[ClusterRecord]
    agenda: list[EntryRecord]
    """In the order in which they will happen."""
    events: EventsRecord
