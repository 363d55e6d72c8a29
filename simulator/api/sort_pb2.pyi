from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Sort(_message.Message):
    __slots__ = ("sort_by", "sort_order")
    SORT_BY_FIELD_NUMBER: _ClassVar[int]
    SORT_ORDER_FIELD_NUMBER: _ClassVar[int]
    sort_by: SortBy.Field
    sort_order: SortOrder.Value
    def __init__(self, sort_by: _Optional[_Union[SortBy.Field, str]] = ..., sort_order: _Optional[_Union[SortOrder.Value, str]] = ...) -> None: ...

class SortBy(_message.Message):
    __slots__ = ()
    class Field(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        FIELD_UNSPECIFIED: _ClassVar[SortBy.Field]
        NAME: _ClassVar[SortBy.Field]
        CREATED_AT: _ClassVar[SortBy.Field]
        UPDATED_AT: _ClassVar[SortBy.Field]
        PHASE: _ClassVar[SortBy.Field]
    FIELD_UNSPECIFIED: SortBy.Field
    NAME: SortBy.Field
    CREATED_AT: SortBy.Field
    UPDATED_AT: SortBy.Field
    PHASE: SortBy.Field
    def __init__(self) -> None: ...

class SortOrder(_message.Message):
    __slots__ = ()
    class Value(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        VALUE_UNSPECIFIED: _ClassVar[SortOrder.Value]
        ASC: _ClassVar[SortOrder.Value]
        DESC: _ClassVar[SortOrder.Value]
    VALUE_UNSPECIFIED: SortOrder.Value
    ASC: SortOrder.Value
    DESC: SortOrder.Value
    def __init__(self) -> None: ...
