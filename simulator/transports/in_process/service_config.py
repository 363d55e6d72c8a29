"""The service config of a channel: timeouts and retries of its methods (gRFC A2, A6)."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.protobuf.duration_pb2 import Duration

SERVICE_CONFIG = "grpc.service_config"
ENABLE_RETRIES = "grpc.enable_retries"
ATTEMPTS_MAX = 5
"""gRPC's limit of attempts, whatever the service config says."""

Options = Sequence[tuple[str, Any]]
"""Options of a channel, as gRPC takes them."""


@dataclass(frozen=True)
class RetryPolicy:
    """When to retry, and how often.

    Args:
        max_attempts: How many attempts altogether.
        initial_backoff_seconds: How long to wait before the second attempt, give or take a fifth.
        max_backoff_seconds: How long to wait at most, likewise.
        backoff_multiplier: How many times as long to wait before each further attempt.
        retryable_codes: Status codes after which to retry.
    """

    max_attempts: int
    initial_backoff_seconds: float
    max_backoff_seconds: float
    backoff_multiplier: float
    retryable_codes: frozenset[grpc.StatusCode]


@dataclass
class RetryThrottle:
    """Keeps a channel from retrying while most of its calls fail.

    Args:
        max_tokens: How many tokens there are at first and at most; a failure costs one, and with half of them or fewer
            nothing is retried.
        token_ratio: How much of a token a success gives back.
    """

    max_tokens: float
    token_ratio: float
    _tokens: float = field(init=False)
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._tokens = self.max_tokens

    def succeeded(self) -> None:
        """Count a call that was answered."""
        with self._lock:
            self._tokens = min(self.max_tokens, self._tokens + self.token_ratio)

    def failed(self) -> bool:
        """Count a call that has failed; True when it may be retried."""
        with self._lock:
            self._tokens = max(0.0, self._tokens - 1)
            return self._tokens > self.max_tokens / 2


@dataclass(frozen=True)
class MethodConfig:
    """The config of a method.

    Args:
        timeout_seconds: How long its calls may take at most.
        retry_policy: When to retry.
    """

    timeout_seconds: float | None = None
    retry_policy: RetryPolicy | None = None

    def shortened(self, timeout_seconds: float | None) -> float | None:
        """How long a call may take whose client waits for *timeout_seconds*."""
        timeouts = [seconds for seconds in (timeout_seconds, self.timeout_seconds) if seconds is not None]
        return min(timeouts, default=None)


class ServiceConfig:
    """The config of the methods of a channel.

    Args:
        options: The options of the channel.

    Raises:
        TypeError: the options are not pairs.
        ValueError: the service config among them is invalid.
    """

    def __init__(self, options: Options = ()) -> None:
        try:
            given = {key: value for key, value in options}  # noqa: C416  # dict() would take texts of two letters, too
        except (TypeError, ValueError):
            raise TypeError(f"options are {options!r}; expected pairs of a key and a value") from None
        document = _read_json(given[SERVICE_CONFIG]) if SERVICE_CONFIG in given else {}
        self._configs: dict[str, MethodConfig] = {}
        for path, entry in _mappings(document, "methodConfig", ""):
            config = _method_config(path, entry, retries=bool(given.get(ENABLE_RETRIES, 1)))
            for name_path, name in _mappings(entry, "name", path):
                self._configs[_method_path(name_path, name)] = config
        throttling = document.get("retryThrottling")
        self.throttle = None if throttling is None else _throttle(throttling)

    def of(self, path: str) -> MethodConfig:
        """The config of the method at *path*."""
        for known in (path, path.rpartition("/")[0] + "/", "/"):
            if known in self._configs:
                return self._configs[known]
        return MethodConfig()


def _read_json(text: Any) -> Mapping[str, Any]:
    try:
        document = json.loads(text)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{SERVICE_CONFIG} is no JSON: {error}") from None
    if not isinstance(document, Mapping):
        raise _wrong("", document, "an object")
    return document


