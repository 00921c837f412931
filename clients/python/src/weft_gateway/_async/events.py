"""The calls that read events."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from .._arguments import labels_of, parameters
from .._feeds import EventFeed
from .._link import ConnectionStatus, Gap, Link
from ..models import Event, EventPage, EventType, Session
from .calls import AsyncCalls
from .following import AsyncFollowing


class AsyncEvents(AsyncCalls):
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
        on_status: Callable[[ConnectionStatus], object] | None = None,
    ) -> AsyncFollowing[Event]:
        """The events after `since`, or from now on, over as many connections as it takes; none comes twice.

        Without `on_gap`, events that are lost for good end it with a `GapError`.
        """
        filters = parameters(eventType=event_type, sessionId=session_id, appId=app_id, label=labels_of(labels))
        feed = EventFeed(Link(on_status), since, filters, on_gap, on_snapshot)
        return AsyncFollowing(self._exchange, feed)

    async def history(
        self,
        *,
        since: str | None = None,
        before: str | None = None,
        start: datetime | None = None,
        event_type: EventType | Sequence[EventType] | None = None,
        session_id: int | Sequence[int] | None = None,
        app_id: str | Sequence[str] | None = None,
        labels: Mapping[str, str] | None = None,
        limit: int | None = None,
    ) -> EventPage:
        """One page of past events, oldest first: after `since`, before `before`, or of the time `start` and later."""
        filters = parameters(eventType=event_type, sessionId=session_id, appId=app_id, label=labels_of(labels))
        query = [*parameters(since=since, before=before, limit=limit, **{"from": start}), *filters]
        return await self._get("/events/history", EventPage, query)
