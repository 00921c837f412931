"""The client against a gateway."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, FakeServer, GatewayProcess, forward, read_request

import weft_gateway
from weft_gateway import (
    AsyncGateway,
    Event,
    GapError,
    Gateway,
    GatewayProblem,
    GatewayTimeoutError,
    LaunchFailed,
)


def test_a_session_from_launch_to_stop(client: Gateway) -> None:
    session = client.launch("steady", labels={"team": "a"}, wait=timedelta(seconds=60))
    assert (session.app_id, session.state, session.labels) == ("steady", "running", {"team": "a"})
    assert session.ready_at
    assert session.ready_at.tzinfo
    assert replace(client.get(session.id), usage=None) == session
    assert client.wait_until_ready(session.id) == session
    stopped = client.stop(session.id, wait=60)
    assert stopped.stop
    assert (stopped.state, stopped.stop.reason, stopped.stop.signals_sent) == ("stopped", "terminated", ("SIGTERM",))
    assert [line.line for line in client.logs(session.id)] == ["READY"]
    assert client.log_lines(session.id, text="REA").last_seq == 1
    page = client.history(session_id=session.id)
    assert [event.type for event in page.items] == ["Launched", "AppReady", "Stopping", "Stopped"]
    assert [app.id for app in client.apps()] == ["both", "crash", "job", "steady", "told"]
    assert "read" in client.me().scopes
    assert client.info().version == weft_gateway.__version__
    assert client.stats(app_id="steady", bucket=60).event_cursor
    assert "weft_" in client.metrics()


def test_a_session_is_updated_and_its_lease_renewed(client: Gateway) -> None:
    with client.run("steady", labels={"user": "ada"}, lease_ms=600_000) as steady:
        assert steady.session.expires_at
        assert (steady.session.lease_ms, steady.session.expires_at.why) == (600_000, "lease")
        updated = steady.update(labels={"user": None, "team": "a"}, lifetime_ms=300_000)
        assert updated.expires_at
        assert (updated.labels, updated.lifetime_ms, updated.expires_at.why) == ({"team": "a"}, 300_000, "lifetime")
        unbounded = steady.update(lifetime_ms=None)
        assert (unbounded.labels, unbounded.lifetime_ms) == ({"team": "a"}, None)
        renewed = steady.renew()
        assert renewed.expires_at
        assert renewed.expires_at.at >= steady.session.expires_at.at
        assert client.update(steady.id, labels=None).labels == {}
    over = client.wait_until_stopped(client.launch("steady", lifetime_ms=1).id, within=60)
    assert over.stop
    assert over.stop.reason == "lifetime"
    with pytest.raises(GatewayProblem) as raised:
        client.renew(over.id)
    assert raised.value.code == "session-ended"


def test_a_job_is_waited_for(client: Gateway) -> None:
    job = client.launch("job")
    completed = client.wait(job.id, until="completed", wait=60)
    assert completed.stop
    assert completed.stop.reason == "completed"
    assert completed.ready_at is None
    assert client.wait_until_ready(job.id) == completed


def test_a_failed_launch_raises_its_session_and_its_last_lines(client: Gateway) -> None:
    with pytest.raises(LaunchFailed) as waited:
        client.launch("crash", wait=60)
    with pytest.raises(LaunchFailed) as ran, client.run("crash"):
        pass
    for failure in (waited.value, ran.value):
        assert failure.session.stop
        assert failure.session.stop.exit_code == 3
        assert failure.log_tail == ("sorry",)


def test_problems_have_their_code_and_request_id(client: Gateway) -> None:
    with pytest.raises(GatewayProblem) as raised:
        client.get(999)
    assert (raised.value.code, raised.value.status) == ("session-not-found", 404)
    assert raised.value.request_id
    with pytest.raises(GatewayTimeoutError):
        client.wait_until_stopped(client.launch("steady").id, within=0.05)


def test_a_launch_whose_answer_is_cut_is_tried_again_and_not_doubled(server: GatewayProcess, client: Gateway) -> None:
    answers = 0

    def cut(request: bytes) -> bytes:
        nonlocal answers
        answers += 1
        whole = forward(request, server.port)
        return whole[:40] if answers == 1 else whole

    proxy = FakeServer(cut)
    try:
        with Gateway(proxy.url) as flaky:
            session = flaky.launch("steady")
    finally:
        proxy.close()
    assert answers == 2
    assert [item.id for item in client.sessions()] == [session.id]


def test_lists_go_on_over_pages_and_filter(client: Gateway) -> None:
    mine = {"test": "lists"}
    ids = [client.launch("steady", labels={"team": team, **mine}).id for team in "abaab"]
    assert [session.id for session in client.sessions(limit=2, labels=mine)] == ids
    assert [session.id for session in client.sessions(limit=1, labels={"team": "b"})] == [ids[1], ids[4]]
    assert [session.id for session in client.sessions(order="newest", state=["starting", "running"])] == ids[::-1]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_events_resume_after_a_gateway_was_ended(
    server: GatewayProcess, client: Gateway, number: signal.Signals
) -> None:
    since = client.list().event_cursor
    client.launch("told", wait=60)
    seen: list[Event] = []
    with client.events(since=since) as events:
        seen += [next(events), next(events)]
        server.end(number)
        (server.folder / "more").touch()
        server.start()
        client.launch("told", wait=60)
        while [event.type for event in seen].count("Stopped") < 2:
            seen.append(next(events))
        assert events.cursor == seen[-1].id
    first = seen[0].seq
    assert [event.seq for event in seen] == list(range(first, first + len(seen)))


def test_followed_logs_outlive_a_killed_gateway_and_end_with_the_session(
    server: GatewayProcess, client: Gateway
) -> None:
    session = client.launch("told", wait=60)
    lines = client.follow_logs(session.id)
    seen = [next(lines).line]
    server.end(signal.SIGKILL)
    server.start()
    (server.folder / "more").touch()
    seen += [line.line for line in lines]
    assert seen == ["READY", "two", "three"]


def test_a_gap_is_reported(client: Gateway) -> None:
    with pytest.raises(GapError):
        next(client.events(since="other.5"))
    gaps: list[Any] = []
    with client.events(since="other.5", on_gap=gaps.append, on_snapshot=lambda _: client.launch("steady")) as events:
        assert next(events).type == "Launched"
    assert [gap.since for gap in gaps] == ["other.5"]


def test_a_block_stops_its_session_also_on_an_exception(client: Gateway) -> None:
    ids = []
    with pytest.raises(ZeroDivisionError), client.run("steady") as session:
        ids.append(session.id / 0)
    assert session.get().state == "stopped"
    assert ids == []


def test_another_thread_can_close_a_stream(client: Gateway) -> None:
    told = threading.Event()
    events = client.events(on_snapshot=lambda _: told.set())
    seen: list[Event] = []
    reader = threading.Thread(target=lambda: seen.extend(events))
    reader.start()
    assert told.wait(60)
    events.close()
    reader.join(60)
    assert not reader.is_alive()
    assert seen == []


def test_a_unix_socket(server: GatewayProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    path = server.folder / "gateway.sock"
    server.end(signal.SIGTERM)
    server.start("--socket", str(path))
    with Gateway(socket_path=path) as gateway:
        assert gateway.info().ready
    monkeypatch.setenv("WEFT_URL", f"unix:{path}")
    with Gateway() as gateway:
        assert gateway.list().items == ()


def test_asynchronous_clients_do_the_same(server: GatewayProcess) -> None:
    async def main() -> None:
        async with AsyncGateway(server.url) as gateway:
            since = (await gateway.list()).event_cursor
            async with gateway.run("steady") as session, gateway.run("steady") as other:
                ids = [item.id async for item in gateway.sessions(limit=1)]
                assert ids == [session.id, other.id]
                async with gateway.events(since=since, session_id=other.id) as events:
                    assert [(await anext(events)).type for _ in range(2)] == ["Launched", "AppReady"]
                    waiting = asyncio.ensure_future(anext(events))
                    await asyncio.sleep(0)
                    lines = gateway.follow_logs(session.id)
                    assert (await anext(lines)).line == "READY"
                    await session.stop()
                    assert [line async for line in lines] == []
                    await other.stop()
                    assert (await waiting).type == "Stopping"
            running = asyncio.Event()
            task = asyncio.ensure_future(cancelled(gateway, running))
            await running.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert [item async for item in gateway.sessions(state=["starting", "running", "stopping"])] == []

    async def cancelled(gateway: AsyncGateway, running: asyncio.Event) -> None:
        async with gateway.run("steady"):
            running.set()
            await asyncio.sleep(60)

    asyncio.run(main())


def test_the_version_is_that_of_the_gateway() -> None:
    assert json.loads((ROOT / "package.json").read_text())["version"] == weft_gateway.__version__


def test_the_synchronous_client_is_made_from_the_asynchronous_one() -> None:
    script = Path(__file__).parent.parent / "scripts" / "write_sync.py"
    assert subprocess.run([sys.executable, str(script), "--check"], check=False).returncode == 0


def test_reading_a_request_waits_for_its_body() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"POST / HTTP/1.1\r\ncontent-length: 2\r\n\r\n{")
        theirs.sendall(b"}")
        assert read_request(ours).endswith(b"{}")
