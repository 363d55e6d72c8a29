"""The lifecycle of a restore as a table: what each live phase consists of and how it can end badly.

Another phase, another duration or another way to fail is another row or another cell; the code that walks the table
(`old_fakes.lifecycle`) does not know one phase from another. (kwok's stages are the model.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from old_fakes.durations import Constant, Duration
from old_fakes.failures import NaturalFailure, backup_credentials_lost, cloudsnap_gone, deployment_name_taken
from old_fakes.phases import Phase
from old_fakes.segments import AwaitCapacity, Download, Last, Segment


@dataclass(frozen=True, slots=True)
class Effort:
    """What one phase of one restore takes, before any waiting."""

    duration_microseconds: int
    size_bytes: int


def await_capacity(_: Effort) -> Segment:
    """Wait until the cluster has room."""
    return AwaitCapacity()


def last(effort: Effort) -> Segment:
    """Let the time pass that the phase takes."""
    return Last(effort.duration_microseconds)


def download(effort: Effort) -> Segment:
    """Get the cloudsnap over the link of the cluster."""
    return Download(effort.size_bytes)


@dataclass(frozen=True, slots=True)
class Stage:
    """One live phase.

    Args:
        duration: How long it takes by default, apart from waiting and downloading.
        segments: What is done, one after the other.
        failure: What is looked at when all is done, and may end the restore.
    """

    phase: Phase
    duration: Duration
    segments: tuple[Callable[[Effort], Segment], ...] = (last,)
    failure: NaturalFailure | None = None


STAGES = (
    Stage(Phase.INITIALIZING, Constant(1)),
    Stage(Phase.PENDING, Constant(2), (await_capacity, last), backup_credentials_lost),
    Stage(Phase.RESTORING_CLOUDSNAP, Constant(5), (last, download), cloudsnap_gone),
    Stage(Phase.RESTORING_DATA_SERVICE_DEPLOYMENT_CR, Constant(3), failure=deployment_name_taken),
    Stage(Phase.RESTORING_DATA_SERVICE_DEPLOYMENT, Constant(30)),
    Stage(Phase.DATA_SERVICE_DEPLOYMENT_ENTERING_NORMAL_MODE, Constant(15)),
)
"""The live phases in their order; after the last comes SUCCESSFUL (design section 2)."""

DEFAULT_DURATIONS: Mapping[Phase, Duration] = {stage.phase: stage.duration for stage in STAGES}
