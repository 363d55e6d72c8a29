"""Serves the dashboard: one page and its files, as they are in the package."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

ASSETS = Path(str(files("simulator.dashboard"))) / "assets"

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What the page may load: only its own files, and no inline code."""
_HEADERS: Mapping[str, str] = {
    "cache-control": "no-cache",
    "content-security-policy": _POLICY,
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
}
"""Given here, because the types known to the machine may be wrong, and browsers load modules of this type only."""


class _Assets(StaticFiles):
    """The files of the package, with the headers that keep other content out of the page."""

    def file_response(self, full_path: Any, *arguments: Any, **options: Any) -> Response:
        response = super().file_response(full_path, *arguments, **options)
        response.headers.update(_headers_for(Path(full_path)))
        return response


def _headers_for(file: Path) -> dict[str, str]:
    kind = _TYPES.get(file.suffix)
    return {**_HEADERS, **({"content-type": kind} if kind else {})}


def dashboard_routes() -> list[BaseRoute]:
    """Return the routes of the page, which is at ``/``, and of its files."""
    page = ASSETS / "index.html"

    async def index(_: Request) -> Response:
        return FileResponse(page, headers=_headers_for(page))

    return [Route("/", index), Mount("/dashboard", _Assets(directory=ASSETS))]
