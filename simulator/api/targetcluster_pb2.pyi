import datetime

from simulator.api import annotations_pb2 as _annotations_pb2
from simulator.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from simulator.api import meta_pb2 as _meta_pb2
from simulator.api import pagination_pb2 as _pagination_pb2
from simulator.api import selector_pb2 as _selector_pb2
from simulator.api import sort_pb2 as _sort_pb2
from simulator.api import application_pb2 as _application_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ListTargetClustersRequest(_message.Message):
    __slots__ = ("tenant_id", "pagination", "label_selector", "field_selector", "infra_resource_selector", "sort", "resp_data")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    PAGINATION_FIELD_NUMBER: _ClassVar[int]
    LABEL_SELECTOR_FIELD_NUMBER: _ClassVar[int]
    FIELD_SELECTOR_FIELD_NUMBER: _ClassVar[int]
    INFRA_RESOURCE_SELECTOR_FIELD_NUMBER: _ClassVar[int]
    SORT_FIELD_NUMBER: _ClassVar[int]
    RESP_DATA_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    pagination: _pagination_pb2.PageBasedPaginationRequest
    label_selector: _selector_pb2.Selector
    field_selector: _selector_pb2.Selector
    infra_resource_selector: _selector_pb2.ResourceSelector
    sort: _sort_pb2.Sort
    resp_data: _selector_pb2.RespData
    def __init__(self, tenant_id: _Optional[str] = ..., pagination: _Optional[_Union[_pagination_pb2.PageBasedPaginationRequest, _Mapping]] = ..., label_selector: _Optional[_Union[_selector_pb2.Selector, _Mapping]] = ..., field_selector: _Optional[_Union[_selector_pb2.Selector, _Mapping]] = ..., infra_resource_selector: _Optional[_Union[_selector_pb2.ResourceSelector, _Mapping]] = ..., sort: _Optional[_Union[_sort_pb2.Sort, _Mapping]] = ..., resp_data: _Optional[_Union[_selector_pb2.RespData, str]] = ...) -> None: ...

class ListTargetClustersResponse(_message.Message):
    __slots__ = ("clusters", "pagination")
    CLUSTERS_FIELD_NUMBER: _ClassVar[int]
    PAGINATION_FIELD_NUMBER: _ClassVar[int]
    clusters: _containers.RepeatedCompositeFieldContainer[TargetCluster]
    pagination: _pagination_pb2.PageBasedPaginationResponse
    def __init__(self, clusters: _Optional[_Iterable[_Union[TargetCluster, _Mapping]]] = ..., pagination: _Optional[_Union[_pagination_pb2.PageBasedPaginationResponse, _Mapping]] = ...) -> None: ...

class GetTargetClusterRequest(_message.Message):
    __slots__ = ("id",)
    ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    def __init__(self, id: _Optional[str] = ...) -> None: ...

class TargetCluster(_message.Message):
    __slots__ = ("meta", "config", "status")
    META_FIELD_NUMBER: _ClassVar[int]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    meta: _meta_pb2.Meta
    config: Config
    status: Status
    def __init__(self, meta: _Optional[_Union[_meta_pb2.Meta, _Mapping]] = ..., config: _Optional[_Union[Config, _Mapping]] = ..., status: _Optional[_Union[Status, _Mapping]] = ...) -> None: ...

class Config(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class Status(_message.Message):
    __slots__ = ("metadata", "phase", "last_status_update_time", "platform_agent", "applications")
    class ApplicationsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: TargetClusterApplicationStatus
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[TargetClusterApplicationStatus, _Mapping]] = ...) -> None: ...
    METADATA_FIELD_NUMBER: _ClassVar[int]
    PHASE_FIELD_NUMBER: _ClassVar[int]
    LAST_STATUS_UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    PLATFORM_AGENT_FIELD_NUMBER: _ClassVar[int]
    APPLICATIONS_FIELD_NUMBER: _ClassVar[int]
    metadata: Metadata
    phase: TargetClusterPhase.Phase
    last_status_update_time: _timestamp_pb2.Timestamp
    platform_agent: TargetClusterApplicationStatus
    applications: _containers.MessageMap[str, TargetClusterApplicationStatus]
    def __init__(self, metadata: _Optional[_Union[Metadata, _Mapping]] = ..., phase: _Optional[_Union[TargetClusterPhase.Phase, str]] = ..., last_status_update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., platform_agent: _Optional[_Union[TargetClusterApplicationStatus, _Mapping]] = ..., applications: _Optional[_Mapping[str, TargetClusterApplicationStatus]] = ...) -> None: ...

