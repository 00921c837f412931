"""The client."""

from __future__ import annotations

import copy
import os
import secrets
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TypeVar

import httpx

from .. import _settings
from .._answers import Received, WithResponse
from .._arguments import Duration, count, seconds
from .about import About
from .events import Events
from .exchange import Exchange
from .handles import Run, SessionHandle
from .sessions import Sessions
from .waits import Waits

T = TypeVar("T")


class Gateway(Sessions, Waits, Events, About):
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
        http_client: httpx.Client | None = None,
    ) -> None:
        """`url` is by default that of `WEFT_URL`, `token` that of `WEFT_TOKEN`. An `http_client` is not closed."""
        address = _settings.address(url, socket_path)
        settings = _settings.Settings(token=_settings.token_or_default(token)).changed(timeout, max_retries, headers)
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=20)
        transport = httpx.HTTPTransport(uds=address.socket_path, limits=limits) if address.socket_path else None
        http = http_client or httpx.Client(transport=transport, limits=limits)
        self._owns_http = http_client is None
        self._exchange = Exchange(http, address.base_url, settings)

    def with_options(
        self,
        *,
        timeout: Duration | None = None,
        max_retries: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Gateway:
        """The same client with other settings, over the same connections."""
        return self._over(self._exchange.with_settings(self._exchange.settings.changed(timeout, max_retries, headers)))

    def with_response(self, call: Callable[[Gateway], T]) -> WithResponse[T]:
        """What `call` returns, and how it was answered: `with_response(lambda gateway: gateway.get(1))`.

        `call` gets the same client. If it sends several requests, the last answer counts.
        """
        answers: list[Received] = []
        value = call(self._over(self._exchange.recording(answers)))
        if not answers:
            raise ValueError("the call has sent nothing")
        return WithResponse(value, answers[-1].status, answers[-1].headers, answers[-1].request_id)

    def close(self) -> None:
        if self._owns_http:
            self._exchange.http.close()

    def __enter__(self) -> Gateway:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

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
    ) -> Run:
        """`with gateway.run("app") as session` launches, waits until it is ready, and stops it in the end."""
        key = idempotency_key or secrets.token_hex(16)
        if within is not None:
            seconds("within", within)
        return Run(
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

    def session(self, id: int) -> SessionHandle:
        """The calls about one session. Nothing is sent."""
        return SessionHandle(self, count("id", id, 1))

    def _over(self, exchange: Exchange) -> Gateway:
        other = copy.copy(self)
        other._exchange = exchange
        other._owns_http = False
        return other
