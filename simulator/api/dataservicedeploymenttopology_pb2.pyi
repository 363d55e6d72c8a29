from simulator.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf import struct_pb2 as _struct_pb2
from simulator.api import podschedulingconfig_pb2 as _podschedulingconfig_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DataServiceDeploymentTopology(_message.Message):
    __slots__ = ("name", "description", "instances", "service_type", "service_name", "load_balancer_source_ranges", "resource_settings", "service_configurations", "storage_options", "pod_scheduling_config")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    INSTANCES_FIELD_NUMBER: _ClassVar[int]
    SERVICE_TYPE_FIELD_NUMBER: _ClassVar[int]
    SERVICE_NAME_FIELD_NUMBER: _ClassVar[int]
    LOAD_BALANCER_SOURCE_RANGES_FIELD_NUMBER: _ClassVar[int]
    RESOURCE_SETTINGS_FIELD_NUMBER: _ClassVar[int]
    SERVICE_CONFIGURATIONS_FIELD_NUMBER: _ClassVar[int]
    STORAGE_OPTIONS_FIELD_NUMBER: _ClassVar[int]
    POD_SCHEDULING_CONFIG_FIELD_NUMBER: _ClassVar[int]
    name: str
    description: str
    instances: int
    service_type: str
    service_name: str
    load_balancer_source_ranges: _containers.RepeatedScalarFieldContainer[str]
    resource_settings: Template
    service_configurations: Template
    storage_options: Template
    pod_scheduling_config: _podschedulingconfig_pb2.PodSchedulingConfig
    def __init__(self, name: _Optional[str] = ..., description: _Optional[str] = ..., instances: _Optional[int] = ..., service_type: _Optional[str] = ..., service_name: _Optional[str] = ..., load_balancer_source_ranges: _Optional[_Iterable[str]] = ..., resource_settings: _Optional[_Union[Template, _Mapping]] = ..., service_configurations: _Optional[_Union[Template, _Mapping]] = ..., storage_options: _Optional[_Union[Template, _Mapping]] = ..., pod_scheduling_config: _Optional[_Union[_podschedulingconfig_pb2.PodSchedulingConfig, _Mapping]] = ...) -> None: ...

class Template(_message.Message):
    __slots__ = ("id", "resource_version", "values")
    class ValuesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    ID_FIELD_NUMBER: _ClassVar[int]
    RESOURCE_VERSION_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    id: str
    resource_version: str
    values: _containers.ScalarMap[str, str]
    def __init__(self, id: _Optional[str] = ..., resource_version: _Optional[str] = ..., values: _Optional[_Mapping[str, str]] = ...) -> None: ...

