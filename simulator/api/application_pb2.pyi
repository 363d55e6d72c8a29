from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar

DESCRIPTOR: _descriptor.FileDescriptor

class ApplicationPhase(_message.Message):
    __slots__ = ()
    class Phase(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        PHASE_UNSPECIFIED: _ClassVar[ApplicationPhase.Phase]
        PENDING: _ClassVar[ApplicationPhase.Phase]
        DEPLOYING: _ClassVar[ApplicationPhase.Phase]
        SUCCEEDED: _ClassVar[ApplicationPhase.Phase]
        FAILED: _ClassVar[ApplicationPhase.Phase]
        DELETING: _ClassVar[ApplicationPhase.Phase]
    PHASE_UNSPECIFIED: ApplicationPhase.Phase
    PENDING: ApplicationPhase.Phase
    DEPLOYING: ApplicationPhase.Phase
    SUCCEEDED: ApplicationPhase.Phase
    FAILED: ApplicationPhase.Phase
    DELETING: ApplicationPhase.Phase
    def __init__(self) -> None: ...

class ApplicationHealth(_message.Message):
    __slots__ = ()
    class Health(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        HEALTH_UNSPECIFIED: _ClassVar[ApplicationHealth.Health]
        UNKNOWN: _ClassVar[ApplicationHealth.Health]
        HEALTHY: _ClassVar[ApplicationHealth.Health]
        UNHEALTHY: _ClassVar[ApplicationHealth.Health]
    HEALTH_UNSPECIFIED: ApplicationHealth.Health
    UNKNOWN: ApplicationHealth.Health
    HEALTHY: ApplicationHealth.Health
    UNHEALTHY: ApplicationHealth.Health
    def __init__(self) -> None: ...
