"""The examples of README.md."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from conftest import NODE, ROOT, GatewayProcess

DEMOS = """
[apps."demo.clock"]
command = ["{node}", "{root}/examples/clock.mjs"]
[apps."demo.crash"]
command = ["{node}", "{root}/examples/crash.mjs"]
"""

PRINTED = [
    r"running \{'greeting': 'tick'\}\nstdout .*\n1 demo\.clock terminated\n",
    r"Launched \S+\nAppReady \S+\n",
    r"3 \(.*\)\n",
    r"\{'team': 'a'\} lifetime\n",
    r"running 201 /sessions/\d+ True\n",
]


def test_the_examples_run(server: GatewayProcess) -> None:
    with open(server.folder / "weft-gateway.toml", "a") as file:
        file.write(DEMOS.replace("{node}", NODE).replace("{root}", str(ROOT)))
    server.restart()
    page = (Path(__file__).parent.parent / "README.md").read_text()
    examples = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert len(examples) == len(PRINTED)
    environment = {**os.environ, "WEFT_URL": server.url}
    for example, printed in zip(examples, PRINTED, strict=True):
        run = subprocess.run(
            [sys.executable, "-W", "error", "-c", example], env=environment, capture_output=True, text=True, check=False
        )
        assert re.fullmatch(printed, run.stdout), run.stdout + run.stderr
        assert (run.returncode, run.stderr) == (0, "")
