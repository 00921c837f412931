"""One session."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from types import EllipsisType, TracebackType
from typing import TYPE_CHECKING

from .._arguments import Duration
from .._link import ConnectionStatus, Gap
from ..errors import GatewayError, GatewayProblem
from ..models import Event, EventType, LogLine, LogLinePage, Session, WaitTarget
from .following import AsyncFollowing
from .io import INTERRUPTIONS, finished
from .waits import ONE_WAIT

if TYPE_CHECKING:
    from .client import AsyncGateway


class AsyncSessionHandle:
    """The calls about one session."""

    def __init__(self, gateway: AsyncGateway, id: int) -> None:
        self._gateway = gateway
        self.id = id

    async def get(self) -> Session:
        return await self._gateway.get(self.id)

    async def stop(self, *, force: bool = False, wait: Duration | None = None) -> Session:
        return await self._gateway.stop(self.id, force=force, wait=wait)

    async def update(
        self,
        *,
        labels: Mapping[str, str | None] | EllipsisType | None = ...,
        lifetime_ms: int | EllipsisType | None = ...,
    ) -> Session:
        return await self._gateway.update(self.id, labels=labels, lifetime_ms=lifetime_ms)

    async def renew(self) -> Session:
        return await self._gateway.renew(self.id)

    async def wait(self, *, until: WaitTarget = "stopped", wait: Duration = ONE_WAIT) -> Session:
        return await self._gateway.wait(self.id, until=until, wait=wait)

    async def wait_until_ready(self, *, within: Duration | None = None) -> Session:
        return await self._gateway.wait_until_ready(self.id, within=within)

    async def wait_until_stopped(self, *, within: Duration | None = None) -> Session:
        return await self._gateway.wait_until_stopped(self.id, within=within)

    async def logs(
        self, *, tail: int | None = None, after: int | None = None, stream: str | None = None
    ) -> Sequence[LogLine]:
        return await self._gateway.logs(self.id, tail=tail, after=after, stream=stream)

    async def log_lines(
        self,
        *,
        tail: int | None = None,
        before: int | None = None,
        after: int | None = None,
        stream: str | None = None,
        text: str | None = None,
        limit: int | None = None,
    ) -> LogLinePage:
        return await self._gateway.log_lines(
            self.id, tail=tail, before=before, after=after, stream=stream, text=text, limit=limit
        )

    def follow_logs(
        self,
        *,
        tail: int | None = None,
        after: int | None = None,
        stream: str | None = None,
        on_status: Callable[[ConnectionStatus], object] | None = None,
    ) -> AsyncFollowing[LogLine]:
        return self._gateway.follow_logs(self.id, tail=tail, after=after, stream=stream, on_status=on_status)

    def events(
        self,
        *,
        since: str | None = None,
        event_type: EventType | Sequence[EventType] | None = None,
        on_gap: Callable[[Gap], object] | None = None,
        on_snapshot: Callable[[Sequence[Session]], object] | None = None,
        on_status: Callable[[ConnectionStatus], object] | None = None,
    ) -> AsyncFollowing[Event]:
        return self._gateway.events(
            since=since,
            event_type=event_type,
            session_id=self.id,
            on_gap=on_gap,
            on_snapshot=on_snapshot,
            on_status=on_status,
        )


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
