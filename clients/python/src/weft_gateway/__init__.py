"""The client of weft-gateway: `Gateway`, and `AsyncGateway` for asyncio."""

from ._async.client import AsyncGateway, AsyncRun, AsyncRunningSession, AsyncSessionHandle
from ._async.following import AsyncFollowing
from ._feeds import Gap
from ._sync.client import Gateway, Run, RunningSession, SessionHandle
from ._sync.following import Following
from ._version import __version__
from .errors import (
    GapError,
    GatewayConnectionError,
    GatewayError,
    GatewayProblem,
    GatewayTimeoutError,
    LaunchFailed,
    UnexpectedAnswer,
)
from .models import App, Event, EventPage, LogLine, LogLinePage, Session, SessionPage, Stop

__all__ = [
    "App",
    "AsyncFollowing",
    "AsyncGateway",
    "AsyncRun",
    "AsyncRunningSession",
    "AsyncSessionHandle",
    "Event",
    "EventPage",
    "Following",
    "Gap",
    "GapError",
    "Gateway",
    "GatewayConnectionError",
    "GatewayError",
    "GatewayProblem",
    "GatewayTimeoutError",
    "LaunchFailed",
    "LogLine",
    "LogLinePage",
    "Run",
    "RunningSession",
    "Session",
    "SessionHandle",
    "SessionPage",
    "Stop",
    "UnexpectedAnswer",
    "__version__",
]
