import datetime

from simulator.api import annotations_pb2 as _annotations_pb2
from simulator.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Session(_message.Message):
    __slots__ = ("id", "target", "base_url", "now", "seed", "clock", "speed", "paused", "strict", "dedicated_port", "create_time", "restores", "last_event", "calls", "worker", "complaints")
    class RestoresEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    class Complaints(_message.Message):
        __slots__ = ("unfired_rules", "held_restores", "errors")
        UNFIRED_RULES_FIELD_NUMBER: _ClassVar[int]
        HELD_RESTORES_FIELD_NUMBER: _ClassVar[int]
        ERRORS_FIELD_NUMBER: _ClassVar[int]
        unfired_rules: _containers.RepeatedScalarFieldContainer[str]
        held_restores: _containers.RepeatedScalarFieldContainer[str]
        errors: _containers.RepeatedScalarFieldContainer[str]
        def __init__(self, unfired_rules: _Optional[_Iterable[str]] = ..., held_restores: _Optional[_Iterable[str]] = ..., errors: _Optional[_Iterable[str]] = ...) -> None: ...
    ID_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    BASE_URL_FIELD_NUMBER: _ClassVar[int]
    NOW_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    CLOCK_FIELD_NUMBER: _ClassVar[int]
    SPEED_FIELD_NUMBER: _ClassVar[int]
    PAUSED_FIELD_NUMBER: _ClassVar[int]
    STRICT_FIELD_NUMBER: _ClassVar[int]
    DEDICATED_PORT_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    RESTORES_FIELD_NUMBER: _ClassVar[int]
    LAST_EVENT_FIELD_NUMBER: _ClassVar[int]
    CALLS_FIELD_NUMBER: _ClassVar[int]
    WORKER_FIELD_NUMBER: _ClassVar[int]
    COMPLAINTS_FIELD_NUMBER: _ClassVar[int]
    id: str
    target: str
    base_url: str
    now: _timestamp_pb2.Timestamp
    seed: int
    clock: str
    speed: float
    paused: bool
    strict: bool
    dedicated_port: bool
    create_time: _timestamp_pb2.Timestamp
    restores: _containers.ScalarMap[str, int]
    last_event: int
    calls: int
    worker: int
    complaints: Session.Complaints
    def __init__(self, id: _Optional[str] = ..., target: _Optional[str] = ..., base_url: _Optional[str] = ..., now: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., seed: _Optional[int] = ..., clock: _Optional[str] = ..., speed: _Optional[float] = ..., paused: _Optional[bool] = ..., strict: _Optional[bool] = ..., dedicated_port: _Optional[bool] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., restores: _Optional[_Mapping[str, int]] = ..., last_event: _Optional[int] = ..., calls: _Optional[int] = ..., worker: _Optional[int] = ..., complaints: _Optional[_Union[Session.Complaints, _Mapping]] = ...) -> None: ...

class CreateSessionRequest(_message.Message):
    __slots__ = ("session_id", "scenario", "world", "rules", "seed", "clock", "speed", "strict", "dedicated_port", "allow_held", "snapshot")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    SCENARIO_FIELD_NUMBER: _ClassVar[int]
    WORLD_FIELD_NUMBER: _ClassVar[int]
    RULES_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    CLOCK_FIELD_NUMBER: _ClassVar[int]
    SPEED_FIELD_NUMBER: _ClassVar[int]
    STRICT_FIELD_NUMBER: _ClassVar[int]
    DEDICATED_PORT_FIELD_NUMBER: _ClassVar[int]
    ALLOW_HELD_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    scenario: _struct_pb2.Value
    world: _struct_pb2.Struct
    rules: _containers.RepeatedCompositeFieldContainer[_struct_pb2.Struct]
    seed: int
    clock: str
    speed: float
    strict: bool
    dedicated_port: bool
    allow_held: bool
    snapshot: _struct_pb2.Struct
    def __init__(self, session_id: _Optional[str] = ..., scenario: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., world: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., rules: _Optional[_Iterable[_Union[_struct_pb2.Struct, _Mapping]]] = ..., seed: _Optional[int] = ..., clock: _Optional[str] = ..., speed: _Optional[float] = ..., strict: _Optional[bool] = ..., dedicated_port: _Optional[bool] = ..., allow_held: _Optional[bool] = ..., snapshot: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ...) -> None: ...

