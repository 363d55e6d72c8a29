"""Call credentials: what their plugins add to the metadata of a call."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import grpc

from simulator.transports.in_process.call_state import Ended

PATIENCE_SECONDS = 60.0
"""How long a plugin may take that answers from another thread."""


def with_credentials(metadata: Any, credentials: Any, path: str) -> Any:
    """Add to *metadata* what *credentials* provide for a call.

    A socket without TLS refuses call credentials. A client that has them uses TLS outside its tests, and within a
    process nothing can be overheard.

    Raises:
        Ended: a plugin failed.
    """
    service, _, method = path.rpartition("/")
    added: list[Any] = []
    for plugin in _plugins(credentials._credentials):  # noqa: SLF001  # there is no other way to what they hold
        added += _asked(plugin, f"https://in-process{service}", method)
    return [*(metadata or ()), *added]


def _plugins(credentials: Any) -> Iterator[Any]:
    parts = getattr(credentials, "_call_credentialses", None)
    if parts is None:
        yield credentials._metadata_plugin  # noqa: SLF001
    for part in parts or ():
        yield from _plugins(part)


def _asked(plugin: Any, service_url: str, method: str) -> Any:
    answered = threading.Event()
    answer: list[Any] = []

    def take(metadata: Any, code: Any, details: bytes | None) -> None:
        answer[:] = [metadata, code, details]
        answered.set()

    plugin(service_url, method, take)
    if not answered.wait(PATIENCE_SECONDS):
        raise Ended(grpc.StatusCode.UNAVAILABLE, f"the plugin did not answer within {PATIENCE_SECONDS:g} s")
    metadata, _, details = answer
    if details is not None:
        message = f"Getting metadata from plugin failed with error: {details.decode(errors='replace')}"
        raise Ended(grpc.StatusCode.UNAVAILABLE, message)
    return metadata or ()
