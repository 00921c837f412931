"""The client of weft-gateway: `Gateway`, and `AsyncGateway` for asyncio."""

from ._answers import WithResponse
from ._async.client import AsyncGateway
from ._async.following import AsyncFollowing
from ._async.handles import AsyncRun, AsyncRunningSession, AsyncSessionHandle
from ._link import Closed, Connecting, ConnectionStatus, Gap, Live, Waiting
from ._sync.client import Gateway
from ._sync.following import Following
from ._sync.handles import Run, RunningSession, SessionHandle
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
from .models import (
    ERROR_CODES,
    EVENT_TYPES,
    SESSION_STATES,
    STOP_REASONS,
    App,
    ErrorCode,
    Event,
    EventPage,
    EventType,
    LogLine,
    LogLinePage,
    Problem,
    Session,
    SessionPage,
    SessionState,
    Stats,
    Stop,
    StopReason,
)

__all__ = [
    "ERROR_CODES",
    "EVENT_TYPES",
    "SESSION_STATES",
    "STOP_REASONS",
    "App",
    "AsyncFollowing",
    "AsyncGateway",
    "AsyncRun",
    "AsyncRunningSession",
    "AsyncSessionHandle",
    "Closed",
    "Connecting",
    "ConnectionStatus",
    "ErrorCode",
    "Event",
    "EventPage",
    "EventType",
    "Following",
    "Gap",
    "GapError",
    "Gateway",
    "GatewayConnectionError",
    "GatewayError",
    "GatewayProblem",
    "GatewayTimeoutError",
    "LaunchFailed",
    "Live",
    "LogLine",
    "LogLinePage",
    "Problem",
    "Run",
    "RunningSession",
    "Session",
    "SessionHandle",
    "SessionPage",
    "SessionState",
    "Stats",
    "Stop",
    "StopReason",
    "UnexpectedAnswer",
    "Waiting",
    "WithResponse",
    "__version__",
]
