"""The world without the wire: clusters and backups as values, and restores that run on a simpy clock.

Everything hangs off one `LiveWorld`, which is started from a declared `World`. This package knows simpy and the
standard library, nothing else: no protobuf, no gRPC, no YAML, no threads.
"""

from fakes.history.timeline import Timeline
from fakes.lifecycle.durations import Constant, Duration, Exponential, LogNormal, Normal, Uniform
from fakes.lifecycle.failures import Failure
from fakes.lifecycle.phases import ErrorCode, Phase
from fakes.lifecycle.restores import Restore, RestoreSpec, RestoreStatus
from fakes.world.access import ANYBODY, Caller
from fakes.world.declaration import InvalidWorld, World
from fakes.world.default_world import default_world
from fakes.world.entities import (
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
from fakes.world.identifiers import derive_uid
from fakes.world.live_world import LiveWorld
from fakes.world.registry import UnknownEntity
from fakes.world.restorability import Condition

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
    "LiveWorld",
    "LogNormal",
    "Namespace",
    "Normal",
    "Phase",
    "Project",
    "Restore",
    "RestoreSpec",
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
