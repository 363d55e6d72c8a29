from simulator.api import annotations_pb2 as _annotations_pb2
from simulator.api import field_behavior_pb2 as _field_behavior_pb2
from simulator.api import meta_pb2 as _meta_pb2
from simulator.api import pagination_pb2 as _pagination_pb2
from simulator.api import selector_pb2 as _selector_pb2
from simulator.api import sort_pb2 as _sort_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Project(_message.Message):
    __slots__ = ("meta", "config", "status")
    META_FIELD_NUMBER: _ClassVar[int]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    meta: _meta_pb2.Meta
    config: Config
    status: Status
    def __init__(self, meta: _Optional[_Union[_meta_pb2.Meta, _Mapping]] = ..., config: _Optional[_Union[Config, _Mapping]] = ..., status: _Optional[_Union[Status, _Mapping]] = ...) -> None: ...

class Status(_message.Message):
    __slots__ = ("reason", "phase", "associated_resources")
    class AssociatedResourcesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    REASON_FIELD_NUMBER: _ClassVar[int]
    PHASE_FIELD_NUMBER: _ClassVar[int]
    ASSOCIATED_RESOURCES_FIELD_NUMBER: _ClassVar[int]
    reason: str
    phase: Phase.Type
    associated_resources: _containers.ScalarMap[str, int]
    def __init__(self, reason: _Optional[str] = ..., phase: _Optional[_Union[Phase.Type, str]] = ..., associated_resources: _Optional[_Mapping[str, int]] = ...) -> None: ...

class Phase(_message.Message):
    __slots__ = ()
    class Type(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        TYPE_UNSPECIFIED: _ClassVar[Phase.Type]
        ACTIVE: _ClassVar[Phase.Type]
        DELETE_PENDING: _ClassVar[Phase.Type]
        DELETE_IN_PROGRESS: _ClassVar[Phase.Type]
    TYPE_UNSPECIFIED: Phase.Type
    ACTIVE: Phase.Type
    DELETE_PENDING: Phase.Type
    DELETE_IN_PROGRESS: Phase.Type
    def __init__(self) -> None: ...

class Config(_message.Message):
    __slots__ = ("infra_resources", "applications_resources")
    INFRA_RESOURCES_FIELD_NUMBER: _ClassVar[int]
    APPLICATIONS_RESOURCES_FIELD_NUMBER: _ClassVar[int]
    infra_resources: Resources
    applications_resources: ApplicationResources
    def __init__(self, infra_resources: _Optional[_Union[Resources, _Mapping]] = ..., applications_resources: _Optional[_Union[ApplicationResources, _Mapping]] = ...) -> None: ...

class Resources(_message.Message):
    __slots__ = ("clusters", "namespaces", "credentials", "backup_locations", "templates", "backup_policies")
    CLUSTERS_FIELD_NUMBER: _ClassVar[int]
    NAMESPACES_FIELD_NUMBER: _ClassVar[int]
    CREDENTIALS_FIELD_NUMBER: _ClassVar[int]
    BACKUP_LOCATIONS_FIELD_NUMBER: _ClassVar[int]
    TEMPLATES_FIELD_NUMBER: _ClassVar[int]
    BACKUP_POLICIES_FIELD_NUMBER: _ClassVar[int]
    clusters: _containers.RepeatedScalarFieldContainer[str]
    namespaces: _containers.RepeatedScalarFieldContainer[str]
    credentials: _containers.RepeatedScalarFieldContainer[str]
    backup_locations: _containers.RepeatedScalarFieldContainer[str]
    templates: _containers.RepeatedScalarFieldContainer[str]
    backup_policies: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, clusters: _Optional[_Iterable[str]] = ..., namespaces: _Optional[_Iterable[str]] = ..., credentials: _Optional[_Iterable[str]] = ..., backup_locations: _Optional[_Iterable[str]] = ..., templates: _Optional[_Iterable[str]] = ..., backup_policies: _Optional[_Iterable[str]] = ...) -> None: ...

class ApplicationResources(_message.Message):
    __slots__ = ("pds_resources",)
    PDS_RESOURCES_FIELD_NUMBER: _ClassVar[int]
    pds_resources: PDSResources
    def __init__(self, pds_resources: _Optional[_Union[PDSResources, _Mapping]] = ...) -> None: ...

class PDSResources(_message.Message):
    __slots__ = ("data_service_deployments", "backup_configs", "restores")
    DATA_SERVICE_DEPLOYMENTS_FIELD_NUMBER: _ClassVar[int]
    BACKUP_CONFIGS_FIELD_NUMBER: _ClassVar[int]
    RESTORES_FIELD_NUMBER: _ClassVar[int]
    data_service_deployments: _containers.RepeatedScalarFieldContainer[str]
    backup_configs: _containers.RepeatedScalarFieldContainer[str]
    restores: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, data_service_deployments: _Optional[_Iterable[str]] = ..., backup_configs: _Optional[_Iterable[str]] = ..., restores: _Optional[_Iterable[str]] = ...) -> None: ...

class GetProjectRequest(_message.Message):
    __slots__ = ("project_id",)
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    def __init__(self, project_id: _Optional[str] = ...) -> None: ...

class ListProjectsRequest(_message.Message):
    __slots__ = ("tenant_id", "infra_resource_selector", "label_selector", "field_selector", "resp_data", "pagination", "sort")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    INFRA_RESOURCE_SELECTOR_FIELD_NUMBER: _ClassVar[int]
    LABEL_SELECTOR_FIELD_NUMBER: _ClassVar[int]
    FIELD_SELECTOR_FIELD_NUMBER: _ClassVar[int]
    RESP_DATA_FIELD_NUMBER: _ClassVar[int]
    PAGINATION_FIELD_NUMBER: _ClassVar[int]
    SORT_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    infra_resource_selector: _selector_pb2.ResourceSelector
    label_selector: _selector_pb2.Selector
    field_selector: _selector_pb2.Selector
    resp_data: _selector_pb2.RespData
    pagination: _pagination_pb2.PageBasedPaginationRequest
    sort: _sort_pb2.Sort
    def __init__(self, tenant_id: _Optional[str] = ..., infra_resource_selector: _Optional[_Union[_selector_pb2.ResourceSelector, _Mapping]] = ..., label_selector: _Optional[_Union[_selector_pb2.Selector, _Mapping]] = ..., field_selector: _Optional[_Union[_selector_pb2.Selector, _Mapping]] = ..., resp_data: _Optional[_Union[_selector_pb2.RespData, str]] = ..., pagination: _Optional[_Union[_pagination_pb2.PageBasedPaginationRequest, _Mapping]] = ..., sort: _Optional[_Union[_sort_pb2.Sort, _Mapping]] = ...) -> None: ...

class ListProjectsResponse(_message.Message):
    __slots__ = ("projects", "pagination")
    PROJECTS_FIELD_NUMBER: _ClassVar[int]
    PAGINATION_FIELD_NUMBER: _ClassVar[int]
    projects: _containers.RepeatedCompositeFieldContainer[Project]
    pagination: _pagination_pb2.PageBasedPaginationResponse
    def __init__(self, projects: _Optional[_Iterable[_Union[Project, _Mapping]]] = ..., pagination: _Optional[_Union[_pagination_pb2.PageBasedPaginationResponse, _Mapping]] = ...) -> None: ...
