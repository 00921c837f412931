"""The client."""

from __future__ import annotations

import copy
import os
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from types import TracebackType
from typing import Literal
from urllib.parse import quote

import httpx

from .. import _settings
from .._answers import Received, Request, model_reader, read_text
from .._arguments import Duration, Parameters, count, labels_of, parameters, seconds, wait_ms
from .._decode import ModelT
from .._feeds import EventFeed, Gap, LogFeed
from ..errors import GatewayError, GatewayProblem, GatewayTimeoutError, LaunchFailed
from ..models import (
    App,
    AppList,
    Event,
    EventPage,
    EventType,
    LogLine,
    LogLinePage,
    Me,
    Session,
    SessionPage,
    SessionState,
    Stats,
    StopReason,
)
from ..models import (
    Gateway as GatewayInfo,
)
from .exchange import AsyncExchange
from .following import AsyncFollowing
from .io import INTERRUPTIONS, finished

_ONE_WAIT = 30.0
"""How long the gateway waits before it answers one of the requests of a wait, in seconds: shorter than proxies bear."""

_TAIL_OF_FAILURE = 20


class AsyncGateway:
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
        other = copy.copy(self)
        settings = self._exchange.settings.changed(timeout, max_retries, headers)
        other._exchange = AsyncExchange(self._exchange.http, self._exchange.base_url, settings)
        other._owns_http = False
        return other

    async def aclose(self) -> None:
        if self._owns_http:
            await self._exchange.http.aclose()

    async def __aenter__(self) -> AsyncGateway:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    async def launch(
        self,
        app_id: str,
        *,
        labels: Mapping[str, str] | None = None,
        env: Mapping[str, str] | None = None,
        wait: Duration | None = None,
        idempotency_key: str | None = None,
    ) -> Session:
        """Launches an app; with `wait` it returns when the session is ready, or after that time with it as it is.

        Raises `LaunchFailed` if it ended before. A launch is never doubled: all tries have the same `Idempotency-Key`.
        """
        body = {"appId": app_id, "labels": labels, "env": env}
        milliseconds = wait_ms(wait)
        request = Request(
            "POST",
            "/sessions",
            model_reader(Session),
            parameters(waitMs=milliseconds),
            body={name: value for name, value in body.items() if value is not None},
            idempotency_key=_settings.header("idempotency_key", idempotency_key or secrets.token_hex(16)),
            wait=(milliseconds or 0) / 1_000,
        )
        return await self._exchange.call(request)

    def run(
        self,
        app_id: str,
        *,
        labels: Mapping[str, str] | None = None,
        env: Mapping[str, str] | None = None,
        within: Duration | None = None,
        idempotency_key: str | None = None,
    ) -> AsyncRun:
        """`async with gateway.run("app") as session` launches, waits until it is ready, and stops it in the end."""
        key = idempotency_key or secrets.token_hex(16)
        if within is not None:
            seconds("within", within)
        return AsyncRun(self, lambda: self.launch(app_id, labels=labels, env=env, idempotency_key=key), within)

    def session(self, id: int) -> AsyncSessionHandle:
        """The calls about one session. Nothing is sent."""
        return AsyncSessionHandle(self, count("id", id, 1))

    async def get(self, id: int) -> Session:
        return await self._get(f"/sessions/{count('id', id, 1)}", Session)

    async def list(
        self,
        *,
        state: SessionState | Sequence[SessionState] | None = None,
        app_id: str | Sequence[str] | None = None,
        labels: Mapping[str, str] | None = None,
        reason: StopReason | Sequence[StopReason] | None = None,
        order: Literal["oldest", "newest"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> SessionPage:
        """One page. `events` from its `event_cursor` has every later change."""
        label = labels_of(labels)
        query = parameters(
            state=state, appId=app_id, label=label, reason=reason, order=order, limit=limit, cursor=cursor
        )
        return await self._get("/sessions", SessionPage, query)

    async def sessions(
        self,
        *,
        state: SessionState | Sequence[SessionState] | None = None,
        app_id: str | Sequence[str] | None = None,
        labels: Mapping[str, str] | None = None,
        reason: StopReason | Sequence[StopReason] | None = None,
        order: Literal["oldest", "newest"] | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[Session]:
        """All sessions, page after page; `limit` is the length of a page."""
        cursor: str | None = None
        while True:
            page = await self.list(
                state=state, app_id=app_id, labels=labels, reason=reason, order=order, limit=limit, cursor=cursor
            )
            for session in page.items:
                yield session
            cursor = page.next_cursor
            if cursor is None:
                return

    async def stop(self, id: int, *, force: bool = False, wait: Duration | None = None) -> Session:
        """Asks for the stop; with `wait` it returns when it is stopped, or after that time with it as it is."""
        milliseconds = wait_ms(wait)
        query = parameters(force=True if force else None, waitMs=milliseconds)
        path = f"/sessions/{count('id', id, 1)}"
        waiting = (milliseconds or 0) / 1_000
        return await self._exchange.call(Request("DELETE", path, model_reader(Session), query, wait=waiting))

    async def wait(
        self, id: int, *, until: Literal["ready", "stopped"] = "stopped", wait: Duration = _ONE_WAIT
    ) -> Session:
        """One wait: returns when the goal is reached or can't be any more, or after `wait`, with it as it is."""
        milliseconds = wait_ms(wait) or 0
        query = parameters(until=until, timeoutMs=milliseconds)
        path = f"/sessions/{count('id', id, 1)}/wait"
        return await self._exchange.call(Request("GET", path, model_reader(Session), query, wait=milliseconds / 1_000))

    async def wait_until_ready(self, id: int, *, within: Duration | None = None) -> Session:
        """Raises `LaunchFailed` if it ended before, `GatewayTimeoutError` after `within`."""
        session = await self._wait_until(id, "ready", within)
        if session.state == "stopped" and session.ready_at is None:
            raise LaunchFailed(session, await self._log_tail(id))
        return session

    async def wait_until_stopped(self, id: int, *, within: Duration | None = None) -> Session:
        """Waits until nothing of the session is left. Raises `GatewayTimeoutError` after `within`."""
        return await self._wait_until(id, "stopped", within)

    async def logs(
        self, id: int, *, tail: int | None = None, after: int | None = None, stream: str | None = None
    ) -> Sequence[LogLine]:
        """The lines written so far."""
        path = f"/sessions/{count('id', id, 1)}/logs"
        query = parameters(tail=tail, after=after, stream=stream)
        return await self._exchange.call(Request("GET", path, _read_lines, query, accept="application/x-ndjson"))

    async def log_lines(
        self,
        id: int,
        *,
        tail: int | None = None,
        before: int | None = None,
        after: int | None = None,
        stream: str | None = None,
        text: str | None = None,
        limit: int | None = None,
    ) -> LogLinePage:
        """One page of the lines written so far: the newest, or those before or after a `seq`."""
        query = parameters(tail=tail, before=before, after=after, stream=stream, q=text, limit=limit)
        return await self._get(f"/sessions/{count('id', id, 1)}/log-lines", LogLinePage, query)

    def follow_logs(
        self, id: int, *, tail: int | None = None, after: int | None = None, stream: str | None = None
    ) -> AsyncFollowing[LogLine]:
        """The lines so far and all later ones, until the session is stopped: none is lost or comes twice."""
        return AsyncFollowing(self._exchange, LogFeed(count("id", id, 1), tail, after, stream))

    def events(
        self,
        *,
        since: str | None = None,
        event_type: EventType | Sequence[EventType] | None = None,
        session_id: int | Sequence[int] | None = None,
        app_id: str | Sequence[str] | None = None,
        labels: Mapping[str, str] | None = None,
        on_gap: Callable[[Gap], object] | None = None,
        on_snapshot: Callable[[Sequence[Session]], object] | None = None,
    ) -> AsyncFollowing[Event]:
        """The events after `since`, or from now on, over as many connections as it takes; none comes twice.

        Without `on_gap`, events that are lost for good end it with a `GapError`.
        """
        filters = parameters(eventType=event_type, sessionId=session_id, appId=app_id, label=labels_of(labels))
        return AsyncFollowing(self._exchange, EventFeed(since, filters, on_gap, on_snapshot))

    async def history(
        self,
        *,
        since: str | None = None,
        before: str | None = None,
        event_type: EventType | Sequence[EventType] | None = None,
        session_id: int | Sequence[int] | None = None,
        app_id: str | Sequence[str] | None = None,
        labels: Mapping[str, str] | None = None,
        limit: int | None = None,
    ) -> EventPage:
        """One page of past events, oldest first."""
        filters = parameters(eventType=event_type, sessionId=session_id, appId=app_id, label=labels_of(labels))
        query = [*parameters(since=since, before=before, limit=limit), *filters]
        return await self._get("/events/history", EventPage, query)

    async def apps(self) -> Sequence[App]:
        return (await self._get("/apps", AppList)).items

    async def app(self, id: str) -> App:
        return await self._get(f"/apps/{quote(id, safe='')}", App)

    async def me(self) -> Me:
        """The name, the scopes and the apps of the token."""
        return await self._get("/me", Me)

    async def info(self) -> GatewayInfo:
        """How the gateway is."""
        return await self._get("/gateway", GatewayInfo)

    async def stats(
        self,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        bucket: Duration | None = None,
        app_id: str | Sequence[str] | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> Stats:
        """What happened between `start` and `end`: by default in the last hour, by minutes."""
        bucket_ms = None if bucket is None else round(seconds("bucket", bucket) * 1_000)
        times = {"from": start, "to": end}
        query = parameters(**times, bucketMs=bucket_ms, appId=app_id, label=labels_of(labels))
        return await self._get("/stats", Stats, query)

    async def metrics(self) -> str:
        return await self._exchange.call(Request("GET", "/metrics", read_text, [], accept="text/plain"))

    async def _get(self, path: str, model: type[ModelT], query: Parameters | None = None) -> ModelT:
        return await self._exchange.call(Request("GET", path, model_reader(model), query or []))

    async def _log_tail(self, id: int) -> Sequence[str]:
        # The launch has failed, whether or not its log can be read.
        try:
            return [line.line for line in await self.logs(id, tail=_TAIL_OF_FAILURE)]
        except GatewayError:
            return []

    async def _wait_until(self, id: int, goal: Literal["ready", "stopped"], within: Duration | None) -> Session:
        limit = None if within is None else seconds("within", within)
        end = None if limit is None else time.monotonic() + limit
        while True:
            left = _ONE_WAIT if end is None else min(_ONE_WAIT, max(0.0, end - time.monotonic()))
            session = await self.wait(id, until=goal, wait=left)
            if session.state == "stopped" or (goal == "ready" and session.state == "running"):
                return session
            if limit is not None and end is not None and time.monotonic() >= end:
                raise GatewayTimeoutError(f"session {id} was not {goal}", limit)


class AsyncSessionHandle:
    """The calls about one session."""

    def __init__(self, gateway: AsyncGateway, id: int) -> None:
        self._gateway = gateway
        self.id = id

    async def get(self) -> Session:
        return await self._gateway.get(self.id)

    async def stop(self, *, force: bool = False, wait: Duration | None = None) -> Session:
        return await self._gateway.stop(self.id, force=force, wait=wait)

    async def wait(self, *, until: Literal["ready", "stopped"] = "stopped", wait: Duration = _ONE_WAIT) -> Session:
        return await self._gateway.wait(self.id, until=until, wait=wait)

    async def wait_until_ready(self, *, within: Duration | None = None) -> Session:
        return await self._gateway.wait_until_ready(self.id, within=within)

    async def wait_until_stopped(self, *, within: Duration | None = None) -> Session:
        return await self._gateway.wait_until_stopped(self.id, within=within)

    async def logs(self, *, tail: int | None = None, after: int | None = None) -> Sequence[LogLine]:
        return await self._gateway.logs(self.id, tail=tail, after=after)

    def follow_logs(self, *, tail: int | None = None, after: int | None = None) -> AsyncFollowing[LogLine]:
        return self._gateway.follow_logs(self.id, tail=tail, after=after)


class AsyncRunningSession(AsyncSessionHandle):
    def __init__(self, gateway: AsyncGateway, session: Session) -> None:
        super().__init__(gateway, session.id)
        self.session = session
        """As it was when it was ready."""


class AsyncRun:
    """A session for the time of a block."""

    def __init__(
        self, gateway: AsyncGateway, launch: Callable[[], Awaitable[Session]], within: Duration | None
    ) -> None:
        self._gateway = gateway
        self._launch = launch
        self._within = within
        self._id = 0

    async def __aenter__(self) -> AsyncRunningSession:
        try:
            self._id = (await self._launch()).id
            session = await self._gateway.wait_until_ready(self._id, within=self._within)
        except BaseException as error:
            if self._id or isinstance(error, INTERRUPTIONS):
                # The first error is the one to know.
                with suppress(GatewayError):
                    await self._end()
            raise
        return AsyncRunningSession(self._gateway, session)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._end()

    async def _end(self) -> None:
        try:
            await finished(self._stop())
            await self._gateway.wait_until_stopped(self._id)
        except GatewayProblem as error:
            # The gateway forgets only sessions that are stopped.
            if error.code != "session-not-found":
                raise

    async def _stop(self) -> Session:
        if not self._id:
            # The launch was interrupted, perhaps after it was done: the same key tells the id.
            self._id = (await self._launch()).id
        return await self._gateway.stop(self._id)


def _read_lines(received: Received) -> Sequence[LogLine]:
    line = model_reader(LogLine)
    rows = [row for row in received.body.split(b"\n") if row]
    return [line(Received(200, "", None, row)) for row in rows]
