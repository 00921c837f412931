/* Made from the schemas of the routes by `npm run openapi`. */

export interface components {
    schemas: {
        /** Names and values that the client chose. */
        Labels: {
            [key: string]: string;
        };
        /** States come in this order; some can be skipped. `queued`: admitted, and waiting to start. `restarting`: a run has ended; `starting` follows again. */
        SessionState: "queued" | "starting" | "running" | "restarting" | "stopping" | "stopped" | (string & {});
        /** `completed`: a job succeeded. `readyMissed`: stdout closed, or the app exited, before it was ready. `startFailed`: a command of `before` failed. `runtimeUnset`: no runtime runs the app. `appFailed`: the app said so. `supervisorLost`: the process that ran the sessions died. */
        StopReason: "exited" | "completed" | "terminated" | "readyTimeout" | "readyMissed" | "spawnFailed" | "startFailed" | "runtimeUnset" | "appFailed" | "unhealthy" | "watchdog" | "memoryLimit" | "processLimit" | "lifetime" | "leaseExpired" | "gatewayStopped" | "supervisorLost" | (string & {});
        /** Who ended the session. */
        StopInitiator: "app" | "client" | "gateway" | (string & {});
        /** How the run before ended. */
        LastRun: {
            /** Its number. */
            run: number;
            reason: components["schemas"]["StopReason"];
            exitCode?: number;
            signal?: string;
            /** How long it took to be ready. */
            readyMs?: number;
            /** How long it ran. */
            ranMs: number;
        };
        /** The restart that a session waits for. */
        Restart: {
            /** When the next run begins. */
            at: string;
            /** Which restart it is, of those that count. */
            attempt: number;
            /** How many can be; absent without a limit. */
            of?: number;
        };
        /** What ends a session. */
        ExpiryCause: "lifetime" | "lease" | (string & {});
        /** When the session will be stopped, and why. */
        Expiry: {
            at: string;
            why: components["schemas"]["ExpiryCause"];
        };
        /** What the app says of its progress in this run. */
        Progress: {
            percent?: number;
            text?: string;
        };
        /** Whether as many checks as count have failed in a row. */
        HealthStatus: "healthy" | "unhealthy" | (string & {});
        /** What the checks of its health have found in this run. */
        SessionHealth: {
            status: components["schemas"]["HealthStatus"];
            /** When it got this status. */
            since: string;
            /** How many checks have failed in a row, up to the last. */
            failures?: number;
            /** What the last check found, if it failed. */
            message?: string;
        };
        /** Why a session is being stopped. */
        OngoingStop: {
            reason: components["schemas"]["StopReason"];
            initiator: components["schemas"]["StopInitiator"];
            /** When the session began to stop. */
            since: string;
        };
        /** A signal that was sent to processes of a session. */
        SentSignal: {
            /** Its name. */
            signal: string;
            /** When the first process got it. */
            at: string;
            /** How many processes got it. */
            count: number;
            /** The first processes that got it, at most 32. */
            pids: number[];
        };
        /** What the processes of a session use. */
        Usage: {
            /** CPU time, in milliseconds. */
            cpuMs: number;
            /** Resident memory; what processes share counts for each. */
            rssBytes: number;
            /** The most that was seen. */
            peakRssBytes: number;
            processes: number;
            /** When it was sampled. */
            at: string;
        };
        /** What the processes of a session used. */
        TotalUsage: {
            /** CPU time, in milliseconds. */
            cpuMs: number;
            /** The most that was seen; absent if the session ended before. */
            peakRssBytes?: number;
            /** The most that were seen at once. */
            processes: number;
        };
        /** Why and how a session ended. */
        Stop: {
            reason: components["schemas"]["StopReason"];
            initiator: components["schemas"]["StopInitiator"];
            /** When the session began to stop; absent if it ended without having been `stopping`. */
            since?: string;
            /** The exit code of the process that was spawned. */
            exitCode?: number;
            /** The signal that ended the process that was spawned. */
            signal?: string;
            /** What happened, for people. */
            message?: string;
            /** The signals that were sent, in their order. */
            signalsSent: string[];
            /** The same, with the processes that got them. */
            signals?: components["schemas"]["SentSignal"][];
            usage?: components["schemas"]["TotalUsage"];
            /** How many processes are left: 0, since a session is stopped only when none is. */
            survivors: number;
        };
        /** One run of one app. */
        Session: {
            /** Greater than that of every session before; never used again within a state folder. */
            id: number;
            /** The id of an app. */
            appId: string;
            state: components["schemas"]["SessionState"];
            /** The id of the process that was spawned. */
            pid?: number;
            /** The port that the app was given, if its entry uses `{port}`. */
            port?: number;
            /** The ports for `{port:name}` in its entry, by their names. */
            ports?: {
                [key: string]: number;
            };
            labels: components["schemas"]["Labels"];
            /** When the launch was admitted. */
            createdAt: string;
            /** When a session that was queued, or is restarted, started; others start at `createdAt`. */
            startedAt?: string;
            /** When the app was ready. */
            readyAt?: string;
            /** When no process of it was left. */
            stoppedAt?: string;
            /** What the app reported when it was ready: the named groups of `ready.pattern`, or the JSON object after `READY `. */
            ready?: {
                [key: string]: unknown;
            };
            /** The number of its run, if its app is restarted. */
            run?: number;
            restart?: components["schemas"]["Restart"];
            lastRun?: components["schemas"]["LastRun"];
            /** When its first run started, if it was queued and has been restarted. */
            firstStartedAt?: string;
            /** How long it lives, from its first start; the time in the queue does not count. */
            lifetimeMs?: number;
            /** How long it lives without a renewal. */
            leaseMs?: number;
            expiresAt?: components["schemas"]["Expiry"];
            progress?: components["schemas"]["Progress"];
            health?: components["schemas"]["SessionHealth"];
            usage?: components["schemas"]["Usage"];
            stopping?: components["schemas"]["OngoingStop"];
            stop?: components["schemas"]["Stop"];
        };
        /**
         * Which sessions come first; `oldest` by default.
         * @enum {string}
         */
        SessionOrder: "oldest" | "newest";
        /** A page of sessions. */
        SessionPage: {
            items: components["schemas"]["Session"][];
            /** A place in a list or in the event log: `<epoch>.<number>`. */
            nextCursor?: string;
            /** A cursor: `/events` from there has every change after this answer. */
            eventCursor: string;
        };
        /** What to launch. */
        LaunchRequest: {
            /** The id of an app. */
            appId: string;
            labels?: components["schemas"]["Labels"];
            /** Environment variables for the app. Only those in its `clientEnv` can be set. */
            env?: {
                [key: string]: string;
            };
            /** Values for the parameters of the app, as its `params` describes them. */
            params?: {
                [key: string]: unknown;
            };
            /** How long it lives, from its first start; the time in the queue does not count. */
            lifetimeMs?: number;
            /** How long it lives without a renewal. */
            leaseMs?: number;
        };
        /** What to change in a session. */
        SessionPatch: {
            /** Labels to set; `null` removes one. */
            labels?: {
                [key: string]: string;
            };
            /** How long it lives, from its first start; the time in the queue does not count. */
            lifetimeMs?: number;
        };
        /**
         * Where a line comes from. Lines of `gateway` report missing lines of the app, and lines that looked like readiness but did not count.
         * @enum {string}
         */
        LogStream: "stdout" | "stderr" | "gateway";
        /** A line of the log of a session. */
        LogLine: {
            /** The number of the line, counted over both streams. */
            seq: number;
            /** When the line was received. */
            time: string;
            stream: components["schemas"]["LogStream"];
            /** The text, without its line end. */
            line: string;
            /** How many bytes were cut off the end of an overlong line. */
            cutBytes?: number;
            /** How many lines are missing before the next one. */
            missing?: number;
        };
        /** Lines of a log, oldest first, and how far the log goes. */
        LogLinePage: {
            items: components["schemas"]["LogLine"][];
            /** The `seq` of the oldest line that is kept; 1 before the first. */
            firstSeq: number;
            /** The `seq` of the newest line; 0 before the first. */
            lastSeq: number;
        };
        /** The last message of a followed log: the session is stopped, and that was all. */
        LogEnd: {
            /** @enum {string} */
            type: "end";
            /** @enum {string} */
            state: "stopped";
        };
        /** A line, or the end. */
        LogMessage: components["schemas"]["LogLine"] | components["schemas"]["LogEnd"];
        /**
         * What to wait for; `stopped` by default.
         * @enum {string}
         */
        WaitTarget: "ready" | "stopped" | "completed";
        /** `Launched` comes first, `Stopped` last and once. `Starting`: a queued session starts, or the next run of one that is `Restarting`. `Updated`, any number of times: it has another progress or health. */
        EventType: "Launched" | "Starting" | "AppReady" | "Updated" | "Restarting" | "Stopping" | "Stopped" | (string & {});
        /** Something that happened: so far always to a session, and then `session` is the whole session as it was after it. */
        Event: {
            /** The cursor of this event: `<epoch>.<seq>`. */
            id: string;
            /** The number of the event in its log: one more than that of the event before. */
            seq: number;
            type: components["schemas"]["EventType"];
            /** When it happened. */
            time: string;
            session?: components["schemas"]["Session"];
            /** Reserved for events of other machines. */
            node?: string;
        };
        /** A page of events, oldest first. */
        EventPage: {
            items: components["schemas"]["Event"][];
            /** The `since` of the next page, or of a stream that goes on from here; with `before`, that of the page before. */
            cursor: string;
        };
        /** The first message of a stream. */
        Hello: {
            /** @enum {string} */
            type: "Hello";
            /** The name of the event log. A new state folder has a new one, and so has a log that has lost events. */
            epoch: string;
            /** The number of the newest event; 0 before the first. */
            seq: number;
            /** Where this stream begins: at `since` if it can be resumed from, else at the newest event. */
            cursor: string;
            /** When it was sent. */
            time: string;
            /** The name of this run of the gateway. */
            serverId: string;
            /** How often the gateway sends a ping, a comment or a `Heartbeat`, in milliseconds; 0 means never. */
            heartbeatMs: number;
        };
        /** The sessions that are not stopped, as of `cursor`. */
        Snapshot: {
            /** @enum {string} */
            type: "Snapshot";
            /** The cursor of the newest event. The stream goes on after it. */
            cursor: string;
            /** When it was made. */
            time: string;
            /** All sessions that are not stopped and that the filters let through. */
            sessions: components["schemas"]["Session"][];
        };
        /** The stream can’t be resumed from the cursor: the client has missed events. A `Snapshot` follows. */
        Gap: {
            /** @enum {string} */
            type: "Gap";
        };
        /** Sent at the interval of the parameter `heartbeatMs`. */
        Heartbeat: {
            /** @enum {string} */
            type: "Heartbeat";
            /** Every event up to this cursor has been sent, or was left out by the filters. */
            cursor: string;
            /** When it was sent. */
            time: string;
        };
        /** The last message of a stream over SSE or NDJSON to a client that read too slowly or can’t be served now (1013), or whose token is not valid any more (1008). */
        Closed: {
            /** @enum {string} */
            type: "Closed";
            /** The close code that a WebSocket would get: 1013 or 1008. */
            code: number;
            /** Why the stream was closed. */
            reason: string;
        };
        /** A message of a stream. Clients should ignore types that they do not know. */
        Message: components["schemas"]["Hello"] | components["schemas"]["Snapshot"] | components["schemas"]["Gap"] | components["schemas"]["Heartbeat"] | components["schemas"]["Closed"] | components["schemas"]["Event"];
        /** An app of the catalogue. */
        App: {
            /** The id of an app. */
            id: string;
            /** The name to show to people. */
            title?: string;
            /** What the app does, for people. */
            description?: string;
            /** Names of the environment variables that a launch may set. */
            clientEnv: string[];
            kind: components["schemas"]["AppKind"];
            readiness: components["schemas"]["ReadinessKind"];
            /** How long it can take to be ready. */
            readyTimeoutMs: number;
            /** The first signal of a stop. */
            stopSignal: string;
            /** How long it can take to stop before SIGKILL. */
            stopGraceMs: number;
            /** How many sessions it can have at the same time. */
            maxSessions?: number;
            /** How long its sessions live. */
            lifetimeMs?: number;
            /** How long they live without a renewal. */
            leaseMs?: number;
            /** The longest lifetime and lease that a client can ask for. */
            maxLifetimeMs?: number;
            /** What a launch can set in `params`, as JSON Schema. */
            params?: {
                [key: string]: unknown;
            };
            /** Does a session get a port? */
            usesPort: boolean;
            /** Of an installed app. */
            version?: string;
            /** What an installed app asks the runtime for. */
            capabilities?: string[];
        };
        /** `job`: it does its work and exits. */
        AppKind: "service" | "job" | (string & {});
        /** The catalogue, sorted by id. */
        AppList: {
            items: components["schemas"]["App"][];
        };
        /** How it is found out that an app is ready. */
        ReadinessKind: "line" | "pattern" | "tcp" | "http" | "socket" | "file" | "command" | "notify" | "fd" | "exit" | "none" | (string & {});
        /** What a token permits. */
        Scope: "read" | "launch" | "stop" | (string & {});
        /** Who asks, and what the token permits. */
        Me: {
            /** The name of the token; absent if the gateway needs none. */
            name?: string;
            scopes: components["schemas"]["Scope"][];
            /** Patterns of the apps that the token sees; absent if it sees all. */
            apps?: string[];
        };
        /** The cgroups of sessions; absent if they have none. */
        CgroupStatus: {
            /** Which sessions have one. */
            use: string;
            /** That hold limits. */
            controllers: string[];
        };
        /** The process that runs the sessions. */
        SupervisorStatus: {
            /** Can sessions be launched? */
            attached: boolean;
            /** Since when this supervisor is attached. */
            attachedAt?: string;
            /** How often a supervisor was attached since the gateway started. */
            attachments: number;
            /** How processes are spawned. */
            spawner?: string;
            cgroups?: components["schemas"]["CgroupStatus"];
        };
        /** The limits of the gateway. */
        Limits: {
            /** Sessions that are not stopped. */
            maxSessions: number;
            /** Sessions that start at the same time; 0 is no limit. */
            maxStarting: number;
            /** Requests of a token at an address; 0 is no limit. */
            requestsPerMinute: number;
            /** Streams of a token; 0 is no limit. */
            maxStreamsPerToken: number;
            /** Invalid tokens of an address; 0 is no limit. */
            authFailuresPerMinute: number;
        };
        /** What is kept, and how long. */
        Retention: {
            /** Of events. */
            eventsMaxAgeMs: number;
            /** How many events are kept. */
            eventsMaxCount: number;
            /** Of stopped sessions. */
            sessionsMaxAgeMs: number;
            /** How many stopped sessions are kept. */
            sessionsMaxCount: number;
            /** Of the log of a session. */
            sessionLogMaxBytes: number;
            /** Of the logs of all stopped sessions. */
            logsMaxBytes: number;
            /** Of the disk, which logs leave free. */
            minFreeBytes: number;
        };
        /** Clients that follow the events. */
        EventClients: {
            /** Over WebSocket. */
            websocket: number;
            /** As server-sent events. */
            sse: number;
            /** As NDJSON. */
            ndjson: number;
        };
        /** The memory of the gateway process. */
        Memory: {
            /** Resident memory. */
            rssBytes: number;
            /** JavaScript objects. */
            heapUsedBytes: number;
        };
        /** How long the event loop was late since the gateway started, in milliseconds. */
        LoopDelay: {
            /** The median. */
            p50: number;
            /** 99 of 100 were shorter. */
            p99: number;
            /** The longest. */
            max: number;
        };
        /** What sessions wrote since the supervisor started. */
        LogBytes: {
            /** Kept. */
            keptBytes: number;
            /** Not taken by the disk. */
            droppedBytes: number;
        };
        /** The gateway. `eventClients`, `memory`, `loopDelayMs` and `logs` are for tokens that see all apps. */
        Gateway: {
            /** Of weft-gateway. */
            version: string;
            /** The name of this run of the gateway. */
            serverId: string;
            /** When this run began. */
            startedAt: string;
            /** When this was answered. */
            time: string;
            /** A stream from here has every event that is kept. */
            oldestCursor: string;
            /** The cursor of the newest event. */
            newestCursor: string;
            /** Can sessions be launched? */
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
        /** Durations, in milliseconds. */
        Durations: {
            /** How many there are. The other members are absent if there are none. */
            count: number;
            /** The median. */
            p50?: number;
            /** 9 of 10 are not longer. */
            p90?: number;
            /** 99 of 100 are not longer. */
            p99?: number;
            /** The longest. */
            max?: number;
        };
        /** What happened to sessions in a piece of time. */
        StatsBucket: {
            /** When it begins. */
            time: string;
            /** Launched. */
            launched: number;
            /** Got ready. */
            ready: number;
            /** Stopped. */
            stopped: number;
            /** Of those that stopped. */
            failed: number;
        };
        /** What happened to the sessions of an app. `readyMs`: from the start until ready. `stopMs`: from the begin of the stop to its end. */
        AppStats: {
            /** The id of an app. */
            appId: string;
            /** Launched. */
            launched: number;
            /** Got ready. */
            ready: number;
            /** Stopped. */
            stopped: number;
            /** Of those that stopped. */
            failed: number;
            /** Not stopped now. */
            live: number;
            /** How many stopped, by `StopReason`. */
            stops: {
                [key: string]: number;
            };
            readyMs: components["schemas"]["Durations"];
            stopMs: components["schemas"]["Durations"];
        };
        /** What happened to sessions in a range of time, and how many there are. */
        Stats: {
            /** The begin of the range, no further back than the event log goes. */
            from: string;
            /** The end of the range. */
            to: string;
            /** The length of a bucket. */
            bucketMs: number;
            /** Events after this cursor are not counted. */
            eventCursor: string;
            /** How many sessions are not stopped now, by `SessionState`. */
            sessions: {
                [key: string]: number;
            };
            /** Without gaps, oldest first. */
            buckets: components["schemas"]["StatsBucket"][];
            /** Sorted by id; at most 1000. */
            apps: components["schemas"]["AppStats"][];
            limits: components["schemas"]["Limits"];
        };
        /** The check has passed. */
        Health: {
            /** `ok`. */
            status: string;
        };
        /** One thing wrong with a request. */
        Fault: {
            /** JSON Pointer, from `/body`, `/query`, `/params` or `/headers`. */
            pointer: string;
            /** What is wrong there, for people. */
            detail: string;
        };
        /** The kind of the error; `/problems/{code}` explains it. */
        ErrorCode: "invalid-request" | "unauthorized" | "forbidden" | "session-not-found" | "app-not-found" | "not-found" | "method-not-allowed" | "not-acceptable" | "idempotency-in-flight" | "session-ended" | "cursor-expired" | "payload-too-large" | "unsupported-media-type" | "idempotency-mismatch" | "host-not-allowed" | "too-many-sessions" | "rate-limited" | "internal" | "launch-failed" | "draining" | "supervisor-unavailable" | "storage-unavailable" | (string & {});
        /** An error (RFC 9457). */
        Problem: {
            /** `/problems/<code>`, a page of this gateway. */
            type: string;
            code: components["schemas"]["ErrorCode"];
            /** A short name of the error, always the same for a `code`. */
            title: string;
            /** The HTTP status. */
            status: number;
            /** What went wrong in this request, for people. */
            detail: string;
            /** The path of the request. */
            instance: string;
            /** With `invalid-request`: what is wrong, and where. */
            errors?: components["schemas"]["Fault"][];
            session?: components["schemas"]["Session"];
            /** With `launch-failed`: the last lines that the app wrote to stdout and stderr. */
            logTail?: string[];
            /** After how many milliseconds to try again; `Retry-After` has the same in seconds. */
            retryAfterMs?: number;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
