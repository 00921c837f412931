"""What a call can raise."""

from __future__ import annotations

import builtins
from collections.abc import Sequence

from .models import ErrorCode, Fault, Problem, Session


class GatewayError(Exception):
    """Any error of a call: of the gateway, of the way to it, or of the client's own limits."""


class GatewayConnectionError(GatewayError, builtins.ConnectionError):
    """The gateway could not be reached, or the connection broke. `__cause__` is the error of httpx."""


class GatewayTimeoutError(GatewayError, builtins.TimeoutError):
    """There was no whole answer within `timeout`, or no result within `within`."""

    def __init__(self, what: str, after: float) -> None:
        super().__init__(f"{what} within {after:g} s")
        self.after = after
        """The limit that has passed, in seconds."""


class UnexpectedAnswer(GatewayError):
    """An answer that is not the gateway's, as that of a proxy or of another server."""

    def __init__(self, status: int, content_type: str, first_bytes: str) -> None:
        super().__init__(
            f"not an answer of a gateway: HTTP {status}, {content_type or 'no content type'}: {first_bytes}"
        )
        self.status = status
        self.content_type = content_type
        self.first_bytes = first_bytes
        """The begin of the body, at most 200 bytes, as text."""


class GatewayProblem(GatewayError):
    """The gateway answered with an error (RFC 9457)."""

    def __init__(self, problem: Problem, request_id: str | None) -> None:
        super().__init__(f"{problem.title}: {problem.detail}")
        self.problem = problem
        """As the gateway sent it."""
        self.request_id = request_id
        """The `X-Request-Id` of the answer, which the gateway's log has, too."""

    @property
    def code(self) -> ErrorCode:
        return self.problem.code

    @property
    def status(self) -> int:
        return self.problem.status

    @property
    def detail(self) -> str:
        return self.problem.detail

    @property
    def errors(self) -> Sequence[Fault]:
        """With `invalid-request`: what is wrong, and where."""
        return self.problem.errors or ()

    @property
    def retry_after(self) -> float | None:
        """How long to wait before a retry, in seconds, if the gateway says so."""
        milliseconds = self.problem.retry_after_ms
        return None if milliseconds is None else milliseconds / 1_000


class LaunchFailed(GatewayError):
    """A session ended before it was ready."""

    def __init__(self, session: Session, log_tail: Sequence[str], request_id: str | None = None) -> None:
        stop = session.stop
        why = (stop.message or stop.reason) if stop else session.state
        super().__init__(f"session {session.id} of {session.app_id} ended before it was ready: {why}")
        self.session = session
        """Stopped: `session.stop` says why."""
        self.log_tail = tuple(log_tail)
        """The last lines that the app wrote."""
        self.request_id = request_id


class GapError(GatewayError):
    """The events after a cursor are no longer in the event log."""

    def __init__(self, since: str) -> None:
        super().__init__(f"the events after {since} are lost; give on_gap to go on without them")
        self.since = since
        """The cursor that can't be resumed from."""


_PASSING_STATUSES = frozenset({408, 429, 502, 503, 504})


def is_passing(error: GatewayError) -> bool:
    """Can the same request succeed later?"""
    if isinstance(error, GatewayProblem) and error.code == "idempotency-in-flight":
        return True
    if isinstance(error, GatewayProblem | UnexpectedAnswer):
        return error.status in _PASSING_STATUSES
    return isinstance(error, GatewayConnectionError | GatewayTimeoutError)
