"""What a server does about the connections of its clients: who asks is answered, and who is gone is noticed."""

import socket
import struct

import grpc
import pytest

from simulator import Simulator
from simulator.api import METHODS
from simulator.transports import grpc_server
from simulator.transports.service_registry import MESSAGE_BYTES_MAX
from tests.patience import PATIENCE_SECONDS

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RESET, SETTINGS, PING, GO_AWAY = 0, 1, 3, 4, 6, 7
ACKNOWLEDGED, END_HEADERS = 1, 4
LIST = METHODS["ListRestores"].path


class Connection:
    """HTTP/2 by hand, to be as rude as one likes."""

    def __init__(self, target):
        host, _, port = target.rpartition(":")
        self._socket = socket.create_connection((host, int(port)), timeout=PATIENCE_SECONDS)
        self._socket.sendall(PREFACE)
        self.send(SETTINGS)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def send(self, kind, payload=b"", *, flags=0, stream=0):
        self._socket.sendall(struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload)

    def begin_call(self, path, stream=1):
        """Send the head of a call, and none of its messages."""
        headers = {":method": "POST", ":scheme": "http", ":path": path, ":authority": "localhost"}
        headers |= {"te": "trailers", "content-type": "application/grpc"}
        # Each field as a literal that is not put into a table, which is how every receiver understands it.
        fields = b"".join(
            b"\x00" + b"".join(bytes([len(text)]) + text.encode() for text in field) for field in headers.items()
        )
        self.send(HEADERS, fields, flags=END_HEADERS, stream=stream)

    def frames(self):
        """The frames that come, until the server closes the connection: kind, flags and payload of each."""
        try:
            while head := self._read(9):
                size, kind, flags = int.from_bytes(head[:3], "big"), head[3], head[4]
                yield kind, flags, self._read(size)
        except ConnectionResetError:
            return

    def _read(self, size):
        content = b""
        while len(content) < size and (part := self._socket.recv(size - len(content))):
            content += part
        return content


def await_end_of_all_calls(sim):
    """Wait until the server has forgotten the calls that it knows now; others are answered meanwhile."""
    call = sim.channel(transport="loopback").unary_unary(LIST)
    known = set(sim._server._calls)
    while known & sim._server._calls:
        call(b"", timeout=PATIENCE_SECONDS)


def test_a_client_may_ask_whether_the_server_is_there_as_often_as_it_likes(sim):
    with Connection(sim.target) as connection:
        connection.begin_call(LIST)
        for number in range(20):
            connection.send(PING, number.to_bytes(8, "big"))
        answered = []
        for kind, flags, payload in connection.frames():
            assert kind not in (GO_AWAY, RESET)
            if kind == PING and flags & ACKNOWLEDGED:
                answered.append(int.from_bytes(payload, "big"))
            if len(answered) == 20:
                break

    assert answered == [*range(20)]


def test_a_client_that_is_gone_without_a_word_is_noticed(monkeypatch):
    monkeypatch.setattr(grpc_server, "KEEPALIVE_MILLISECONDS", 100)
    with Simulator() as sim, Connection(sim.target) as connection:
        connection.begin_call(LIST)
        kinds = [kind for kind, _, _ in connection.frames()]  # it never answers a ping, so there is an end

        assert PING in kinds
        await_end_of_all_calls(sim)


def test_half_a_request_whose_client_hangs_up_leaves_nothing_behind(sim):
    with Connection(sim.target) as connection:
        connection.begin_call(LIST)
        connection.send(DATA, b"\x00\x00\x00\x00\x05abc", stream=1)
        connection.send(PING, b"are here")
        assert PING in (kind for kind, _, _ in connection.frames())  # so it has seen what came before, too

    await_end_of_all_calls(sim)
    assert {call.code for call in sim.calls} <= {"OK"}


@pytest.mark.parametrize("rubbish", [b"GET / HTTP/1.1\r\n\r\n", b"\x00" * 1_000, PREFACE + b"\xff" * 1_000])
def test_what_is_no_grpc_disturbs_nobody(sim, rubbish):
    host, _, port = sim.target.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE_SECONDS) as connection:
        connection.sendall(rubbish)
        channel = sim.channel(transport="loopback")
        assert channel.unary_unary(LIST)(b"", timeout=PATIENCE_SECONDS) is not None


def test_a_request_that_is_too_large_is_refused(sim):
    channel = sim.channel(transport="loopback")

    with pytest.raises(grpc.RpcError) as refused:
        channel.unary_unary(LIST)(b"x" * (MESSAGE_BYTES_MAX + 1), timeout=PATIENCE_SECONDS)

    assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert len(sim.calls) == 0
