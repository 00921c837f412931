"""What is followed over many connections: which request resumes it, and what its messages mean."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from ._answers import Received, Request, read_text
from ._arguments import Parameters, callbacks, parameters
from ._decode import ModelT, decode
from ._link import Gap, Link, Live
from ._sse import ServerSentEvent
from .errors import GapError, UnexpectedAnswer
from .models import Event, LogLine, Session

T = TypeVar("T")
SSE = "text/event-stream"
_HEARTBEAT_MS = 10_000


class Feed(Generic[T]):
    silence: float
    """After how many seconds without a byte the connection counts as lost."""
    path: str
    ended = False

    def __init__(self, link: Link) -> None:
        self.link = link

    def query(self) -> Parameters:
        raise NotImplementedError

    def take(self, message: ServerSentEvent) -> T | None:
        raise NotImplementedError

    def opened(self) -> None:
        """Called when a connection has been made."""

    def taken(self) -> None:
        """Called when what a message brought has been given on."""

    def request(self) -> Request[str]:
        return Request("GET", self.path, read_text, self.query(), accept=SSE)

    def _decode(self, model: type[ModelT], value: object) -> ModelT:
        try:
            return decode(model, value)
        except ValueError as error:
            raise _malformed(str(value)) from error


class EventFeed(Feed[Event]):
    silence = 3 * _HEARTBEAT_MS / 1_000
    path = "/events"

    def __init__(
        self,
        link: Link,
        since: str | None,
        filters: Parameters,
        on_gap: Callable[[Gap], object] | None,
        on_snapshot: Callable[[Sequence[Session]], object] | None,
    ) -> None:
        super().__init__(link)
        callbacks(on_gap=on_gap, on_snapshot=on_snapshot)
        self.cursor = since
        self._filters = filters
        self._on_gap = on_gap
        self._on_snapshot = on_snapshot
        self._gap_from: str | None = None
        self._missed_until: int | None = None
        self._resumed = 0

    def query(self) -> Parameters:
        return [*parameters(since=self.cursor, heartbeatMs=_HEARTBEAT_MS), *self._filters]

    def opened(self) -> None:
        self._missed_until = None

    def take(self, message: ServerSentEvent) -> Event | None:
        if message.data is None:
            self._advance(message.id or "")
            return None
        value = _object(message.data)
        kind = value.get("type")
        if kind == "Hello":
            self._begin(value)
        elif kind == "Gap":
            self._missed_until = None
            self._gap_from = self.cursor or ""
            if not self._on_gap:
                raise GapError(self._gap_from)
        elif kind == "Snapshot":
            self._restart(value)
        elif kind == "Heartbeat":
            self._advance(str(value.get("cursor", "")))
        elif kind != "Closed" and "id" in value:
            event = self._decode(Event, value)
            if self._advance(event.id):
                self._resumed += 1
                return event
        return None

    def taken(self) -> None:
        _, _, seq = (self.cursor or "").rpartition(".")
        if self._missed_until is not None and int(seq) >= self._missed_until:
            self._missed_until = None
            self.link.tell(Live(self._resumed))

    def _begin(self, hello: dict[str, Any]) -> None:
        self.link.answered()
        seq = hello.get("seq")
        # With any other cursor a Snapshot follows.
        if self.cursor is not None and hello.get("cursor") == self.cursor and isinstance(seq, int):
            self._missed_until, self._resumed = seq, 0

    def _restart(self, value: dict[str, Any]) -> None:
        sessions = [self._decode(Session, session) for session in value.get("sessions", [])]
        cursor, gap_from = str(value.get("cursor")), self._gap_from
        self.cursor, self._gap_from = cursor, None
        if gap_from is not None and self._on_gap:
            gap = Gap(gap_from, cursor)
            self.link.tell(gap)
            self.link.call_back(self._on_gap, gap)
        if self._on_snapshot:
            self.link.call_back(self._on_snapshot, sessions)
        self.link.tell(Live())

    def _advance(self, cursor: str) -> bool:
        """False for a place that was passed before."""
        epoch, _, seq = cursor.rpartition(".")
        known_epoch, _, known_seq = (self.cursor or "").rpartition(".")
        if not seq.isdigit() or (epoch == known_epoch and int(seq) <= int(known_seq)):
            return False
        self.cursor = cursor
        return True


class LogFeed(Feed[LogLine]):
    # Nothing comes while an app writes nothing. To connect again costs little, and shows whether the gateway is there.
    silence = 60.0

    def __init__(self, link: Link, session_id: int, query: Parameters, after: int | None) -> None:
        super().__init__(link)
        self.path = f"/sessions/{session_id}/logs"
        self.after = after
        self._query = [*query, *parameters(follow=True)]

    def query(self) -> Parameters:
        return [*self._query, *parameters(after=self.after)]

    def opened(self) -> None:
        self.link.answered()
        self.link.tell(Live())

    def take(self, message: ServerSentEvent) -> LogLine | None:
        if message.type == "end":
            self.ended = True
            return None
        if message.id is not None and message.id.isdigit():
            self.after = int(message.id)
        return None if message.data is None else self._decode(LogLine, _object(message.data))


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        raise _malformed(text) from None
    if not isinstance(value, dict):
        raise _malformed(text)
    return value


def _malformed(text: str) -> UnexpectedAnswer:
    return Received(200, SSE, None, text.encode()).unexpected()
