"""TLS and mutual TLS on both ports and on those of sessions: who has the wrong certificate gets nowhere."""

import http.client
import socket
import ssl
import threading
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass

import grpc
import pytest
import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from simulator.api import RestoreServiceStub, restore_pb2
from simulator.remote import RemoteError, RemoteSimulator
from simulator.services.product import SERVICES
from simulator.transports import rest_gateway
from simulator.transports.tls import TlsFiles

LENGTH = b"Host: localhost\r\nContent-Length: 9\r\n\r\n"
OPTIONS = (("grpc.use_local_subchannel_pool", 1), ("grpc.enable_http_proxy", 0))


@dataclass
class Client:
    """What a client trusts, and what it shows.

    It trusts nobody whom `authority` has not signed.
    """

    authority: trustme.CA
    certificate: trustme.LeafCert | None = None

    @property
    def credentials(self):
        root = self.authority.cert_pem.bytes()
        if self.certificate is None:
            return grpc.ssl_channel_credentials(root)
        chain = b"".join(part.bytes() for part in self.certificate.cert_chain_pems)
        return grpc.ssl_channel_credentials(root, self.certificate.private_key_pem.bytes(), chain)

    def code_of_grpc(self, target):
        with grpc.secure_channel(target, self.credentials, options=OPTIONS) as channel:
            try:
                RestoreServiceStub(channel).ListRestores(restore_pb2.ListRestoresRequest(), timeout=20)
            except grpc.RpcError as error:
                return error.code().name
            return "OK"

    def status_of_http(self, port):
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        if self.certificate is not None:
            self.certificate.configure_cert(context)
        with closing(http.client.HTTPSConnection("127.0.0.1", port, timeout=20, context=context)) as connection:
            connection.request("GET", "/pds/v1/restores")
            return connection.getresponse().status


@pytest.fixture(scope="module")
def authority():
    return trustme.CA(key_type=trustme.KeyType.ECDSA)


@pytest.fixture(scope="module")
def stranger():
    return trustme.CA(key_type=trustme.KeyType.ECDSA)


@pytest.fixture(scope="module")
def files(authority, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    own = authority.issue_cert("localhost", "127.0.0.1")
    own.private_key_pem.write_to_path(folder / "server.key")
    own.cert_chain_pems[0].write_to_path(folder / "server.pem")
    authority.cert_pem.write_to_path(folder / "ca.pem")
    other = authority.issue_cert("localhost").private_key_pem.bytes()
    (folder / "other.key").write_bytes(other)
    locked = load_pem_private_key(other, None).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"a passphrase")
    )
    (folder / "locked.key").write_bytes(locked)
    return folder


@pytest.fixture
def serve(make_server, files):
    """Serves both ports, and gives the server and the port of HTTP."""
    running = []

    def start(*, mutual):
        tls = TlsFiles(files / "server.pem", files / "server.key", files / "ca.pem" if mutual else None)
        server = make_server(tls=tls)
        channel = server.channel()
        application = rest_gateway.app(
            channel,
            [*(service.descriptor for service in SERVICES), *server.descriptors],
            own_address=rest_gateway.OwnAddress("127.0.0.1"),
        )
        running.append(rest_gateway.HttpServer(application, "127.0.0.1", 0, end_calls=channel.close, tls=tls))
        assert running[-1].url == f"https://127.0.0.1:{running[-1].port}"
        return server, running[-1].port

    def stop():
        while running:
            running.pop().stop()

    start.stop_http = stop
    yield start
    stop()


@pytest.mark.parametrize(
    ("mutual", "trusts", "shows", "is_let_in"),
    [
        (False, "authority", None, True),
        (False, "stranger", None, False),
        (True, "authority", "authority", True),
        (True, "authority", None, False),
        (True, "authority", "stranger", False),
        (True, "stranger", "authority", False),
    ],
)
def test_only_clients_with_the_right_certificates_get_an_answer(serve, request, mutual, trusts, shows, is_let_in):
    server, http_port = serve(mutual=mutual)
    certificate = request.getfixturevalue(shows).issue_cert("client.example.com") if shows else None
    client = Client(request.getfixturevalue(trusts), certificate)

    assert client.code_of_grpc(server.target) == ("OK" if is_let_in else "UNAVAILABLE")
    if is_let_in:
        assert client.status_of_http(http_port) == 200
    else:
        with pytest.raises((ssl.SSLError, ConnectionError)):
            client.status_of_http(http_port)


