"""The scenarios that ship, by name: the path of a file below the library without its ending, or only its last part."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from fakes.suggestions import suggest

SUFFIX = ".yaml"


def library() -> Path:
    """The folder of the scenarios that ship, wherever the package is installed."""
    return Path(str(resources.files("scenarios"))) / "library"


def shipped_names() -> list[str]:
    """The names of all scenarios that ship, such as ``quickstart`` and ``faults/lose-response``, in order."""
    root = library()
    names = (file.relative_to(root).as_posix().removesuffix(SUFFIX) for file in root.rglob(f"*{SUFFIX}"))
    return sorted(names, key=lambda name: (name.count("/"), name))


def shipped_files(name: str) -> list[Path]:
    """The files of the scenario that ships as *name*, or of all in the folder of that name.

    Args:
        name: Such as ``faults/lose-response``; ``lose-response`` is enough, since no other ends like that.

    Raises:
        LookupError: none is called so; the message says what comes close, as far as anything does.
    """
    names = shipped_names()
    wanted = name.rstrip("/")
    found = [known for known in names if known == wanted or known.startswith(f"{wanted}/")]
    found = found or [known for known in names if _stem(known) == wanted]
    if not found:
        close = suggest(_stem(wanted).removesuffix(SUFFIX), [_stem(known) for known in names])
        raise LookupError(close if close.startswith("did you mean") else "")
    return [library() / f"{known}{SUFFIX}" for known in found]


def _stem(name: str) -> str:
    return name.rpartition("/")[2]
