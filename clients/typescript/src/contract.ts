/* Made from the schemas of the routes by `npm run openapi`. */

export interface paths {
    "/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List sessions
         * @description In the order of their ids, the stopped ones included as long as they are kept. `from` and `to` choose those that lived at some time between.
         */
        get: operations["listSessions"];
        put?: never;
        /**
         * Launch an app
         * @description Answers at once with the session, `starting` or `queued`. With `waitMs` the answer comes when it is running, or after that time as it is; if it ends before it is ready, the answer is 502 `launch-failed` once it is stopped. With an `Idempotency-Key` a launch can be sent again without launching twice.
         */
        post: operations["launchSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a session
         * @description Stopped ones can be read as long as they are kept.
         */
        get: operations["getSession"];
        put?: never;
        post?: never;
        /**
         * Stop a session
         * @description Stop signal, grace period, SIGKILL, until no process of its tree is left; a queued session is stopped at once. A repeated stop changes nothing, except that `force` shortens a graceful stop. With `waitMs` the answer comes once it is stopped, or after that time as it is.
         */
        delete: operations["stopSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sessions/{id}/wait": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Wait until a session is ready or stopped
         * @description Answers when the session is in that state, when it is stopped, or at the timeout with the session as it is.
         */
        get: operations["waitForSession"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sessions/{id}/logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read what a session wrote
         * @description Lines of stdout and stderr, oldest first: as text, with `Accept: application/x-ndjson` one JSON object a line, or as `text/event-stream`. With `follow` the answer goes on until the session is stopped; after a break it goes on after the `seq` in `after` or `Last-Event-ID`. Over `text/event-stream` a followed log ends with the event `end` when the session is stopped; one that ends without it can be resumed.
         */
        get: operations["readLogs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sessions/{id}/log-lines": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read what a session wrote
         * @description Lines of stdout and stderr, oldest first: the newest of them, or those `before` or `after` a `seq`. A page can be shorter than `limit` if the lines are long.
         */
        get: operations["listLogLines"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow or read events
         * @description A stream as WebSocket, `text/event-stream` or `application/x-ndjson` (also by default), which begins with `Hello`, then has what was missed since `since` or a `Snapshot`, then goes on live; a cursor that can’t be resumed from gets `Gap` and a `Snapshot`. Or, as `application/json`, one page of history.
         */
        get: operations["streamEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read what happened
         * @description A page of events, oldest first: from the oldest one that is kept, or after `since`, or at the time `from` and later, or the last ones `before` a cursor.
         */
        get: operations["listEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/apps": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the catalogue
         * @description The apps that can be launched, without their commands and environments.
         */
        get: operations["listApps"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/apps/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read an entry of the catalogue
         * @description Without its command and its environment.
         */
        get: operations["getApp"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read who asks
         * @description The name, the scopes and the apps of the token.
         */
        get: operations["getMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/gateway": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read how the gateway is
         * @description Its version, whether it is ready, the ends of the event log, and its limits.
         */
        get: operations["getGateway"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count what happened to sessions
         * @description By default in the last hour, by minute. It counts what the event log has; an answer can be some seconds old, and `/events` from its `eventCursor` has what came after.
         */
        get: operations["getStats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/livez": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Does the gateway run?
         * @description Answers as long as the gateway serves requests. Needs no token.
         */
        get: operations["getLiveness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Can the gateway launch?
         * @description 503 while it shuts down, and while the supervisor or the event log is not usable; needs no token.
         */
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the metrics
         * @description In the text format of Prometheus. docs/operations.md explains each metric.
         */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/problems/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read what an error code means
         * @description The `type` of every problem is the path of such a page.
         */
        get: operations["getProblemType"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description Names and values that the client chose. */
        Labels: {
            [key: string]: string;
        };
        /** @description States come in this order; some can be skipped. `queued`: admitted, and waiting to start. */
        SessionState: "queued" | "starting" | "running" | "stopping" | "stopped" | (string & {});
        /** @description `readyMissed`: stdout closed, or the app exited, before it was ready. `runtimeUnset`: no runtime runs the app. `supervisorLost`: the process that ran the sessions died. */
        StopReason: "exited" | "terminated" | "readyTimeout" | "readyMissed" | "spawnFailed" | "runtimeUnset" | "gatewayStopped" | "supervisorLost" | (string & {});
        /** @description Who ended the session. */
        StopInitiator: "app" | "client" | "gateway" | (string & {});
        /** @description Why a session is being stopped. */
        OngoingStop: {
            reason: components["schemas"]["StopReason"];
            initiator: components["schemas"]["StopInitiator"];
            /**
             * Format: date-time
             * @description When the session began to stop.
             */
            since: string;
        };
        /** @description A signal that was sent to processes of a session. */
        SentSignal: {
            /**
             * @description Its name.
             * @example SIGTERM
             */
            signal: string;
            /**
             * Format: date-time
             * @description When the first process got it.
             */
            at: string;
            /**
             * Format: int32
             * @description How many processes got it.
             */
            count: number;
            /** @description The first processes that got it, at most 32. */
            pids: number[];
        };
        /** @description Why and how a session ended. */
        Stop: {
            reason: components["schemas"]["StopReason"];
            initiator: components["schemas"]["StopInitiator"];
            /**
             * Format: date-time
             * @description When the session began to stop; absent if it ended without having been `stopping`.
             */
            since?: string;
            /**
             * Format: int32
             * @description The exit code of the process that was spawned.
             */
            exitCode?: number;
            /** @description The signal that ended the process that was spawned. */
            signal?: string;
            /** @description What happened, for people. */
            message?: string;
            /** @description The signals that were sent, in their order. */
            signalsSent: string[];
            /** @description The same, with the processes that got them. */
            signals?: components["schemas"]["SentSignal"][];
            /**
             * Format: int32
             * @description How many processes are left: 0, since a session is stopped only when none is.
             */
            survivors: number;
        };
        /** @description One run of one app. */
        Session: {
            /**
             * Format: int64
             * @description Greater than that of every session before; never used again within a state folder.
             */
            id: number;
            /**
             * @description The id of an app.
             * @example demo.clock
             */
            appId: string;
            state: components["schemas"]["SessionState"];
            /**
             * Format: int32
             * @description The id of the process that was spawned.
             */
            pid?: number;
            /**
             * Format: int32
             * @description The port that the app was given, if its entry uses `{port}`.
             */
            port?: number;
            labels: components["schemas"]["Labels"];
            /**
             * Format: date-time
             * @description When the launch was admitted.
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When a session that was queued started; other sessions start at `createdAt`.
             */
            startedAt?: string;
            /**
             * Format: date-time
             * @description When the app was ready.
             */
            readyAt?: string;
            /**
             * Format: date-time
             * @description When no process of it was left.
             */
            stoppedAt?: string;
            /** @description What the app reported when it was ready: the named groups of `ready.pattern`, or the JSON object after `READY `. */
            ready?: {
                [key: string]: unknown;
            };
            stopping?: components["schemas"]["OngoingStop"];
            stop?: components["schemas"]["Stop"];
        };
        /**
         * @description Which sessions come first; `oldest` by default.
         * @enum {string}
         */
        SessionOrder: "oldest" | "newest";
        /** @description A page of sessions. */
        SessionPage: {
            items: components["schemas"]["Session"][];
            /**
             * @description A place in a list or in the event log: `<epoch>.<number>`.
             * @example q3Zk.42
             */
            nextCursor?: string;
            /** @description A cursor: `/events` from there has every change after this answer. */
            eventCursor: string;
        };
        /** @description What to launch. */
        LaunchRequest: {
            /**
             * @description The id of an app.
             * @example demo.clock
             */
            appId: string;
            labels?: components["schemas"]["Labels"];
            /** @description Environment variables for the app. Only those in its `clientEnv` can be set. */
            env?: {
                [key: string]: string;
            };
        };
        /**
         * @description Where a line comes from. Lines of `gateway` report missing lines of the app, and lines that looked like readiness but did not count.
         * @enum {string}
         */
        LogStream: "stdout" | "stderr" | "gateway";
        /** @description A line of the log of a session. */
        LogLine: {
            /**
             * Format: int64
             * @description The number of the line, counted over both streams.
             */
            seq: number;
            /**
             * Format: date-time
             * @description When the line was received.
             */
            time: string;
            stream: components["schemas"]["LogStream"];
            /** @description The text, without its line end. */
            line: string;
            /**
             * Format: int32
             * @description How many bytes were cut off the end of an overlong line.
             */
            cutBytes?: number;
            /**
             * Format: int32
             * @description How many lines are missing before the next one.
             */
            missing?: number;
        };
        /** @description Lines of a log, oldest first, and how far the log goes. */
        LogLinePage: {
            items: components["schemas"]["LogLine"][];
            /**
             * Format: int64
             * @description The `seq` of the oldest line that is kept; 1 before the first.
             */
            firstSeq: number;
            /**
             * Format: int64
             * @description The `seq` of the newest line; 0 before the first.
             */
            lastSeq: number;
        };
        /**
         * @description What to wait for; `stopped` by default.
         * @enum {string}
         */
        WaitTarget: "ready" | "stopped";
        /** @description The events of a session come in this order, each at most once and `Stopped` exactly once. `Starting`: a queued session starts. */
        EventType: "Launched" | "Starting" | "AppReady" | "Stopping" | "Stopped" | (string & {});
        /** @description Something that happened: so far always to a session, and then `session` is the whole session as it was after it. */
        Event: {
            /**
             * @description The cursor of this event: `<epoch>.<seq>`.
             * @example q3Zk.42
             */
            id: string;
            /**
             * Format: int64
             * @description The number of the event in its log: one more than that of the event before.
             */
            seq: number;
            type: components["schemas"]["EventType"];
            /**
             * Format: date-time
             * @description When it happened.
             */
            time: string;
            session?: components["schemas"]["Session"];
            /** @description Reserved for events of other machines. */
            node?: string;
        };
        /** @description A page of events, oldest first. */
        EventPage: {
            items: components["schemas"]["Event"][];
            /** @description The `since` of the next page, or of a stream that goes on from here; with `before`, that of the page before. */
            cursor: string;
        };
        /** @description The first message of a stream. */
        Hello: {
            /** @enum {string} */
            type: "Hello";
            /**
             * @description The name of the event log. A new state folder has a new one, and so has a log that has lost events.
             * @example q3Zk
             */
            epoch: string;
            /**
             * Format: int64
             * @description The number of the newest event; 0 before the first.
             */
            seq: number;
            /**
             * @description Where this stream begins: at `since` if it can be resumed from, else at the newest event.
             * @example q3Zk.42
             */
            cursor: string;
            /**
             * Format: date-time
             * @description When it was sent.
             */
            time: string;
            /**
             * Format: uuid
             * @description The name of this run of the gateway.
             */
            serverId: string;
            /**
             * Format: int32
             * @description How often the gateway sends a ping, a comment or a `Heartbeat`, in milliseconds; 0 means never.
             */
            heartbeatMs: number;
        };
        /** @description The sessions that are not stopped, as of `cursor`. */
        Snapshot: {
            /** @enum {string} */
            type: "Snapshot";
            /**
             * @description The cursor of the newest event. The stream goes on after it.
             * @example q3Zk.42
             */
            cursor: string;
            /**
             * Format: date-time
             * @description When it was made.
             */
            time: string;
            /** @description All sessions that are not stopped and that the filters let through. */
            sessions: components["schemas"]["Session"][];
        };
        /** @description The stream can’t be resumed from the cursor: the client has missed events. A `Snapshot` follows. */
        Gap: {
            /** @enum {string} */
            type: "Gap";
        };
        /** @description Sent at the interval of the parameter `heartbeatMs`. */
        Heartbeat: {
            /** @enum {string} */
            type: "Heartbeat";
            /**
             * @description Every event up to this cursor has been sent, or was left out by the filters.
             * @example q3Zk.42
             */
            cursor: string;
            /**
             * Format: date-time
             * @description When it was sent.
             */
            time: string;
        };
        /** @description The last message of a stream over SSE or NDJSON to a client that read too slowly or can’t be served now (1013), or whose token is not valid any more (1008). */
        Closed: {
            /** @enum {string} */
            type: "Closed";
            /**
             * Format: int32
             * @description The close code that a WebSocket would get: 1013 or 1008.
             * @example 1013
             */
            code: number;
            /**
             * @description Why the stream was closed.
             * @example resume with since
             */
            reason: string;
        };
        /** @description A message of a stream. Clients should ignore types that they do not know. */
        Message: components["schemas"]["Hello"] | components["schemas"]["Snapshot"] | components["schemas"]["Gap"] | components["schemas"]["Heartbeat"] | components["schemas"]["Closed"] | components["schemas"]["Event"];
        /** @description An app of the catalogue. */
        App: {
            /**
             * @description The id of an app.
             * @example demo.clock
             */
            id: string;
            /** @description The name to show to people. */
            title?: string;
            /** @description What the app does, for people. */
            description?: string;
            /** @description Names of the environment variables that a launch may set. */
            clientEnv: string[];
            readiness: components["schemas"]["ReadinessKind"];
            /**
             * Format: int32
             * @description How long it can take to be ready.
             */
            readyTimeoutMs: number;
            /**
             * @description The first signal of a stop.
             * @example SIGTERM
             */
            stopSignal: string;
            /**
             * Format: int32
             * @description How long it can take to stop before SIGKILL.
             */
            stopGraceMs: number;
            /**
             * Format: int32
             * @description How many sessions it can have at the same time.
             */
            maxSessions?: number;
            /** @description Does a session get a port? */
            usesPort: boolean;
        };
        /** @description The catalogue, sorted by id. */
        AppList: {
            items: components["schemas"]["App"][];
        };
        /** @description How it is found out that an app is ready. */
        ReadinessKind: "line" | "pattern" | "tcp" | "http" | "none" | (string & {});
        /** @description What a token permits. */
        Scope: "read" | "launch" | "stop" | (string & {});
        /** @description Who asks, and what the token permits. */
        Me: {
            /** @description The name of the token; absent if the gateway needs none. */
            name?: string;
            scopes: components["schemas"]["Scope"][];
            /** @description Patterns of the apps that the token sees; absent if it sees all. */
            apps?: string[];
        };
        /** @description The process that runs the sessions. */
        SupervisorStatus: {
            /** @description Can sessions be launched? */
            attached: boolean;
            /**
             * Format: date-time
             * @description Since when this supervisor is attached.
             */
            attachedAt?: string;
            /**
             * Format: int32
             * @description How often a supervisor was attached since the gateway started.
             */
            attachments: number;
            /**
             * @description How processes are spawned.
             * @example posix-spawn
             */
            spawner?: string;
        };
        /** @description The limits of the gateway. */
        Limits: {
            /**
             * Format: int64
             * @description Sessions that are not stopped.
             */
            maxSessions: number;
            /**
             * Format: int64
             * @description Sessions that start at the same time; 0 is no limit.
             */
            maxStarting: number;
            /**
             * Format: int64
             * @description Requests of a token at an address; 0 is no limit.
             */
            requestsPerMinute: number;
            /**
             * Format: int64
             * @description Streams of a token; 0 is no limit.
             */
            maxStreamsPerToken: number;
            /**
             * Format: int64
             * @description Invalid tokens of an address; 0 is no limit.
             */
            authFailuresPerMinute: number;
        };
        /** @description What is kept, and how long. */
        Retention: {
            /**
             * Format: int64
             * @description Of events.
             */
            eventsMaxAgeMs: number;
            /**
             * Format: int64
             * @description How many events are kept.
             */
            eventsMaxCount: number;
            /**
             * Format: int64
             * @description Of stopped sessions.
             */
            sessionsMaxAgeMs: number;
            /**
             * Format: int64
             * @description How many stopped sessions are kept.
             */
            sessionsMaxCount: number;
            /**
             * Format: int64
             * @description Of the log of a session.
             */
            sessionLogMaxBytes: number;
            /**
             * Format: int64
             * @description Of the logs of all stopped sessions.
             */
            logsMaxBytes: number;
            /**
             * Format: int64
             * @description Of the disk, which logs leave free.
             */
            minFreeBytes: number;
        };
        /** @description Clients that follow the events. */
        EventClients: {
            /**
             * Format: int32
             * @description Over WebSocket.
             */
            websocket: number;
            /**
             * Format: int32
             * @description As server-sent events.
             */
            sse: number;
            /**
             * Format: int32
             * @description As NDJSON.
             */
            ndjson: number;
        };
        /** @description The memory of the gateway process. */
        Memory: {
            /**
             * Format: int64
             * @description Resident memory.
             */
            rssBytes: number;
            /**
             * Format: int64
             * @description JavaScript objects.
             */
            heapUsedBytes: number;
        };
        /** @description How long the event loop was late since the gateway started, in milliseconds. */
        LoopDelay: {
            /**
             * Format: int32
             * @description The median.
             */
            p50: number;
            /**
             * Format: int32
             * @description 99 of 100 were shorter.
             */
            p99: number;
            /**
             * Format: int32
             * @description The longest.
             */
            max: number;
        };
        /** @description What sessions wrote since the supervisor started. */
        LogBytes: {
            /**
             * Format: int64
             * @description Kept.
             */
            keptBytes: number;
            /**
             * Format: int64
             * @description Not taken by the disk.
             */
            droppedBytes: number;
        };
        /** @description The gateway. `eventClients`, `memory`, `loopDelayMs` and `logs` are for tokens that see all apps. */
        Gateway: {
            /** @description Of weft-gateway. */
            version: string;
            /**
             * Format: uuid
             * @description The name of this run of the gateway.
             */
            serverId: string;
            /**
             * Format: date-time
             * @description When this run began.
             */
            startedAt: string;
            /**
             * Format: date-time
             * @description When this was answered.
             */
            time: string;
            /**
             * @description A stream from here has every event that is kept.
             * @example q3Zk.0
             */
            oldestCursor: string;
            /**
             * @description The cursor of the newest event.
             * @example q3Zk.42
             */
            newestCursor: string;
            /** @description Can sessions be launched? */
            ready: boolean;
            problem?: components["schemas"]["ErrorCode"];
            supervisor: components["schemas"]["SupervisorStatus"];
            limits: components["schemas"]["Limits"];
            retention: components["schemas"]["Retention"];
            eventClients?: components["schemas"]["EventClients"];
            memory?: components["schemas"]["Memory"];
            loopDelayMs?: components["schemas"]["LoopDelay"];
            logs?: components["schemas"]["LogBytes"];
        };
        /** @description Durations, in milliseconds. */
        Durations: {
            /**
             * Format: int32
             * @description How many there are. The other members are absent if there are none.
             */
            count: number;
            /**
             * Format: int64
             * @description The median.
             */
            p50?: number;
            /**
             * Format: int64
             * @description 9 of 10 are not longer.
             */
            p90?: number;
            /**
             * Format: int64
             * @description 99 of 100 are not longer.
             */
            p99?: number;
            /**
             * Format: int64
             * @description The longest.
             */
            max?: number;
        };
        /** @description What happened to sessions in a piece of time. */
        StatsBucket: {
            /**
             * Format: date-time
             * @description When it begins.
             */
            time: string;
            /**
             * Format: int32
             * @description Launched.
             */
            launched: number;
            /**
             * Format: int32
             * @description Got ready.
             */
            ready: number;
            /**
             * Format: int32
             * @description Stopped.
             */
            stopped: number;
            /**
             * Format: int32
             * @description Of those that stopped.
             */
            failed: number;
        };
        /** @description What happened to the sessions of an app. `readyMs`: from the start until ready. `stopMs`: from the begin of the stop to its end. */
        AppStats: {
            /**
             * @description The id of an app.
             * @example demo.clock
             */
            appId: string;
            /**
             * Format: int32
             * @description Launched.
             */
            launched: number;
            /**
             * Format: int32
             * @description Got ready.
             */
            ready: number;
            /**
             * Format: int32
             * @description Stopped.
             */
            stopped: number;
            /**
             * Format: int32
             * @description Of those that stopped.
             */
            failed: number;
            /**
             * Format: int32
             * @description Not stopped now.
             */
            live: number;
            /** @description How many stopped, by `StopReason`. */
            stops: {
                [key: string]: number;
            };
            readyMs: components["schemas"]["Durations"];
            stopMs: components["schemas"]["Durations"];
        };
        /** @description What happened to sessions in a range of time, and how many there are. */
        Stats: {
            /**
             * Format: date-time
             * @description The begin of the range, no further back than the event log goes.
             */
            from: string;
            /**
             * Format: date-time
             * @description The end of the range.
             */
            to: string;
            /**
             * Format: int32
             * @description The length of a bucket.
             */
            bucketMs: number;
            /**
             * @description Events after this cursor are not counted.
             * @example q3Zk.42
             */
            eventCursor: string;
            /** @description How many sessions are not stopped now, by `SessionState`. */
            sessions: {
                [key: string]: number;
            };
            /** @description Without gaps, oldest first. */
            buckets: components["schemas"]["StatsBucket"][];
            /** @description Sorted by id; at most 1000. */
            apps: components["schemas"]["AppStats"][];
            limits: components["schemas"]["Limits"];
        };
        /** @description The check has passed. */
        Health: {
            /**
             * @description `ok`.
             * @example ok
             */
            status: string;
        };
        /** @description One thing wrong with a request. */
        Fault: {
            /** @description JSON Pointer, from `/body`, `/query`, `/params` or `/headers`. */
            pointer: string;
            /** @description What is wrong there, for people. */
            detail: string;
        };
        /** @description The kind of the error; `/problems/{code}` explains it. */
        ErrorCode: "invalid-request" | "unauthorized" | "forbidden" | "session-not-found" | "app-not-found" | "not-found" | "method-not-allowed" | "not-acceptable" | "idempotency-in-flight" | "cursor-expired" | "payload-too-large" | "unsupported-media-type" | "idempotency-mismatch" | "host-not-allowed" | "too-many-sessions" | "rate-limited" | "internal" | "launch-failed" | "draining" | "supervisor-unavailable" | "storage-unavailable" | (string & {});
        /** @description An error (RFC 9457). */
        Problem: {
            /**
             * Format: uri-reference
             * @description `/problems/<code>`, a page of this gateway.
             */
            type: string;
            code: components["schemas"]["ErrorCode"];
            /** @description A short name of the error, always the same for a `code`. */
            title: string;
            /**
             * Format: int32
             * @description The HTTP status.
             */
            status: number;
            /** @description What went wrong in this request, for people. */
            detail: string;
            /** @description The path of the request. */
            instance: string;
            /** @description With `invalid-request`: what is wrong, and where. */
            errors?: components["schemas"]["Fault"][];
            session?: components["schemas"]["Session"];
            /** @description With `launch-failed`: the last lines that the app wrote to stdout and stderr. */
            logTail?: string[];
            /**
             * Format: int32
             * @description After how many milliseconds to try again; `Retry-After` has the same in seconds.
             */
            retryAfterMs?: number;
        };
    };
    responses: {
        /** @description What went wrong (RFC 9457). Any request can get `invalid-request`, `unauthorized`, `forbidden`, `method-not-allowed`, `not-acceptable`, `host-not-allowed`, `rate-limited`, `internal`; `x-problem-codes` lists the others of an operation. */
        Problem: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Retry-After": components["headers"]["Retry-After"];
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                Allow: components["headers"]["Allow"];
                "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        /** @description How long to wait for the result, in milliseconds; without it, not at all. */
        WaitMsParameter: number;
        /** @description Greater than that of every session before; never used again within a state folder. */
        IdParameter: number;
        /** @description Only this many of the newest lines. */
        TailParameter: number;
        /** @description Only lines with a higher `seq`. */
        AfterParameter: number;
        /** @description Where a line comes from. Lines of `gateway` report missing lines of the app, and lines that looked like readiness but did not count. */
        StreamParameter: components["schemas"]["LogStream"];
        /** @description Of one of these apps. */
        AppIdParameter: string[];
        /** @description Of sessions that have this label, `name=value`; of several, all. */
        LabelParameter: string[];
        /** @description Items on a page. */
        LimitParameter: number;
        /** @description A place in a list or in the event log: `<epoch>.<number>`. For example `q3Zk.42`. */
        SinceParameter: string;
        /** @description Of one of these types. */
        EventTypeParameter: components["schemas"]["EventType"][];
        /** @description Of one of these sessions. */
        SessionIdParameter: number[];
    };
    requestBodies: never;
    headers: {
        /** @description The id of the request. Lines of the gateway’s log have it as `reqId`. */
        "X-Request-Id": string;
        /** @description The path of the session. */
        Location: string;
        /** @description The next page, if there is one: `<…>; rel="next"` (RFC 8288). */
        Link: string;
        /** @description `true` if the answer is that of an earlier launch with the same `Idempotency-Key`. */
        "Idempotent-Replayed": string;
        /** @description After how many seconds to try again. */
        "Retry-After": number;
        /** @description With 401 and 403: what token is needed (RFC 6750). */
        "WWW-Authenticate": string;
        /** @description With 405: the methods of the path. */
        Allow: string;
        /** @description How many requests the client can send in a minute. */
        "RateLimit-Limit": number;
        /** @description How many of them are left. */
        "RateLimit-Remaining": number;
        /** @description In how many seconds the minute is over. */
        "RateLimit-Reset": number;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listSessions: {
        parameters: {
            query?: {
                /** @description In one of these states. */
                state?: components["schemas"]["SessionState"][];
                /** @description Of one of these apps. */
                appId?: components["parameters"]["AppIdParameter"];
                /** @description Of sessions that have this label, `name=value`; of several, all. */
                label?: components["parameters"]["LabelParameter"];
                /** @description Stopped for one of these reasons. */
                reason?: components["schemas"]["StopReason"][];
                /** @description Not stopped before this time. */
                from?: string;
                /** @description Launched until this time. */
                to?: string;
                /** @description Which sessions come first; `oldest` by default. */
                order?: components["schemas"]["SessionOrder"];
                /** @description Items on a page. */
                limit?: components["parameters"]["LimitParameter"];
                /** @description A place in a list or in the event log: `<epoch>.<number>`. For example `q3Zk.42`. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of sessions. */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    launchSession: {
        parameters: {
            query?: {
                /** @description How long to wait for the result, in milliseconds; without it, not at all. */
                waitMs?: components["parameters"]["WaitMsParameter"];
            };
            header?: {
                /** @description For 24 hours in which a gateway runs, requests with the same key and the same body are one launch and get the same answer. 1 to 255 visible ASCII characters, as they are or as a quoted string (RFC 9651). For example `"8e03978e-40d5-43e8-bc93-6894a57f9324"`. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LaunchRequest"];
            };
        };
        responses: {
            /** @description The session. */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Greater than that of every session before; never used again within a state folder. */
                id: components["parameters"]["IdParameter"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    stopSession: {
        parameters: {
            query?: {
                /** @description SIGKILL at once, without grace. */
                force?: boolean;
                /** @description How long to wait for the result, in milliseconds; without it, not at all. */
                waitMs?: components["parameters"]["WaitMsParameter"];
            };
            header?: never;
            path: {
                /** @description Greater than that of every session before; never used again within a state folder. */
                id: components["parameters"]["IdParameter"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session, which is stopped. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description The session, which is being stopped. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    waitForSession: {
        parameters: {
            query?: {
                /** @description What to wait for; `stopped` by default. */
                until?: components["schemas"]["WaitTarget"];
                /** @description How long to wait at most, in milliseconds. */
                timeoutMs?: number;
            };
            header?: never;
            path: {
                /** @description Greater than that of every session before; never used again within a state folder. */
                id: components["parameters"]["IdParameter"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session as it is at the end of the wait. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    readLogs: {
        parameters: {
            query?: {
                /** @description Only this many of the newest lines. */
                tail?: components["parameters"]["TailParameter"];
                /** @description Only lines with a higher `seq`. */
                after?: components["parameters"]["AfterParameter"];
                /** @description Where a line comes from. Lines of `gateway` report missing lines of the app, and lines that looked like readiness but did not count. */
                stream?: components["parameters"]["StreamParameter"];
                /** @description Go on until the session is stopped. */
                follow?: boolean;
                /** @description Of `text/event-stream` that follows: after how long without a line to send a comment, in milliseconds. */
                heartbeatMs?: number;
            };
            header?: never;
            path: {
                /** @description Greater than that of every session before; never used again within a state folder. */
                id: components["parameters"]["IdParameter"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The lines, each a `LogLine` where it is not plain text. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                    "application/x-ndjson": string;
                    "text/event-stream": string;
                };
            };
            /** @description The session is stopped, and the client that resumes has all its lines. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    listLogLines: {
        parameters: {
            query?: {
                /** @description Only this many of the newest lines. */
                tail?: components["parameters"]["TailParameter"];
                /** @description Only lines with a lower `seq`, the newest. */
                before?: number;
                /** @description Only lines with a higher `seq`. */
                after?: components["parameters"]["AfterParameter"];
                /** @description Where a line comes from. Lines of `gateway` report missing lines of the app, and lines that looked like readiness but did not count. */
                stream?: components["parameters"]["StreamParameter"];
                /** @description Only lines that contain this text, as it is. */
                q?: string;
                /** @description Lines on a page. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description Greater than that of every session before; never used again within a state folder. */
                id: components["parameters"]["IdParameter"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of lines. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LogLinePage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    streamEvents: {
        parameters: {
            query?: {
                /** @description A place in a list or in the event log: `<epoch>.<number>`. For example `q3Zk.42`. */
                since?: components["parameters"]["SinceParameter"];
                /** @description Of one of these types. */
                eventType?: components["parameters"]["EventTypeParameter"];
                /** @description Of one of these sessions. */
                sessionId?: components["parameters"]["SessionIdParameter"];
                /** @description Of one of these apps. */
                appId?: components["parameters"]["AppIdParameter"];
                /** @description Of sessions that have this label, `name=value`; of several, all. */
                label?: components["parameters"]["LabelParameter"];
                /** @description Of streams only: how often to send a `Heartbeat`, in milliseconds. */
                heartbeatMs?: number;
                /** @description Items on a page. */
                limit?: components["parameters"]["LimitParameter"];
            };
            header?: {
                /** @description Like `since`, and wins over it. */
                "last-event-id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of history, or a stream of messages; what each is, is in asyncapi.yaml. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventPage"];
                    "application/x-ndjson": string;
                    "text/event-stream": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listEvents: {
        parameters: {
            query?: {
                /** @description A place in a list or in the event log: `<epoch>.<number>`. For example `q3Zk.42`. */
                since?: components["parameters"]["SinceParameter"];
                /** @description A place in a list or in the event log: `<epoch>.<number>`. For example `q3Zk.42`. */
                before?: string;
                /** @description Of events at this time and later. */
                from?: string;
                /** @description Of one of these types. */
                eventType?: components["parameters"]["EventTypeParameter"];
                /** @description Of one of these sessions. */
                sessionId?: components["parameters"]["SessionIdParameter"];
                /** @description Of one of these apps. */
                appId?: components["parameters"]["AppIdParameter"];
                /** @description Of sessions that have this label, `name=value`; of several, all. */
                label?: components["parameters"]["LabelParameter"];
                /** @description Items on a page. */
                limit?: components["parameters"]["LimitParameter"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of events. */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listApps: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All apps. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getApp: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of an app.
                 * @example demo.clock
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The app. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["App"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Who asks. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getGateway: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The gateway. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Gateway"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getStats: {
        parameters: {
            query?: {
                /** @description From this time on; an hour before `to` by default. */
                from?: string;
                /** @description Before this time; now by default. */
                to?: string;
                /** @description The length of a bucket, in milliseconds. There can be at most 3600 buckets. */
                bucketMs?: number;
                /** @description Of one of these apps. */
                appId?: components["parameters"]["AppIdParameter"];
                /** @description Of sessions that have this label, `name=value`; of several, all. */
                label?: components["parameters"]["LabelParameter"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The counts. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Stats"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getLiveness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The gateway runs. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The gateway can launch. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The metrics. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getProblemType: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The `code` of a problem.
                 * @example session-not-found
                 */
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The explanation, for people. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
}
