"""The calls that wait for a session."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Literal

from .._answers import Request, model_reader
from .._arguments import Duration, count, parameters, seconds, wait_ms
from ..errors import GatewayError, GatewayTimeoutError, LaunchFailed
from ..models import Session, WaitTarget
from .logs import Logs

ONE_WAIT = 30.0
"""How long the gateway waits before it answers one of the requests of a wait, in seconds: shorter than proxies bear."""

_TAIL_OF_FAILURE = 20


class Waits(Logs):
    def wait(self, id: int, *, until: WaitTarget = "stopped", wait: Duration = ONE_WAIT) -> Session:
        """One wait: returns when the goal is reached or can't be any more, or after `wait`, with it as it is."""
        milliseconds = wait_ms(wait) or 0
        query = parameters(until=until, timeoutMs=milliseconds)
        path = f"/sessions/{count('id', id, 1)}/wait"
        return self._exchange.call(Request("GET", path, model_reader(Session), query, wait=milliseconds / 1_000))

    def wait_until_ready(self, id: int, *, within: Duration | None = None) -> Session:
        """Or a job is completed. `LaunchFailed` if it ended before, `GatewayTimeoutError` after `within`."""
        session = self._wait_until(id, "ready", within)
        is_completed = session.stop is not None and session.stop.reason == "completed"
        if session.state == "stopped" and session.ready_at is None and not is_completed:
            raise LaunchFailed(session, self._log_tail(id))
        return session

    def wait_until_stopped(self, id: int, *, within: Duration | None = None) -> Session:
        """Waits until nothing of the session is left. Raises `GatewayTimeoutError` after `within`."""
        return self._wait_until(id, "stopped", within)

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
            left = ONE_WAIT if end is None else min(ONE_WAIT, max(0.0, end - time.monotonic()))
            session = self.wait(id, until=goal, wait=left)
            if session.state == "stopped" or (goal == "ready" and session.state == "running"):
                return session
            if limit is not None and end is not None and time.monotonic() >= end:
                raise GatewayTimeoutError(f"session {id} was not {goal}", limit)
