"""What is followed over many connections: which request resumes it, and what its messages mean."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from ._answers import Received, Request, read_text
from ._arguments import Parameters, parameters
from ._decode import ModelT, decode
from ._sse import ServerSentEvent
from .errors import GapError, GatewayError, GatewayProblem, UnexpectedAnswer
from .models import Event, LogLine, Session

T = TypeVar("T")
SSE = "text/event-stream"
_HEARTBEAT_MS = 10_000


@dataclass(frozen=True)
class Gap:
    """Events that are lost for good: those after the cursor `since`, up to `until`."""

    since: str
    until: str


class Feed(Generic[T]):
    silence: float
    """After how many seconds without a byte the connection counts as lost."""
    path: str
    ended = False

    def query(self) -> Parameters:
        raise NotImplementedError

    def take(self, message: ServerSentEvent) -> T | None:
        raise NotImplementedError

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
        since: str | None,
        filters: Parameters,
        on_gap: Callable[[Gap], object] | None,
        on_snapshot: Callable[[Sequence[Session]], object] | None,
    ) -> None:
        self.cursor = since
        self._filters = filters
        self._on_gap = on_gap
        self._on_snapshot = on_snapshot
        self._gap_from: str | None = None

    def query(self) -> Parameters:
        return [*parameters(since=self.cursor, heartbeatMs=_HEARTBEAT_MS), *self._filters]

    def take(self, message: ServerSentEvent) -> Event | None:
        if message.data is None:
            self._advance(message.id or "")
            return None
        value = _object(message.data)
        kind = value.get("type")
        if kind == "Gap":
            self._gap_from = self.cursor or ""
            if not self._on_gap:
                raise GapError(self._gap_from)
        elif kind == "Snapshot":
            self._restart(value)
        elif kind == "Heartbeat":
            self._advance(str(value.get("cursor", "")))
        elif kind not in ("Hello", "Closed") and "id" in value:
            event = self._decode(Event, value)
            return event if self._advance(event.id) else None
        return None

    def _restart(self, value: dict[str, Any]) -> None:
        sessions = [self._decode(Session, session) for session in value.get("sessions", [])]
        cursor, gap_from = str(value.get("cursor")), self._gap_from
        self.cursor, self._gap_from = cursor, None
        if gap_from is not None and self._on_gap:
            self._on_gap(Gap(gap_from, cursor))
        if self._on_snapshot:
            self._on_snapshot(sessions)

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

    def __init__(self, session_id: int, tail: int | None, after: int | None, stream: str | None) -> None:
        self.path = f"/sessions/{session_id}/logs"
        self.after = after
        self._query = parameters(tail=tail, stream=stream, follow=True)

    def query(self) -> Parameters:
        return [*self._query, *parameters(after=self.after)]

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


def delay(first: float, longest: float, attempt: int, error: GatewayError | None) -> float:
    """Random, so that the clients of a restarted gateway do not reconnect all at once."""
    limit = min(longest, first * 2.0 ** min(attempt, 30))
    asked = (error.retry_after or 0.0) if isinstance(error, GatewayProblem) else 0.0
    return max(limit * random.uniform(0.5, 1), asked)
