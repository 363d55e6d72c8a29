"""Retries calls by the retry policy of a service config; if time is virtual, waits take virtual time."""

from __future__ import annotations

import hashlib
import random

import grpc

from fakes.environment import to_microseconds
from fakes.randomness import stream
from simulator.rpc.call import WaitingClient
from simulator.rpc.status import CallFailed
from simulator.sessions.call_record import Metadata
from simulator.sessions.holds import Ending
from simulator.sessions.session import Session
from simulator.transports.in_process.call_state import DEADLINE_EXCEEDED, Ended
from simulator.transports.in_process.metadata import Metadatum
from simulator.transports.in_process.service_config import RetryPolicy, ServiceConfig
from simulator.transports.service_registry import Answer

PUSHBACK = "grpc-retry-pushback-ms"
"""The key that says when to retry; any value but a whole number from 0 means not to."""
PREVIOUS_ATTEMPTS = "grpc-previous-rpc-attempts"
JITTER = 0.2
"""How much a wait may differ from that of the policy, as a fraction of it."""


def retrying(answer: Answer, path: str, config: ServiceConfig) -> Answer:
    """Let calls that *answer* answers be retried, if *config* says so for the method at *path*."""
    policy, throttle = config.of(path).retry_policy, config.throttle
    if policy is None:
        return answer

    async def retry(request: bytes, metadata: Metadata, session: Session, client: WaitingClient) -> bytes:
        key = hashlib.blake2b(request).hexdigest()
        backoff = _Backoff(policy, stream(session.seed, "retry", path, key))
        for previous_count in range(policy.max_attempts):
            attempt = _Attempt(client) if previous_count else client
            try:
                content = await answer(request, _with_previous(metadata, previous_count), session, attempt)
            except CallFailed as failed:
                is_retryable = failed.code in policy.retryable_codes and (throttle is None or throttle.failed())
                # After initial metadata, the call is committed.
                if not is_retryable or failed.initial_metadata or previous_count == policy.max_attempts - 1:
                    raise
                backoff_seconds = backoff.seconds_after(failed)
                if backoff_seconds is None or not await _wait(backoff_seconds, session, client):
                    raise
            else:
                if throttle is not None:
                    throttle.succeeded()
                return content
        raise AssertionError("the last attempt returns or raises")

    return retry


class _Backoff:
    """How long to wait before each further attempt of a call."""

    def __init__(self, policy: RetryPolicy, generator: random.Random) -> None:
        self._policy = policy
        self._generator = generator
        self._next_seconds = policy.initial_backoff_seconds

    def seconds_after(self, failed: CallFailed) -> float | None:
        """How long to wait after a failed attempt; None means that the server does not want another."""
        pushback = dict(failed.trailing_metadata).get(PUSHBACK)
        policy = self._policy
        if pushback is not None:
            self._next_seconds = policy.initial_backoff_seconds
            return int(pushback) / 1000 if isinstance(pushback, str) and pushback.isdecimal() else None
        seconds = min(self._next_seconds, policy.max_backoff_seconds)
        self._next_seconds = seconds * policy.backoff_multiplier
        return seconds * self._generator.uniform(1 - JITTER, 1 + JITTER)


class _Attempt:
    """The client of a further attempt, which has the time that is left of the whole call.

    Args:
        client: The client of the whole call.
    """

    def __init__(self, client: WaitingClient) -> None:
        self._client = client
        self.timeout_seconds = client.remaining_seconds()

    def is_waiting(self) -> bool:
        return self._client.is_waiting()

    def remaining_seconds(self) -> float | None:
        return self._client.remaining_seconds()


def _with_previous(metadata: Metadata, count: int) -> Metadata:
    return (*metadata, Metadatum(PREVIOUS_ATTEMPTS, str(count))) if count else metadata


async def _wait(seconds: float, session: Session, client: WaitingClient) -> bool:
    """Wait before the next attempt; False when there can be none.

    Raises:
        Ended: the deadline has passed meanwhile.
    """
    with session as world:
        if not session.holds_calls:
            return False
        remaining_seconds = client.remaining_seconds()
        passes_deadline = remaining_seconds is not None and remaining_seconds <= seconds
        waited_seconds = remaining_seconds if remaining_seconds is not None and passes_deadline else seconds
        until_microseconds = world.environment.now_microseconds + to_microseconds(waited_seconds)
        hold = session.hold_up(
            "",  # no rule
            timeout_seconds=waited_seconds,
            deadline_microseconds=until_microseconds if session.clock.is_virtual else None,
            has_expired=lambda: False,
        )
    if await hold not in (Ending.DEADLINE, Ending.RELEASED):
        return False
    if passes_deadline:
        raise Ended(grpc.StatusCode.DEADLINE_EXCEEDED, DEADLINE_EXCEEDED)
    return True
