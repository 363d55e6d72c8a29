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

class ListTenantsRequest(_message.Message):
    __slots__ = ("pagination", "resource_selector", "field_selector", "resp_data", "sort")
    PAGINATION_FIELD_NUMBER: _ClassVar[int]
    RESOURCE_SELECTOR_FIELD_NUMBER: _ClassVar[int]
    FIELD_SELECTOR_FIELD_NUMBER: _ClassVar[int]
    RESP_DATA_FIELD_NUMBER: _ClassVar[int]
    SORT_FIELD_NUMBER: _ClassVar[int]
    pagination: _pagination_pb2.PageBasedPaginationRequest
    resource_selector: _selector_pb2.ResourceSelector
    field_selector: _selector_pb2.Selector
    resp_data: _selector_pb2.RespData
    sort: _sort_pb2.Sort
    def __init__(self, pagination: _Optional[_Union[_pagination_pb2.PageBasedPaginationRequest, _Mapping]] = ..., resource_selector: _Optional[_Union[_selector_pb2.ResourceSelector, _Mapping]] = ..., field_selector: _Optional[_Union[_selector_pb2.Selector, _Mapping]] = ..., resp_data: _Optional[_Union[_selector_pb2.RespData, str]] = ..., sort: _Optional[_Union[_sort_pb2.Sort, _Mapping]] = ...) -> None: ...

class ListTenantsResponse(_message.Message):
    __slots__ = ("tenants", "pagination")
    TENANTS_FIELD_NUMBER: _ClassVar[int]
    PAGINATION_FIELD_NUMBER: _ClassVar[int]
    tenants: _containers.RepeatedCompositeFieldContainer[Tenant]
    pagination: _pagination_pb2.PageBasedPaginationResponse
    def __init__(self, tenants: _Optional[_Iterable[_Union[Tenant, _Mapping]]] = ..., pagination: _Optional[_Union[_pagination_pb2.PageBasedPaginationResponse, _Mapping]] = ...) -> None: ...

class GetTenantRequest(_message.Message):
    __slots__ = ("tenant_id",)
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    def __init__(self, tenant_id: _Optional[str] = ...) -> None: ...

class Tenant(_message.Message):
    __slots__ = ("meta", "status")
    META_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    meta: _meta_pb2.Meta
    status: Status
    def __init__(self, meta: _Optional[_Union[_meta_pb2.Meta, _Mapping]] = ..., status: _Optional[_Union[Status, _Mapping]] = ...) -> None: ...

class Status(_message.Message):
    __slots__ = ("reason", "phase")
    REASON_FIELD_NUMBER: _ClassVar[int]
    PHASE_FIELD_NUMBER: _ClassVar[int]
    reason: str
    phase: Phase.Type
    def __init__(self, reason: _Optional[str] = ..., phase: _Optional[_Union[Phase.Type, str]] = ...) -> None: ...

class Phase(_message.Message):
    __slots__ = ()
    class Type(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        TYPE_UNSPECIFIED: _ClassVar[Phase.Type]
        ACTIVE: _ClassVar[Phase.Type]
        DELETE_PENDING: _ClassVar[Phase.Type]
        DELETE_IN_PROGRESS: _ClassVar[Phase.Type]
        DELETE_FAILED: _ClassVar[Phase.Type]
    TYPE_UNSPECIFIED: Phase.Type
    ACTIVE: Phase.Type
    DELETE_PENDING: Phase.Type
    DELETE_IN_PROGRESS: Phase.Type
    DELETE_FAILED: Phase.Type
    def __init__(self) -> None: ...
