"""Keeps credentials out of all records; that something was sent stays visible."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from functools import lru_cache

from fakes.world.entities import secret_digest
from simulator.sessions.call_record import Metadata

REDACTED = "[redacted]"
USER_AGENT = "user-agent"
"""What gRPC itself sends with every call; often there is nothing else."""

_SECRET_KEY = re.compile(
    r"\bauth(?!or)|authoriz|authentic|cookie|token|secret|passw|credential|api-?key|signature|jwt|bearer"
)
"""Parts of lower-case keys whose values are secrets."""
_SCHEMES = ("bearer ", "basic ", "digest ", "negotiate ", "token ")
"""How credentials begin, whatever their key."""
_LONGEST_SCHEME = max(map(len, _SCHEMES))
_SEPARATORS = re.compile(r"[\s,;:=]+")
_JSON_WEB_TOKEN = re.compile(r"\beyJ[\w-]+\.[\w-]+\.")


def redacted(metadata: Metadata, secret_digests: AbstractSet[str] = frozenset()) -> Metadata:
    """Return *metadata* without its secrets.

    Args:
        metadata: The metadata of a client; keys are in lower case.
        secret_digests: Digests of words that must not be in any value.

    Example:
        >>> redacted((("authorization", "Bearer s3cret"), ("x-api-key", "s3cret"), ("trace", "7")))
        (('authorization', 'Bearer [redacted]'), ('x-api-key', '[redacted]'), ('trace', '7'))
    """
    for key, value in metadata:
        if key != USER_AGENT and _is_secret(key, value, secret_digests):
            break
    else:
        return metadata
    return tuple(
        (key, _without_secret(value) if _is_secret(key, value, secret_digests) else value) for key, value in metadata
    )


def _is_secret(key: str, value: str | bytes, secret_digests: AbstractSet[str]) -> bool:
    if _is_secret_key(key):
        return True
    text = value if isinstance(value, str) else value.decode("latin-1")
    if text[:_LONGEST_SCHEME].lower().startswith(_SCHEMES):
        return True
    if secret_digests and not secret_digests.isdisjoint(map(secret_digest, _SEPARATORS.split(text))):
        return True
    return "eyJ" in text and _JSON_WEB_TOKEN.search(text) is not None


@lru_cache(maxsize=1_000)
def _is_secret_key(key: str) -> bool:
    return _SECRET_KEY.search(key) is not None


def _without_secret(value: str | bytes) -> str | bytes:
    if isinstance(value, bytes):
        return REDACTED.encode()
    scheme, _, secret = value.partition(" ")
    if f"{scheme.lower()} " not in _SCHEMES:
        return REDACTED if value else value
    return f"{scheme} {REDACTED}" if secret.strip() else value
