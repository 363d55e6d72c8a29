from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Provider(_message.Message):
    __slots__ = ("cloud_provider",)
    class Type(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        TYPE_UNSPECIFIED: _ClassVar[Provider.Type]
        AZURE: _ClassVar[Provider.Type]
        GOOGLE: _ClassVar[Provider.Type]
        S3COMPATIBLE: _ClassVar[Provider.Type]
        UNSTRUCTURED: _ClassVar[Provider.Type]
    TYPE_UNSPECIFIED: Provider.Type
    AZURE: Provider.Type
    GOOGLE: Provider.Type
    S3COMPATIBLE: Provider.Type
    UNSTRUCTURED: Provider.Type
    CLOUD_PROVIDER_FIELD_NUMBER: _ClassVar[int]
    cloud_provider: Provider.Type
    def __init__(self, cloud_provider: _Optional[_Union[Provider.Type, str]] = ...) -> None: ...
