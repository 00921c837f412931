"""The calls that launch, read and stop sessions."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from types import EllipsisType
from typing import Literal

from .. import _settings
from .._answers import Request, model_reader
from .._arguments import Duration, count, labels_of, parameters, wait_ms
from ..models import Session, SessionPage, SessionState, StopReason
from .calls import AsyncCalls


class AsyncSessions(AsyncCalls):
    async def launch(
        self,
        app_id: str,
        *,
        labels: Mapping[str, str] | None = None,
        env: Mapping[str, str] | None = None,
        params: Mapping[str, str | float | bool] | None = None,
        lifetime_ms: int | None = None,
        lease_ms: int | None = None,
        wait: Duration | None = None,
        idempotency_key: str | None = None,
    ) -> Session:
        """Launches an app; with `wait` it returns when the session is ready, or after that time with it as it is.

        Raises `LaunchFailed` if it ended before. A launch is never doubled: all tries have the same `Idempotency-Key`.
        """
        what = {"appId": app_id, "labels": labels, "env": env, "params": params}
        body = {**what, "lifetimeMs": lifetime_ms, "leaseMs": lease_ms}
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

    async def get(self, id: int) -> Session:
        return await self._get(f"/sessions/{count('id', id, 1)}", Session)

    async def list(
        self,
        *,
        state: SessionState | Sequence[SessionState] | None = None,
        app_id: str | Sequence[str] | None = None,
        labels: Mapping[str, str] | None = None,
        reason: StopReason | Sequence[StopReason] | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        order: Literal["oldest", "newest"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> SessionPage:
        """One page, of the sessions launched until `end` and not stopped before `start`.

        `events` from its `event_cursor` has every later change.
        """
        label = labels_of(labels)
        times = {"from": start, "to": end}
        filters = parameters(state=state, appId=app_id, label=label, reason=reason, **times)
        query = [*filters, *parameters(order=order, limit=limit, cursor=cursor)]
        return await self._get("/sessions", SessionPage, query)

    async def sessions(
        self,
        *,
        state: SessionState | Sequence[SessionState] | None = None,
        app_id: str | Sequence[str] | None = None,
        labels: Mapping[str, str] | None = None,
        reason: StopReason | Sequence[StopReason] | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        order: Literal["oldest", "newest"] | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[Session]:
        """All sessions, page after page; `limit` is the length of a page."""
        cursor: str | None = None
        while True:
            page = await self.list(
                state=state,
                app_id=app_id,
                labels=labels,
                reason=reason,
                start=start,
                end=end,
                order=order,
                limit=limit,
                cursor=cursor,
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

    async def update(
        self,
        id: int,
        *,
        labels: Mapping[str, str | None] | EllipsisType | None = ...,
        lifetime_ms: int | EllipsisType | None = ...,
    ) -> Session:
        """Changes what is given; None removes a label, all labels, or the lifetime.

        The lifetime counts from the first start.
        """
        changes = {"labels": labels, "lifetimeMs": lifetime_ms}
        body = {name: value for name, value in changes.items() if value is not ...}
        path = f"/sessions/{count('id', id, 1)}"
        return await self._exchange.call(Request("PATCH", path, model_reader(Session), [], body=body))

    async def renew(self, id: int) -> Session:
        """Begins the lease anew. A session without one stays as it is."""
        path = f"/sessions/{count('id', id, 1)}/renew"
        return await self._exchange.call(Request("POST", path, model_reader(Session), []))