class GetSessionRequest(_message.Message):
    __slots__ = ("session",)
    SESSION_FIELD_NUMBER: _ClassVar[int]
    session: str
    def __init__(self, session: _Optional[str] = ...) -> None: ...

class ListSessionsRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListSessionsResponse(_message.Message):
    __slots__ = ("sessions", "next_page_token")
    SESSIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    sessions: _containers.RepeatedCompositeFieldContainer[Session]
    next_page_token: str
    def __init__(self, sessions: _Optional[_Iterable[_Union[Session, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class DeleteSessionRequest(_message.Message):
    __slots__ = ("session",)
    SESSION_FIELD_NUMBER: _ClassVar[int]
    session: str
    def __init__(self, session: _Optional[str] = ...) -> None: ...

class DeleteSessionResponse(_message.Message):
    __slots__ = ("complaints",)
    COMPLAINTS_FIELD_NUMBER: _ClassVar[int]
    complaints: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, complaints: _Optional[_Iterable[str]] = ...) -> None: ...

class ResetSessionRequest(_message.Message):
    __slots__ = ("session",)
    SESSION_FIELD_NUMBER: _ClassVar[int]
    session: str
    def __init__(self, session: _Optional[str] = ...) -> None: ...

class CreateSnapshotRequest(_message.Message):
    __slots__ = ("session",)
    SESSION_FIELD_NUMBER: _ClassVar[int]
    session: str
    def __init__(self, session: _Optional[str] = ...) -> None: ...

class CreateSnapshotResponse(_message.Message):
    __slots__ = ("snapshot",)
    SNAPSHOT_FIELD_NUMBER: _ClassVar[int]
    snapshot: _struct_pb2.Struct
    def __init__(self, snapshot: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ...) -> None: ...

class AdvanceTimeRequest(_message.Message):
    __slots__ = ("session", "duration", "to_next_event", "until", "until_idle")
    class Until(_message.Message):
        __slots__ = ("restore", "phase", "limit")
        RESTORE_FIELD_NUMBER: _ClassVar[int]
        PHASE_FIELD_NUMBER: _ClassVar[int]
        LIMIT_FIELD_NUMBER: _ClassVar[int]
        restore: str
        phase: str
        limit: _duration_pb2.Duration
        def __init__(self, restore: _Optional[str] = ..., phase: _Optional[str] = ..., limit: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...
    SESSION_FIELD_NUMBER: _ClassVar[int]
    DURATION_FIELD_NUMBER: _ClassVar[int]
    TO_NEXT_EVENT_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    UNTIL_IDLE_FIELD_NUMBER: _ClassVar[int]
    session: str
    duration: _duration_pb2.Duration
    to_next_event: bool
    until: AdvanceTimeRequest.Until
    until_idle: bool
    def __init__(self, session: _Optional[str] = ..., duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., to_next_event: _Optional[bool] = ..., until: _Optional[_Union[AdvanceTimeRequest.Until, _Mapping]] = ..., until_idle: _Optional[bool] = ...) -> None: ...

class AdvanceTimeResponse(_message.Message):
    __slots__ = ("now", "events", "happened", "moved")
    NOW_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    HAPPENED_FIELD_NUMBER: _ClassVar[int]
    MOVED_FIELD_NUMBER: _ClassVar[int]
    now: _timestamp_pb2.Timestamp
    events: int
    happened: _containers.RepeatedCompositeFieldContainer[Event]
    moved: bool
    def __init__(self, now: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., events: _Optional[int] = ..., happened: _Optional[_Iterable[_Union[Event, _Mapping]]] = ..., moved: _Optional[bool] = ...) -> None: ...

class UpdateClockRequest(_message.Message):
    __slots__ = ("session", "mode", "speed", "paused")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    SPEED_FIELD_NUMBER: _ClassVar[int]
    PAUSED_FIELD_NUMBER: _ClassVar[int]
    session: str
    mode: str
    speed: float
    paused: bool
    def __init__(self, session: _Optional[str] = ..., mode: _Optional[str] = ..., speed: _Optional[float] = ..., paused: _Optional[bool] = ...) -> None: ...

class Clock(_message.Message):
    __slots__ = ("mode", "speed", "paused", "now")
    MODE_FIELD_NUMBER: _ClassVar[int]
    SPEED_FIELD_NUMBER: _ClassVar[int]
    PAUSED_FIELD_NUMBER: _ClassVar[int]
    NOW_FIELD_NUMBER: _ClassVar[int]
    mode: str
    speed: float
    paused: bool
    now: _timestamp_pb2.Timestamp
    def __init__(self, mode: _Optional[str] = ..., speed: _Optional[float] = ..., paused: _Optional[bool] = ..., now: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class InjectRuleRequest(_message.Message):
    __slots__ = ("session", "rule")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    session: str
    rule: _struct_pb2.Struct
    def __init__(self, session: _Optional[str] = ..., rule: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ...) -> None: ...

class Rule(_message.Message):
    __slots__ = ("id", "name", "rule", "matched", "fired", "near_misses", "held", "held_uids", "gate")
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    MATCHED_FIELD_NUMBER: _ClassVar[int]
    FIRED_FIELD_NUMBER: _ClassVar[int]
    NEAR_MISSES_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    HELD_UIDS_FIELD_NUMBER: _ClassVar[int]
    GATE_FIELD_NUMBER: _ClassVar[int]
    id: str
    name: str
    rule: _struct_pb2.Struct
    matched: int
    fired: int
    near_misses: _containers.RepeatedScalarFieldContainer[str]
    held: _containers.RepeatedScalarFieldContainer[str]
    held_uids: _containers.RepeatedScalarFieldContainer[str]
    gate: str
    def __init__(self, id: _Optional[str] = ..., name: _Optional[str] = ..., rule: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., matched: _Optional[int] = ..., fired: _Optional[int] = ..., near_misses: _Optional[_Iterable[str]] = ..., held: _Optional[_Iterable[str]] = ..., held_uids: _Optional[_Iterable[str]] = ..., gate: _Optional[str] = ...) -> None: ...

class ListRulesRequest(_message.Message):
    __slots__ = ("session",)
    SESSION_FIELD_NUMBER: _ClassVar[int]
    session: str
    def __init__(self, session: _Optional[str] = ...) -> None: ...

class ListRulesResponse(_message.Message):
    __slots__ = ("rules",)
    RULES_FIELD_NUMBER: _ClassVar[int]
    rules: _containers.RepeatedCompositeFieldContainer[Rule]
    def __init__(self, rules: _Optional[_Iterable[_Union[Rule, _Mapping]]] = ...) -> None: ...

class DeleteRuleRequest(_message.Message):
    __slots__ = ("session", "rule")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    session: str
    rule: str
    def __init__(self, session: _Optional[str] = ..., rule: _Optional[str] = ...) -> None: ...

class DeleteRuleResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class OpenGateRequest(_message.Message):
    __slots__ = ("session", "rule")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    session: str
    rule: str
    def __init__(self, session: _Optional[str] = ..., rule: _Optional[str] = ...) -> None: ...

class CloseGateRequest(_message.Message):
    __slots__ = ("session", "rule")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    session: str
    rule: str
    def __init__(self, session: _Optional[str] = ..., rule: _Optional[str] = ...) -> None: ...

class ListClustersRequest(_message.Message):
    __slots__ = ("session",)
    SESSION_FIELD_NUMBER: _ClassVar[int]
    session: str
    def __init__(self, session: _Optional[str] = ...) -> None: ...

class ListClustersResponse(_message.Message):
    __slots__ = ("clusters",)
    CLUSTERS_FIELD_NUMBER: _ClassVar[int]
    clusters: _containers.RepeatedCompositeFieldContainer[ClusterUsage]
    def __init__(self, clusters: _Optional[_Iterable[_Union[ClusterUsage, _Mapping]]] = ...) -> None: ...

class ClusterUsage(_message.Message):
    __slots__ = ("uid", "name", "connected", "slots", "slots_used", "slots_awaited", "bandwidth", "downloads", "restores")
    UID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    CONNECTED_FIELD_NUMBER: _ClassVar[int]
    SLOTS_FIELD_NUMBER: _ClassVar[int]
    SLOTS_USED_FIELD_NUMBER: _ClassVar[int]
    SLOTS_AWAITED_FIELD_NUMBER: _ClassVar[int]
    BANDWIDTH_FIELD_NUMBER: _ClassVar[int]
    DOWNLOADS_FIELD_NUMBER: _ClassVar[int]
    RESTORES_FIELD_NUMBER: _ClassVar[int]
    uid: str
    name: str
    connected: bool
    slots: int
    slots_used: int
    slots_awaited: int
    bandwidth: float
    downloads: int
    restores: int
    def __init__(self, uid: _Optional[str] = ..., name: _Optional[str] = ..., connected: _Optional[bool] = ..., slots: _Optional[int] = ..., slots_used: _Optional[int] = ..., slots_awaited: _Optional[int] = ..., bandwidth: _Optional[float] = ..., downloads: _Optional[int] = ..., restores: _Optional[int] = ...) -> None: ...

class InspectRestoreRequest(_message.Message):
    __slots__ = ("session", "restore")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    RESTORE_FIELD_NUMBER: _ClassVar[int]
    session: str
    restore: str
    def __init__(self, session: _Optional[str] = ..., restore: _Optional[str] = ...) -> None: ...

class InspectRestoreResponse(_message.Message):
    __slots__ = ("restore", "waits_for", "until")
    RESTORE_FIELD_NUMBER: _ClassVar[int]
    WAITS_FOR_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    restore: _struct_pb2.Struct
    waits_for: str
    until: _timestamp_pb2.Timestamp
    def __init__(self, restore: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., waits_for: _Optional[str] = ..., until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class WriteScenarioRequest(_message.Message):
    __slots__ = ("session",)
    SESSION_FIELD_NUMBER: _ClassVar[int]
    session: str
    def __init__(self, session: _Optional[str] = ...) -> None: ...

class WriteScenarioResponse(_message.Message):
    __slots__ = ("yaml", "snapshot")
    YAML_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_FIELD_NUMBER: _ClassVar[int]
    yaml: str
    snapshot: _struct_pb2.Struct
    def __init__(self, yaml: _Optional[str] = ..., snapshot: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ...) -> None: ...

class GetSchemasRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class Schemas(_message.Message):
    __slots__ = ("schemas",)
    SCHEMAS_FIELD_NUMBER: _ClassVar[int]
    schemas: _struct_pb2.Struct
    def __init__(self, schemas: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ...) -> None: ...

class GetWorldRequest(_message.Message):
    __slots__ = ("session", "kinds")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    KINDS_FIELD_NUMBER: _ClassVar[int]
    session: str
    kinds: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, session: _Optional[str] = ..., kinds: _Optional[_Iterable[str]] = ...) -> None: ...

class World(_message.Message):
    __slots__ = ("now", "entities")
    NOW_FIELD_NUMBER: _ClassVar[int]
    ENTITIES_FIELD_NUMBER: _ClassVar[int]
    now: _timestamp_pb2.Timestamp
    entities: _struct_pb2.Struct
    def __init__(self, now: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., entities: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ...) -> None: ...

class ChangeWorldRequest(_message.Message):
    __slots__ = ("session", "change")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    session: str
    change: _struct_pb2.Struct
    def __init__(self, session: _Optional[str] = ..., change: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ...) -> None: ...

class ChangeWorldResponse(_message.Message):
    __slots__ = ("happened",)
    HAPPENED_FIELD_NUMBER: _ClassVar[int]
    happened: _containers.RepeatedCompositeFieldContainer[Event]
    def __init__(self, happened: _Optional[_Iterable[_Union[Event, _Mapping]]] = ...) -> None: ...

class ListCallsRequest(_message.Message):
    __slots__ = ("session", "method", "code", "page_size", "page_token", "call", "subject")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    CALL_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    session: str
    method: str
    code: str
    page_size: int
    page_token: str
    call: int
    subject: str
    def __init__(self, session: _Optional[str] = ..., method: _Optional[str] = ..., code: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., call: _Optional[int] = ..., subject: _Optional[str] = ...) -> None: ...

class ListCallsResponse(_message.Message):
    __slots__ = ("calls", "next_page_token", "first_kept")
    CALLS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    FIRST_KEPT_FIELD_NUMBER: _ClassVar[int]
    calls: _containers.RepeatedCompositeFieldContainer[Call]
    next_page_token: str
    first_kept: int
    def __init__(self, calls: _Optional[_Iterable[_Union[Call, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., first_kept: _Optional[int] = ...) -> None: ...

class Call(_message.Message):
    __slots__ = ("number", "method", "code", "message", "caller", "arrive_time", "answer_time", "wall_time", "deadline", "delay", "metadata", "request", "response", "first_attempt", "subject", "call")
    class MetadataEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    CALLER_FIELD_NUMBER: _ClassVar[int]
    ARRIVE_TIME_FIELD_NUMBER: _ClassVar[int]
    ANSWER_TIME_FIELD_NUMBER: _ClassVar[int]
    WALL_TIME_FIELD_NUMBER: _ClassVar[int]
    DEADLINE_FIELD_NUMBER: _ClassVar[int]
    DELAY_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    RESPONSE_FIELD_NUMBER: _ClassVar[int]
    FIRST_ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    CALL_FIELD_NUMBER: _ClassVar[int]
    number: int
    method: str
    code: str
    message: str
    caller: str
    arrive_time: _timestamp_pb2.Timestamp
    answer_time: _timestamp_pb2.Timestamp
    wall_time: _timestamp_pb2.Timestamp
    deadline: _duration_pb2.Duration
    delay: _duration_pb2.Duration
    metadata: _containers.ScalarMap[str, str]
    request: _struct_pb2.Struct
    response: _struct_pb2.Struct
    first_attempt: int
    subject: str
    call: int
    def __init__(self, number: _Optional[int] = ..., method: _Optional[str] = ..., code: _Optional[str] = ..., message: _Optional[str] = ..., caller: _Optional[str] = ..., arrive_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., answer_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., wall_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., deadline: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., delay: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., metadata: _Optional[_Mapping[str, str]] = ..., request: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., response: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., first_attempt: _Optional[int] = ..., subject: _Optional[str] = ..., call: _Optional[int] = ...) -> None: ...

class ListEventsRequest(_message.Message):
    __slots__ = ("session", "after", "kinds", "subject", "page_size", "page_token")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    KINDS_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    session: str
    after: int
    kinds: _containers.RepeatedScalarFieldContainer[str]
    subject: str
    page_size: int
    page_token: str
    def __init__(self, session: _Optional[str] = ..., after: _Optional[int] = ..., kinds: _Optional[_Iterable[str]] = ..., subject: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListEventsResponse(_message.Message):
    __slots__ = ("events", "next_page_token", "first_kept")
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    FIRST_KEPT_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[Event]
    next_page_token: str
    first_kept: int
    def __init__(self, events: _Optional[_Iterable[_Union[Event, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., first_kept: _Optional[int] = ...) -> None: ...

class WatchEventsRequest(_message.Message):
    __slots__ = ("session", "after")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    session: str
    after: int
    def __init__(self, session: _Optional[str] = ..., after: _Optional[int] = ...) -> None: ...

class Event(_message.Message):
    __slots__ = ("sequence", "time", "transition", "world", "fault", "rpc", "text")
    class Transition(_message.Message):
        __slots__ = ("restore", "name", "from_phase", "to_phase", "error_code", "error_message")
        RESTORE_FIELD_NUMBER: _ClassVar[int]
        NAME_FIELD_NUMBER: _ClassVar[int]
        FROM_PHASE_FIELD_NUMBER: _ClassVar[int]
        TO_PHASE_FIELD_NUMBER: _ClassVar[int]
        ERROR_CODE_FIELD_NUMBER: _ClassVar[int]
        ERROR_MESSAGE_FIELD_NUMBER: _ClassVar[int]
        restore: str
        name: str
        from_phase: str
        to_phase: str
        error_code: str
        error_message: str
        def __init__(self, restore: _Optional[str] = ..., name: _Optional[str] = ..., from_phase: _Optional[str] = ..., to_phase: _Optional[str] = ..., error_code: _Optional[str] = ..., error_message: _Optional[str] = ...) -> None: ...
    class WorldChange(_message.Message):
        __slots__ = ("change", "uid", "name")
        CHANGE_FIELD_NUMBER: _ClassVar[int]
        UID_FIELD_NUMBER: _ClassVar[int]
        NAME_FIELD_NUMBER: _ClassVar[int]
        change: str
        uid: str
        name: str
        def __init__(self, change: _Optional[str] = ..., uid: _Optional[str] = ..., name: _Optional[str] = ...) -> None: ...
    class FaultFired(_message.Message):
        __slots__ = ("rule", "effect", "uid", "name", "method", "call")
        RULE_FIELD_NUMBER: _ClassVar[int]
        EFFECT_FIELD_NUMBER: _ClassVar[int]
        UID_FIELD_NUMBER: _ClassVar[int]
        NAME_FIELD_NUMBER: _ClassVar[int]
        METHOD_FIELD_NUMBER: _ClassVar[int]
        CALL_FIELD_NUMBER: _ClassVar[int]
        rule: str
        effect: str
        uid: str
        name: str
        method: str
        call: int
        def __init__(self, rule: _Optional[str] = ..., effect: _Optional[str] = ..., uid: _Optional[str] = ..., name: _Optional[str] = ..., method: _Optional[str] = ..., call: _Optional[int] = ...) -> None: ...
    class RemoteCall(_message.Message):
        __slots__ = ("method", "code", "caller", "subject", "message", "call")
        METHOD_FIELD_NUMBER: _ClassVar[int]
        CODE_FIELD_NUMBER: _ClassVar[int]
        CALLER_FIELD_NUMBER: _ClassVar[int]
        SUBJECT_FIELD_NUMBER: _ClassVar[int]
        MESSAGE_FIELD_NUMBER: _ClassVar[int]
        CALL_FIELD_NUMBER: _ClassVar[int]
        method: str
        code: str
        caller: str
        subject: str
        message: str
        call: int
        def __init__(self, method: _Optional[str] = ..., code: _Optional[str] = ..., caller: _Optional[str] = ..., subject: _Optional[str] = ..., message: _Optional[str] = ..., call: _Optional[int] = ...) -> None: ...
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    TRANSITION_FIELD_NUMBER: _ClassVar[int]
    WORLD_FIELD_NUMBER: _ClassVar[int]
    FAULT_FIELD_NUMBER: _ClassVar[int]
    RPC_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    sequence: int
    time: _timestamp_pb2.Timestamp
    transition: Event.Transition
    world: Event.WorldChange
    fault: Event.FaultFired
    rpc: Event.RemoteCall
    text: str
    def __init__(self, sequence: _Optional[int] = ..., time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., transition: _Optional[_Union[Event.Transition, _Mapping]] = ..., world: _Optional[_Union[Event.WorldChange, _Mapping]] = ..., fault: _Optional[_Union[Event.FaultFired, _Mapping]] = ..., rpc: _Optional[_Union[Event.RemoteCall, _Mapping]] = ..., text: _Optional[str] = ...) -> None: ...
