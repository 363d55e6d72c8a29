import datetime

from simulator.api import annotations_pb2 as _annotations_pb2
from simulator.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf import empty_pb2 as _empty_pb2
from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from simulator.api import meta_pb2 as _meta_pb2
from simulator.api import pagination_pb2 as _pagination_pb2
from simulator.api import selector_pb2 as _selector_pb2
from simulator.api import sort_pb2 as _sort_pb2
from simulator.api import pdsapplicationresource_pb2 as _pdsapplicationresource_pb2
from simulator.api import dataservicedeploymenttopology_pb2 as _dataservicedeploymenttopology_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DataServiceDeployment(_message.Message):
    __slots__ = ("meta", "config", "status")
    META_FIELD_NUMBER: _ClassVar[int]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    meta: _meta_pb2.Meta
    config: Config
    status: Status
    def __init__(self, meta: _Optional[_Union[_meta_pb2.Meta, _Mapping]] = ..., config: _Optional[_Union[Config, _Mapping]] = ..., status: _Optional[_Union[Status, _Mapping]] = ...) -> None: ...

class Config(_message.Message):
    __slots__ = ("references", "tls_config", "data_service_deployment_topologies")
    REFERENCES_FIELD_NUMBER: _ClassVar[int]
    TLS_CONFIG_FIELD_NUMBER: _ClassVar[int]
    DATA_SERVICE_DEPLOYMENT_TOPOLOGIES_FIELD_NUMBER: _ClassVar[int]
    references: References
    tls_config: TLSConfig
    data_service_deployment_topologies: _containers.RepeatedCompositeFieldContainer[_dataservicedeploymenttopology_pb2.DataServiceDeploymentTopology]
    def __init__(self, references: _Optional[_Union[References, _Mapping]] = ..., tls_config: _Optional[_Union[TLSConfig, _Mapping]] = ..., data_service_deployment_topologies: _Optional[_Iterable[_Union[_dataservicedeploymenttopology_pb2.DataServiceDeploymentTopology, _Mapping]]] = ...) -> None: ...

class TLSConfig(_message.Message):
    __slots__ = ("enabled", "issuer_name")
    ENABLED_FIELD_NUMBER: _ClassVar[int]
    ISSUER_NAME_FIELD_NUMBER: _ClassVar[int]
    enabled: bool
    issuer_name: str
    def __init__(self, enabled: _Optional[bool] = ..., issuer_name: _Optional[str] = ...) -> None: ...

class References(_message.Message):
    __slots__ = ("target_cluster_id", "image_id", "project_id", "restore_id", "data_service_id", "data_service_version_id")
    TARGET_CLUSTER_ID_FIELD_NUMBER: _ClassVar[int]
    IMAGE_ID_FIELD_NUMBER: _ClassVar[int]
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    RESTORE_ID_FIELD_NUMBER: _ClassVar[int]
    DATA_SERVICE_ID_FIELD_NUMBER: _ClassVar[int]
    DATA_SERVICE_VERSION_ID_FIELD_NUMBER: _ClassVar[int]
    target_cluster_id: str
    image_id: str
    project_id: str
    restore_id: str
    data_service_id: str
    data_service_version_id: str
    def __init__(self, target_cluster_id: _Optional[str] = ..., image_id: _Optional[str] = ..., project_id: _Optional[str] = ..., restore_id: _Optional[str] = ..., data_service_id: _Optional[str] = ..., data_service_version_id: _Optional[str] = ...) -> None: ...

