"""Describes and groups the exceptions of clients, by type and by place in the client's code."""

from __future__ import annotations

import sysconfig
from functools import cache
from pathlib import Path
from traceback import walk_tb
from typing import Any

import grpc

import fakes
import simulator
from scenarios.clients.client_run import Complaint
from scenarios.clients.limits import HANG, NoEnd, NoRealEnd
from simulator.faults.statuses import REASON

CLIENT = "client"
"""Name of the oracle that is the client's own judgement."""
NO_REAL_END = "no end in real time"
"""The cause of complaints about clients that take too long, wherever they are then."""
UNHANDLED_STATUS = "unhandled_status"
"""Name of the oracle that complains of statuses that a client did not expect."""


def failure_of(error: BaseException, own_folder: Path | None = None) -> Complaint:
    """Describe how a client ended that raised *error*; see `place_of`."""
    place = place_of(error, own_folder)
    message = " ".join(_text(error).split())[:MESSAGE_LENGTH_MAX]
    if isinstance(error, NoEnd):
        return Complaint(HANG, NO_REAL_END if isinstance(error, NoRealEnd) else f"no end at {place}", message)
    if isinstance(error, grpc.RpcError):
        code, details = _status(error)
        kind = "an injected status" if _is_injected(error) else code
        return Complaint(UNHANDLED_STATUS, f"{kind} at {place}", f"{code}: {details}"[:MESSAGE_LENGTH_MAX])
    kind = type(error).__name__
    return Complaint(CLIENT, f"{kind} at {place}", f"{kind}: {message}" if message else kind)


MESSAGE_LENGTH_MAX = 500


def _text(error: BaseException) -> str:
    """The message of an exception; clients may raise one whose __str__ fails."""
    try:
        return str(error)
    except Exception as failure:  # noqa: BLE001  # whatever it is, the client's exception is what matters
        return f"its __str__ raises {type(failure).__name__}"


def _status(error: Any) -> tuple[str, str]:
    """The code and the details of an error; clients may raise one that has neither."""
    try:
        return error.code().name, str(error.details())
    except Exception:  # noqa: BLE001  # its methods are the client's own
        return "no status", _text(error)


def _is_injected(error: Any) -> bool:
    """Whether a rule caused the status; different codes are then the same cause."""
    try:
        return any(REASON.encode() in value for key, value in error.trailing_metadata() or () if key == _DETAILS)
    except Exception:  # noqa: BLE001  # its methods are the client's own
        return False


_DETAILS = "grpc-status-details-bin"


def place_of(error: BaseException, own_folder: Path | None = None) -> str:
    """The innermost place in the client's own code, ``module:line in function``, else the innermost of all.

    Args:
        error: The exception.
        own_folder: A folder that is the client's own wherever it lies: a client may be an installed package.
    """
    frames = [*walk_tb(error.__traceback__)]
    if not frames:
        return "an unknown place"
    files = [frame.f_code.co_filename for frame, _ in frames]
    own = [
        place
        for place, file in zip(frames, files, strict=True)
        if Path(file).parent == own_folder or not _is_foreign(file)
    ]
    frame, line = (own or frames)[-1]
    return f"{frame.f_globals.get('__name__', '?')}:{line} in {frame.f_code.co_name}"


@cache
def _is_foreign(file: str) -> bool:
    """Whether a file belongs to the simulator, to an installed package, or to Python."""
    return file.startswith("<") or any(folder in Path(file).parents for folder in _FOREIGN)


_OURS = (*(Path(package.__path__[0]) for package in (fakes, simulator)), Path(__file__).parents[1])
_FOREIGN = (*_OURS, *(Path(sysconfig.get_path(name)) for name in ("stdlib", "purelib", "platlib")))
