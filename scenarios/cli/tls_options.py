"""The options of ``pds-sim serve`` for TLS."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from simulator.transports.tls import TlsFiles

_FILE = click.Path(path_type=Path)
_OPTIONS = (
    click.option("--tls-cert", type=_FILE, metavar="FILE", help="Serve all ports with TLS; the certificate, in PEM."),
    click.option("--tls-key", type=_FILE, metavar="FILE", help="The private key of --tls-cert, without a passphrase."),
    click.option(
        "--tls-client-ca",
        type=_FILE,
        metavar="FILE",
        help="Clients need a certificate of one of these CAs.",
    ),
)


def tls_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a verb the options of TLS; it gets them as ``tls``, which is None without them."""

    @wraps(command)
    def run(*, tls_cert: Path | None, tls_key: Path | None, tls_client_ca: Path | None, **others: Any) -> Any:
        if tls_cert is not None and tls_key is not None:
            return command(tls=TlsFiles(tls_cert, tls_key, tls_client_ca), **others)
        if tls_cert or tls_key or tls_client_ca:
            raise click.UsageError("TLS needs both --tls-cert and --tls-key; --tls-client-ca comes on top of them")
        return command(tls=None, **others)

    for option in reversed(_OPTIONS):
        run = option(run)
    return run
