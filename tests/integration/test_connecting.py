"""How long connecting takes is no part of a deadline."""

import asyncio
import socket
import threading
from contextlib import ExitStack, closing, suppress

import grpc
import pytest

from simulator import Simulator, faults
from simulator.api import RestoreServiceStub, restore_pb2

REQUEST = restore_pb2.ListRestoresRequest()
LATE_SECONDS = 0.2
"""Ten times what a server takes to be on the way to it."""


@pytest.fixture
def behind_a_slow_way():
    """Serves another port, from which the first bytes of a connection come late."""
    with ExitStack() as stack:

        def pump(source, target):
            with suppress(OSError):  # the other side has closed
                while content := source.recv(1 << 16):
                    target.sendall(content)
                target.shutdown(socket.SHUT_WR)

        def connect(listening, address):
            while True:
                try:
                    client, _ = listening.accept()
                except OSError:
                    return
                server = stack.enter_context(closing(socket.create_connection(address)))
                stack.enter_context(closing(client))
                threading.Event().wait(LATE_SECONDS)
                for pair in ((client, server), (server, client)):
                    threading.Thread(target=pump, args=pair, daemon=True).start()

        def serve(target):
            host, _, port = target.rpartition(":")
            listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            stack.callback(listening.shutdown, socket.SHUT_RDWR)
            threading.Thread(target=connect, args=(listening, (host, int(port))), daemon=True).start()
            return f"127.0.0.1:{listening.getsockname()[1]}"

        yield serve


@pytest.fixture
def sim(behind_a_slow_way, monkeypatch):
    with Simulator(seed=7) as simulator:
        slow = behind_a_slow_way(simulator.target)
        monkeypatch.setattr(type(simulator), "target", slow)
        simulator.inject(faults.hang(), method="ListRestores")
        yield simulator


def test_a_call_takes_its_deadline(sim):
    stub = RestoreServiceStub(sim.channel(transport="loopback"))
    with pytest.raises(grpc.RpcError) as caught:
        stub.ListRestores(REQUEST, timeout=15)
    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    assert sim.elapsed.total_seconds() == 15


def test_a_call_of_asyncio_takes_its_deadline(sim):
    async def main():
        async with sim.aio_channel(transport="loopback") as channel:
            with pytest.raises(grpc.RpcError) as caught:
                await RestoreServiceStub(channel).ListRestores(REQUEST, timeout=15)
            assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED

    asyncio.run(main())
    assert sim.elapsed.total_seconds() == 15
