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

class Backup(_message.Message):
    __slots__ = ("meta", "config", "status")
    META_FIELD_NUMBER: _ClassVar[int]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    meta: _meta_pb2.Meta
    config: Config
    status: Status
    def __init__(self, meta: _Optional[_Union[_meta_pb2.Meta, _Mapping]] = ..., config: _Optional[_Union[Config, _Mapping]] = ..., status: _Optional[_Union[Status, _Mapping]] = ...) -> None: ...

class Config(_message.Message):
    __slots__ = ("references", "backup_capability")
    REFERENCES_FIELD_NUMBER: _ClassVar[int]
    BACKUP_CAPABILITY_FIELD_NUMBER: _ClassVar[int]
    references: References
    backup_capability: str
    def __init__(self, references: _Optional[_Union[References, _Mapping]] = ..., backup_capability: _Optional[str] = ...) -> None: ...

class References(_message.Message):
    __slots__ = ("image_id",)
    IMAGE_ID_FIELD_NUMBER: _ClassVar[int]
    image_id: str
    def __init__(self, image_id: _Optional[str] = ...) -> None: ...

class Status(_message.Message):
    __slots__ = ("cloud_snap_id", "start_time", "completion_time", "phase", "error_code", "error_message", "file_size", "data_service_deployment_meta_data")
    class Phase(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        PHASE_UNSPECIFIED: _ClassVar[Status.Phase]
        IN_PROGRESS: _ClassVar[Status.Phase]
        COMPLETED: _ClassVar[Status.Phase]
        FAILED: _ClassVar[Status.Phase]
    PHASE_UNSPECIFIED: Status.Phase
    IN_PROGRESS: Status.Phase
    COMPLETED: Status.Phase
    FAILED: Status.Phase
    CLOUD_SNAP_ID_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    COMPLETION_TIME_FIELD_NUMBER: _ClassVar[int]
    PHASE_FIELD_NUMBER: _ClassVar[int]
    ERROR_CODE_FIELD_NUMBER: _ClassVar[int]
    ERROR_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    FILE_SIZE_FIELD_NUMBER: _ClassVar[int]
    DATA_SERVICE_DEPLOYMENT_META_DATA_FIELD_NUMBER: _ClassVar[int]
    cloud_snap_id: str
    start_time: _timestamp_pb2.Timestamp
    completion_time: _timestamp_pb2.Timestamp
    phase: Status.Phase
    error_code: str
    error_message: str
    file_size: int
    data_service_deployment_meta_data: DataServiceDeploymentMetaData
    def __init__(self, cloud_snap_id: _Optional[str] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., completion_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., phase: _Optional[_Union[Status.Phase, str]] = ..., error_code: _Optional[str] = ..., error_message: _Optional[str] = ..., file_size: _Optional[int] = ..., data_service_deployment_meta_data: _Optional[_Union[DataServiceDeploymentMetaData, _Mapping]] = ...) -> None: ...

class DataServiceDeploymentMetaData(_message.Message):
    __slots__ = ("name", "custom_resource_name", "target_cluster_name", "namespace_name", "tls_enabled", "data_service_name", "data_service_version", "image_build")
    NAME_FIELD_NUMBER: _ClassVar[int]
    CUSTOM_RESOURCE_NAME_FIELD_NUMBER: _ClassVar[int]
    TARGET_CLUSTER_NAME_FIELD_NUMBER: _ClassVar[int]
    NAMESPACE_NAME_FIELD_NUMBER: _ClassVar[int]
    TLS_ENABLED_FIELD_NUMBER: _ClassVar[int]
    DATA_SERVICE_NAME_FIELD_NUMBER: _ClassVar[int]
    DATA_SERVICE_VERSION_FIELD_NUMBER: _ClassVar[int]
    IMAGE_BUILD_FIELD_NUMBER: _ClassVar[int]
    name: str
    custom_resource_name: str
    target_cluster_name: str
    namespace_name: str
    tls_enabled: bool
    data_service_name: str
    data_service_version: str
    image_build: str
    def __init__(self, name: _Optional[str] = ..., custom_resource_name: _Optional[str] = ..., target_cluster_name: _Optional[str] = ..., namespace_name: _Optional[str] = ..., tls_enabled: _Optional[bool] = ..., data_service_name: _Optional[str] = ..., data_service_version: _Optional[str] = ..., image_build: _Optional[str] = ...) -> None: ...

class GetBackupRequest(_message.Message):
    __slots__ = ("id",)
    ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    def __init__(self, id: _Optional[str] = ...) -> None: ...

class DeleteBackupRequest(_message.Message):
    __slots__ = ("id", "force")
    ID_FIELD_NUMBER: _ClassVar[int]
    FORCE_FIELD_NUMBER: _ClassVar[int]
    id: str
    force: bool
    def __init__(self, id: _Optional[str] = ..., force: _Optional[bool] = ...) -> None: ...

class ListBackupsRequest(_message.Message):
    __slots__ = ("data_service_deployment_id", "backup_config_id", "pagination", "sort")
    DATA_SERVICE_DEPLOYMENT_ID_FIELD_NUMBER: _ClassVar[int]
    BACKUP_CONFIG_ID_FIELD_NUMBER: _ClassVar[int]
    PAGINATION_FIELD_NUMBER: _ClassVar[int]
    SORT_FIELD_NUMBER: _ClassVar[int]
    data_service_deployment_id: str
    backup_config_id: str
    pagination: _pagination_pb2.PageBasedPaginationRequest
    sort: _sort_pb2.Sort
    def __init__(self, data_service_deployment_id: _Optional[str] = ..., backup_config_id: _Optional[str] = ..., pagination: _Optional[_Union[_pagination_pb2.PageBasedPaginationRequest, _Mapping]] = ..., sort: _Optional[_Union[_sort_pb2.Sort, _Mapping]] = ...) -> None: ...

class ListBackupsResponse(_message.Message):
    __slots__ = ("backups", "pagination")
    BACKUPS_FIELD_NUMBER: _ClassVar[int]
    PAGINATION_FIELD_NUMBER: _ClassVar[int]
    backups: _containers.RepeatedCompositeFieldContainer[Backup]
    pagination: _pagination_pb2.PageBasedPaginationResponse
    def __init__(self, backups: _Optional[_Iterable[_Union[Backup, _Mapping]]] = ..., pagination: _Optional[_Union[_pagination_pb2.PageBasedPaginationResponse, _Mapping]] = ...) -> None: ...
