"""The code that draws timelines, for a self-contained page without a server."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_ENTRY = "report.js"
_PREFIX = "pds/"
"""Prefix of the names of modules in the page; without it, they would be taken for files beside the page."""

_IMPORTED = re.compile(r'(?<=from ")\./(?=[\w./]+\.js";)')

_START = f"""import {{ drawReport }} from "{_PREFIX}{_ENTRY}";
drawReport(document.getElementById("timeline"), JSON.parse(document.getElementById("history").textContent));
"""


@dataclass(frozen=True, slots=True)
class Embedded:
    """What to put into a page that has an element ``timeline`` and one ``history`` with its data.

    Args:
        style: The style sheet.
        import_map: The text of a script of the type ``importmap``.
        script: The text of a script of the type ``module``, behind it.
        policy: What the page's Content-Security-Policy has to allow for them.
    """

    style: str
    import_map: str
    script: str
    policy: str


@cache
def embedded() -> Embedded:
    """Collect the modules that draw, unchanged, and map their imports to each other."""
    sources: dict[str, str] = {}
    _gather(_ENTRY, sources)
    urls = {f"{_PREFIX}{name}": _data_url(text) for name, text in sorted(sources.items())}
    import_map = json.dumps({"imports": urls})
    hashes = " ".join(_policy_hashes((import_map, _START)))
    style = read_asset("look.css") + read_asset("timeline.css")
    return Embedded(style, import_map, _START, f"script-src {hashes} data:; style-src 'unsafe-inline'")


def read_asset(name: str) -> str:
    """Read one of the dashboard's text files."""
    return (files("simulator.dashboard") / "assets" / name).read_text(encoding="utf-8")


def _gather(name: str, sources: dict[str, str]) -> None:
    if name in sources:
        return
    text = read_asset(name)
    sources[name] = _IMPORTED.sub(_PREFIX, text)
    for found in _IMPORTED.finditer(text):
        _gather(text[found.end() : text.index('"', found.end())], sources)


def _data_url(text: str) -> str:
    return f"data:text/javascript;base64,{base64.b64encode(text.encode()).decode()}"


def _policy_hashes(scripts: Iterable[str]) -> list[str]:
    return [f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in scripts]
