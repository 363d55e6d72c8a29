import datetime

from simulator.api import annotations_pb2 as _annotations_pb2
from simulator.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf import empty_pb2 as _empty_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from simulator.api import meta_pb2 as _meta_pb2
from simulator.api import pagination_pb2 as _pagination_pb2
from simulator.api import sort_pb2 as _sort_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Phase(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PHASE_UNSPECIFIED: _ClassVar[Phase]
    INITIALIZING: _ClassVar[Phase]
    PENDING: _ClassVar[Phase]
    RESTORING_CLOUDSNAP: _ClassVar[Phase]
    RESTORING_DATA_SERVICE_DEPLOYMENT_CR: _ClassVar[Phase]
    RESTORING_DATA_SERVICE_DEPLOYMENT: _ClassVar[Phase]
    DATA_SERVICE_DEPLOYMENT_ENTERING_NORMAL_MODE: _ClassVar[Phase]
    SUCCESSFUL: _ClassVar[Phase]
    FAILED: _ClassVar[Phase]

class ErrorCode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ERROR_CODE_UNSPECIFIED: _ClassVar[ErrorCode]
    DATA_SERVICE_DEPLOYMENT_NAME_ALREADY_EXIST: _ClassVar[ErrorCode]
    FAILED_BACKUP_CREDENTIAL_SYNC: _ClassVar[ErrorCode]
    RESTORE_INTERNAL_ERROR: _ClassVar[ErrorCode]
PHASE_UNSPECIFIED: Phase
INITIALIZING: Phase
PENDING: Phase
RESTORING_CLOUDSNAP: Phase
RESTORING_DATA_SERVICE_DEPLOYMENT_CR: Phase
RESTORING_DATA_SERVICE_DEPLOYMENT: Phase
DATA_SERVICE_DEPLOYMENT_ENTERING_NORMAL_MODE: Phase
SUCCESSFUL: Phase
FAILED: Phase
ERROR_CODE_UNSPECIFIED: ErrorCode
DATA_SERVICE_DEPLOYMENT_NAME_ALREADY_EXIST: ErrorCode
FAILED_BACKUP_CREDENTIAL_SYNC: ErrorCode
RESTORE_INTERNAL_ERROR: ErrorCode

class Restore(_message.Message):
    __slots__ = ("meta", "config", "status")
    META_FIELD_NUMBER: _ClassVar[int]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    meta: _meta_pb2.Meta
    config: Config
    status: Status
    def __init__(self, meta: _Optional[_Union[_meta_pb2.Meta, _Mapping]] = ..., config: _Optional[_Union[Config, _Mapping]] = ..., status: _Optional[_Union[Status, _Mapping]] = ...) -> None: ...

class Config(_message.Message):
    __slots__ = ("source_references", "destination_references", "custom_resource_name")
    SOURCE_REFERENCES_FIELD_NUMBER: _ClassVar[int]
    DESTINATION_REFERENCES_FIELD_NUMBER: _ClassVar[int]
    CUSTOM_RESOURCE_NAME_FIELD_NUMBER: _ClassVar[int]
    source_references: SourceReferences
    destination_references: DestinationReferences
    custom_resource_name: str
    def __init__(self, source_references: _Optional[_Union[SourceReferences, _Mapping]] = ..., destination_references: _Optional[_Union[DestinationReferences, _Mapping]] = ..., custom_resource_name: _Optional[str] = ...) -> None: ...

class SourceReferences(_message.Message):
    __slots__ = ("data_service_deployment_id", "backup_id", "backup_location_id", "cloudsnap_id")
    DATA_SERVICE_DEPLOYMENT_ID_FIELD_NUMBER: _ClassVar[int]
    BACKUP_ID_FIELD_NUMBER: _ClassVar[int]
    BACKUP_LOCATION_ID_FIELD_NUMBER: _ClassVar[int]
    CLOUDSNAP_ID_FIELD_NUMBER: _ClassVar[int]
    data_service_deployment_id: str
    backup_id: str
    backup_location_id: str
    cloudsnap_id: str
    def __init__(self, data_service_deployment_id: _Optional[str] = ..., backup_id: _Optional[str] = ..., backup_location_id: _Optional[str] = ..., cloudsnap_id: _Optional[str] = ...) -> None: ...

class DestinationReferences(_message.Message):
    __slots__ = ("target_cluster_id", "data_service_deployment_id", "project_id")
    TARGET_CLUSTER_ID_FIELD_NUMBER: _ClassVar[int]
    DATA_SERVICE_DEPLOYMENT_ID_FIELD_NUMBER: _ClassVar[int]
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    target_cluster_id: str
    data_service_deployment_id: str
    project_id: str
    def __init__(self, target_cluster_id: _Optional[str] = ..., data_service_deployment_id: _Optional[str] = ..., project_id: _Optional[str] = ...) -> None: ...

class Status(_message.Message):
    __slots__ = ("started_at", "completed_at", "error_code", "error_message", "phase", "custom_resource_name")
    STARTED_AT_FIELD_NUMBER: _ClassVar[int]
    COMPLETED_AT_FIELD_NUMBER: _ClassVar[int]
    ERROR_CODE_FIELD_NUMBER: _ClassVar[int]
    ERROR_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    PHASE_FIELD_NUMBER: _ClassVar[int]
    CUSTOM_RESOURCE_NAME_FIELD_NUMBER: _ClassVar[int]
    started_at: _timestamp_pb2.Timestamp
    completed_at: _timestamp_pb2.Timestamp
    error_code: ErrorCode
    error_message: str
    phase: Phase
    custom_resource_name: str
    def __init__(self, started_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., completed_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., error_code: _Optional[_Union[ErrorCode, str]] = ..., error_message: _Optional[str] = ..., phase: _Optional[_Union[Phase, str]] = ..., custom_resource_name: _Optional[str] = ...) -> None: ...

class CreateRestoreRequest(_message.Message):
    __slots__ = ("namespace_id", "project_id", "restore")
    NAMESPACE_ID_FIELD_NUMBER: _ClassVar[int]
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    RESTORE_FIELD_NUMBER: _ClassVar[int]
    namespace_id: str
    project_id: str
    restore: Restore
    def __init__(self, namespace_id: _Optional[str] = ..., project_id: _Optional[str] = ..., restore: _Optional[_Union[Restore, _Mapping]] = ...) -> None: ...

class GetRestoreRequest(_message.Message):
    __slots__ = ("id",)
    ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    def __init__(self, id: _Optional[str] = ...) -> None: ...

class ListRestoresRequest(_message.Message):
    __slots__ = ("tenant_id", "project_id", "data_service_deployment_id", "backup_id", "sort", "pagination")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    DATA_SERVICE_DEPLOYMENT_ID_FIELD_NUMBER: _ClassVar[int]
    BACKUP_ID_FIELD_NUMBER: _ClassVar[int]
    SORT_FIELD_NUMBER: _ClassVar[int]
    PAGINATION_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    project_id: str
    data_service_deployment_id: str
    backup_id: str
    sort: _sort_pb2.Sort
    pagination: _pagination_pb2.PageBasedPaginationRequest
    def __init__(self, tenant_id: _Optional[str] = ..., project_id: _Optional[str] = ..., data_service_deployment_id: _Optional[str] = ..., backup_id: _Optional[str] = ..., sort: _Optional[_Union[_sort_pb2.Sort, _Mapping]] = ..., pagination: _Optional[_Union[_pagination_pb2.PageBasedPaginationRequest, _Mapping]] = ...) -> None: ...

class ListRestoresResponse(_message.Message):
    __slots__ = ("restores", "pagination")
    RESTORES_FIELD_NUMBER: _ClassVar[int]
    PAGINATION_FIELD_NUMBER: _ClassVar[int]
    restores: _containers.RepeatedCompositeFieldContainer[Restore]
    pagination: _pagination_pb2.PageBasedPaginationResponse
    def __init__(self, restores: _Optional[_Iterable[_Union[Restore, _Mapping]]] = ..., pagination: _Optional[_Union[_pagination_pb2.PageBasedPaginationResponse, _Mapping]] = ...) -> None: ...

class RecreateRestoreRequest(_message.Message):
    __slots__ = ("id", "name", "project_id", "namespace_id")
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    NAMESPACE_ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    name: str
    project_id: str
    namespace_id: str
    def __init__(self, id: _Optional[str] = ..., name: _Optional[str] = ..., project_id: _Optional[str] = ..., namespace_id: _Optional[str] = ...) -> None: ...

class RestorabilityMatrix(_message.Message):
    __slots__ = ("conditions",)
    class ConditionsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: RestoreCompatibilityConditionList
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[RestoreCompatibilityConditionList, _Mapping]] = ...) -> None: ...
    CONDITIONS_FIELD_NUMBER: _ClassVar[int]
    conditions: _containers.MessageMap[str, RestoreCompatibilityConditionList]
    def __init__(self, conditions: _Optional[_Mapping[str, RestoreCompatibilityConditionList]] = ...) -> None: ...

class RestoreCompatibilityConditionList(_message.Message):
    __slots__ = ("conditions",)
    CONDITIONS_FIELD_NUMBER: _ClassVar[int]
    conditions: _containers.RepeatedCompositeFieldContainer[RestoreCompatibilityCondition]
    def __init__(self, conditions: _Optional[_Iterable[_Union[RestoreCompatibilityCondition, _Mapping]]] = ...) -> None: ...

class RestoreCompatibilityCondition(_message.Message):
    __slots__ = ("backup", "image")
    class BackupEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    class ImageEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    BACKUP_FIELD_NUMBER: _ClassVar[int]
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    backup: _containers.ScalarMap[str, str]
    image: _containers.ScalarMap[str, str]
    def __init__(self, backup: _Optional[_Mapping[str, str]] = ..., image: _Optional[_Mapping[str, str]] = ...) -> None: ...
