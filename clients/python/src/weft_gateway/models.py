"""What the gateway answers with. Made from the schemas of the routes by `npm run openapi`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, TypeAlias

from ._decode import Model

Labels: TypeAlias = Mapping[str, str]
"""Names and values that the client chose."""

SessionState: TypeAlias = Literal[
    "queued",
    "starting",
    "running",
    "restarting",
    "stopping",
    "stopped",
] | str
"""States come in this order; some can be skipped. `queued`: admitted, and waiting to start. `restarting`: a run has ended; `starting` follows again."""
SESSION_STATES: Final = (
    "queued",
    "starting",
    "running",
    "restarting",
    "stopping",
    "stopped",
)

StopReason: TypeAlias = Literal[
    "exited",
    "completed",
    "terminated",
    "readyTimeout",
    "readyMissed",
    "spawnFailed",
    "startFailed",
    "runtimeUnset",
    "appFailed",
    "unhealthy",
    "watchdog",
    "memoryLimit",
    "processLimit",
    "lifetime",
    "leaseExpired",
    "gatewayStopped",
    "supervisorLost",
] | str
"""`completed`: a job succeeded. `readyMissed`: stdout closed, or the app exited, before it was ready. `startFailed`: a command of `before` failed. `runtimeUnset`: no runtime runs the app. `appFailed`: the app said so. `supervisorLost`: the process that ran the sessions died."""
STOP_REASONS: Final = (
    "exited",
    "completed",
    "terminated",
    "readyTimeout",
    "readyMissed",
    "spawnFailed",
    "startFailed",
    "runtimeUnset",
    "appFailed",
    "unhealthy",
    "watchdog",
    "memoryLimit",
    "processLimit",
    "lifetime",
    "leaseExpired",
    "gatewayStopped",
    "supervisorLost",
)

StopInitiator: TypeAlias = Literal[
    "app",
    "client",
    "gateway",
] | str
"""Who ended the session."""
STOP_INITIATORS: Final = (
    "app",
    "client",
    "gateway",
)

ExpiryCause: TypeAlias = Literal[
    "lifetime",
    "lease",
] | str
"""What ends a session."""
EXPIRY_CAUSES: Final = (
    "lifetime",
    "lease",
)

HealthStatus: TypeAlias = Literal[
    "healthy",
    "unhealthy",
] | str
"""Whether as many checks as count have failed in a row."""
HEALTH_STATUSS: Final = (
    "healthy",
    "unhealthy",
)

SessionOrder: TypeAlias = Literal[
    "oldest",
    "newest",
]
"""Which sessions come first; `oldest` by default."""
SESSION_ORDERS: Final = (
    "oldest",
    "newest",
)

LogStream: TypeAlias = Literal[
    "stdout",
    "stderr",
    "gateway",
]
"""Where a line comes from. Lines of `gateway` report missing lines of the app, and lines that looked like readiness but did not count."""
LOG_STREAMS: Final = (
    "stdout",
    "stderr",
    "gateway",
)

WaitTarget: TypeAlias = Literal[
    "ready",
    "stopped",
    "completed",
]
"""What to wait for; `stopped` by default."""
WAIT_TARGETS: Final = (
    "ready",
    "stopped",
    "completed",
)

EventType: TypeAlias = Literal[
    "Launched",
    "Starting",
    "AppReady",
    "Updated",
    "Restarting",
    "Stopping",
    "Stopped",
] | str
"""`Launched` comes first, `Stopped` last and once. `Starting`: a queued session starts, or the next run of one that is `Restarting`. `Updated`, any number of times: it has another progress or health."""
EVENT_TYPES: Final = (
    "Launched",
    "Starting",
    "AppReady",
    "Updated",
    "Restarting",
    "Stopping",
    "Stopped",
)

AppKind: TypeAlias = Literal[
    "service",
    "job",
] | str
"""`job`: it does its work and exits."""
APP_KINDS: Final = (
    "service",
    "job",
)

ReadinessKind: TypeAlias = Literal[
    "line",
    "pattern",
    "tcp",
    "http",
    "socket",
    "file",
    "command",
    "notify",
    "fd",
    "exit",
    "none",
] | str
"""How it is found out that an app is ready."""
READINESS_KINDS: Final = (
    "line",
    "pattern",
    "tcp",
    "http",
    "socket",
    "file",
    "command",
    "notify",
    "fd",
    "exit",
    "none",
)

Scope: TypeAlias = Literal[
    "read",
    "launch",
    "stop",
] | str
"""What a token permits."""
SCOPES: Final = (
    "read",
    "launch",
    "stop",
)

ErrorCode: TypeAlias = Literal[
    "invalid-request",
    "unauthorized",
    "forbidden",
    "session-not-found",
    "app-not-found",
    "not-found",
    "method-not-allowed",
    "not-acceptable",
    "idempotency-in-flight",
    "session-ended",
    "cursor-expired",
    "payload-too-large",
    "unsupported-media-type",
    "idempotency-mismatch",
    "host-not-allowed",
    "too-many-sessions",
    "rate-limited",
    "internal",
    "launch-failed",
    "draining",
    "supervisor-unavailable",
    "storage-unavailable",
] | str
"""The kind of the error; `/problems/{code}` explains it."""
ERROR_CODES: Final = (
    "invalid-request",
    "unauthorized",
    "forbidden",
    "session-not-found",
    "app-not-found",
    "not-found",
    "method-not-allowed",
    "not-acceptable",
    "idempotency-in-flight",
    "session-ended",
    "cursor-expired",
    "payload-too-large",
    "unsupported-media-type",
    "idempotency-mismatch",
    "host-not-allowed",
    "too-many-sessions",
    "rate-limited",
    "internal",
    "launch-failed",
    "draining",
    "supervisor-unavailable",
    "storage-unavailable",
)


@dataclass(frozen=True, kw_only=True)
class LastRun(Model):
    """How the run before ended."""

    run: int
    """Its number."""
    reason: StopReason
    exit_code: int | None = None
    signal: str | None = None
    ready_ms: int | None = None
    """How long it took to be ready."""
    ran_ms: int
    """How long it ran."""


@dataclass(frozen=True, kw_only=True)
class Restart(Model):
    """The restart that a session waits for."""

    at: datetime
    """When the next run begins."""
    attempt: int
    """Which restart it is, of those that count."""
    of: int | None = None
    """How many can be; absent without a limit."""


@dataclass(frozen=True, kw_only=True)
class Expiry(Model):
    """When the session will be stopped, and why."""

    at: datetime
    why: ExpiryCause


@dataclass(frozen=True, kw_only=True)
class Progress(Model):
    """What the app says of its progress in this run."""

    percent: float | None = None
    text: str | None = None


@dataclass(frozen=True, kw_only=True)
class SessionHealth(Model):
    """What the checks of its health have found in this run."""

    status: HealthStatus
    since: datetime
    """When it got this status."""
    failures: int | None = None
    """How many checks have failed in a row, up to the last."""
    message: str | None = None
    """What the last check found, if it failed."""


@dataclass(frozen=True, kw_only=True)
class OngoingStop(Model):
    """Why a session is being stopped."""

    reason: StopReason
    initiator: StopInitiator
    since: datetime
    """When the session began to stop."""


@dataclass(frozen=True, kw_only=True)
class SentSignal(Model):
    """A signal that was sent to processes of a session."""

    signal: str
    """Its name."""
    at: datetime
    """When the first process got it."""
    count: int
    """How many processes got it."""
    pids: tuple[int, ...]
    """The first processes that got it, at most 32."""


@dataclass(frozen=True, kw_only=True)
class Usage(Model):
    """What the processes of a session use."""

    cpu_ms: int
    """CPU time, in milliseconds."""
    rss_bytes: int
    """Resident memory; what processes share counts for each."""
    peak_rss_bytes: int
    """The most that was seen."""
    processes: int
    at: datetime
    """When it was sampled."""


@dataclass(frozen=True, kw_only=True)
class TotalUsage(Model):
    """What the processes of a session used."""

    cpu_ms: int
    """CPU time, in milliseconds."""
    peak_rss_bytes: int | None = None
    """The most that was seen; absent if the session ended before."""
    processes: int
    """The most that were seen at once."""


@dataclass(frozen=True, kw_only=True)
class Stop(Model):
    """Why and how a session ended."""

    reason: StopReason
    initiator: StopInitiator
    since: datetime | None = None
    """When the session began to stop; absent if it ended without having been `stopping`."""
    exit_code: int | None = None
    """The exit code of the process that was spawned."""
    signal: str | None = None
    """The signal that ended the process that was spawned."""
    message: str | None = None
    """What happened, for people."""
    signals_sent: tuple[str, ...]
    """The signals that were sent, in their order."""
    signals: tuple[SentSignal, ...] | None = None
    """The same, with the processes that got them."""
    usage: TotalUsage | None = None
    survivors: int
    """How many processes are left: 0, since a session is stopped only when none is."""


@dataclass(frozen=True, kw_only=True)
class Session(Model):
    """One run of one app."""

    id: int
    """Greater than that of every session before; never used again within a state folder."""
    app_id: str
    """The id of an app."""
    state: SessionState
    pid: int | None = None
    """The id of the process that was spawned."""
    port: int | None = None
    """The port that the app was given, if its entry uses `{port}`."""
    ports: Mapping[str, int] | None = None
    """The ports for `{port:name}` in its entry, by their names."""
    labels: Labels
    created_at: datetime
    """When the launch was admitted."""
    started_at: datetime | None = None
    """When a session that was queued, or is restarted, started; others start at `createdAt`."""
    ready_at: datetime | None = None
    """When the app was ready."""
    stopped_at: datetime | None = None
    """When no process of it was left."""
    ready: Mapping[str, Any] | None = None
    """What the app reported when it was ready: the named groups of `ready.pattern`, or the JSON object after `READY `."""
    run: int | None = None
    """The number of its run, if its app is restarted."""
    restart: Restart | None = None
    last_run: LastRun | None = None
    first_started_at: datetime | None = None
    """When its first run started, if it was queued and has been restarted."""
    lifetime_ms: int | None = None
    """How long it lives, from its first start; the time in the queue does not count."""
    lease_ms: int | None = None
    """How long it lives without a renewal."""
    expires_at: Expiry | None = None
    progress: Progress | None = None
    health: SessionHealth | None = None
    usage: Usage | None = None
    stopping: OngoingStop | None = None
    stop: Stop | None = None


@dataclass(frozen=True, kw_only=True)
class SessionPage(Model):
    """A page of sessions."""

    items: tuple[Session, ...]
    next_cursor: str | None = None
    """A place in a list or in the event log: `<epoch>.<number>`."""
    event_cursor: str
    """A cursor: `/events` from there has every change after this answer."""


@dataclass(frozen=True, kw_only=True)
class SessionPatch(Model):
    """What to change in a session."""

    labels: Mapping[str, str] | None = None
    """Labels to set; `null` removes one."""
    lifetime_ms: int | None = None
    """How long it lives, from its first start; the time in the queue does not count."""


@dataclass(frozen=True, kw_only=True)
class LogLine(Model):
    """A line of the log of a session."""

    seq: int
    """The number of the line, counted over both streams."""
    time: datetime
    """When the line was received."""
    stream: LogStream
    line: str
    """The text, without its line end."""
    cut_bytes: int | None = None
    """How many bytes were cut off the end of an overlong line."""
    missing: int | None = None
    """How many lines are missing before the next one."""


@dataclass(frozen=True, kw_only=True)
class LogLinePage(Model):
    """Lines of a log, oldest first, and how far the log goes."""

    items: tuple[LogLine, ...]
    first_seq: int
    """The `seq` of the oldest line that is kept; 1 before the first."""
    last_seq: int
    """The `seq` of the newest line; 0 before the first."""


@dataclass(frozen=True, kw_only=True)
class Event(Model):
    """Something that happened: so far always to a session, and then `session` is the whole session as it was after it."""

    id: str
    """The cursor of this event: `<epoch>.<seq>`."""
    seq: int
    """The number of the event in its log: one more than that of the event before."""
    type: EventType
    time: datetime
    """When it happened."""
    session: Session | None = None
    node: str | None = None
    """Reserved for events of other machines."""


@dataclass(frozen=True, kw_only=True)
class EventPage(Model):
    """A page of events, oldest first."""

    items: tuple[Event, ...]
    cursor: str
    """The `since` of the next page, or of a stream that goes on from here; with `before`, that of the page before."""


@dataclass(frozen=True, kw_only=True)
class App(Model):
    """An app of the catalogue."""

    id: str
    """The id of an app."""
    title: str | None = None
    """The name to show to people."""
    description: str | None = None
    """What the app does, for people."""
    client_env: tuple[str, ...]
    """Names of the environment variables that a launch may set."""
    kind: AppKind
    readiness: ReadinessKind
    ready_timeout_ms: int
    """How long it can take to be ready."""
    stop_signal: str
    """The first signal of a stop."""
    stop_grace_ms: int
    """How long it can take to stop before SIGKILL."""
    max_sessions: int | None = None
    """How many sessions it can have at the same time."""
    lifetime_ms: int | None = None
    """How long its sessions live."""
    lease_ms: int | None = None
    """How long they live without a renewal."""
    max_lifetime_ms: int | None = None
    """The longest lifetime and lease that a client can ask for."""
    params: Mapping[str, Any] | None = None
    """What a launch can set in `params`, as JSON Schema."""
    uses_port: bool
    """Does a session get a port?"""
    version: str | None = None
    """Of an installed app."""
    capabilities: tuple[str, ...] | None = None
    """What an installed app asks the runtime for."""


@dataclass(frozen=True, kw_only=True)
class AppList(Model):
    """The catalogue, sorted by id."""

    items: tuple[App, ...]


@dataclass(frozen=True, kw_only=True)
class Me(Model):
    """Who asks, and what the token permits."""

    name: str | None = None
    """The name of the token; absent if the gateway needs none."""
    scopes: tuple[Scope, ...]
    apps: tuple[str, ...] | None = None
    """Patterns of the apps that the token sees; absent if it sees all."""


@dataclass(frozen=True, kw_only=True)
class CgroupStatus(Model):
    """The cgroups of sessions; absent if they have none."""

    use: str
    """Which sessions have one."""
    controllers: tuple[str, ...]
    """That hold limits."""


@dataclass(frozen=True, kw_only=True)
class SupervisorStatus(Model):
    """The process that runs the sessions."""

    attached: bool
    """Can sessions be launched?"""
    attached_at: datetime | None = None
    """Since when this supervisor is attached."""
    attachments: int
    """How often a supervisor was attached since the gateway started."""
    spawner: str | None = None
    """How processes are spawned."""
    cgroups: CgroupStatus | None = None


@dataclass(frozen=True, kw_only=True)
class Limits(Model):
    """The limits of the gateway."""

    max_sessions: int
    """Sessions that are not stopped."""
    max_starting: int
    """Sessions that start at the same time; 0 is no limit."""
    requests_per_minute: int
    """Requests of a token at an address; 0 is no limit."""
    max_streams_per_token: int
    """Streams of a token; 0 is no limit."""
    auth_failures_per_minute: int
    """Invalid tokens of an address; 0 is no limit."""


@dataclass(frozen=True, kw_only=True)
class Retention(Model):
    """What is kept, and how long."""

    events_max_age_ms: int
    """Of events."""
    events_max_count: int
    """How many events are kept."""
    sessions_max_age_ms: int
    """Of stopped sessions."""
    sessions_max_count: int
    """How many stopped sessions are kept."""
    session_log_max_bytes: int
    """Of the log of a session."""
    logs_max_bytes: int
    """Of the logs of all stopped sessions."""
    min_free_bytes: int
    """Of the disk, which logs leave free."""


@dataclass(frozen=True, kw_only=True)
class EventClients(Model):
    """Clients that follow the events."""

    websocket: int
    """Over WebSocket."""
    sse: int
    """As server-sent events."""
    ndjson: int
    """As NDJSON."""


@dataclass(frozen=True, kw_only=True)
class Memory(Model):
    """The memory of the gateway process."""

    rss_bytes: int
    """Resident memory."""
    heap_used_bytes: int
    """JavaScript objects."""


@dataclass(frozen=True, kw_only=True)
class LoopDelay(Model):
    """How long the event loop was late since the gateway started, in milliseconds."""

    p50: int
    """The median."""
    p99: int
    """99 of 100 were shorter."""
    max: int
    """The longest."""


@dataclass(frozen=True, kw_only=True)
class LogBytes(Model):
    """What sessions wrote since the supervisor started."""

    kept_bytes: int
    """Kept."""
    dropped_bytes: int
    """Not taken by the disk."""


@dataclass(frozen=True, kw_only=True)
class Gateway(Model):
    """The gateway. `eventClients`, `memory`, `loopDelayMs` and `logs` are for tokens that see all apps."""

    version: str
    """Of weft-gateway."""
    server_id: str
    """The name of this run of the gateway."""
    started_at: datetime
    """When this run began."""
    time: datetime
    """When this was answered."""
    oldest_cursor: str
    """A stream from here has every event that is kept."""
    newest_cursor: str
    """The cursor of the newest event."""
    ready: bool
    """Can sessions be launched?"""
    problem: ErrorCode | None = None
    supervisor: SupervisorStatus
    limits: Limits
    retention: Retention
    event_clients: EventClients | None = None
    memory: Memory | None = None
    loop_delay_ms: LoopDelay | None = None
    logs: LogBytes | None = None


@dataclass(frozen=True, kw_only=True)
class Durations(Model):
    """Durations, in milliseconds."""

    count: int
    """How many there are. The other members are absent if there are none."""
    p50: int | None = None
    """The median."""
    p90: int | None = None
    """9 of 10 are not longer."""
    p99: int | None = None
    """99 of 100 are not longer."""
    max: int | None = None
    """The longest."""


@dataclass(frozen=True, kw_only=True)
class StatsBucket(Model):
    """What happened to sessions in a piece of time."""

    time: datetime
    """When it begins."""
    launched: int
    """Launched."""
    ready: int
    """Got ready."""
    stopped: int
    """Stopped."""
    failed: int
    """Of those that stopped."""


@dataclass(frozen=True, kw_only=True)
class AppStats(Model):
    """What happened to the sessions of an app. `readyMs`: from the start until ready. `stopMs`: from the begin of the stop to its end."""

    app_id: str
    """The id of an app."""
    launched: int
    """Launched."""
    ready: int
    """Got ready."""
    stopped: int
    """Stopped."""
    failed: int
    """Of those that stopped."""
    live: int
    """Not stopped now."""
    stops: Mapping[str, int]
    """How many stopped, by `StopReason`."""
    ready_ms: Durations
    stop_ms: Durations


@dataclass(frozen=True, kw_only=True)
class Stats(Model):
    """What happened to sessions in a range of time, and how many there are."""

    from_: datetime
    """The begin of the range, no further back than the event log goes."""
    to: datetime
    """The end of the range."""
    bucket_ms: int
    """The length of a bucket."""
    event_cursor: str
    """Events after this cursor are not counted."""
    sessions: Mapping[str, int]
    """How many sessions are not stopped now, by `SessionState`."""
    buckets: tuple[StatsBucket, ...]
    """Without gaps, oldest first."""
    apps: tuple[AppStats, ...]
    """Sorted by id; at most 1000."""
    limits: Limits


@dataclass(frozen=True, kw_only=True)
class Health(Model):
    """The check has passed."""

    status: str
    """`ok`."""


@dataclass(frozen=True, kw_only=True)
class Fault(Model):
    """One thing wrong with a request."""

    pointer: str
    """JSON Pointer, from `/body`, `/query`, `/params` or `/headers`."""
    detail: str
    """What is wrong there, for people."""


@dataclass(frozen=True, kw_only=True)
class Problem(Model):
    """An error (RFC 9457)."""

    type: str
    """`/problems/<code>`, a page of this gateway."""
    code: ErrorCode
    title: str
    """A short name of the error, always the same for a `code`."""
    status: int
    """The HTTP status."""
    detail: str
    """What went wrong in this request, for people."""
    instance: str
    """The path of the request."""
    errors: tuple[Fault, ...] | None = None
    """With `invalid-request`: what is wrong, and where."""
    session: Session | None = None
    log_tail: tuple[str, ...] | None = None
    """With `launch-failed`: the last lines that the app wrote to stdout and stderr."""
    retry_after_ms: int | None = None
    """After how many milliseconds to try again; `Retry-After` has the same in seconds."""
