"""The calls that read logs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .._answers import Received, Request, model_reader
from .._arguments import count, parameters
from .._feeds import LogFeed
from .._link import ConnectionStatus, Link
from ..models import LogLine, LogLinePage
from .calls import AsyncCalls
from .following import AsyncFollowing


class AsyncLogs(AsyncCalls):
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
        self,
        id: int,
        *,
        tail: int | None = None,
        after: int | None = None,
        stream: str | None = None,
        on_status: Callable[[ConnectionStatus], object] | None = None,
    ) -> AsyncFollowing[LogLine]:
        """The lines so far and all later ones, until the session is stopped: none is lost or comes twice."""
        feed = LogFeed(Link(on_status), count("id", id, 1), parameters(tail=tail, stream=stream), after)
        return AsyncFollowing(self._exchange, feed)


def _read_lines(received: Received) -> Sequence[LogLine]:
    line = model_reader(LogLine)
    rows = [row for row in received.body.split(b"\n") if row]
    return [line(Received(200, "", None, row)) for row in rows]
