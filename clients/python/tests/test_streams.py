"""Followed streams: what they report, and how they outlive a gateway."""

from __future__ import annotations

import asyncio
import gc
import signal
from datetime import datetime, timezone
from typing import Any

import pytest
from conftest import GatewayProcess

from weft_gateway import (
    AsyncGateway,
    Connecting,
    ConnectionStatus,
    Event,
    Following,
    Gap,
    Gateway,
    GatewayConnectionError,
    Live,
    Waiting,
)


def test_the_status_of_events_is_told(server: GatewayProcess, client: Gateway) -> None:
    told: list[ConnectionStatus] = []
    seen: list[Event] = []
    since = client.list().event_cursor
    client.launch("steady", wait=60)
    with client.events(since=since, on_status=told.append) as events:
        seen += [next(events), next(events)]
        assert told == [Connecting(0)]
        server.end(signal.SIGKILL)
        server.start()
        client.launch("steady", wait=60)
        seen += [next(events), next(events)]
        client.launch("steady")
        seen.append(next(events))
        assert events.status == Live(resumed=2)
    assert [event.type for event in seen] == ["Launched", "AppReady", "Launched", "AppReady", "Launched"]
    [waiting] = [status for status in told if isinstance(status, Waiting)]
    assert waiting.until.tzinfo is timezone.utc
    assert isinstance(waiting.reason, GatewayConnectionError)
    assert told == [Connecting(0), Live(resumed=2), waiting, Connecting(0), Live(resumed=2)]
    assert events.status.state == "closed"


def test_the_status_of_a_gap_is_told_before_the_snapshot(client: Gateway) -> None:
    told: list[object] = []
    events = client.events(
        since="other.5",
        on_status=told.append,
        on_gap=lambda gap: told.append(gap.until),
        on_snapshot=lambda _: told.append(client.launch("steady").state),
    )
    with events:
        next(events)
    assert told[0] == Connecting(0)
    assert isinstance(told[1], Gap)
    assert told[2:] == [told[1].until, "starting", Live()]


def test_a_stream_can_be_closed_while_it_waits(server: GatewayProcess, client: Gateway) -> None:
    server.end(signal.SIGKILL)

    def close_while_waiting(status: ConnectionStatus) -> None:
        if isinstance(status, Waiting):
            events.close()

    events = client.events(on_status=close_while_waiting)
    assert list(events) == []
    assert events.status.state == "closed"


def test_a_handle_reads_one_stream_and_its_own_events(client: Gateway) -> None:
    since = client.list().event_cursor
    client.launch("steady")
    told: list[ConnectionStatus] = []
    with client.run("both") as session:
        with session.events(since=since, event_type="AppReady") as events:
            event = next(events)
            assert event.session
            assert event.session.id == session.id
        lines = session.follow_logs(stream="stderr", on_status=told.append)
        assert next(lines).line == "warned"
        assert [line.line for line in session.logs(stream="stdout")] == ["READY"]
        assert [line.line for line in session.log_lines(text="warn").items] == ["warned"]
    assert [line.line for line in lines] == []
    assert told == [Connecting(0), Live()]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_asynchronous_streams_resume_after_a_gateway_was_ended(server: GatewayProcess, number: signal.Signals) -> None:
    async def main() -> None:
        async with AsyncGateway(server.url) as gateway:
            since = (await gateway.list()).event_cursor
            session = gateway.session((await gateway.launch("told", wait=60)).id)
            lines = session.follow_logs()
            async with gateway.events(since=since) as events:
                seen = [await anext(events), await anext(events)]
                written = [(await anext(lines)).line]
                more = asyncio.ensure_future(anext(events))
                await asyncio.to_thread(server.end, number)
                (server.folder / "more").touch()
                await asyncio.to_thread(server.start)
                seen.append(await more)
                written += [line.line async for line in lines]
                while seen[-1].type != "Stopped":
                    seen.append(await anext(events))
        first = seen[0].seq
        assert [event.seq for event in seen] == list(range(first, first + len(seen)))
        assert written[0] == "READY"
        assert len(set(written)) == len(written)
        if number == signal.SIGKILL:
            assert written == ["READY", "two", "three"]

    asyncio.run(main())


def test_times_limit_lists_and_history(client: Gateway) -> None:
    with client.run("steady", labels={"test": "times"}) as first:
        pass
    between = datetime.now(timezone.utc)
    second = client.launch("steady", labels={"test": "times"}, wait=60)
    assert [session.id for session in client.sessions(end=between, labels={"test": "times"})] == [first.id]
    assert [session.id for session in client.sessions(start=between)] == [second.id]
    assert client.list(start=between, limit=1).items[0].id == second.id
    assert [event.type for event in client.history(start=between).items] == ["Launched", "AppReady"]
    with pytest.raises(ValueError, match="time zone"):
        client.list(start=datetime(2026, 1, 1))


def test_what_functions_of_the_caller_raise_ends_a_stream_even_if_it_looks_like_a_broken_connection(
    client: Gateway,
) -> None:
    error = GatewayConnectionError("of the caller")

    def fail(_: object) -> None:
        raise error

    def fail_when_live(status: ConnectionStatus) -> None:
        if isinstance(status, Live):
            fail(status)

    session = client.launch("steady", wait=60)
    streams: list[Following[Any]] = [
        client.events(on_snapshot=fail),
        client.events(since="other.5", on_gap=fail),
        client.events(since="other.5", on_gap=lambda _: None, on_snapshot=fail),
        client.events(on_status=fail),
        client.events(on_status=fail_when_live),
        client.follow_logs(session.id, on_status=fail_when_live),
    ]
    for stream in streams:
        with pytest.raises(GatewayConnectionError) as raised:
            next(stream)
        assert raised.value is error
        assert stream.status.state == "closed"


def test_a_stream_that_is_dropped_is_closed_at_once_and_not_when_cycles_are_collected(client: Gateway) -> None:
    gc.collect()
    gc.disable()
    try:
        events = client.events()
        client.launch("steady")
        next(events)
        connections = events._connections
        assert connections._response
        del events
        assert connections._response is None
    finally:
        gc.enable()
