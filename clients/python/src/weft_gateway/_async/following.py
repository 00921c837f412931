"""Streams that outlive their connections."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from types import TracebackType
from typing import Generic, TypeVar

import httpx

from .._feeds import EventFeed, Feed
from .._link import ConnectionStatus
from .._sse import SseReader
from ..errors import GatewayError, is_passing
from .exchange import AsyncExchange
from .io import Alarm, Items

T = TypeVar("T")


class AsyncFollowing(AsyncIterator[T], Generic[T]):
    """The items of a stream, over as many connections as it takes. `aclose()` ends it, also while it waits."""

    def __init__(self, exchange: AsyncExchange, feed: Feed[T]) -> None:
        self._feed = feed
        self._alarm = Alarm()
        self._connections = _Connections(exchange, feed, self._alarm)
        self._generator = self._connections.items()

    @property
    def cursor(self) -> str | None:
        """Of events: where to begin again, as `since`, after those that have come."""
        return self._feed.cursor if isinstance(self._feed, EventFeed) else None

    @property
    def status(self) -> ConnectionStatus:
        """What the connection is doing."""
        return self._feed.link.status

    def try_now(self) -> None:
        """Ends the pause before the next try to connect."""
        self._alarm.ring()

    async def aclose(self) -> None:
        self._feed.link.closed = True
        self._alarm.ring()
        self._connections.shut_down()
        # Where it runs, in another thread or task, it ends by itself.
        with suppress(ValueError, RuntimeError):
            await self._generator.aclose()

    async def __anext__(self) -> T:
        return await self._generator.__anext__()

    async def __aenter__(self) -> AsyncFollowing[T]:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()


class _Connections(Generic[T]):
    """One connection after the other.

    It does not refer to the stream that reads it: without a cycle a stream that is dropped is closed at once. The
    collector of cycles would close it while httpcore holds the lock of its pool, and closing needs that lock.
    """

    def __init__(self, exchange: AsyncExchange, feed: Feed[T], alarm: Alarm) -> None:
        self._exchange = exchange
        self._feed = feed
        self._alarm = alarm
        self._response: httpx.Response | None = None

    def shut_down(self) -> None:
        """Ends a read in another thread, which goes on when the descriptor is merely closed."""
        if self._response:
            stream = self._response.extensions.get("network_stream")
            with suppress(OSError, AttributeError):
                stream and stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)

    async def items(self) -> Items[T]:
        feed, link = self._feed, self._feed.link
        try:
            while not link.closed:
                reason: GatewayError | None = None
                link.connecting()
                try:
                    async with self._connection() as response:
                        reader = SseReader()
                        async for chunk in response.aiter_bytes():
                            for message in reader.feed(chunk):
                                item = feed.take(message)
                                if item is not None:
                                    yield item
                                feed.taken()
                except (httpx.RequestError, GatewayError) as error:
                    reason = self._passing(error)
                if feed.ended:
                    return
                if not link.closed:
                    await self._alarm.wait(link.pause(reason))
        finally:
            link.closed = True

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[httpx.Response]:
        self._response = response = await self._exchange.open(self._feed.request(), self._feed.silence)
        try:
            if response.status_code == 204:
                self._feed.ended = True
            else:
                self._feed.opened()
            yield response
        finally:
            self._response = None
            await response.aclose()

    def _passing(self, error: httpx.RequestError | GatewayError) -> GatewayError:
        """Raises one that a new connection can't change."""
        link = self._feed.link
        if link.is_of_caller(error):
            raise error
        reason = self._exchange.error_of(error) if isinstance(error, httpx.RequestError) else error
        if not link.closed and not is_passing(reason):
            raise reason
        return reason
