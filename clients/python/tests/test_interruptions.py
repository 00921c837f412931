"""What is left of a `run` that is interrupted."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable
from typing import TypeAlias

import pytest
from conftest import FakeServer, GatewayProcess, forward

from weft_gateway import AsyncGateway, Gateway

Fake: TypeAlias = Callable[[Callable[[bytes], bytes]], FakeServer]


def states(client: Gateway) -> list[str]:
    return [session.state for session in client.sessions()]


def test_an_interrupt_during_the_launch_leaves_no_session(server: GatewayProcess, client: Gateway, fake: Fake) -> None:
    main = threading.get_ident()

    def interrupt_first(request: bytes) -> bytes:
        answer = forward(request, server.port)
        if len(proxy.requests) == 1:
            signal.pthread_kill(main, signal.SIGINT)
            return b""
        return answer

    proxy = fake(interrupt_first)
    with Gateway(proxy.url, max_retries=0) as gateway, pytest.raises(KeyboardInterrupt), gateway.run("steady"):
        pass
    assert states(client) == ["stopped"]


def test_a_cancellation_during_the_launch_leaves_no_session(
    server: GatewayProcess, client: Gateway, fake: Fake
) -> None:
    cancelled = threading.Event()
    launched = threading.Event()

    def hold_first(request: bytes) -> bytes:
        answer = forward(request, server.port)
        if len(proxy.requests) > 1:
            return answer
        launched.set()
        assert cancelled.wait(60)
        return b""

    async def main() -> None:
        async with AsyncGateway(proxy.url) as gateway:
            task = asyncio.ensure_future(gateway.run("steady").__aenter__())
            assert await asyncio.to_thread(launched.wait, 60)
            task.cancel()
            await asyncio.sleep(0)
            cancelled.set()
            with pytest.raises(asyncio.CancelledError):
                await task

    proxy = fake(hold_first)
    asyncio.run(main())
    assert states(client) == ["stopped"]


def test_a_cancellation_at_the_end_of_the_block_does_not_keep_it_from_the_stop(
    server: GatewayProcess, client: Gateway, fake: Fake
) -> None:
    cancelled = threading.Event()
    stopping = threading.Event()

    def cut_first_stop(request: bytes) -> bytes:
        if not request.startswith(b"DELETE") or stopping.is_set():
            return forward(request, server.port)
        stopping.set()
        assert cancelled.wait(60)
        return b""

    async def block(gateway: AsyncGateway) -> None:
        async with gateway.run("steady"):
            pass

    async def main() -> None:
        async with AsyncGateway(proxy.url) as gateway:
            task = asyncio.ensure_future(block(gateway))
            assert await asyncio.to_thread(stopping.wait, 60)
            task.cancel()
            await asyncio.sleep(0)
            task.cancel()
            cancelled.set()
            with pytest.raises(asyncio.CancelledError):
                await task

    proxy = fake(cut_first_stop)
    asyncio.run(main())
    [session] = client.list().items
    stop = client.wait_until_stopped(session.id).stop
    assert stop
    assert stop.reason == "terminated"
