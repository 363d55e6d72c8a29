"""The world without the wire: clusters and backups as values, and restores that run among them on a simpy clock.

Everything hangs off one `LivingWorld`, which is started from a declared `World`. This package knows simpy and the
standard library, nothing else: no protobuf, no gRPC, no YAML, no threads.
"""

from fakes.access import ANYBODY, Caller
from fakes.default_world import default_world
from fakes.durations import Constant, Duration, Exponential, LogNormal, Normal, Uniform
from fakes.entities import (
    GIB,
    MIB,
    Account,
    Backup,
    BackupLocation,
    BackupState,
    Cluster,
    Deployment,
    Namespace,
    Project,
    Tenant,
    Token,
)
from fakes.failures import Failure
from fakes.identifiers import derive_uid
from fakes.living_world import LivingWorld
from fakes.phases import ErrorCode, Phase
from fakes.registry import UnknownEntity
from fakes.restorability import Condition
from fakes.restores import Restore, RestoreOrder, RestoreStatus
from fakes.timeline import Timeline
from fakes.world import InvalidWorld, World

__all__ = [
    "ANYBODY",
    "GIB",
    "MIB",
    "Account",
    "Backup",
    "BackupLocation",
    "BackupState",
    "Caller",
    "Cluster",
    "Condition",
    "Constant",
    "Deployment",
    "Duration",
    "ErrorCode",
    "Exponential",
    "Failure",
    "InvalidWorld",
    "LivingWorld",
    "LogNormal",
    "Namespace",
    "Normal",
    "Phase",
    "Project",
    "Restore",
    "RestoreOrder",
    "RestoreStatus",
    "Tenant",
    "Timeline",
    "Token",
    "Uniform",
    "UnknownEntity",
    "World",
    "default_world",
    "derive_uid",
]
