import json
import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from weft import ApiClient, ApiException, AppsApi, Configuration, Event, EventsApi
from weft import LaunchRequest, MetaApi, Problem, Session, SessionsApi, WaitTarget


def connect(url: str, token: str) -> ApiClient:
    return ApiClient(Configuration(host=url, access_token=token, retries=0))


def list_all(sessions: SessionsApi, label: str) -> Iterator[Session]:
    cursor = None
    while True:
        page = sessions.list_sessions(label=[label], limit=2, cursor=cursor)
        yield from page.items
        cursor = page.next_cursor
        if cursor is None:
            return


def events_of(events: EventsApi, session_id: int) -> Iterator[Event]:
    since = None
    while True:
        page = events.list_events(session_id=[session_id], since=since, limit=2)
        if not page.items:
            return
        yield from page.items
        since = page.cursor


def problem_of(call: Callable[[], object]) -> Problem:
    try:
        call()
    except ApiException as error:
        if isinstance(error.data, Problem):
            return error.data
        raise
    raise AssertionError("no error")


def life(client: ApiClient) -> None:
    sessions = SessionsApi(client)
    labels = {"team": "a"}
    session = sessions.launch_session(LaunchRequest(app_id="steady", labels=labels), wait_ms=60_000)
    say("launch", id=session.id, appId=session.app_id, state=session.state, team=session.labels["team"])
    again = sessions.get_session(session.id)
    say("read", id=again.id, state=again.state)
    say("wait", state=sessions.wait_for_session(session.id, until=WaitTarget.READY).state)
    for _ in range(2):
        sessions.launch_session(LaunchRequest(app_id="slow", labels=labels))
    say("list", ids=[each.id for each in list_all(sessions, "team=a")])
    stopped = sessions.stop_session(session.id, wait_ms=60_000)
    stop = stopped.stop
    assert stop
    say("stop", state=stopped.state, reason=stop.reason, signalsSent=stop.signals_sent, survivors=stop.survivors)
    say("events", types=[event.type for event in events_of(EventsApi(client), session.id)])
    lines = sessions.list_log_lines(session.id).items
    say("logs", lines=[f"{line.stream.value} {line.line}" for line in lines])


def call(case: dict[str, Any]) -> object:
    client = connect(case["url"], case["token"])
    match case["operation"]:
        case "launchSession":
            request = LaunchRequest.model_validate(case["request"])
            wait_ms, key = case.get("waitMs"), case.get("idempotencyKey")
            return SessionsApi(client).launch_session(request, wait_ms=wait_ms, idempotency_key=key)
        case "getApp":
            return AppsApi(client).get_app("nobody")
        case "getSession":
            return SessionsApi(client).get_session(99)
        case "getProblemType":
            return MetaApi(client).get_problem_type("nonsense")
        case "listEvents":
            return EventsApi(client).list_events(since="other.1")
    raise ValueError(case)


def tomorrow(client: ApiClient) -> None:
    sessions = SessionsApi(client)
    stop = sessions.get_session(1).stop
    events = list(events_of(EventsApi(client), 1))
    say(
        "tomorrow",
        ids=[each.id for each in list_all(sessions, "team=a")],
        state=sessions.get_session(2).state,
        reason=stop and stop.reason,
        types=[event.type for event in events],
        withSession=sum(event.session is not None for event in events),
        code=problem_of(lambda: sessions.get_session(99)).code,
    )


def tell(problem: Problem) -> None:
    stop = problem.session and problem.session.stop
    pointer = problem.errors[0].pointer if problem.errors else None
    exit_code = stop.exit_code if stop else None
    say("problem", status=problem.status, code=problem.code, pointer=pointer, exitCode=exit_code, logTail=problem.log_tail)


def say(step: str, **members: Any) -> None:
    print(json.dumps({"step": step, **members}))


url, tomorrow_url, token = sys.argv[1:]
with open("calls.json") as file:
    for case in json.load(file):
        tell(problem_of(partial(call, case)))
life(connect(url, token))
tomorrow(connect(tomorrow_url, token))
