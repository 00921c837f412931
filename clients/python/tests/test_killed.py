"""What is left when the tests are killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import END_WITH_THE_TESTS

TESTS = Path(__file__).parent
PROGRAM = """
import sys, time
from pathlib import Path
from conftest import GatewayProcess
from weft_gateway import Gateway

server = GatewayProcess(Path(sys.argv[1]))
server.start()
with Gateway(server.url) as gateway:
    print(gateway.launch("steady", wait=60).pid, server.process.pid, flush=True)
    time.sleep(3600)
"""


def children(pid: int) -> list[int]:
    """Of a process and of theirs."""
    found = [int(child) for path in Path(f"/proc/{pid}/task").glob("*/children") for child in path.read_text().split()]
    return found + [grandchild for child in found for grandchild in children(child)]


@pytest.mark.skipif(not END_WITH_THE_TESTS, reason="it needs setpriv, of Linux")
def test_killed_tests_leave_no_gateway_no_supervisor_and_no_session(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([*sys.path, str(TESTS)])}
    command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as tests:
        assert tests.stdout
        app, gateway = map(int, tests.stdout.readline().split())
        pids = {app, gateway, *children(gateway)}
        assert len(pids) > 2
        tests.send_signal(signal.SIGKILL)
    while any(Path(f"/proc/{pid}/exe").exists() for pid in pids):
        time.sleep(0.02)
