"""Simulators of tests as sessions of the server that ``--pds-server`` names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import grpc
import pytest

from simulator.remote import RemoteError, RemoteSimulator


def start_session(config: pytest.Config, arguments: Mapping[str, Any]) -> RemoteSimulator:
    """Make a session with the *arguments* of a simulator; the test fails if that is impossible."""
    server: str = config.getoption("pds_server")
    token: str = config.getoption("pds_control_token")
    authority: str | None = config.getoption("pds_server_ca")
    try:
        credentials = None if authority is None else grpc.ssl_channel_credentials(Path(authority).read_bytes())
    except OSError as error:
        raise pytest.fail.Exception(f"--pds-server-ca {authority}: {error.strerror or error}", pytrace=False) from None
    try:
        make = RemoteSimulator.from_snapshot if "snapshot" in arguments else RemoteSimulator
        return make(server, **arguments, control_token=token, credentials=credentials).start()
    except RemoteError as error:
        raise pytest.fail.Exception(f"--pds-server {server}: {error}", pytrace=False) from None
