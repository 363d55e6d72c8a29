"""Files appear whole or not at all, and whether they can be written is known before anything is run."""

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
    """Make sure that there is such a folder in which files can be made.

    Raises:
        OSError: there is not, and can't be.
    """
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
    with _errors_about(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass


def check_file(file: Path) -> None:
    """Make sure that a file can be written; what is in it stays as it is.

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
    """Let errors name *path*, which somebody asked for, and not a temporary file beside it."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error


def unique_names(titles: Sequence[str], *, taken: Iterable[str] = ()) -> list[str]:
    """For each title a name that any file may have; the second of a kind gets a number, upper and lower case alike.

    Args:
        titles: What to name.
        taken: Names that none of them may get.
    """
    used = {name.casefold() for name in taken}
    return [_unique(file_name(title), used) for title in titles]


def file_name(title: str) -> str:
    """A title as any file may be called."""
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
    """Let those read the new file who could read the old one, or any new file of this user."""
    if target.exists():
        shutil.copymode(target, new)
        return
    mask = os.umask(0)
    os.umask(mask)
    new.chmod(0o666 & ~mask)