def _method_config(path: str, entry: Mapping[str, Any], *, retries: bool) -> MethodConfig:
    policy, timeout = entry.get("retryPolicy"), entry.get("timeout")
    return MethodConfig(
        None if timeout is None else _seconds(f"{path}.timeout", timeout),
        _retry_policy(f"{path}.retryPolicy", policy) if retries and policy is not None else None,
    )


def _retry_policy(path: str, policy: Any) -> RetryPolicy:
    if not isinstance(policy, Mapping):
        raise _wrong(path, policy, "an object")
    attempts = policy.get("maxAttempts")
    if isinstance(attempts, bool) or not isinstance(attempts, int) or attempts < 2:  # noqa: PLR2004  # one is no retry
        raise _wrong(f"{path}.maxAttempts", attempts, "a whole number from 2")
    codes = policy.get("retryableStatusCodes")
    if not isinstance(codes, Sequence) or isinstance(codes, str) or not codes:
        raise _wrong(f"{path}.retryableStatusCodes", codes, "names of status codes")
    return RetryPolicy(
        min(attempts, ATTEMPTS_MAX),
        _seconds(f"{path}.initialBackoff", policy.get("initialBackoff")),
        _seconds(f"{path}.maxBackoff", policy.get("maxBackoff")),
        _number(f"{path}.backoffMultiplier", policy.get("backoffMultiplier")),
        frozenset(_code(f"{path}.retryableStatusCodes", code) for code in codes),
    )


def _throttle(throttling: Any) -> RetryThrottle:
    path = "retryThrottling"
    if not isinstance(throttling, Mapping):
        raise _wrong(path, throttling, "an object")
    return RetryThrottle(
        _number(f"{path}.maxTokens", throttling.get("maxTokens")),
        _number(f"{path}.tokenRatio", throttling.get("tokenRatio")),
    )


def _mappings(document: Mapping[str, Any], key: str, path: str) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """The objects in the list under *key*, each with its path."""
    listed = document.get(key, [])
    path = f"{path}.{key}" if path else key
    if not isinstance(listed, Sequence) or isinstance(listed, str):
        raise _wrong(path, listed, "a list of objects")
    for index, entry in enumerate(listed):
        if not isinstance(entry, Mapping):
            raise _wrong(f"{path}[{index}]", entry, "an object")
        yield f"{path}[{index}]", entry


def _method_path(path: str, name: Mapping[str, Any]) -> str:
    """The prefix of the paths that *name* means: that of a method, a service, or all."""
    service, method = name.get("service", ""), name.get("method", "")
    if not isinstance(service, str) or not isinstance(method, str) or (method and not service):
        raise _wrong(path, dict(name), "a 'service', and a 'method' of it or none")
    return f"/{service}/{method}" if service else "/"


def _seconds(path: str, text: Any) -> float:
    duration = Duration()
    try:
        duration.FromJsonString(text)
    except (AttributeError, TypeError, ValueError):
        raise _wrong(path, text, "a duration such as '0.1s'") from None
    seconds = duration.seconds + duration.nanos / 1e9
    if seconds <= 0:
        raise _wrong(path, text, "a duration above 0")
    return seconds


def _number(path: str, number: Any) -> float:
    if isinstance(number, bool) or not isinstance(number, int | float) or not number > 0:
        raise _wrong(path, number, "a number above 0")
    return number


def _code(path: str, code: Any) -> grpc.StatusCode:
    if code not in grpc.StatusCode.__members__:
        raise _wrong(path, code, "the name of a status code")
    return grpc.StatusCode[code]


def _wrong(path: str, found: Any, expected: str) -> ValueError:
    where = f"{SERVICE_CONFIG}: {path}" if path else SERVICE_CONFIG
    return ValueError(f"{where} is {found!r}; expected {expected}")
