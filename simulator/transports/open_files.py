"""Raises the limit of open files: each connection is one, and a server at the limit can't even accept."""

from __future__ import annotations

import sys

if sys.platform != "win32":
    import resource

RAISED_MAX = 65_536


def raise_limit() -> None:
    """Let this process have `RAISED_MAX` open files, or as many as allowed; on many systems, the default is 1,024.

    Go programs do the same when they start.
    """
    if sys.platform != "win32":
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = min(_count(hard), RAISED_MAX)
        if _count(soft) < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def limit() -> int:
    """How many open files this process may have."""
    return RAISED_MAX if sys.platform == "win32" else _count(resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def _count(limit: int) -> int:
    return limit if limit >= 0 else sys.maxsize  # below zero, there is no limit
