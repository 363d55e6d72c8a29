"""The world without the wire: clusters and backups as values, and restores that run among them on a simpy clock.

Everything hangs off one `LivingWorld`, which is started from a declared `World`. This package knows simpy and the
standard library, nothing else: no protobuf, no gRPC, no YAML, no threads.
"""

from old_fakes.access import ANYBODY, Caller
from old_fakes.default_world import default_world
from old_fakes.durations import Constant, Duration, Exponential, LogNormal, Normal, Uniform
from old_fakes.entities import (
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
from old_fakes.failures import Failure
from old_fakes.identifiers import derive_uid
from old_fakes.living_world import LivingWorld
from old_fakes.phases import ErrorCode, Phase
from old_fakes.registry import UnknownEntity
from old_fakes.restorability import Condition
from old_fakes.restores import Restore, RestoreOrder, RestoreStatus
from old_fakes.timeline import Timeline
from old_fakes.world import InvalidWorld, World

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
