"""The oracles that judge every run of a client, one in each file; to add one, write its file and add it here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from fakes.suggestions import suggest
from scenarios.clients.client_run import ClientRun, Complaint, Oracle
from scenarios.clients.failures import CLIENT, UNHANDLED_STATUS
from scenarios.clients.limits import HANG
from scenarios.clients.oracles.abandoned_restore import AbandonedRestore
from scenarios.clients.oracles.call_storm import CallStorm
from scenarios.clients.oracles.duplicate_restore import DuplicateRestore
from scenarios.clients.oracles.failure import FailureOracle
from scenarios.clients.oracles.polled_final_restore import PolledFinalRestore
from scenarios.clients.oracles.simulator_error import SimulatorError
from scenarios.clients.oracles.unfinished_task import UnfinishedTask

ORACLES: Mapping[str, Oracle] = {
    oracle.name: oracle
    for oracle in (
        FailureOracle(CLIENT, "The client or one of its threads raises an exception, or its command fails."),
        FailureOracle(UNHANDLED_STATUS, "A grpc.RpcError leaves the client: it did not expect that status."),
        FailureOracle(HANG, "The client comes to no end."),
        CallStorm(),
        PolledFinalRestore(),
        DuplicateRestore(),
        AbandonedRestore(),
        UnfinishedTask(),
        SimulatorError(),
    )
}
"""All oracles, by name."""


def choose_oracles(only: Collection[str] = (), without: Collection[str] = ()) -> tuple[str, ...]:
    """Choose oracles by name: *only* these, or all, except those in *without*.

    Raises:
        ValueError: there is no such oracle, or none is left.
    """
    for name in (*only, *without):
        if name not in ORACLES:
            raise ValueError(f"{name!r} is no oracle; {suggest(name, ORACLES)}")
    chosen = tuple(name for name in ORACLES if (not only or name in only) and name not in without)
    if not chosen:
        raise ValueError("no oracle is left; expected one at least")
    return chosen


def judge(run: ClientRun, oracles: Sequence[str]) -> list[Complaint]:
    """Let the oracles of those names judge a run."""
    return [complaint for name in oracles for complaint in ORACLES[name].complaints(run)]
