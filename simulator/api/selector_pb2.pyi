from simulator.api import platformresource_pb2 as _platformresource_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RespData(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RESP_DATA_UNSPECIFIED: _ClassVar[RespData]
    INDEX: _ClassVar[RespData]
    LITE: _ClassVar[RespData]
    FULL: _ClassVar[RespData]
RESP_DATA_UNSPECIFIED: RespData
INDEX: RespData
LITE: RespData
FULL: RespData

class Selector(_message.Message):
    __slots__ = ("filters",)
    class Operator(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        OPERATOR_UNSPECIFIED: _ClassVar[Selector.Operator]
        IN: _ClassVar[Selector.Operator]
        NOT_IN: _ClassVar[Selector.Operator]
        LIKE: _ClassVar[Selector.Operator]
    OPERATOR_UNSPECIFIED: Selector.Operator
    IN: Selector.Operator
    NOT_IN: Selector.Operator
    LIKE: Selector.Operator
    class Filter(_message.Message):
        __slots__ = ("key", "op", "values")
        KEY_FIELD_NUMBER: _ClassVar[int]
        OP_FIELD_NUMBER: _ClassVar[int]
        VALUES_FIELD_NUMBER: _ClassVar[int]
        key: str
        op: Selector.Operator
        values: _containers.RepeatedScalarFieldContainer[str]
        def __init__(self, key: _Optional[str] = ..., op: _Optional[_Union[Selector.Operator, str]] = ..., values: _Optional[_Iterable[str]] = ...) -> None: ...
    FILTERS_FIELD_NUMBER: _ClassVar[int]
    filters: _containers.RepeatedCompositeFieldContainer[Selector.Filter]
    def __init__(self, filters: _Optional[_Iterable[_Union[Selector.Filter, _Mapping]]] = ...) -> None: ...

class ResourceSelector(_message.Message):
    __slots__ = ("infra_resource_filters",)
    class ResourceFilter(_message.Message):
        __slots__ = ("resource_type", "op", "values")
        RESOURCE_TYPE_FIELD_NUMBER: _ClassVar[int]
        OP_FIELD_NUMBER: _ClassVar[int]
        VALUES_FIELD_NUMBER: _ClassVar[int]
        resource_type: _platformresource_pb2.InfraResource.Type
        op: Selector.Operator
        values: _containers.RepeatedScalarFieldContainer[str]
        def __init__(self, resource_type: _Optional[_Union[_platformresource_pb2.InfraResource.Type, str]] = ..., op: _Optional[_Union[Selector.Operator, str]] = ..., values: _Optional[_Iterable[str]] = ...) -> None: ...
    INFRA_RESOURCE_FILTERS_FIELD_NUMBER: _ClassVar[int]
    infra_resource_filters: _containers.RepeatedCompositeFieldContainer[ResourceSelector.ResourceFilter]
    def __init__(self, infra_resource_filters: _Optional[_Iterable[_Union[ResourceSelector.ResourceFilter, _Mapping]]] = ...) -> None: ...
