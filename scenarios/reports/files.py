"""Writes files completely or not at all, and checks that they can be written before anything is run."""

from __future__ import annotations

import errno
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

NAME_LENGTH_MAX = 100


def check_folder(folder: Path) -> None:
    """Make sure that a folder exists and that files can be made in it.

    Raises:
        OSError: that is impossible.
    """
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
    with _errors_about(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass


def check_file(file: Path) -> None:
    """Check that a file can be written, without changing it.

    Raises:
        OSError: it can't.
    """
    if file.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(file))
    with _errors_about(file):
        if _is_special(file):
            with file.open("a"):
                return
        check_folder(file.parent)


def write_whole(file: Path, text: str) -> None:
    """Write a file so that a reader sees the old content or the new, never a part; devices are just written to.

    Raises:
        OSError: it can't be written; the old content is still there.
    """
    content = text.encode("utf-8", errors="replace")
    if _is_special(file):
        file.write_bytes(content)
        return
    with _errors_about(file):
        _replace(file.resolve(), content)  # a link stays a link


def _replace(target: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:NAME_LENGTH_MAX]}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        _permit(Path(name), target)
        Path(name).replace(target)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(name).unlink()
        raise


@contextmanager
def _errors_about(path: Path) -> Iterator[None]:
    """Make errors name *path* instead of a temporary file beside it."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error


def unique_names(titles: Sequence[str], *, taken: Iterable[str] = ()) -> list[str]:
    """Return a valid file name for each title; equal names, regardless of case, get numbers.

    Args:
        titles: The titles.
        taken: Names that are in use.
    """
    used = {name.casefold() for name in taken}
    return [_unique(file_name(title), used) for title in titles]


def file_name(title: str) -> str:
    """A title as a valid file name."""
    return re.sub(r"[^\w.\[\]-]+", "_", title)[:NAME_LENGTH_MAX].lstrip(".") or "_"


def repeated(names: Iterable[str]) -> list[str]:
    """The names that come more than once."""
    listed = list(names)
    return sorted({name for name in listed if listed.count(name) > 1})


def _unique(name: str, taken: set[str]) -> str:
    number, unique = 1, name
    while unique.casefold() in taken:
        number += 1
        unique = f"{name}-{number}"
    taken.add(unique.casefold())
    return unique


def _is_special(file: Path) -> bool:
    return file.exists() and not file.is_file() and not file.is_dir()


def _permit(new: Path, target: Path) -> None:
    """Give the new file the permissions of the old one, or of any new file of this user."""
    if target.exists():
        shutil.copymode(target, new)
        return
    mask = os.umask(0)
    os.umask(mask)
    new.chmod(0o666 & ~mask)
