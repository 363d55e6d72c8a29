"""Waits in an event loop for calls over a gRPC channel, and cancels them when the HTTP client disconnects."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from concurrent.futures import Executor
from contextlib import asynccontextmanager, suppress
from typing import Any

from starlette.types import Receive


async def until_done(call: Any, receive: Receive) -> None:
    """Wait for the end of a call with one response.

    Args:
        call: What ``future`` of a channel method returns.
        receive: Receives the disconnection of the client, which cancels the call.
    """
    if call.done():
        return
    loop = asyncio.get_running_loop()
    done = asyncio.Event()

    def tell(_: object) -> None:
        with suppress(RuntimeError):  # the loop is closed, and nothing waits
            loop.call_soon_threadsafe(done.set)

    call.add_done_callback(tell)
    async with _cancelled_with_client(call, receive):
        await done.wait()


async def responses(call: Any, receive: Receive, executor: Executor) -> AsyncGenerator[bytes, None]:
    """Yield the responses of a call with many.

    Args:
        call: What a channel method returns.
        receive: Receives the disconnection of the client, which cancels the call.
        executor: Its threads wait for the next response.

    Raises:
        grpc.RpcError: the call failed.
    """
    loop = asyncio.get_running_loop()
    async with _cancelled_with_client(call, receive):
        while (content := await loop.run_in_executor(executor, next, call, None)) is not None:
            yield content


@asynccontextmanager
async def _cancelled_with_client(call: Any, receive: Receive) -> AsyncIterator[None]:
    watcher = asyncio.create_task(_cancel_when_gone(call, receive))
    try:
        yield
    finally:
        watcher.cancel()
        call.cancel()  # when nothing waits any more; a call that has ended is not affected


async def _cancel_when_gone(call: Any, receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    call.cancel()
