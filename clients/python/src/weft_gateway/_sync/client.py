"""The client."""

from __future__ import annotations

import copy
import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
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
from .exchange import Exchange
from .following import Following
from .io import INTERRUPTIONS, finished

_ONE_WAIT = 30.0
"""How long the gateway waits before it answers one of the requests of a wait, in seconds: shorter than proxies bear."""

_TAIL_OF_FAILURE = 20


class Gateway:
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
        other = copy.copy(self)
        settings = self._exchange.settings.changed(timeout, max_retries, headers)
        other._exchange = Exchange(self._exchange.http, self._exchange.base_url, settings)
        other._owns_http = False
        return other

    def close(self) -> None:
        if self._owns_http:
            self._exchange.http.close()

    def __enter__(self) -> Gateway:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def launch(
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
        return self._exchange.call(request)

    def run(
        self,
        app_id: str,
        *,
        labels: Mapping[str, str] | None = None,
        env: Mapping[str, str] | None = None,
        within: Duration | None = None,
        idempotency_key: str | None = None,
    ) -> Run:
        """`with gateway.run("app") as session` launches, waits until it is ready, and stops it in the end."""
        key = idempotency_key or secrets.token_hex(16)
        if within is not None:
            seconds("within", within)
        return Run(self, lambda: self.launch(app_id, labels=labels, env=env, idempotency_key=key), within)

    def session(self, id: int) -> SessionHandle:
        """The calls about one session. Nothing is sent."""
        return SessionHandle(self, count("id", id, 1))

    def get(self, id: int) -> Session:
        return self._get(f"/sessions/{count('id', id, 1)}", Session)

    def list(
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
        return self._get("/sessions", SessionPage, query)

    def sessions(
        self,
        *,
        state: SessionState | Sequence[SessionState] | None = None,
        app_id: str | Sequence[str] | None = None,
        labels: Mapping[str, str] | None = None,
        reason: StopReason | Sequence[StopReason] | None = None,
        order: Literal["oldest", "newest"] | None = None,
        limit: int | None = None,
    ) -> Iterator[Session]:
        """All sessions, page after page; `limit` is the length of a page."""
        cursor: str | None = None
        while True:
            page = self.list(
                state=state, app_id=app_id, labels=labels, reason=reason, order=order, limit=limit, cursor=cursor
            )
            for session in page.items:
                yield session
            cursor = page.next_cursor
            if cursor is None:
                return

    def stop(self, id: int, *, force: bool = False, wait: Duration | None = None) -> Session:
        """Asks for the stop; with `wait` it returns when it is stopped, or after that time with it as it is."""
        milliseconds = wait_ms(wait)
        query = parameters(force=True if force else None, waitMs=milliseconds)
        path = f"/sessions/{count('id', id, 1)}"
        waiting = (milliseconds or 0) / 1_000
        return self._exchange.call(Request("DELETE", path, model_reader(Session), query, wait=waiting))

    def wait(self, id: int, *, until: Literal["ready", "stopped"] = "stopped", wait: Duration = _ONE_WAIT) -> Session:
        """One wait: returns when the goal is reached or can't be any more, or after `wait`, with it as it is."""
        milliseconds = wait_ms(wait) or 0
        query = parameters(until=until, timeoutMs=milliseconds)
        path = f"/sessions/{count('id', id, 1)}/wait"
        return self._exchange.call(Request("GET", path, model_reader(Session), query, wait=milliseconds / 1_000))

    def wait_until_ready(self, id: int, *, within: Duration | None = None) -> Session:
        """Raises `LaunchFailed` if it ended before, `GatewayTimeoutError` after `within`."""
        session = self._wait_until(id, "ready", within)
        if session.state == "stopped" and session.ready_at is None:
            raise LaunchFailed(session, self._log_tail(id))
        return session

    def wait_until_stopped(self, id: int, *, within: Duration | None = None) -> Session:
        """Waits until nothing of the session is left. Raises `GatewayTimeoutError` after `within`."""
        return self._wait_until(id, "stopped", within)

    def logs(
        self, id: int, *, tail: int | None = None, after: int | None = None, stream: str | None = None
    ) -> Sequence[LogLine]:
        """The lines written so far."""
        path = f"/sessions/{count('id', id, 1)}/logs"
        query = parameters(tail=tail, after=after, stream=stream)
        return self._exchange.call(Request("GET", path, _read_lines, query, accept="application/x-ndjson"))

    def log_lines(
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
        return self._get(f"/sessions/{count('id', id, 1)}/log-lines", LogLinePage, query)

    def follow_logs(
        self, id: int, *, tail: int | None = None, after: int | None = None, stream: str | None = None
    ) -> Following[LogLine]:
        """The lines so far and all later ones, until the session is stopped: none is lost or comes twice."""
        return Following(self._exchange, LogFeed(count("id", id, 1), tail, after, stream))

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
    ) -> Following[Event]:
        """The events after `since`, or from now on, over as many connections as it takes; none comes twice.

        Without `on_gap`, events that are lost for good end it with a `GapError`.
        """
        filters = parameters(eventType=event_type, sessionId=session_id, appId=app_id, label=labels_of(labels))
        return Following(self._exchange, EventFeed(since, filters, on_gap, on_snapshot))

    def history(
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
        return self._get("/events/history", EventPage, query)

    def apps(self) -> Sequence[App]:
        return (self._get("/apps", AppList)).items

    def app(self, id: str) -> App:
        return self._get(f"/apps/{quote(id, safe='')}", App)

    def me(self) -> Me:
        """The name, the scopes and the apps of the token."""
        return self._get("/me", Me)

    def info(self) -> GatewayInfo:
        """How the gateway is."""
        return self._get("/gateway", GatewayInfo)

    def stats(
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
        return self._get("/stats", Stats, query)

    def metrics(self) -> str:
        return self._exchange.call(Request("GET", "/metrics", read_text, [], accept="text/plain"))

    def _get(self, path: str, model: type[ModelT], query: Parameters | None = None) -> ModelT:
        return self._exchange.call(Request("GET", path, model_reader(model), query or []))

    def _log_tail(self, id: int) -> Sequence[str]:
        # The launch has failed, whether or not its log can be read.
        try:
            return [line.line for line in self.logs(id, tail=_TAIL_OF_FAILURE)]
        except GatewayError:
            return []

    def _wait_until(self, id: int, goal: Literal["ready", "stopped"], within: Duration | None) -> Session:
        limit = None if within is None else seconds("within", within)
        end = None if limit is None else time.monotonic() + limit
        while True:
            left = _ONE_WAIT if end is None else min(_ONE_WAIT, max(0.0, end - time.monotonic()))
            session = self.wait(id, until=goal, wait=left)
            if session.state == "stopped" or (goal == "ready" and session.state == "running"):
                return session
            if limit is not None and end is not None and time.monotonic() >= end:
                raise GatewayTimeoutError(f"session {id} was not {goal}", limit)


class SessionHandle:
    """The calls about one session."""

    def __init__(self, gateway: Gateway, id: int) -> None:
        self._gateway = gateway
        self.id = id

    def get(self) -> Session:
        return self._gateway.get(self.id)

    def stop(self, *, force: bool = False, wait: Duration | None = None) -> Session:
        return self._gateway.stop(self.id, force=force, wait=wait)

    def wait(self, *, until: Literal["ready", "stopped"] = "stopped", wait: Duration = _ONE_WAIT) -> Session:
        return self._gateway.wait(self.id, until=until, wait=wait)

    def wait_until_ready(self, *, within: Duration | None = None) -> Session:
        return self._gateway.wait_until_ready(self.id, within=within)

    def wait_until_stopped(self, *, within: Duration | None = None) -> Session:
        return self._gateway.wait_until_stopped(self.id, within=within)

    def logs(self, *, tail: int | None = None, after: int | None = None) -> Sequence[LogLine]:
        return self._gateway.logs(self.id, tail=tail, after=after)

    def follow_logs(self, *, tail: int | None = None, after: int | None = None) -> Following[LogLine]:
        return self._gateway.follow_logs(self.id, tail=tail, after=after)


class RunningSession(SessionHandle):
    def __init__(self, gateway: Gateway, session: Session) -> None:
        super().__init__(gateway, session.id)
        self.session = session
        """As it was when it was ready."""


class Run:
    """A session for the time of a block."""

    def __init__(self, gateway: Gateway, launch: Callable[[], Session], within: Duration | None) -> None:
        self._gateway = gateway
        self._launch = launch
        self._within = within
        self._id = 0

    def __enter__(self) -> RunningSession:
        try:
            self._id = (self._launch()).id
            session = self._gateway.wait_until_ready(self._id, within=self._within)
        except BaseException as error:
            if self._id or isinstance(error, INTERRUPTIONS):
                # The first error is the one to know.
                with suppress(GatewayError):
                    self._end()
            raise
        return RunningSession(self._gateway, session)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        try:
            finished(self._stop())
            self._gateway.wait_until_stopped(self._id)
        except GatewayProblem as error:
            # The gateway forgets only sessions that are stopped.
            if error.code != "session-not-found":
                raise

    def _stop(self) -> Session:
        if not self._id:
            # The launch was interrupted, perhaps after it was done: the same key tells the id.
            self._id = (self._launch()).id
        return self._gateway.stop(self._id)


def _read_lines(received: Received) -> Sequence[LogLine]:
    line = model_reader(LogLine)
    rows = [row for row in received.body.split(b"\n") if row]
    return [line(Received(200, "", None, row)) for row in rows]
