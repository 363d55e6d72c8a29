"""Files that can be read to their end."""

from __future__ import annotations

import stat
from pathlib import Path

_PIPE_FOLDERS = (Path("/dev/fd"), Path("/proc/self/fd"))
_STANDARD_INPUT = Path("/dev/stdin")


def is_special(path: Path) -> bool:
    """Whether it is something other than a regular file; errors are left to whoever reads it."""
    try:
        return not stat.S_ISREG(path.stat().st_mode)
    except (OSError, ValueError):
        return False


def may_never_end(path: Path) -> bool:
    """Whether it is a pipe or a device, other than those that a shell passes to a command: /dev/stdin, /dev/fd/N."""
    return is_special(path) and path != _STANDARD_INPUT and path.parent not in _PIPE_FOLDERS