class DataServiceDeploymentTopologyStatus(_message.Message):
    __slots__ = ("health", "phase", "ready_instances", "connection_info")
    class Health(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNKNOWN: _ClassVar[DataServiceDeploymentTopologyStatus.Health]
        UNAVAILABLE: _ClassVar[DataServiceDeploymentTopologyStatus.Health]
        PARTIALLY_AVAILABLE: _ClassVar[DataServiceDeploymentTopologyStatus.Health]
        AVAILABLE: _ClassVar[DataServiceDeploymentTopologyStatus.Health]
    UNKNOWN: DataServiceDeploymentTopologyStatus.Health
    UNAVAILABLE: DataServiceDeploymentTopologyStatus.Health
    PARTIALLY_AVAILABLE: DataServiceDeploymentTopologyStatus.Health
    AVAILABLE: DataServiceDeploymentTopologyStatus.Health
    class Phase(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        PHASE_UNSPECIFIED: _ClassVar[DataServiceDeploymentTopologyStatus.Phase]
        IN_PROGRESS: _ClassVar[DataServiceDeploymentTopologyStatus.Phase]
        PARTIAL_SUCCESS: _ClassVar[DataServiceDeploymentTopologyStatus.Phase]
        SUCCESS: _ClassVar[DataServiceDeploymentTopologyStatus.Phase]
        DELETE_PENDING: _ClassVar[DataServiceDeploymentTopologyStatus.Phase]
        DELETING: _ClassVar[DataServiceDeploymentTopologyStatus.Phase]
        FAILED: _ClassVar[DataServiceDeploymentTopologyStatus.Phase]
        TIMED_OUT: _ClassVar[DataServiceDeploymentTopologyStatus.Phase]
    PHASE_UNSPECIFIED: DataServiceDeploymentTopologyStatus.Phase
    IN_PROGRESS: DataServiceDeploymentTopologyStatus.Phase
    PARTIAL_SUCCESS: DataServiceDeploymentTopologyStatus.Phase
    SUCCESS: DataServiceDeploymentTopologyStatus.Phase
    DELETE_PENDING: DataServiceDeploymentTopologyStatus.Phase
    DELETING: DataServiceDeploymentTopologyStatus.Phase
    FAILED: DataServiceDeploymentTopologyStatus.Phase
    TIMED_OUT: DataServiceDeploymentTopologyStatus.Phase
    HEALTH_FIELD_NUMBER: _ClassVar[int]
    PHASE_FIELD_NUMBER: _ClassVar[int]
    READY_INSTANCES_FIELD_NUMBER: _ClassVar[int]
    CONNECTION_INFO_FIELD_NUMBER: _ClassVar[int]
    health: DataServiceDeploymentTopologyStatus.Health
    phase: DataServiceDeploymentTopologyStatus.Phase
    ready_instances: int
    connection_info: ConnectionInfo
    def __init__(self, health: _Optional[_Union[DataServiceDeploymentTopologyStatus.Health, str]] = ..., phase: _Optional[_Union[DataServiceDeploymentTopologyStatus.Phase, str]] = ..., ready_instances: _Optional[int] = ..., connection_info: _Optional[_Union[ConnectionInfo, _Mapping]] = ...) -> None: ...

class ConnectionInfo(_message.Message):
    __slots__ = ("ready_instances", "not_ready_instances", "connection_details", "cluster_details")
    READY_INSTANCES_FIELD_NUMBER: _ClassVar[int]
    NOT_READY_INSTANCES_FIELD_NUMBER: _ClassVar[int]
    CONNECTION_DETAILS_FIELD_NUMBER: _ClassVar[int]
    CLUSTER_DETAILS_FIELD_NUMBER: _ClassVar[int]
    ready_instances: _containers.RepeatedCompositeFieldContainer[InstanceInfo]
    not_ready_instances: _containers.RepeatedCompositeFieldContainer[InstanceInfo]
    connection_details: ConnectionDetails
    cluster_details: _struct_pb2.Struct
    def __init__(self, ready_instances: _Optional[_Iterable[_Union[InstanceInfo, _Mapping]]] = ..., not_ready_instances: _Optional[_Iterable[_Union[InstanceInfo, _Mapping]]] = ..., connection_details: _Optional[_Union[ConnectionDetails, _Mapping]] = ..., cluster_details: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ...) -> None: ...

class InstanceInfo(_message.Message):
    __slots__ = ("ip", "name", "worker_node")
    IP_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    WORKER_NODE_FIELD_NUMBER: _ClassVar[int]
    ip: str
    name: str
    worker_node: str
    def __init__(self, ip: _Optional[str] = ..., name: _Optional[str] = ..., worker_node: _Optional[str] = ...) -> None: ...

class ConnectionDetails(_message.Message):
    __slots__ = ("instances", "ports")
    class PortsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    INSTANCES_FIELD_NUMBER: _ClassVar[int]
    PORTS_FIELD_NUMBER: _ClassVar[int]
    instances: _containers.RepeatedScalarFieldContainer[str]
    ports: _containers.ScalarMap[str, int]
    def __init__(self, instances: _Optional[_Iterable[str]] = ..., ports: _Optional[_Mapping[str, int]] = ...) -> None: ...
