"""The certificate and the key of a server, and the CA of its clients."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

import grpc


@dataclass(frozen=True)
class TlsFiles:
    """Files in PEM that both ports of a server use for TLS.

    Args:
        certificate: The certificate of the server, and the intermediate ones up to its CA.
        key: The private key of the certificate, without a passphrase.
        client_ca: Certificates of CAs; a client has to present a certificate from one of them. None requires none.
    """

    certificate: Path
    key: Path
    client_ca: Path | None = None

    def grpc_credentials(self) -> grpc.ServerCredentials:
        """Read the files for a gRPC port.

        Raises:
            ValueError: a file can't be read, or is something else, or the key belongs to another certificate. The
                message names the file, and shows nothing that is in it.
        """
        self.check()
        client_ca = None if self.client_ca is None else _content("client CA", self.client_ca)
        pair = (_content("key", self.key), _content("certificate", self.certificate))
        return grpc.ssl_server_credentials([pair], client_ca, require_client_auth=client_ca is not None)

    def check(self) -> None:
        """Check that TLS works with the files; gRPC and uvicorn would complain in their own words, or later.

        Raises:
            ValueError: as `grpc_credentials`.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        for kind, file in (("certificate", self.certificate), ("client CA", self.client_ca)):
            if file is not None:
                _content(kind, file)
                try:
                    context.load_verify_locations(file)
                except ssl.SSLError:
                    raise ValueError(f"the TLS {kind} {str(file)!r} holds no certificate in PEM") from None
        _content("key", self.key)
        try:
            context.load_cert_chain(self.certificate, self.key, password=self._refuse_passphrase)
        except ssl.SSLError as error:
            wrong = (
                f"does not belong to the certificate {str(self.certificate)!r}"
                if error.reason == "KEY_VALUES_MISMATCH"
                else "holds no private key in PEM"
            )
            raise ValueError(f"the TLS key {str(self.key)!r} {wrong}") from None

    def _refuse_passphrase(self) -> str:
        raise ValueError(f"the TLS key {str(self.key)!r} has a passphrase; expected a key without one")


def _content(kind: str, file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ValueError(f"the TLS {kind} {str(file)!r} can't be read: {error.strerror}") from None
