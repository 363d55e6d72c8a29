"""The Portworx Data Services RestoreService without a cluster: a real gRPC server over fake clusters, in virtual time.

`Simulator` is the whole of it; the rest describes the world that it starts with.
"""

import pds_simulator_packages

pds_simulator_packages.require_our_own("fakes")

from fakes import (  # noqa: E402  # only now is it certain to be ours
    GIB,
    MIB,
    Account,
    Backup,
    BackupLocation,
    BackupState,
    Cluster,
    Condition,
    Constant,
    Deployment,
    ErrorCode,
    Exponential,
    InvalidWorld,
    LogNormal,
    Namespace,
    Normal,
    Phase,
    Project,
    Restore,
    Tenant,
    Token,
    Uniform,
    UnknownEntity,
    World,
    default_world,
)
from simulator import faults  # noqa: E402
from simulator.channels import Transport  # noqa: E402
from simulator.sessions.clock import ClockMode  # noqa: E402
from simulator.sessions.fault_control import HeldRestores, UnfiredRules  # noqa: E402
from simulator.simulator import Simulator  # noqa: E402
from simulator.virtual_time.report import Deadlock  # noqa: E402

__all__ = [
    "GIB",
    "MIB",
    "Account",
    "Backup",
    "BackupLocation",
    "BackupState",
    "ClockMode",
    "Cluster",
    "Condition",
    "Constant",
    "Deadlock",
    "Deployment",
    "ErrorCode",
    "Exponential",
    "HeldRestores",
    "InvalidWorld",
    "LogNormal",
    "Namespace",
    "Normal",
    "Phase",
    "Project",
    "Restore",
    "Simulator",
    "Tenant",
    "Token",
    "Transport",
    "UnfiredRules",
    "Uniform",
    "UnknownEntity",
    "World",
    "default_world",
    "faults",
]