class Status(_message.Message):
    __slots__ = ("health", "phase", "connection_info", "initialized", "data_service_deployment_topology_status", "custom_resource_name", "dns_zone", "manifest_time", "error_code", "error_message")
    class Health(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        HEALTH_UNSPECIFIED: _ClassVar[Status.Health]
        AVAILABLE: _ClassVar[Status.Health]
        PARTIALLY_AVAILABLE: _ClassVar[Status.Health]
        UNAVAILABLE: _ClassVar[Status.Health]
        NOT_APPLICABLE: _ClassVar[Status.Health]
    HEALTH_UNSPECIFIED: Status.Health
    AVAILABLE: Status.Health
    PARTIALLY_AVAILABLE: Status.Health
    UNAVAILABLE: Status.Health
    NOT_APPLICABLE: Status.Health
    class Phase(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        PHASE_UNSPECIFIED: _ClassVar[Status.Phase]
        RESTORING: _ClassVar[Status.Phase]
        FAILED: _ClassVar[Status.Phase]
        DELETING: _ClassVar[Status.Phase]
        PREPARING: _ClassVar[Status.Phase]
        DEPLOYING: _ClassVar[Status.Phase]
        DEPLOYED: _ClassVar[Status.Phase]
        UPDATING: _ClassVar[Status.Phase]
        TIMED_OUT: _ClassVar[Status.Phase]
        DELETED_FROM_CLUSTER: _ClassVar[Status.Phase]
    PHASE_UNSPECIFIED: Status.Phase
    RESTORING: Status.Phase
    FAILED: Status.Phase
    DELETING: Status.Phase
    PREPARING: Status.Phase
    DEPLOYING: Status.Phase
    DEPLOYED: Status.Phase
    UPDATING: Status.Phase
    TIMED_OUT: Status.Phase
    DELETED_FROM_CLUSTER: Status.Phase
    HEALTH_FIELD_NUMBER: _ClassVar[int]
    PHASE_FIELD_NUMBER: _ClassVar[int]
    CONNECTION_INFO_FIELD_NUMBER: _ClassVar[int]
    INITIALIZED_FIELD_NUMBER: _ClassVar[int]
    DATA_SERVICE_DEPLOYMENT_TOPOLOGY_STATUS_FIELD_NUMBER: _ClassVar[int]
    CUSTOM_RESOURCE_NAME_FIELD_NUMBER: _ClassVar[int]
    DNS_ZONE_FIELD_NUMBER: _ClassVar[int]
    MANIFEST_TIME_FIELD_NUMBER: _ClassVar[int]
    ERROR_CODE_FIELD_NUMBER: _ClassVar[int]
    ERROR_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    health: Status.Health
    phase: Status.Phase
    connection_info: _struct_pb2.Struct
    initialized: str
    data_service_deployment_topology_status: _containers.RepeatedCompositeFieldContainer[_dataservicedeploymenttopology_pb2.DataServiceDeploymentTopologyStatus]
    custom_resource_name: str
    dns_zone: str
    manifest_time: _timestamp_pb2.Timestamp
    error_code: str
    error_message: str
    def __init__(self, health: _Optional[_Union[Status.Health, str]] = ..., phase: _Optional[_Union[Status.Phase, str]] = ..., connection_info: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., initialized: _Optional[str] = ..., data_service_deployment_topology_status: _Optional[_Iterable[_Union[_dataservicedeploymenttopology_pb2.DataServiceDeploymentTopologyStatus, _Mapping]]] = ..., custom_resource_name: _Optional[str] = ..., dns_zone: _Optional[str] = ..., manifest_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., error_code: _Optional[str] = ..., error_message: _Optional[str] = ...) -> None: ...

class GetDataServiceDeploymentRequest(_message.Message):
    __slots__ = ("id",)
    ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    def __init__(self, id: _Optional[str] = ...) -> None: ...

class DeleteDataServiceDeploymentRequest(_message.Message):
    __slots__ = ("id", "force")
    ID_FIELD_NUMBER: _ClassVar[int]
    FORCE_FIELD_NUMBER: _ClassVar[int]
    id: str
    force: bool
    def __init__(self, id: _Optional[str] = ..., force: _Optional[bool] = ...) -> None: ...

class ListDataServiceDeploymentsRequest(_message.Message):
    __slots__ = ("tenant_id", "label_selector", "field_selector", "infra_resource_selector", "sort", "pagination", "application_selector")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    LABEL_SELECTOR_FIELD_NUMBER: _ClassVar[int]
    FIELD_SELECTOR_FIELD_NUMBER: _ClassVar[int]
    INFRA_RESOURCE_SELECTOR_FIELD_NUMBER: _ClassVar[int]
    SORT_FIELD_NUMBER: _ClassVar[int]
    PAGINATION_FIELD_NUMBER: _ClassVar[int]
    APPLICATION_SELECTOR_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    label_selector: _selector_pb2.Selector
    field_selector: _selector_pb2.Selector
    infra_resource_selector: _selector_pb2.ResourceSelector
    sort: _sort_pb2.Sort
    pagination: _pagination_pb2.PageBasedPaginationRequest
    application_selector: _pdsapplicationresource_pb2.PDSApplicationSelector
    def __init__(self, tenant_id: _Optional[str] = ..., label_selector: _Optional[_Union[_selector_pb2.Selector, _Mapping]] = ..., field_selector: _Optional[_Union[_selector_pb2.Selector, _Mapping]] = ..., infra_resource_selector: _Optional[_Union[_selector_pb2.ResourceSelector, _Mapping]] = ..., sort: _Optional[_Union[_sort_pb2.Sort, _Mapping]] = ..., pagination: _Optional[_Union[_pagination_pb2.PageBasedPaginationRequest, _Mapping]] = ..., application_selector: _Optional[_Union[_pdsapplicationresource_pb2.PDSApplicationSelector, _Mapping]] = ...) -> None: ...

class ListDataServiceDeploymentsResponse(_message.Message):
    __slots__ = ("data_service_deployments", "pagination")
    DATA_SERVICE_DEPLOYMENTS_FIELD_NUMBER: _ClassVar[int]
    PAGINATION_FIELD_NUMBER: _ClassVar[int]
    data_service_deployments: _containers.RepeatedCompositeFieldContainer[DataServiceDeployment]
    pagination: _pagination_pb2.PageBasedPaginationResponse
    def __init__(self, data_service_deployments: _Optional[_Iterable[_Union[DataServiceDeployment, _Mapping]]] = ..., pagination: _Optional[_Union[_pagination_pb2.PageBasedPaginationResponse, _Mapping]] = ...) -> None: ...

class KeyPerformanceIndicators(_message.Message):
    __slots__ = ("data_service_deployment_available_count", "data_service_deployment_partially_available_count", "data_service_deployment_unavailable_count", "data_service_deployment_unknown_count", "data_service_deployment_not_applicable_count", "running_instances", "not_running_instances")
    DATA_SERVICE_DEPLOYMENT_AVAILABLE_COUNT_FIELD_NUMBER: _ClassVar[int]
    DATA_SERVICE_DEPLOYMENT_PARTIALLY_AVAILABLE_COUNT_FIELD_NUMBER: _ClassVar[int]
    DATA_SERVICE_DEPLOYMENT_UNAVAILABLE_COUNT_FIELD_NUMBER: _ClassVar[int]
    DATA_SERVICE_DEPLOYMENT_UNKNOWN_COUNT_FIELD_NUMBER: _ClassVar[int]
    DATA_SERVICE_DEPLOYMENT_NOT_APPLICABLE_COUNT_FIELD_NUMBER: _ClassVar[int]
    RUNNING_INSTANCES_FIELD_NUMBER: _ClassVar[int]
    NOT_RUNNING_INSTANCES_FIELD_NUMBER: _ClassVar[int]
    data_service_deployment_available_count: int
    data_service_deployment_partially_available_count: int
    data_service_deployment_unavailable_count: int
    data_service_deployment_unknown_count: int
    data_service_deployment_not_applicable_count: int
    running_instances: int
    not_running_instances: int
    def __init__(self, data_service_deployment_available_count: _Optional[int] = ..., data_service_deployment_partially_available_count: _Optional[int] = ..., data_service_deployment_unavailable_count: _Optional[int] = ..., data_service_deployment_unknown_count: _Optional[int] = ..., data_service_deployment_not_applicable_count: _Optional[int] = ..., running_instances: _Optional[int] = ..., not_running_instances: _Optional[int] = ...) -> None: ...
