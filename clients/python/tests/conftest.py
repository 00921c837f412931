"""A gateway as a process of its own, which can be killed and started again on its state folder."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from weft_gateway import Gateway

ROOT = Path(__file__).parents[3]
NODE = os.environ.get("WEFT_TEST_NODE") or str(ROOT / "node_modules/.bin/node")

CATALOGUE = """
[server]
# Of a supervisor whose gateway a test has killed, if nothing starts the next one.
orphanTimeoutMs = 120000
[apps.steady]
command = ["sh", "-c", "echo READY; exec sleep 60"]
[apps.crash]
command = ["sh", "-c", "echo sorry >&2; exit 3"]
[apps.both]
command = ["sh", "-c", "echo READY; echo warned >&2; exec sleep 60"]
[apps.job]
kind = "job"
ready = { exit = true }
command = ["true"]
[apps.told]
command = ["sh", "-c", "echo READY; while [ ! -e {folder}/more ]; do sleep 0.05; done; echo two; echo three"]
"""


# Whatever ends the tests, their gateway gets SIGTERM then, and ends its sessions and its supervisor.
# Not by `preexec_fn`, which can hang in a program with threads.
END_WITH_THE_TESTS = ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []


class GatewayProcess:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = 0
        self.process: subprocess.Popen[str] | None = None
        (folder / "weft-gateway.toml").write_text(CATALOGUE.replace("{folder}", str(folder)))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, *flags: str) -> None:
        args = [*END_WITH_THE_TESTS, NODE, "src/cli/main.ts", "--config", f"{self.folder}/weft-gateway.toml", *flags]
        args += ["--state-dir", str(self.folder), *([] if flags else ["--port", str(self.port)])]
        environment = {"PATH": os.environ["PATH"]}
        with open(self.folder / "log", "a") as log:
            self.process = subprocess.Popen(
                args,
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=environment,
            )
        assert self.process.stdout
        for line in self.process.stdout:
            if match := re.search(r"listens on (?:http://127.0.0.1:(\d+))?", line):
                self.port = int(match[1] or 0)
                return
        raise AssertionError((self.folder / "log").read_text())

    def end(self, number: signal.Signals) -> None:
        assert self.process
        self.process.send_signal(number)
        self.process.wait(timeout=60)
        assert self.process.stdout
        self.process.stdout.close()

    def restart(self) -> None:
        self.end(signal.SIGTERM)
        self.start()


@contextmanager
def running_gateway(folder: Path) -> Iterator[GatewayProcess]:
    gateway = GatewayProcess(folder)
    gateway.start()
    try:
        yield gateway
    finally:
        assert gateway.process
        if gateway.process.poll() is not None:
            gateway.start()
        gateway.end(signal.SIGTERM)
        shutil.rmtree(gateway.folder, ignore_errors=True)


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    """A gateway of the test's own, without sessions."""
    with running_gateway(tmp_path_factory.mktemp("g")) as gateway:
        yield gateway


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    with running_gateway(tmp_path_factory.mktemp("shared")) as gateway:
        yield gateway


@pytest.fixture
def client(request: pytest.FixtureRequest) -> Iterator[Gateway]:
    """Of the gateway of the test's own, if it has one, else of the one that tests share, on which nothing runs."""
    name = "server" if "server" in request.fixturenames else "shared_server"
    server: GatewayProcess = request.getfixturevalue(name)
    with Gateway(server.url) as gateway:
        yield gateway
        if name == "shared_server":
            for session in gateway.sessions(state=["queued", "starting", "running", "stopping"]):
                gateway.stop(session.id, force=True, wait=60)


class FakeServer:
    """Answers each connection with what `answer` makes of the request, and closes it."""

    def __init__(self, answer: Callable[[bytes], bytes]) -> None:
        self.requests: list[bytes] = []
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                request = read_request(connection)
                self.requests.append(request)
                # The client may be gone.
                with suppress(ConnectionError):
                    connection.sendall(self._answer(request))

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()


def forward(request: bytes, port: int) -> bytes:
    """The whole answer of the server at this port."""
    with socket.create_connection(("127.0.0.1", port)) as upstream:
        upstream.sendall(request.replace(b"Connection: keep-alive", b"Connection: close"))
        whole = b""
        while chunk := upstream.recv(65_536):
            whole += chunk
    return whole


def read_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65_536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    while length and len(body) < int(length[1]):
        body += connection.recv(65_536)
    return head + b"\r\n\r\n" + body


def answer(body: str, status: str = "200 OK", kind: str = "application/json") -> bytes:
    data = body.encode()
    head = f"HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {len(data)}\r\nconnection: close\r\n\r\n"
    return head.encode() + data


@pytest.fixture
def fake() -> Iterator[Callable[[Callable[[bytes], bytes]], FakeServer]]:
    servers: list[FakeServer] = []

    def make(reply: Callable[[bytes], bytes]) -> FakeServer:
        servers.append(FakeServer(reply))
        return servers[-1]

    yield make
    for server in servers:
        server.close()
