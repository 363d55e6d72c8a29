"""The scenarios that ship, by name: the path of a file below the library without its ending, or only its last part."""

from __future__ import annotations

from difflib import get_close_matches
from importlib import resources
from pathlib import Path

SUFFIX = ".yaml"
CLOSENESS_MIN = 0.75
"""How close the name of what ships has to be (1 is the same) to be meant by the name of a file that there is not."""


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
        LookupError: there is none of that name; the message suggests the closest.
    """
    names = shipped_names()
    wanted = name.rstrip("/")
    found = [known for known in names if known == wanted or known.startswith(f"{wanted}/")]
    found = found or [known for known in names if _stem(known) == wanted]
    if not found:
        wanted_stem = _stem(wanted).removesuffix(SUFFIX)
        parts = [part for known in names for part in known.split("/")]
        close = get_close_matches(wanted_stem, parts, n=1, cutoff=CLOSENESS_MIN)
        raise LookupError(f"did you mean {close[0]!r}?" if close else "")
    return [library() / f"{known}{SUFFIX}" for known in found]


def _stem(name: str) -> str:
    return name.rpartition("/")[2]
