"""The client against answers that a gateway of today does not give."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeAlias

import pytest
from conftest import FakeServer, answer

from weft_gateway import (
    ERROR_CODES,
    AsyncGateway,
    Gateway,
    GatewayConnectionError,
    GatewayProblem,
    LaunchFailed,
    UnexpectedAnswer,
)

Fake: TypeAlias = Callable[[Callable[[bytes], bytes]], FakeServer]

SESSION = '{"id":1,"appId":"a","state":"paused","labels":{},"createdAt":"2026-11-22T18:00:00.1Z","node":"n1"}'
NODE_LOST = '{"id":"e.8","seq":8,"type":"NodeLost","time":"2026-11-22T18:00:00Z"}'


def test_unknown_values_and_members_are_read(fake: Fake) -> None:
    server = fake(lambda _: answer(SESSION))
    with Gateway(server.url) as gateway:
        session = gateway.get(1)
    assert session.state == "paused"
    assert session.extra == {"node": "n1"}
    assert session.created_at.microsecond == 100_000


def test_an_event_without_a_session_is_read(fake: Fake) -> None:
    body = f'id: e.8\nevent: NodeLost\ndata: {NODE_LOST}\n\nevent: Later\ndata: {{"type":"Later"}}\n\n'
    server = fake(lambda _: answer(body, kind="text/event-stream"))
    with Gateway(server.url) as gateway, gateway.events(since="e.7") as events:
        event = next(events)
    assert (event.type, event.session, events.cursor) == ("NodeLost", None, "e.8")


def test_an_answer_of_another_server_is_unexpected_and_ends_a_stream(fake: Fake) -> None:
    server = fake(lambda _: answer("<html>" + "x" * 1_000, kind="text/html"))
    with Gateway(server.url) as gateway:
        for call in (gateway.info, lambda: next(gateway.events()), lambda: gateway.get(1)):
            with pytest.raises(UnexpectedAnswer) as raised:
                call()
            assert raised.value.status == 200
            assert len(raised.value.first_bytes) == 200
    assert len(server.requests) == 3


@pytest.mark.parametrize("body", ["", "{", "[]", "{}", SESSION.replace("1,", '"1",')])
def test_json_that_is_no_session_is_unexpected(fake: Fake, body: str) -> None:
    server = fake(lambda _: answer(body))
    with Gateway(server.url) as gateway, pytest.raises(UnexpectedAnswer):
        gateway.get(1)


def test_tokens_are_sent_and_refusals_are_not_tried_again(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = '{"type":"t","code":"unauthorized","title":"T","status":401,"detail":"d","instance":"/"}'
    server = fake(lambda _: answer(problem, "401 Unauthorized", "application/problem+json"))
    monkeypatch.setenv("WEFT_TOKEN", "from-environment")
    for gateway in (Gateway(server.url), Gateway(server.url, token=lambda: "called")):
        with gateway, pytest.raises(GatewayProblem, match="T: d"):
            gateway.me()
    assert [b"Bearer from-environment" in server.requests[0], b"Bearer called" in server.requests[1]] == [True, True]
    assert len(server.requests) == 2


PROBLEMS = {
    "invalid-request": (400, 1),
    "unauthorized": (401, 1),
    "forbidden": (403, 1),
    "session-not-found": (404, 1),
    "app-not-found": (404, 1),
    "not-found": (404, 1),
    "method-not-allowed": (405, 1),
    "not-acceptable": (406, 1),
    "idempotency-in-flight": (409, 2),
    "session-ended": (409, 1),
    "cursor-expired": (410, 1),
    "payload-too-large": (413, 1),
    "unsupported-media-type": (415, 1),
    "idempotency-mismatch": (422, 1),
    "host-not-allowed": (421, 1),
    "too-many-sessions": (429, 2),
    "rate-limited": (429, 2),
    "internal": (500, 1),
    "draining": (503, 2),
    "supervisor-unavailable": (503, 2),
    "storage-unavailable": (503, 2),
}
"""The status of each code, and how often a call is sent that can be tried again once."""


@pytest.mark.parametrize("code", [*PROBLEMS, "of-tomorrow"])
def test_every_code_is_a_problem(fake: Fake, code: str) -> None:
    status, tries = PROBLEMS.get(code, (418, 1))
    body = {"type": f"/problems/{code}", "code": code, "title": "T", "status": status, "detail": "d", "instance": "/"}
    server = fake(lambda _: answer(json.dumps(body), f"{status} X", "application/problem+json"))
    with Gateway(server.url, max_retries=1) as gateway, pytest.raises(GatewayProblem) as raised:
        gateway.launch("a")
    assert type(raised.value) is GatewayProblem
    assert (raised.value.code, raised.value.status, len(server.requests)) == (code, status, tries)


def test_a_failed_launch_is_an_error_of_its_own_and_not_tried_again(fake: Fake) -> None:
    assert {*PROBLEMS, "launch-failed"} == set(ERROR_CODES)
    body = {"type": "t", "code": "launch-failed", "title": "T", "status": 502, "detail": "d", "instance": "/"}
    failed = {**body, "session": json.loads(SESSION), "logTail": ["sorry"]}
    server = fake(lambda _: answer(json.dumps(failed), "502 X", "application/problem+json"))
    with Gateway(server.url) as gateway, pytest.raises(LaunchFailed) as raised:
        gateway.launch("a")
    assert (raised.value.session.id, raised.value.log_tail, len(server.requests)) == (1, ("sorry",), 1)


def test_an_unavailable_gateway_is_tried_again(fake: Fake) -> None:
    replies = iter([answer("x", "503 Unavailable", "text/plain"), b"", answer(SESSION)])
    server = fake(lambda _: next(replies))
    with Gateway(server.url) as gateway:
        assert gateway.get(1).id == 1
    server = fake(lambda _: b"")
    with Gateway(server.url, max_retries=0) as gateway, pytest.raises(ConnectionError) as raised:
        gateway.get(1)
    assert isinstance(raised.value, GatewayConnectionError)
    assert len(server.requests) == 1


@pytest.mark.parametrize("wait", [-1, 121, float("nan"), timedelta(hours=1)])
def test_waits_that_can_not_be_are_refused(wait: Any) -> None:
    with Gateway("http://127.0.0.1:9") as gateway, pytest.raises(ValueError, match="wait"):
        gateway.launch("a", wait=wait)


@pytest.mark.parametrize("wait", [True, "1"])
def test_waits_of_another_type_are_refused(wait: Any) -> None:
    with Gateway("http://127.0.0.1:9") as gateway, pytest.raises(TypeError):
        gateway.launch("a", wait=wait)


def test_wrong_settings_are_refused() -> None:
    for url in ("ftp://x", "http://", "http://a b"):
        with pytest.raises(ValueError, match="address"):
            Gateway(url)
    with pytest.raises(ValueError, match="visible ASCII"), Gateway("h:1", token="a\nb") as gateway:
        gateway.me()


def test_functions_that_would_have_to_be_awaited_are_refused() -> None:
    async def tell(_: object) -> None: ...

    gateway = AsyncGateway("http://127.0.0.1:9")
    for name in ("on_gap", "on_snapshot", "on_status"):
        options: Any = {name: tell}
        with pytest.raises(TypeError, match=f"{name} is called between two items"):
            gateway.events(**options)
    with pytest.raises(TypeError, match="on_status"):
        gateway.follow_logs(1, on_status=tell)
