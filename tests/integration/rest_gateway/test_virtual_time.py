"""A client that polls over HTTP, on a connection that it keeps, and sleeps in between, waits in virtual time."""

import asyncio
import json

LAST = "DATA_SERVICE_DEPLOYMENT_ENTERING_NORMAL_MODE"


async def get(connection, path):
    reader, writer = connection
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = int(head.partition("content-length:")[2].split()[0])
    return json.loads(await reader.readexactly(length))


def test_a_client_that_keeps_its_connection_sleeps_in_virtual_time(sim, rest, stub, create_request, elapsed):
    created = stub.CreateRestore(create_request())

    async def poll():
        connection = await asyncio.open_connection("127.0.0.1", rest.port)
        phases = []
        for _ in range(6):
            restore = await get(connection, f"/pds/v1/restores/{created.meta.uid}")
            phases.append(restore["status"]["phase"])
            await asyncio.sleep(30)
        connection[1].close()
        await connection[1].wait_closed()
        return phases

    assert sim.run(poll) == ["INITIALIZING", *["RESTORING_CLOUDSNAP"] * 3, "RESTORING_DATA_SERVICE_DEPLOYMENT", LAST]
    assert elapsed() == 180
