"""Writes the synchronous client, src/weft_gateway/_sync, from the asynchronous one. With --check it only compares."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).parent.parent / "src" / "weft_gateway"
BY_HAND = ("__init__.py", "io.py")
WORDS = [
    (r"\bAwaitable\[(\w+)\]", r"\1"),
    (r"\bAwaitable, ", ""),
    (r"\basync (def|for|with)\b", r"\1"),
    (r"\bawait ", ""),
    (r"\basynccontextmanager\b", "contextmanager"),
    (r"\bAsync(?=[A-Z])", ""),
    (r"\b__a(enter|exit|next|iter)__\b", r"__\1__"),
    (r"\ba(close|iter_bytes)\b", r"\1"),
]


def synchronous(text: str) -> str:
    for pattern, replacement in WORDS:
        text = re.sub(pattern, replacement, text)
    for arguments in (["check", "--quiet", "--fix", "--select", "I"], ["format"]):
        command = [
            sys.executable,
            "-m",
            "ruff",
            *arguments,
            "--stdin-filename",
            str(SOURCE / "_sync" / "client.py"),
            "-",
        ]
        text = subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout
    return text


def main() -> int:
    differs = False
    for source in sorted((SOURCE / "_async").glob("*.py")):
        if source.name in BY_HAND:
            continue
        text = synchronous(source.read_text())
        target = SOURCE / "_sync" / source.name
        if "--check" not in sys.argv:
            target.write_text(text)
        elif target.read_text() != text:
            differs = True
            print(f"{target} is not what {Path(__file__).name} writes")
    return int(differs)


if __name__ == "__main__":
    sys.exit(main())
