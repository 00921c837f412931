"""Streams that outlive their connections."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from types import TracebackType
from typing import Generic, TypeVar

import httpx

from .._feeds import EventFeed, Feed, delay
from .._sse import SseReader
from ..errors import GatewayError, is_passing
from .exchange import AsyncExchange
from .io import Alarm, Items

T = TypeVar("T")


class AsyncFollowing(AsyncIterator[T], Generic[T]):
    """The items of a stream, over as many connections as it takes. `aclose()` ends it, also while it waits."""

    def __init__(self, exchange: AsyncExchange, feed: Feed[T]) -> None:
        self._exchange = exchange
        self._feed = feed
        self._alarm = Alarm()
        self._closed = False
        self._response: httpx.Response | None = None
        self._generator = self._items()

    @property
    def cursor(self) -> str | None:
        """Of events: where to begin again, as `since`, after those that have come."""
        return self._feed.cursor if isinstance(self._feed, EventFeed) else None

    def try_now(self) -> None:
        """Ends the pause before the next try to connect."""
        self._alarm.ring()

    async def aclose(self) -> None:
        self._closed = True
        self._alarm.ring()
        response = self._response
        if response:
            # A read in another thread ends with the connection, and not when its descriptor is closed.
            stream = response.extensions.get("network_stream")
            with suppress(OSError, AttributeError):
                stream and stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
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

    async def _items(self) -> Items[T]:
        attempt = 0
        while not self._closed and not self._feed.ended:
            reason: GatewayError | None = None
            try:
                self._response = response = await self._exchange.open(self._feed.request(), self._feed.silence)
                try:
                    if response.status_code == 204:
                        return
                    reader = SseReader()
                    async for chunk in response.aiter_bytes():
                        attempt = 0
                        for message in reader.feed(chunk):
                            item = self._feed.take(message)
                            if item is not None:
                                yield item
                finally:
                    self._response = None
                    await response.aclose()
            except httpx.RequestError as error:
                reason = self._exchange.error_of(error)
            except GatewayError as error:
                if not self._closed and not is_passing(error):
                    raise
                reason = error
            if not self._closed and not self._feed.ended:
                await self._alarm.wait(delay(0.25, 10.0, attempt, reason))
                attempt += 1
