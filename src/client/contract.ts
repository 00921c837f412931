/* Made from openapi.yaml by `npm run openapi`. */

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
         * @description In the order of their ids, the stopped ones included as long as they are kept.
         */
        get: operations["listSessions"];
        put?: never;
        /**
         * Launch an app
         * @description Answers at once with the session in `starting`, or in `queued` if limits.maxStarting sessions are starting already; queued sessions start first in, first out. With `Prefer: wait=N` the answer comes when the session is running, or after N seconds (at most 120) as it is; a launch that ends before it is ready is then answered with 502 once it is stopped. With an `Idempotency-Key` it can be sent again without launching twice.
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
         * @description Stop signal, grace period, SIGKILL, until no process of its tree is left; a queued session is stopped at once. A repeated stop changes nothing, except that `force` shortens a graceful stop. With `Prefer: wait=N` the answer comes once it is stopped, or after N seconds as it is.
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
         * @description Lines of stdout and stderr, oldest first: as text, with `Accept: application/x-ndjson` one JSON object a line, or as `text/event-stream`. With `follow` the answer goes on until the session is stopped; after a break it goes on after the `seq` in `after` or `Last-Event-ID`.
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
    "/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow or read events
         * @description A stream as WebSocket, `text/event-stream` or `application/x-ndjson` (also for `*\/*`), which begins with `Hello`, then has what was missed since `since` or a `Snapshot`, then goes on live; a cursor that can’t be resumed from gets `Gap` and a `Snapshot`. Or, as `application/json`, one page of history.
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
    "/openapi.yaml": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read this document as YAML
         * @description The description of this API in OpenAPI 3.1.
         */
        get: operations["getOpenapiYaml"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read this document as JSON
         * @description The same as `/openapi.yaml`.
         */
        get: operations["getOpenapiJson"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/asyncapi.yaml": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the description of event streams
         * @description The messages of `/events` over WebSocket and as server-sent events, in AsyncAPI 3.0.
         */
        get: operations["getAsyncapiYaml"];
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
        /**
         * @description States come in this order; some can be skipped. `queued`: admitted, and waiting to start.
         * @enum {string}
         */
        SessionState: "queued" | "starting" | "running" | "stopping" | "stopped";
        /**
         * @description `readyMissed`: stdout closed, or the app exited, before it was ready. `runtimeUnset`: no runtime runs the app. `supervisorLost`: the process that ran the sessions died.
         * @enum {string}
         */
        StopReason: "exited" | "terminated" | "readyTimeout" | "readyMissed" | "spawnFailed" | "runtimeUnset" | "gatewayStopped" | "supervisorLost";
        /**
         * @description Who ended the session.
         * @enum {string}
         */
        StopInitiator: "app" | "client" | "gateway";
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
        /** @description Why and how a session ended. */
        Stop: {
            reason: components["schemas"]["StopReason"];
            initiator: components["schemas"]["StopInitiator"];
            /**
             * Format: date-time
             * @description When the session began to stop; absent if it ended without having been `stopping`.
             */
            since?: string;
            /** @description The exit code of the process that was spawned. */
            exitCode?: number;
            /** @description The signal that ended the process that was spawned. */
            signal?: string;
            /** @description What happened, for people. */
            message?: string;
            /** @description The signals that were sent, in their order. */
            signalsSent: string[];
            /**
             * @description How many processes are left: always 0, since a session is stopped only when none is left.
             * @enum {number}
             */
            survivors: 0;
        };
        /** @description One run of one app. */
        Session: {
            /** @description Greater than that of every session before; never used again within a state folder. */
            id: number;
            /**
             * @description The id of an app.
             * @example demo.clock
             */
            appId: string;
            state: components["schemas"]["SessionState"];
            /** @description The id of the process that was spawned. */
            pid?: number;
            /** @description The port that the app was given, if its entry uses `{port}`. */
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
        /** @description A page of sessions, sorted by id. */
        SessionPage: {
            items: components["schemas"]["Session"][];
            /** @description A place in a list or in the event log: `<epoch>.<number>`, for example `q3Zk.42`. */
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
        /** @description A line of the log of a session. */
        LogLine: {
            /** @description The number of the line, counted over both streams. */
            seq: number;
            /**
             * Format: date-time
             * @description When the line was received.
             */
            time: string;
            /**
             * @description Where the line comes from. Lines of `gateway` report missing lines of the app, and lines that looked like readiness but did not count.
             * @enum {string}
             */
            stream: "stdout" | "stderr" | "gateway";
            /** @description The text, without its line end. */
            line: string;
            /** @description How many bytes were cut off the end of an overlong line. */
            cutBytes?: number;
            /** @description How many lines are missing before the next one. */
            missing?: number;
        };
        /**
         * @description The events of a session come in this order, each at most once and `Stopped` exactly once.
         * @enum {string}
         */
        EventType: "Launched" | "Starting" | "AppReady" | "Stopping" | "Stopped";
        /** @description A launch was admitted; the session is `starting`, or `queued` until its turn comes. */
        Launched: {
            /**
             * @description The cursor of this event: `<epoch>.<seq>`.
             * @example q3Zk.42
             */
            id: string;
            /** @description The number of the event in its log: one more than that of the event before. */
            seq: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "Launched";
            /**
             * Format: date-time
             * @description When it happened.
             */
            time: string;
            session: components["schemas"]["Session"];
        };
        /** @description A queued session starts. */
        Starting: {
            /**
             * @description The cursor of this event: `<epoch>.<seq>`.
             * @example q3Zk.42
             */
            id: string;
            /** @description The number of the event in its log: one more than that of the event before. */
            seq: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "Starting";
            /**
             * Format: date-time
             * @description When it happened.
             */
            time: string;
            session: components["schemas"]["Session"];
        };
        /** @description The app is ready. */
        AppReady: {
            /**
             * @description The cursor of this event: `<epoch>.<seq>`.
             * @example q3Zk.42
             */
            id: string;
            /** @description The number of the event in its log: one more than that of the event before. */
            seq: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "AppReady";
            /**
             * Format: date-time
             * @description When it happened.
             */
            time: string;
            session: components["schemas"]["Session"];
        };
        /** @description The session is being stopped. */
        Stopping: {
            /**
             * @description The cursor of this event: `<epoch>.<seq>`.
             * @example q3Zk.42
             */
            id: string;
            /** @description The number of the event in its log: one more than that of the event before. */
            seq: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "Stopping";
            /**
             * Format: date-time
             * @description When it happened.
             */
            time: string;
            session: components["schemas"]["Session"];
        };
        /** @description Nothing of the session is left. */
        Stopped: {
            /**
             * @description The cursor of this event: `<epoch>.<seq>`.
             * @example q3Zk.42
             */
            id: string;
            /** @description The number of the event in its log: one more than that of the event before. */
            seq: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "Stopped";
            /**
             * Format: date-time
             * @description When it happened.
             */
            time: string;
            session: components["schemas"]["Session"];
        };
        /** @description A change of a session, with the whole session as it was after it. */
        Event: components["schemas"]["Launched"] | components["schemas"]["Starting"] | components["schemas"]["AppReady"] | components["schemas"]["Stopping"] | components["schemas"]["Stopped"];
        /** @description A page of events, oldest first. */
        EventPage: {
            items: components["schemas"]["Event"][];
            /** @description The cursor for the next page, or for a stream that goes on from here. */
            cursor: string;
        };
        /** @description The first message of a stream. */
        Hello: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "Hello";
            /**
             * @description The name of the event log. A new state folder has a new one, and so has a log that has lost events.
             * @example q3Zk
             */
            epoch: string;
            /** @description The number of the newest event; 0 before the first. */
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
            /** @description How often the gateway sends a ping, a comment or a `Heartbeat`, in milliseconds; 0 means never. */
            heartbeatMs: number;
        };
        /** @description The sessions that are not stopped, as of `cursor`. */
        Snapshot: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
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
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "Gap";
        };
        /** @description Sent at the interval of the parameter `heartbeatMs`. */
        Heartbeat: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
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
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "Closed";
            /**
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
        Message: components["schemas"]["Hello"] | components["schemas"]["Snapshot"] | components["schemas"]["Gap"] | components["schemas"]["Heartbeat"] | components["schemas"]["Closed"] | components["schemas"]["Launched"] | components["schemas"]["Starting"] | components["schemas"]["AppReady"] | components["schemas"]["Stopping"] | components["schemas"]["Stopped"];
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
        };
        /** @description The catalogue, sorted by id. */
        AppList: {
            items: components["schemas"]["App"][];
        };
        /** @description The check has passed. */
        Health: {
            /** @enum {string} */
            status: "ok";
        };
        /** @description One thing wrong with a request. */
        Fault: {
            /** @description JSON Pointer, from `/body`, `/query`, `/params` or `/headers`. */
            pointer: string;
            /** @description What is wrong there, for people. */
            detail: string;
        };
        /**
         * @description The kind of the error; `/problems/{code}` explains it.
         * @enum {string}
         */
        ErrorCode: "invalid-request" | "unauthorized" | "forbidden" | "session-not-found" | "app-not-found" | "not-found" | "method-not-allowed" | "not-acceptable" | "idempotency-in-flight" | "cursor-expired" | "payload-too-large" | "unsupported-media-type" | "idempotency-mismatch" | "host-not-allowed" | "too-many-sessions" | "rate-limited" | "internal" | "launch-failed" | "draining" | "supervisor-unavailable" | "storage-unavailable";
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
            /** @description The HTTP status. */
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
            /** @description After how many milliseconds to try again; `Retry-After` has the same in seconds. */
            retryAfterMs?: number;
        };
        /** @description An OpenAPI document. */
        Document: {
            [key: string]: unknown;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listSessions: {
        parameters: {
            query?: {
                /** @description Sessions in one of these states. */
                state?: components["schemas"]["SessionState"][];
                /** @description Sessions of one of these apps. */
                appId?: string[];
                /** @description A label as `name=value`. If several are given, a session must have all of them. */
                label?: string[];
                /** @description Sessions on a page. */
                limit?: number;
                /** @description A place in a list or in the event log: `<epoch>.<number>`, for example `q3Zk.42`. */
                cursor?: string;
            };
            header?: {
                /** @description The `ETag` of an earlier answer. If the answer would be the same, it is 304 without content (RFC 9110). */
                "if-none-match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of sessions. */
            200: {
                headers: {
                    /** @description The next page, if there is one: `<…>; rel="next"` (RFC 8288). */
                    Link?: string;
                    /** @description The version of the answer, for `If-None-Match`. */
                    ETag?: string;
                    /** @description `private, no-cache`: may be stored, but has to be revalidated before each use. */
                    "Cache-Control"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionPage"];
                };
            };
            /** @description The answer would be the same as the one with the `ETag` in `If-None-Match`. */
            304: {
                headers: {
                    /** @description The version of the answer, for `If-None-Match`. */
                    ETag?: string;
                    /** @description `private, no-cache`: may be stored, but has to be revalidated before each use. */
                    "Cache-Control"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid-request`: The request is not as the API describes it; `errors` says where. Nothing was done. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: This gateway needs a token, `Authorization: Bearer <token>`, and the request has none, or one that is not or no longer valid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The token does not have the scope that the operation needs, the operation needs a token that sees all apps, or the request comes from a web page whose origin is not in server.allowedOrigins. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-acceptable`: The answer is not available in any media type that `Accept` names. Nothing was done. */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-not-allowed`: The `Host` header names a host that this gateway does not answer for. It answers for its own addresses and for server.allowedHosts. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: This client has sent too many requests or too many tokens that are not valid, or has too many streams open. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: The gateway failed; its log has the error. The request may have had an effect. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage-unavailable`: The event log can’t be read or written, for example because the disk is full. Running sessions are not affected. */
            503: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    launchSession: {
        parameters: {
            query?: never;
            header?: {
                /** @description `wait=N`: how many seconds to wait for the result, at most 120; for example `wait=20` (RFC 7240). */
                prefer?: string;
                /** @description Makes it safe to send a launch again: for 24 hours, requests with the same key and the same body are one launch and get the same answer. 1 to 255 visible ASCII characters, as they are or as a quoted string (RFC 9651); for example `"8e03978e-40d5-43e8-bc93-6894a57f9324"`. */
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
            /** @description The session, launched. */
            201: {
                headers: {
                    /** @description The path of the session. */
                    Location?: string;
                    /** @description The preference that was applied, for example `wait=20`. */
                    "Preference-Applied"?: string;
                    /** @description Present if the answer is that of an earlier launch with the same `Idempotency-Key`. */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description `invalid-request`: The request is not as the API describes it; `errors` says where. Nothing was done. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: This gateway needs a token, `Authorization: Bearer <token>`, and the request has none, or one that is not or no longer valid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The token does not have the scope that the operation needs, the operation needs a token that sees all apps, or the request comes from a web page whose origin is not in server.allowedOrigins. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `session-not-found`: No session has this id: it never existed, or it stopped so long ago that it is no longer kept.
             *
             *     `app-not-found`: The catalogue has no app with this id.
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-acceptable`: The answer is not available in any media type that `Accept` names. Nothing was done. */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-in-flight`: An earlier launch with the same Idempotency-Key has not been answered yet. Try again after `Retry-After` seconds. */
            409: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload-too-large`: The body is larger than 64 KiB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: The body must be JSON, with `Content-Type: application/json`. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-not-allowed`: The `Host` header names a host that this gateway does not answer for. It answers for its own addresses and for server.allowedHosts. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-mismatch`: The same Idempotency-Key was used with another body in the last 24 hours. Nothing was done. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `too-many-sessions`: The limit of sessions of the gateway, or of the app, is reached. Try again after `Retry-After` seconds.
             *
             *     `rate-limited`: This client has sent too many requests or too many tokens that are not valid, or has too many streams open. Try again after `Retry-After` seconds.
             */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: The gateway failed; its log has the error. The request may have had an effect. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `launch-failed`: The session was launched and ended before it was ready. `session.stop` says why; `logTail` has its last lines of output. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `draining`: The gateway is shutting down and refuses launches.
             *
             *     `supervisor-unavailable`: The supervisor, the process that runs the sessions, is being restarted or does not answer. Try again after `Retry-After` seconds.
             *
             *     `storage-unavailable`: The event log can’t be read or written, for example because the disk is full. Running sessions are not affected.
             */
            503: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSession: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of an earlier answer. If the answer would be the same, it is 304 without content (RFC 9110). */
                "if-none-match"?: string;
            };
            path: {
                /** @description Greater than that of every session before; never used again within a state folder. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session as it is now. */
            200: {
                headers: {
                    /** @description The version of the answer, for `If-None-Match`. */
                    ETag?: string;
                    /** @description `private, no-cache`: may be stored, but has to be revalidated before each use. */
                    "Cache-Control"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description The answer would be the same as the one with the `ETag` in `If-None-Match`. */
            304: {
                headers: {
                    /** @description The version of the answer, for `If-None-Match`. */
                    ETag?: string;
                    /** @description `private, no-cache`: may be stored, but has to be revalidated before each use. */
                    "Cache-Control"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid-request`: The request is not as the API describes it; `errors` says where. Nothing was done. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: This gateway needs a token, `Authorization: Bearer <token>`, and the request has none, or one that is not or no longer valid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The token does not have the scope that the operation needs, the operation needs a token that sees all apps, or the request comes from a web page whose origin is not in server.allowedOrigins. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `session-not-found`: No session has this id: it never existed, or it stopped so long ago that it is no longer kept. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-acceptable`: The answer is not available in any media type that `Accept` names. Nothing was done. */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-not-allowed`: The `Host` header names a host that this gateway does not answer for. It answers for its own addresses and for server.allowedHosts. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: This client has sent too many requests or too many tokens that are not valid, or has too many streams open. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: The gateway failed; its log has the error. The request may have had an effect. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage-unavailable`: The event log can’t be read or written, for example because the disk is full. Running sessions are not affected. */
            503: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    stopSession: {
        parameters: {
            query?: {
                /** @description SIGKILL at once, without grace. */
                force?: boolean;
            };
            header?: {
                /** @description `wait=N`: how many seconds to wait for the result, at most 120; for example `wait=20` (RFC 7240). */
                prefer?: string;
            };
            path: {
                /** @description Greater than that of every session before; never used again within a state folder. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session, which is stopped. */
            200: {
                headers: {
                    /** @description The preference that was applied, for example `wait=20`. */
                    "Preference-Applied"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description The session, which is being stopped. */
            202: {
                headers: {
                    /** @description The preference that was applied, for example `wait=20`. */
                    "Preference-Applied"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description `invalid-request`: The request is not as the API describes it; `errors` says where. Nothing was done. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: This gateway needs a token, `Authorization: Bearer <token>`, and the request has none, or one that is not or no longer valid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The token does not have the scope that the operation needs, the operation needs a token that sees all apps, or the request comes from a web page whose origin is not in server.allowedOrigins. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `session-not-found`: No session has this id: it never existed, or it stopped so long ago that it is no longer kept. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-acceptable`: The answer is not available in any media type that `Accept` names. Nothing was done. */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-not-allowed`: The `Host` header names a host that this gateway does not answer for. It answers for its own addresses and for server.allowedHosts. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: This client has sent too many requests or too many tokens that are not valid, or has too many streams open. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: The gateway failed; its log has the error. The request may have had an effect. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage-unavailable`: The event log can’t be read or written, for example because the disk is full. Running sessions are not affected. */
            503: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    waitForSession: {
        parameters: {
            query?: {
                /** @description What to wait for. */
                for?: "ready" | "stopped";
                /** @description How long to wait at most, in milliseconds. */
                timeoutMs?: number;
            };
            header?: never;
            path: {
                /** @description Greater than that of every session before; never used again within a state folder. */
                id: number;
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
            /** @description `invalid-request`: The request is not as the API describes it; `errors` says where. Nothing was done. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: This gateway needs a token, `Authorization: Bearer <token>`, and the request has none, or one that is not or no longer valid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The token does not have the scope that the operation needs, the operation needs a token that sees all apps, or the request comes from a web page whose origin is not in server.allowedOrigins. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `session-not-found`: No session has this id: it never existed, or it stopped so long ago that it is no longer kept. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-acceptable`: The answer is not available in any media type that `Accept` names. Nothing was done. */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-not-allowed`: The `Host` header names a host that this gateway does not answer for. It answers for its own addresses and for server.allowedHosts. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: This client has sent too many requests or too many tokens that are not valid, or has too many streams open. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: The gateway failed; its log has the error. The request may have had an effect. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage-unavailable`: The event log can’t be read or written, for example because the disk is full. Running sessions are not affected. */
            503: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readLogs: {
        parameters: {
            query?: {
                /** @description Only this many of the newest lines. */
                tail?: number;
                /** @description Only lines with a higher `seq`; `tail` is ignored then. */
                after?: number;
                /** @description Only the lines of this stream, and those of `gateway`. */
                stream?: "stdout" | "stderr";
                /** @description Go on until the session is stopped. */
                follow?: boolean;
            };
            header?: never;
            path: {
                /** @description Greater than that of every session before; never used again within a state folder. */
                id: number;
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
            /** @description `invalid-request`: The request is not as the API describes it; `errors` says where. Nothing was done. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: This gateway needs a token, `Authorization: Bearer <token>`, and the request has none, or one that is not or no longer valid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The token does not have the scope that the operation needs, the operation needs a token that sees all apps, or the request comes from a web page whose origin is not in server.allowedOrigins. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `session-not-found`: No session has this id: it never existed, or it stopped so long ago that it is no longer kept. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-acceptable`: The answer is not available in any media type that `Accept` names. Nothing was done. */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-not-allowed`: The `Host` header names a host that this gateway does not answer for. It answers for its own addresses and for server.allowedHosts. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: This client has sent too many requests or too many tokens that are not valid, or has too many streams open. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: The gateway failed; its log has the error. The request may have had an effect. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage-unavailable`: The event log can’t be read or written, for example because the disk is full. Running sessions are not affected. */
            503: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    streamEvents: {
        parameters: {
            query?: {
                /** @description A place in a list or in the event log: `<epoch>.<number>`, for example `q3Zk.42`. */
                since?: string;
                /** @description Events of one of these types. */
                type?: components["schemas"]["EventType"][];
                /** @description Events of one of these sessions. */
                sessionId?: number[];
                /** @description Events of one of these apps. */
                appId?: string[];
                /** @description A label as `name=value`. If several are given, a session must have all of them. */
                label?: string[];
                /** @description Of streams only: how often to send a `Heartbeat`, in milliseconds. */
                heartbeatMs?: number;
                /** @description Of `application/json` only. */
                limit?: number;
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
                    /** @description Of `application/json`. The next page, if there is one: `<…>; rel="next"` (RFC 8288). */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventPage"];
                    "application/x-ndjson": string;
                    "text/event-stream": string;
                };
            };
            /** @description `invalid-request`: The request is not as the API describes it; `errors` says where. Nothing was done. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: This gateway needs a token, `Authorization: Bearer <token>`, and the request has none, or one that is not or no longer valid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The token does not have the scope that the operation needs, the operation needs a token that sees all apps, or the request comes from a web page whose origin is not in server.allowedOrigins. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-acceptable`: The answer is not available in any media type that `Accept` names. Nothing was done. */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cursor-expired`: The events after this cursor are no longer kept, or the cursor is of another event log. Start again from the `eventCursor` of GET /sessions. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-not-allowed`: The `Host` header names a host that this gateway does not answer for. It answers for its own addresses and for server.allowedHosts. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: This client has sent too many requests or too many tokens that are not valid, or has too many streams open. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: The gateway failed; its log has the error. The request may have had an effect. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage-unavailable`: The event log can’t be read or written, for example because the disk is full. Running sessions are not affected. */
            503: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listApps: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of an earlier answer. If the answer would be the same, it is 304 without content (RFC 9110). */
                "if-none-match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All apps. */
            200: {
                headers: {
                    /** @description The version of the answer, for `If-None-Match`. */
                    ETag?: string;
                    /** @description `private, no-cache`: may be stored, but has to be revalidated before each use. */
                    "Cache-Control"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppList"];
                };
            };
            /** @description The answer would be the same as the one with the `ETag` in `If-None-Match`. */
            304: {
                headers: {
                    /** @description The version of the answer, for `If-None-Match`. */
                    ETag?: string;
                    /** @description `private, no-cache`: may be stored, but has to be revalidated before each use. */
                    "Cache-Control"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid-request`: The request is not as the API describes it; `errors` says where. Nothing was done. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: This gateway needs a token, `Authorization: Bearer <token>`, and the request has none, or one that is not or no longer valid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The token does not have the scope that the operation needs, the operation needs a token that sees all apps, or the request comes from a web page whose origin is not in server.allowedOrigins. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-acceptable`: The answer is not available in any media type that `Accept` names. Nothing was done. */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-not-allowed`: The `Host` header names a host that this gateway does not answer for. It answers for its own addresses and for server.allowedHosts. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: This client has sent too many requests or too many tokens that are not valid, or has too many streams open. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: The gateway failed; its log has the error. The request may have had an effect. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getApp: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of an earlier answer. If the answer would be the same, it is 304 without content (RFC 9110). */
                "if-none-match"?: string;
            };
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
                    /** @description The version of the answer, for `If-None-Match`. */
                    ETag?: string;
                    /** @description `private, no-cache`: may be stored, but has to be revalidated before each use. */
                    "Cache-Control"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["App"];
                };
            };
            /** @description The answer would be the same as the one with the `ETag` in `If-None-Match`. */
            304: {
                headers: {
                    /** @description The version of the answer, for `If-None-Match`. */
                    ETag?: string;
                    /** @description `private, no-cache`: may be stored, but has to be revalidated before each use. */
                    "Cache-Control"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid-request`: The request is not as the API describes it; `errors` says where. Nothing was done. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: This gateway needs a token, `Authorization: Bearer <token>`, and the request has none, or one that is not or no longer valid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The token does not have the scope that the operation needs, the operation needs a token that sees all apps, or the request comes from a web page whose origin is not in server.allowedOrigins. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `app-not-found`: The catalogue has no app with this id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-acceptable`: The answer is not available in any media type that `Accept` names. Nothing was done. */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-not-allowed`: The `Host` header names a host that this gateway does not answer for. It answers for its own addresses and for server.allowedHosts. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: This client has sent too many requests or too many tokens that are not valid, or has too many streams open. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: The gateway failed; its log has the error. The request may have had an effect. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
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
            /** @description `invalid-request`: The request is not as the API describes it; `errors` says where. Nothing was done. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The token does not have the scope that the operation needs, the operation needs a token that sees all apps, or the request comes from a web page whose origin is not in server.allowedOrigins. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-acceptable`: The answer is not available in any media type that `Accept` names. Nothing was done. */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-not-allowed`: The `Host` header names a host that this gateway does not answer for. It answers for its own addresses and for server.allowedHosts. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: This client has sent too many requests or too many tokens that are not valid, or has too many streams open. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: The gateway failed; its log has the error. The request may have had an effect. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
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
            /** @description `invalid-request`: The request is not as the API describes it; `errors` says where. Nothing was done. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The token does not have the scope that the operation needs, the operation needs a token that sees all apps, or the request comes from a web page whose origin is not in server.allowedOrigins. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-acceptable`: The answer is not available in any media type that `Accept` names. Nothing was done. */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-not-allowed`: The `Host` header names a host that this gateway does not answer for. It answers for its own addresses and for server.allowedHosts. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: This client has sent too many requests or too many tokens that are not valid, or has too many streams open. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: The gateway failed; its log has the error. The request may have had an effect. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `draining`: The gateway is shutting down and refuses launches.
             *
             *     `supervisor-unavailable`: The supervisor, the process that runs the sessions, is being restarted or does not answer. Try again after `Retry-After` seconds.
             *
             *     `storage-unavailable`: The event log can’t be read or written, for example because the disk is full. Running sessions are not affected.
             */
            503: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
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
            /** @description `invalid-request`: The request is not as the API describes it; `errors` says where. Nothing was done. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: This gateway needs a token, `Authorization: Bearer <token>`, and the request has none, or one that is not or no longer valid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The token does not have the scope that the operation needs, the operation needs a token that sees all apps, or the request comes from a web page whose origin is not in server.allowedOrigins. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-not-allowed`: The `Host` header names a host that this gateway does not answer for. It answers for its own addresses and for server.allowedHosts. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: This client has sent too many requests or too many tokens that are not valid, or has too many streams open. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: The gateway failed; its log has the error. The request may have had an effect. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getProblemType: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of an earlier answer. If the answer would be the same, it is 304 without content (RFC 9110). */
                "if-none-match"?: string;
            };
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
                    /** @description The version of the answer, for `If-None-Match`. */
                    ETag?: string;
                    /** @description `private, no-cache`: may be stored, but has to be revalidated before each use. */
                    "Cache-Control"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description The answer would be the same as the one with the `ETag` in `If-None-Match`. */
            304: {
                headers: {
                    /** @description The version of the answer, for `If-None-Match`. */
                    ETag?: string;
                    /** @description `private, no-cache`: may be stored, but has to be revalidated before each use. */
                    "Cache-Control"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid-request`: The request is not as the API describes it; `errors` says where. Nothing was done. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: This gateway needs a token, `Authorization: Bearer <token>`, and the request has none, or one that is not or no longer valid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The token does not have the scope that the operation needs, the operation needs a token that sees all apps, or the request comes from a web page whose origin is not in server.allowedOrigins. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: Nothing is served at this path. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-not-allowed`: The `Host` header names a host that this gateway does not answer for. It answers for its own addresses and for server.allowedHosts. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: This client has sent too many requests or too many tokens that are not valid, or has too many streams open. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: The gateway failed; its log has the error. The request may have had an effect. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getOpenapiYaml: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of an earlier answer. If the answer would be the same, it is 304 without content (RFC 9110). */
                "if-none-match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The OpenAPI document. */
            200: {
                headers: {
                    /** @description The version of the answer, for `If-None-Match`. */
                    ETag?: string;
                    /** @description `private, no-cache`: may be stored, but has to be revalidated before each use. */
                    "Cache-Control"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/yaml": string;
                };
            };
            /** @description The answer would be the same as the one with the `ETag` in `If-None-Match`. */
            304: {
                headers: {
                    /** @description The version of the answer, for `If-None-Match`. */
                    ETag?: string;
                    /** @description `private, no-cache`: may be stored, but has to be revalidated before each use. */
                    "Cache-Control"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid-request`: The request is not as the API describes it; `errors` says where. Nothing was done. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: This gateway needs a token, `Authorization: Bearer <token>`, and the request has none, or one that is not or no longer valid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The token does not have the scope that the operation needs, the operation needs a token that sees all apps, or the request comes from a web page whose origin is not in server.allowedOrigins. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-not-allowed`: The `Host` header names a host that this gateway does not answer for. It answers for its own addresses and for server.allowedHosts. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: This client has sent too many requests or too many tokens that are not valid, or has too many streams open. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: The gateway failed; its log has the error. The request may have had an effect. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getOpenapiJson: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of an earlier answer. If the answer would be the same, it is 304 without content (RFC 9110). */
                "if-none-match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The OpenAPI document. */
            200: {
                headers: {
                    /** @description The version of the answer, for `If-None-Match`. */
                    ETag?: string;
                    /** @description `private, no-cache`: may be stored, but has to be revalidated before each use. */
                    "Cache-Control"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Document"];
                };
            };
            /** @description The answer would be the same as the one with the `ETag` in `If-None-Match`. */
            304: {
                headers: {
                    /** @description The version of the answer, for `If-None-Match`. */
                    ETag?: string;
                    /** @description `private, no-cache`: may be stored, but has to be revalidated before each use. */
                    "Cache-Control"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid-request`: The request is not as the API describes it; `errors` says where. Nothing was done. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: This gateway needs a token, `Authorization: Bearer <token>`, and the request has none, or one that is not or no longer valid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The token does not have the scope that the operation needs, the operation needs a token that sees all apps, or the request comes from a web page whose origin is not in server.allowedOrigins. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-acceptable`: The answer is not available in any media type that `Accept` names. Nothing was done. */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-not-allowed`: The `Host` header names a host that this gateway does not answer for. It answers for its own addresses and for server.allowedHosts. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: This client has sent too many requests or too many tokens that are not valid, or has too many streams open. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: The gateway failed; its log has the error. The request may have had an effect. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAsyncapiYaml: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of an earlier answer. If the answer would be the same, it is 304 without content (RFC 9110). */
                "if-none-match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The AsyncAPI document. */
            200: {
                headers: {
                    /** @description The version of the answer, for `If-None-Match`. */
                    ETag?: string;
                    /** @description `private, no-cache`: may be stored, but has to be revalidated before each use. */
                    "Cache-Control"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/yaml": string;
                };
            };
            /** @description The answer would be the same as the one with the `ETag` in `If-None-Match`. */
            304: {
                headers: {
                    /** @description The version of the answer, for `If-None-Match`. */
                    ETag?: string;
                    /** @description `private, no-cache`: may be stored, but has to be revalidated before each use. */
                    "Cache-Control"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid-request`: The request is not as the API describes it; `errors` says where. Nothing was done. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: This gateway needs a token, `Authorization: Bearer <token>`, and the request has none, or one that is not or no longer valid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The token does not have the scope that the operation needs, the operation needs a token that sees all apps, or the request comes from a web page whose origin is not in server.allowedOrigins. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-not-allowed`: The `Host` header names a host that this gateway does not answer for. It answers for its own addresses and for server.allowedHosts. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate-limited`: This client has sent too many requests or too many tokens that are not valid, or has too many streams open. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: The gateway failed; its log has the error. The request may have had an effect. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
