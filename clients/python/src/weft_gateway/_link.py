"""What the connection of a followed stream is doing."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import ClassVar, TypeAlias, TypeVar

from ._arguments import callbacks
from .errors import GatewayError, GatewayProblem

T = TypeVar("T")


@dataclass(frozen=True)
class Connecting:
    attempt: int
    """Counts from 0 since the gateway last answered."""
    state: ClassVar = "connecting"


@dataclass(frozen=True)
class Live:
    """All that was missed has come."""

    resumed: int | None = None
    """How many events that was, if events were resumed."""
    state: ClassVar = "live"


@dataclass(frozen=True)
class Gap:
    """Events that are lost for good: those after the cursor `since`, up to `until`."""

    since: str
    until: str
    state: ClassVar = "gap"


@dataclass(frozen=True)
class Waiting:
    until: datetime
    """The time of the next try; `try_now()` tries at once."""
    reason: GatewayError | None
    """What ended the connection, if it was an error."""
    state: ClassVar = "waiting"


@dataclass(frozen=True)
class Closed:
    state: ClassVar = "closed"


ConnectionStatus: TypeAlias = Connecting | Live | Gap | Waiting | Closed


class Link:
    """The connections of one followed stream, one after another."""

    def __init__(self, on_status: Callable[[ConnectionStatus], object] | None) -> None:
        callbacks(on_status=on_status)
        self._on_status = on_status
        self._status: ConnectionStatus = Connecting(0)
        # Set by another thread, perhaps between two statuses.
        self.closed = False
        self._attempt = 0
        self._raised: BaseException | None = None

    @property
    def status(self) -> ConnectionStatus:
        return Closed() if self.closed else self._status

    def connecting(self) -> None:
        self.tell(Connecting(self._attempt))
        self._attempt += 1

    def answered(self) -> None:
        """The next pause is a short one."""
        self._attempt = 0

    def pause(self, reason: GatewayError | None) -> float:
        """How long to wait before the next try, in seconds."""
        seconds = delay(0.25, 10.0, max(0, self._attempt - 1), reason)
        self.tell(Waiting(datetime.now(timezone.utc) + timedelta(seconds=seconds), reason))
        return seconds

    def tell(self, status: ConnectionStatus) -> None:
        self._status = status
        if self._on_status and not self.closed:
            self.call_back(self._on_status, status)

    def call_back(self, function: Callable[[T], object], value: T) -> None:
        """Calls a function of the caller, and raises what it raises."""
        try:
            function(value)
        except BaseException as error:
            self._raised = error
            raise

    def is_of_caller(self, error: BaseException) -> bool:
        """Has a function of the caller raised this? It ends the loop, also if it looks like a broken connection."""
        return error is self._raised


def delay(first: float, longest: float, attempt: int, error: GatewayError | None) -> float:
    """Random, so that the clients of a restarted gateway do not reconnect all at once."""
    limit = min(longest, first * 2.0 ** min(attempt, 30))
    asked = (error.retry_after or 0.0) if isinstance(error, GatewayProblem) else 0.0
    return max(limit * random.uniform(0.5, 1), asked)
