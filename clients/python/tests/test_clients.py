"""What clients of a gateway with tokens are allowed, and how a client is shared and set."""

from __future__ import annotations

import asyncio
import re
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from conftest import NODE, ROOT, GatewayProcess

from weft_gateway import AsyncGateway, Gateway, GatewayProblem, GatewayTimeoutError


def add_token(server: GatewayProcess, *args: str) -> str:
    """Also writes it to the configuration; the gateway reads that when it starts."""
    command = [NODE, "src/cli/main.ts", "token", "new", *args]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    with open(server.folder / "weft-gateway.toml", "a") as file:
        file.write(printed[printed.index("[[tokens]]") :])
    match = re.search(r"^(?![#\[])\S+$", printed, re.MULTILINE)
    assert match
    return match[0]


def code(error: pytest.ExceptionInfo[GatewayProblem]) -> Sequence[object]:
    return [error.value.status, error.value.code]


def test_tokens_limit_what_a_client_may_do_and_sees(server: GatewayProcess) -> None:
    all_apps = add_token(server, "--name", "all", "--scope", "read", "--scope", "launch", "--scope", "stop")
    reader = add_token(server, "--name", "reader", "--scope", "read", "--app", "told")
    server.restart()
    with Gateway(server.url) as nobody, pytest.raises(GatewayProblem) as refused:
        nobody.list()
    assert code(refused) == [401, "unauthorized"]
    with Gateway(server.url, token=all_apps) as mine, Gateway(server.url, token=reader) as other:
        session = mine.launch("steady", wait=60)
        assert [app.id for app in other.apps()] == ["told"]
        assert other.list().items == ()
        assert (other.me().name, other.me().scopes) == ("reader", ("read",))
        with pytest.raises(GatewayProblem) as forbidden:
            other.launch("told")
        assert code(forbidden) == [403, "forbidden"]
        with pytest.raises(GatewayProblem) as unseen:
            other.get(session.id)
        assert code(unseen) == [404, "session-not-found"]
        with pytest.raises(GatewayProblem) as hidden:
            next(other.session(session.id).follow_logs())
        assert code(hidden) == [404, "session-not-found"]
        told = mine.launch("told")
        with other.events(since=mine.list().event_cursor) as events:
            (server.folder / "more").touch()
            mine.stop(session.id)
            event = next(events)
            assert event.session
            assert event.session.id == told.id


def test_a_revoked_token_ends_a_stream_with_the_refusal(server: GatewayProcess) -> None:
    with Gateway(server.url, token="of-nobody") as open_to_all:
        since = open_to_all.list().event_cursor
    add_token(server, "--name", "other", "--scope", "read")
    server.restart()
    with (
        Gateway(server.url, token="of-nobody") as gateway,
        gateway.events(since=since) as events,
        pytest.raises(GatewayProblem) as refused,
    ):
        next(events)
    assert code(refused) == [401, "unauthorized"]


def test_threads_share_a_client(client: Gateway) -> None:
    def use(number: int) -> tuple[str, list[int]]:
        with client.run("steady", labels={"thread": str(number), "test": "threads"}) as session:
            line = next(session.follow_logs()).line
            return line, [item.id for item in client.sessions(labels={"thread": str(number)})]

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(use, range(6)))
    assert [line for line, _ in results] == ["READY"] * 6
    assert sorted(ids[0] for _, ids in results) == [
        session.id for session in client.sessions(labels={"test": "threads"})
    ]
    assert {len(ids) for _, ids in results} == {1}


def test_options_are_changed_for_a_part_of_the_calls(client: Gateway) -> None:
    session = client.launch("steady", wait=60)
    with client.with_options(timeout=0.001, max_retries=0) as hurried, pytest.raises(GatewayTimeoutError):
        hurried.stats()
    with client.with_options(headers={"x-request-id": "mine"}) as named:
        assert named.with_response(lambda gateway: gateway.get(session.id)).request_id == "mine"
    assert client.get(session.id).state == "running"


def test_an_answer_can_be_seen_with_its_value(client: Gateway) -> None:
    launched = client.with_response(lambda gateway: gateway.launch("steady", wait=60))
    assert (launched.status, launched.value.state) == (201, "running")
    assert launched.headers["Location"] == f"/sessions/{launched.value.id}"
    assert launched.request_id == launched.headers["x-request-id"]
    assert client.with_response(lambda gateway: gateway.stop(launched.value.id, wait=60)).value.state == "stopped"
    with pytest.raises(ValueError, match="nothing"):
        client.with_response(lambda gateway: gateway.session(1))
    assert "session" in client.explain("session-not-found")


def test_another_http_client_is_used_and_not_closed(shared_server: GatewayProcess) -> None:
    seen: list[str] = []
    with httpx.Client(event_hooks={"request": [lambda request: seen.append(request.url.path)]}) as http:
        with Gateway(shared_server.url, http_client=http) as gateway:
            gateway.apps()
        assert not http.is_closed
    assert seen == ["/apps"]

    async def main() -> None:
        async with httpx.AsyncClient() as http:
            async with AsyncGateway(shared_server.url, http_client=http) as gateway:
                answer = await gateway.with_response(lambda it: it.apps())
                assert (answer.status, len(answer.value)) == (200, 5)
            assert not http.is_closed

    asyncio.run(main())
