"""Faults to inject: one name for each effect, and `rule`, which says where and when.

Example:
    >>> from simulator import Simulator, faults
    >>> with Simulator() as sim:
    ...     _ = sim.inject(faults.lose_response(), method="CreateRestore", times=1)
    ...     _ = sim.inject(faults.fail("RESTORE_INTERNAL_ERROR", at=0.5), phase="RESTORING_CLOUDSNAP", cluster="west")
    ...     sim.clear_rules()
"""

from fakes.faults.effects.delete_backup import DeleteBackup as delete_backup  # noqa: N813  # they read as verbs
from fakes.faults.effects.fail import Fail as fail  # noqa: N813
from fakes.faults.effects.gate import HoldAtGate as gate  # noqa: N813
from fakes.faults.effects.lose_credentials import LoseCredentials as lose_credentials  # noqa: N813
from fakes.faults.effects.outage import Outage as outage  # noqa: N813
from fakes.faults.effects.restart_phase import RestartPhase as restart_phase  # noqa: N813
from fakes.faults.effects.slow import Slow as slow  # noqa: N813
from fakes.faults.effects.stall import Stall as stall  # noqa: N813
from fakes.faults.errors import InvalidRule
from fakes.faults.rule import Rule
from fakes.faults.selector import Selector as Where
from simulator.faults.delay import Delay as delay  # noqa: N813
from simulator.faults.error import Error as error  # noqa: N813
from simulator.faults.hang import Hang as hang  # noqa: N813
from simulator.faults.lose_response import LoseResponse as lose_response  # noqa: N813
from simulator.faults.rate_limit import RateLimit as rate_limit  # noqa: N813
from simulator.faults.stale import Stale as stale  # noqa: N813
from simulator.sessions.rules import rule, where

EFFECTS = (
    error,
    lose_response,
    delay,
    hang,
    rate_limit,
    stale,
    fail,
    stall,
    slow,
    restart_phase,
    outage,
    lose_credentials,
    delete_backup,
    gate,
)
"""All effects; to add one, write its file and add it here."""

__all__ = [
    "EFFECTS",
    "InvalidRule",
    "Rule",
    "Where",
    "delay",
    "delete_backup",
    "error",
    "fail",
    "gate",
    "hang",
    "lose_credentials",
    "lose_response",
    "outage",
    "rate_limit",
    "restart_phase",
    "rule",
    "slow",
    "stale",
    "stall",
    "where",
]
