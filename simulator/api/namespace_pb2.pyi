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

class ListNamespacesRequest(_message.Message):
    __slots__ = ("tenant_id", "label_selector", "field_selector", "infra_resource_selector", "resp_data", "sort", "pagination")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    LABEL_SELECTOR_FIELD_NUMBER: _ClassVar[int]
    FIELD_SELECTOR_FIELD_NUMBER: _ClassVar[int]
    INFRA_RESOURCE_SELECTOR_FIELD_NUMBER: _ClassVar[int]
    RESP_DATA_FIELD_NUMBER: _ClassVar[int]
    SORT_FIELD_NUMBER: _ClassVar[int]
    PAGINATION_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    label_selector: _selector_pb2.Selector
    field_selector: _selector_pb2.Selector
    infra_resource_selector: _selector_pb2.ResourceSelector
    resp_data: _selector_pb2.RespData
    sort: _sort_pb2.Sort
    pagination: _pagination_pb2.PageBasedPaginationRequest
    def __init__(self, tenant_id: _Optional[str] = ..., label_selector: _Optional[_Union[_selector_pb2.Selector, _Mapping]] = ..., field_selector: _Optional[_Union[_selector_pb2.Selector, _Mapping]] = ..., infra_resource_selector: _Optional[_Union[_selector_pb2.ResourceSelector, _Mapping]] = ..., resp_data: _Optional[_Union[_selector_pb2.RespData, str]] = ..., sort: _Optional[_Union[_sort_pb2.Sort, _Mapping]] = ..., pagination: _Optional[_Union[_pagination_pb2.PageBasedPaginationRequest, _Mapping]] = ...) -> None: ...

class ListNamespacesResponse(_message.Message):
    __slots__ = ("namespaces", "pagination")
    NAMESPACES_FIELD_NUMBER: _ClassVar[int]
    PAGINATION_FIELD_NUMBER: _ClassVar[int]
    namespaces: _containers.RepeatedCompositeFieldContainer[Namespace]
    pagination: _pagination_pb2.PageBasedPaginationResponse
    def __init__(self, namespaces: _Optional[_Iterable[_Union[Namespace, _Mapping]]] = ..., pagination: _Optional[_Union[_pagination_pb2.PageBasedPaginationResponse, _Mapping]] = ...) -> None: ...

class Namespace(_message.Message):
    __slots__ = ("meta", "status")
    META_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    meta: _meta_pb2.Meta
    status: NamespaceStatus
    def __init__(self, meta: _Optional[_Union[_meta_pb2.Meta, _Mapping]] = ..., status: _Optional[_Union[NamespaceStatus, _Mapping]] = ...) -> None: ...

class NamespaceStatus(_message.Message):
    __slots__ = ("phase",)
    PHASE_FIELD_NUMBER: _ClassVar[int]
    phase: NamespacePhase.Phase
    def __init__(self, phase: _Optional[_Union[NamespacePhase.Phase, str]] = ...) -> None: ...

class NamespacePhase(_message.Message):
    __slots__ = ()
    class Phase(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        PHASE_UNSPECIFIED: _ClassVar[NamespacePhase.Phase]
        AVAILABLE: _ClassVar[NamespacePhase.Phase]
        RESERVED: _ClassVar[NamespacePhase.Phase]
        UNAVAILABLE: _ClassVar[NamespacePhase.Phase]
        TERMINATING: _ClassVar[NamespacePhase.Phase]
        TOMBSTONED: _ClassVar[NamespacePhase.Phase]
        DELETE_PENDING: _ClassVar[NamespacePhase.Phase]
        DELETE_IN_PROGRESS: _ClassVar[NamespacePhase.Phase]
        DELETE_FAILED: _ClassVar[NamespacePhase.Phase]
    PHASE_UNSPECIFIED: NamespacePhase.Phase
    AVAILABLE: NamespacePhase.Phase
    RESERVED: NamespacePhase.Phase
    UNAVAILABLE: NamespacePhase.Phase
    TERMINATING: NamespacePhase.Phase
    TOMBSTONED: NamespacePhase.Phase
    DELETE_PENDING: NamespacePhase.Phase
    DELETE_IN_PROGRESS: NamespacePhase.Phase
    DELETE_FAILED: NamespacePhase.Phase
    def __init__(self) -> None: ...
