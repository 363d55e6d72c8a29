from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar

DESCRIPTOR: _descriptor.FileDescriptor

class InfraResource(_message.Message):
    __slots__ = ()
    class Type(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        TYPE_UNSPECIFIED: _ClassVar[InfraResource.Type]
        ACCOUNT: _ClassVar[InfraResource.Type]
        TENANT: _ClassVar[InfraResource.Type]
        PROJECT: _ClassVar[InfraResource.Type]
        TARGET_CLUSTER: _ClassVar[InfraResource.Type]
        NAMESPACE: _ClassVar[InfraResource.Type]
        CREDENTIAL: _ClassVar[InfraResource.Type]
        BACKUP_LOCATION: _ClassVar[InfraResource.Type]
        BACKUP_POLICY: _ClassVar[InfraResource.Type]
        TEMPLATE: _ClassVar[InfraResource.Type]
        INVITATION: _ClassVar[InfraResource.Type]
    TYPE_UNSPECIFIED: InfraResource.Type
    ACCOUNT: InfraResource.Type
    TENANT: InfraResource.Type
    PROJECT: InfraResource.Type
    TARGET_CLUSTER: InfraResource.Type
    NAMESPACE: InfraResource.Type
    CREDENTIAL: InfraResource.Type
    BACKUP_LOCATION: InfraResource.Type
    BACKUP_POLICY: InfraResource.Type
    TEMPLATE: InfraResource.Type
    INVITATION: InfraResource.Type
    def __init__(self) -> None: ...
