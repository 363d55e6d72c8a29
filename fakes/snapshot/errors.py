"""What is wrong with a snapshot."""

from __future__ import annotations

from binascii import a2b_base64
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from fakes.faults.errors import InvalidRule
from fakes.values import shown

_Told = TypeVar("_Told")
_Read = TypeVar("_Read")

Path = tuple[str | int, ...]
"""The path to a value: keys of objects and indexes of lists."""


class SnapshotError(ValueError):
    """A snapshot can't be taken or loaded.

    Args:
        path: Where the error is: keys of objects and indexes of lists; empty when it concerns the whole snapshot.
        reason: What was found and what would have been right.
    """

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")
        super().__init__(f"{text}: {reason}" if text else reason)


def require(condition: object, path: Path, reason: str) -> None:
    """Refuse a snapshot unless *condition* holds."""
    if not condition:
        raise SnapshotError(path, reason)


def require_index(index: int, count: int, path: Path, what: str) -> None:
    """Refuse a reference to something that does not exist."""
    if not 0 <= index < count:
        raise SnapshotError(path, f"is {shown(index)}; expected the index of one of {count} {what}")


def require_each_once(values: Iterable[Hashable], path: Path) -> None:
    """Refuse a list with duplicates."""
    seen = set()
    for place, value in enumerate(values):
        if value in seen:
            raise SnapshotError((*path, place), f"is {shown(value)}, which is there already; expected each once")
        seen.add(value)


def require_all_used(count: int, used: Iterable[int], path: Path) -> None:
    """Refuse a list at *path* with an element that nothing refers to."""
    for index in sorted({*range(count)}.difference(used))[:1]:
        raise SnapshotError((*path, index), "is nowhere referred to")


def require_keys(record: object, keys: Collection[str], optional: Collection[str]) -> None:
    """Refuse a record that lacks one of *keys*, or has one of *optional* that is not among them."""
    for key in optional:
        if (getattr(record, key) is None) == (key in keys):
            raise SnapshotError((key,), "is missing" if key in keys else "is there, where it says nothing")


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Turn a ValueError about the value at *path* into a SnapshotError."""
    try:
        yield
    except SnapshotError as error:
        raise SnapshotError((*path, *error.path), error.reason) from None
    except InvalidRule as error:
        raise SnapshotError((*path, error.key) if error.key else path, error.message) from None
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError, AttributeError) as error:
        raise SnapshotError(path, str(error) or type(error).__name__) from None


def read_each(path: Path, told: Iterable[_Told], read: Callable[[_Told], _Read]) -> list[_Read]:
    """Read each record of a list at *path*; errors name its place in the list."""
    made: list[_Read] = []
    try:
        for one in told:
            made.append(read(one))  # noqa: PERF401  # its length is the place of what is refused
    except Exception:
        with refusing((*path, len(made))):
            raise
    return made


def bytes_of(text: str, path: Path) -> bytes:
    """Read base64."""
    try:
        return a2b_base64(text, strict_mode=True)
    except ValueError:
        raise SnapshotError(path, "is no base64") from None