class TargetClusterApplicationStatus(_message.Message):
    __slots__ = ("version", "phase", "health")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    PHASE_FIELD_NUMBER: _ClassVar[int]
    HEALTH_FIELD_NUMBER: _ClassVar[int]
    version: str
    phase: _application_pb2.ApplicationPhase.Phase
    health: _application_pb2.ApplicationHealth.Health
    def __init__(self, version: _Optional[str] = ..., phase: _Optional[_Union[_application_pb2.ApplicationPhase.Phase, str]] = ..., health: _Optional[_Union[_application_pb2.ApplicationHealth.Health, str]] = ...) -> None: ...

class TargetClusterPhase(_message.Message):
    __slots__ = ()
    class Phase(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        PHASE_UNSPECIFIED: _ClassVar[TargetClusterPhase.Phase]
        CONNECTED: _ClassVar[TargetClusterPhase.Phase]
        DISCONNECTED: _ClassVar[TargetClusterPhase.Phase]
        FAILED: _ClassVar[TargetClusterPhase.Phase]
        DELETING: _ClassVar[TargetClusterPhase.Phase]
    PHASE_UNSPECIFIED: TargetClusterPhase.Phase
    CONNECTED: TargetClusterPhase.Phase
    DISCONNECTED: TargetClusterPhase.Phase
    FAILED: TargetClusterPhase.Phase
    DELETING: TargetClusterPhase.Phase
    def __init__(self) -> None: ...

class Metadata(_message.Message):
    __slots__ = ("kube_server_version", "kube_platform", "pxe_metadata")
    KUBE_SERVER_VERSION_FIELD_NUMBER: _ClassVar[int]
    KUBE_PLATFORM_FIELD_NUMBER: _ClassVar[int]
    PXE_METADATA_FIELD_NUMBER: _ClassVar[int]
    kube_server_version: str
    kube_platform: KubePlatform.Type
    pxe_metadata: PXEMetadata
    def __init__(self, kube_server_version: _Optional[str] = ..., kube_platform: _Optional[_Union[KubePlatform.Type, str]] = ..., pxe_metadata: _Optional[_Union[PXEMetadata, _Mapping]] = ...) -> None: ...

class KubePlatform(_message.Message):
    __slots__ = ()
    class Type(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        TYPE_UNSPECIFIED: _ClassVar[KubePlatform.Type]
        AWS: _ClassVar[KubePlatform.Type]
        AZURE: _ClassVar[KubePlatform.Type]
        OCP: _ClassVar[KubePlatform.Type]
        GCP: _ClassVar[KubePlatform.Type]
        VSPHERE: _ClassVar[KubePlatform.Type]
        UNKNOWN: _ClassVar[KubePlatform.Type]
    TYPE_UNSPECIFIED: KubePlatform.Type
    AWS: KubePlatform.Type
    AZURE: KubePlatform.Type
    OCP: KubePlatform.Type
    GCP: KubePlatform.Type
    VSPHERE: KubePlatform.Type
    UNKNOWN: KubePlatform.Type
    def __init__(self) -> None: ...

class PXEMetadata(_message.Message):
    __slots__ = ("csi_enabled", "service_name", "service_namespace", "version", "security_enabled")
    CSI_ENABLED_FIELD_NUMBER: _ClassVar[int]
    SERVICE_NAME_FIELD_NUMBER: _ClassVar[int]
    SERVICE_NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    SECURITY_ENABLED_FIELD_NUMBER: _ClassVar[int]
    csi_enabled: bool
    service_name: str
    service_namespace: str
    version: str
    security_enabled: bool
    def __init__(self, csi_enabled: _Optional[bool] = ..., service_name: _Optional[str] = ..., service_namespace: _Optional[str] = ..., version: _Optional[str] = ..., security_enabled: _Optional[bool] = ...) -> None: ...
