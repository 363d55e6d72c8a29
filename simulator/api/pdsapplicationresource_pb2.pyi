from simulator.api import selector_pb2 as _selector_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PDSApplicationResource(_message.Message):
    __slots__ = ()
    class Type(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        TYPE_UNSPECIFIED: _ClassVar[PDSApplicationResource.Type]
        DATA_SERVICE: _ClassVar[PDSApplicationResource.Type]
    TYPE_UNSPECIFIED: PDSApplicationResource.Type
    DATA_SERVICE: PDSApplicationResource.Type
    def __init__(self) -> None: ...

class PDSApplicationSelector(_message.Message):
    __slots__ = ("application_filters",)
    class PDSApplicationFilter(_message.Message):
        __slots__ = ("resource_type", "op", "values")
        RESOURCE_TYPE_FIELD_NUMBER: _ClassVar[int]
        OP_FIELD_NUMBER: _ClassVar[int]
        VALUES_FIELD_NUMBER: _ClassVar[int]
        resource_type: PDSApplicationResource.Type
        op: _selector_pb2.Selector.Operator
        values: _containers.RepeatedScalarFieldContainer[str]
        def __init__(self, resource_type: _Optional[_Union[PDSApplicationResource.Type, str]] = ..., op: _Optional[_Union[_selector_pb2.Selector.Operator, str]] = ..., values: _Optional[_Iterable[str]] = ...) -> None: ...
    APPLICATION_FILTERS_FIELD_NUMBER: _ClassVar[int]
    application_filters: _containers.RepeatedCompositeFieldContainer[PDSApplicationSelector.PDSApplicationFilter]
    def __init__(self, application_filters: _Optional[_Iterable[_Union[PDSApplicationSelector.PDSApplicationFilter, _Mapping]]] = ...) -> None: ...
