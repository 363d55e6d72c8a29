"""Calls over a channel of gRPC, waited for in an event loop, and cancelled when the HTTP client goes."""

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
        call: What ``future`` of a method of a channel gives.
        receive: Tells when the client goes, which cancels the call.
    """
    if call.done():
        return
    loop = asyncio.get_running_loop()
    done = asyncio.Event()

    def tell(_: object) -> None:
        with suppress(RuntimeError):  # the loop is closed, and nobody waits
            loop.call_soon_threadsafe(done.set)

    call.add_done_callback(tell)
    async with _cancelled_with_client(call, receive):
        await done.wait()


async def responses(call: Any, receive: Receive, executor: Executor) -> AsyncGenerator[bytes, None]:
    """Give the responses of a call with many.

    Args:
        call: What a method of a channel gives.
        receive: Tells when the client goes, which cancels the call.
        executor: Has the threads in which the next response is waited for.

    Raises:
        grpc.RpcError: the call did not end well.
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
        call.cancel()  # where nobody waits any more; one that has ended stays as it is


async def _cancel_when_gone(call: Any, receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    call.cancel()