def test_clients_without_tls_get_no_answer(serve):
    server, http_port = serve(mutual=False)

    with grpc.insecure_channel(server.target, options=OPTIONS) as channel, pytest.raises(grpc.RpcError) as refused:
        RestoreServiceStub(channel).ListRestores(restore_pb2.ListRestoresRequest(), timeout=20)
    assert refused.value.code() is grpc.StatusCode.UNAVAILABLE
    with closing(http.client.HTTPConnection("127.0.0.1", http_port, timeout=20)) as connection:
        connection.request("GET", "/healthz")
        with pytest.raises((http.client.HTTPException, ConnectionError)):
            connection.getresponse()


def test_the_end_comes_while_a_connection_is_being_closed(serve, authority):
    before = set(threading.enumerate())  # other tests have servers as well
    _, http_port = serve(mutual=False)
    context = ssl.create_default_context()
    authority.configure_trust(context)
    with closing(http.client.HTTPSConnection("127.0.0.1", http_port, timeout=20, context=context)) as connection:
        connection.connect()
        connection.sock.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert connection.sock.recv(15) == b"HTTP/1.1 200 OK"

        serve.stop_http()

        assert "pds-simulator-http" not in [thread.name for thread in {*threading.enumerate()} - before]


def test_the_end_waits_neither_for_handshakes_nor_for_requests_nor_for_goodbyes(serve, authority, caplog):
    _, http_port = serve(mutual=False)
    context = ssl.create_default_context()
    authority.configure_trust(context)
    with ExitStack() as stack:

        def connect():
            return stack.enter_context(closing(socket.create_connection(("127.0.0.1", http_port))))

        connect()
        for sent in (b"", b"GET /healthz HTTP/1.1\r\nHo", b"POST /simulator/v1/sessions HTTP/1.1\r\n%b{" % LENGTH):
            connection = stack.enter_context(context.wrap_socket(connect(), server_hostname="127.0.0.1"))
            connection.sendall(sent)
        assert Client(authority).status_of_http(http_port) == 200  # so the others have been read
        began_seconds = time.monotonic()
        serve.stop_http()
        assert time.monotonic() - began_seconds < 20  # a handshake alone may take 60
    assert caplog.messages == []


def test_a_session_is_used_as_a_simulator_and_its_own_port_has_the_tls_of_the_server(
    serve, authority, stranger, create_request_for
):
    server, _ = serve(mutual=True)
    client = Client(authority, authority.issue_cert("client.example.com"))
    strangers = (Client(stranger, client.certificate), Client(authority))

    with RemoteSimulator(server.target, credentials=client.credentials) as sim:
        RestoreServiceStub(sim.channel()).CreateRestore(create_request_for(sim, "copy"))
        sim.run_until_idle()
        assert [restore.phase.name for restore in sim.world.restores.values()] == ["SUCCESSFUL"]
        assert sim.target != server.target
        assert [one.code_of_grpc(sim.target) for one in (client, *strangers)] == ["OK", "UNAVAILABLE", "UNAVAILABLE"]
    for other in strangers:
        with pytest.raises(RemoteError, match="TLS"):
            RemoteSimulator(server.target, credentials=other.credentials).start()


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"certificate": "missing.pem"}, "the TLS certificate '{folder}/missing.pem' can't be read: No such file"),
        ({"certificate": "server.key"}, "the TLS certificate '{folder}/server.key' holds no certificate in PEM"),
        ({"key": "missing.key"}, "the TLS key '{folder}/missing.key' can't be read: No such file"),
        ({"key": "server.pem"}, "the TLS key '{folder}/server.pem' holds no private key in PEM"),
        ({"key": "other.key"}, "'{folder}/other.key' does not belong to the certificate '{folder}/server.pem'"),
        ({"key": "locked.key"}, "the TLS key '{folder}/locked.key' has a passphrase; expected a key without one"),
        ({"client_ca": "."}, "the TLS client CA '{folder}' can't be read: Is a directory"),
        ({"client_ca": "server.key"}, "the TLS client CA '{folder}/server.key' holds no certificate in PEM"),
    ],
)
def test_files_that_are_no_good_are_named_and_nothing_in_them_is_shown(make_server, files, settings, complaint):
    given = {"certificate": "server.pem", "key": "server.key"} | settings
    tls = TlsFiles(**{name: files / file for name, file in given.items()})

    with pytest.raises(ValueError, match=r"^the TLS ") as refused:
        make_server(tls=tls)

    assert complaint.format(folder=files) in str(refused.value)
    assert "BEGIN" not in str(refused.value)
    assert refused.value.__cause__ is None
