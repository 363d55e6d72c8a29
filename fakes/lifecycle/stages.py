"""The lifecycle of a restore as a table: what each live phase consists of and how it can fail.

Another phase, another duration or another way to fail is another row or another cell; the code that walks the table
(`fakes.lifecycle.engine`) does not know one phase from another. (kwok's stages are the model.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fakes.lifecycle.durations import Constant, Duration
from fakes.lifecycle.failures import NaturalFailure, backup_credentials_lost, cloudsnap_gone, deployment_name_taken
from fakes.lifecycle.phases import Phase
from fakes.lifecycle.work import AwaitSlot, Download, Elapse, Work


@dataclass(frozen=True, slots=True)
class Effort:
    """What one phase of one restore takes, before any waiting."""

    duration_microseconds: int
    size_bytes: int


def await_slot(_: Effort) -> Work:
    """Wait until the cluster has room."""
    return AwaitSlot()


def elapse(effort: Effort) -> Work:
    """Let the duration of the phase pass."""
    return Elapse(effort.duration_microseconds)


def download(effort: Effort) -> Work:
    """Get the cloudsnap over the link of the cluster."""
    return Download(effort.size_bytes)


@dataclass(frozen=True, slots=True)
class Stage:
    """One live phase.

    Args:
        duration: How long it takes by default, apart from waiting and downloading.
        work: The pieces of work, in order.
        failure: The check that is made when all is done, and may end the restore.
    """

    phase: Phase
    duration: Duration
    work: tuple[Callable[[Effort], Work], ...] = (elapse,)
    failure: NaturalFailure | None = None


STAGES = (
    Stage(Phase.INITIALIZING, Constant(1)),
    Stage(Phase.PENDING, Constant(2), (await_slot, elapse), backup_credentials_lost),
    Stage(Phase.RESTORING_CLOUDSNAP, Constant(5), (elapse, download), cloudsnap_gone),
    Stage(Phase.RESTORING_DATA_SERVICE_DEPLOYMENT_CR, Constant(3), failure=deployment_name_taken),
    Stage(Phase.RESTORING_DATA_SERVICE_DEPLOYMENT, Constant(30)),
    Stage(Phase.DATA_SERVICE_DEPLOYMENT_ENTERING_NORMAL_MODE, Constant(15)),
)
"""The live phases in their order; after the last comes SUCCESSFUL."""

StagePlans = tuple[tuple[Work, ...] | None, ...]
"""The work of a restore in each stage; None where its duration is drawn."""

DEFAULT_DURATIONS: Mapping[Phase, Duration] = {stage.phase: stage.duration for stage in STAGES}
