"""Times as the world counts them, microseconds since 1970, and as people write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_datetime(microseconds: int) -> datetime:
    """Turn microseconds since 1970 into a datetime in UTC."""
    return UNIX_EPOCH + timedelta(microseconds=microseconds)


def to_text(microseconds: int) -> str:
    """Write microseconds since 1970 as ISO 8601, always with six decimals and a Z."""
    return to_datetime(microseconds).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
