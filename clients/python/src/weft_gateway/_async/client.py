"""The client."""

from __future__ import annotations

import copy
import os
import secrets
from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import TypeVar

import httpx

from .. import _settings
from .._answers import Received, WithResponse
from .._arguments import Duration, count, seconds
from .about import AsyncAbout
from .events import AsyncEvents
from .exchange import AsyncExchange
from .handles import AsyncRun, AsyncSessionHandle
from .sessions import AsyncSessions
from .waits import AsyncWaits

T = TypeVar("T")


class AsyncGateway(AsyncSessions, AsyncWaits, AsyncEvents, AsyncAbout):
    """Calls a gateway. All times are in seconds, or a timedelta; wrong ones are refused before anything is sent."""

    def __init__(
        self,
        url: str | None = None,
        token: _settings.Token | None = None,
        socket_path: str | os.PathLike[str] | None = None,
        *,
        timeout: Duration = 30.0,
        max_retries: int = 2,
        headers: Mapping[str, str] | None = None,
        http_client: httpx.AsyncClient | None = None,
    ) -> None:
        """`url` is by default that of `WEFT_URL`, `token` that of `WEFT_TOKEN`. An `http_client` is not closed."""
        address = _settings.address(url, socket_path)
        settings = _settings.Settings(token=_settings.token_or_default(token)).changed(timeout, max_retries, headers)
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=20)
        transport = httpx.AsyncHTTPTransport(uds=address.socket_path, limits=limits) if address.socket_path else None
        http = http_client or httpx.AsyncClient(transport=transport, limits=limits)
        self._owns_http = http_client is None
        self._exchange = AsyncExchange(http, address.base_url, settings)

    def with_options(
        self,
        *,
        timeout: Duration | None = None,
        max_retries: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncGateway:
        """The same client with other settings, over the same connections."""
        return self._over(self._exchange.with_settings(self._exchange.settings.changed(timeout, max_retries, headers)))

    async def with_response(self, call: Callable[[AsyncGateway], Awaitable[T]]) -> WithResponse[T]:
        """What `call` returns, and how it was answered: `with_response(lambda gateway: gateway.get(1))`.

        `call` gets the same client. If it sends several requests, the last answer counts.
        """
        answers: list[Received] = []
        value = await call(self._over(self._exchange.recording(answers)))
        if not answers:
            raise ValueError("the call has sent nothing")
        return WithResponse(value, answers[-1].status, answers[-1].headers, answers[-1].request_id)

    async def aclose(self) -> None:
        if self._owns_http:
            await self._exchange.http.aclose()

    async def __aenter__(self) -> AsyncGateway:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    def run(
        self,
        app_id: str,
        *,
        labels: Mapping[str, str] | None = None,
        env: Mapping[str, str] | None = None,
        params: Mapping[str, str | float | bool] | None = None,
        lifetime_ms: int | None = None,
        lease_ms: int | None = None,
        within: Duration | None = None,
        idempotency_key: str | None = None,
    ) -> AsyncRun:
        """`async with gateway.run("app") as session` launches, waits until it is ready, and stops it in the end."""
        key = idempotency_key or secrets.token_hex(16)
        if within is not None:
            seconds("within", within)
        return AsyncRun(
            self,
            lambda: self.launch(
                app_id,
                labels=labels,
                env=env,
                params=params,
                lifetime_ms=lifetime_ms,
                lease_ms=lease_ms,
                idempotency_key=key,
            ),
            within,
        )

    def session(self, id: int) -> AsyncSessionHandle:
        """The calls about one session. Nothing is sent."""
        return AsyncSessionHandle(self, count("id", id, 1))

    def _over(self, exchange: AsyncExchange) -> AsyncGateway:
        other = copy.copy(self)
        other._exchange = exchange
        other._owns_http = False
        return other
