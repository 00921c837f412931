import json
import sys
from collections.abc import Iterator
from typing import Any, TypeVar

from weft.api.apps import get_app
from weft.api.events import list_events
from weft.api.meta import get_problem_type
from weft.api.sessions import get_session, launch_session, list_log_lines, list_sessions, stop_session, wait_for_session
from weft.client import AuthenticatedClient
from weft.models import Event, Labels, LaunchRequest, Problem, Session, WaitTarget
from weft.types import UNSET, Unset

Data = TypeVar("Data")


def connect(url: str, token: str) -> AuthenticatedClient:
    return AuthenticatedClient(base_url=url, token=token, timeout=None)


def found(answer: Data | Problem | None) -> Data:
    if answer is None or isinstance(answer, Problem):
        raise RuntimeError(f"the gateway answers {answer}")
    return answer


def list_all(client: AuthenticatedClient, label: str) -> Iterator[Session]:
    cursor: str | Unset = UNSET
    while True:
        page = found(list_sessions.sync(client=client, label=[label], limit=2, cursor=cursor))
        yield from page.items
        cursor = page.next_cursor
        if isinstance(cursor, Unset):
            return


def events_of(client: AuthenticatedClient, session_id: int) -> Iterator[Event]:
    since: str | Unset = UNSET
    while True:
        page = found(list_events.sync(client=client, session_id=[session_id], since=since, limit=2))
        if not page.items:
            return
        yield from page.items
        since = page.cursor


def life(client: AuthenticatedClient) -> None:
    labels = Labels.from_dict({"team": "a"})
    request = LaunchRequest(app_id="steady", labels=labels)
    session = found(launch_session.sync(client=client, body=request, wait_ms=60_000))
    say("launch", id=session.id, appId=session.app_id, state=session.state, team=session.labels["team"])
    again = found(get_session.sync(session.id, client=client))
    say("read", id=again.id, state=again.state)
    say("wait", state=found(wait_for_session.sync(session.id, client=client, until=WaitTarget.READY)).state)
    for _ in range(2):
        found(launch_session.sync(client=client, body=LaunchRequest(app_id="slow", labels=labels)))
    say("list", ids=[each.id for each in list_all(client, "team=a")])
    stopped = found(stop_session.sync(session.id, client=client, wait_ms=60_000))
    stop = stopped.stop
    assert stop
    say("stop", state=stopped.state, reason=stop.reason, signalsSent=stop.signals_sent, survivors=stop.survivors)
    say("events", types=[event.type_ for event in events_of(client, session.id)])
    lines = found(list_log_lines.sync(session.id, client=client)).items
    say("logs", lines=[f"{line.stream} {line.line}" for line in lines])


def call(case: dict[str, Any]) -> object:
    client = connect(case["url"], case["token"])
    match case["operation"]:
        case "launchSession":
            body = LaunchRequest.from_dict(case["request"])
            wait_ms, key = case.get("waitMs", UNSET), case.get("idempotencyKey", UNSET)
            return launch_session.sync(client=client, body=body, wait_ms=wait_ms, idempotency_key=key)
        case "getApp":
            return get_app.sync("nobody", client=client)
        case "getSession":
            return get_session.sync(99, client=client)
        case "getProblemType":
            return get_problem_type.sync("nonsense", client=client)
        case "listEvents":
            return list_events.sync(client=client, since="other.1")
    raise ValueError(case)


def tomorrow(client: AuthenticatedClient) -> None:
    stop = found(get_session.sync(1, client=client)).stop
    events = list(events_of(client, 1))
    problem = get_session.sync(99, client=client)
    assert stop and isinstance(problem, Problem)
    say(
        "tomorrow",
        ids=[each.id for each in list_all(client, "team=a")],
        state=found(get_session.sync(2, client=client)).state,
        reason=stop.reason,
        types=[event.type_ for event in events],
        withSession=sum(isinstance(event.session, Session) for event in events),
        code=problem.code,
    )


def tell(problem: object) -> None:
    assert isinstance(problem, Problem), problem
    stop = problem.session.stop if problem.session else UNSET
    say(
        "problem",
        status=problem.status,
        code=problem.code,
        pointer=problem.errors[0].pointer if problem.errors else None,
        exitCode=stop.exit_code if stop else None,
        logTail=problem.log_tail or None,
    )


def say(step: str, **members: Any) -> None:
    print(json.dumps({"step": step, **members}))


url, tomorrow_url, token = sys.argv[1:]
with open("calls.json") as file:
    for case in json.load(file):
        tell(call(case))
life(connect(url, token))
tomorrow(connect(tomorrow_url, token))
