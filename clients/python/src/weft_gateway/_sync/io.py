"""What differs between the two clients."""

from __future__ import annotations

import threading
from collections.abc import Generator
from typing import TypeAlias, TypeVar

T = TypeVar("T")
Items: TypeAlias = Generator[T, None, None]

INTERRUPTIONS = (KeyboardInterrupt, SystemExit)
"""What ends a call from outside."""


def finished(result: T) -> T:
    """For asyncio: work that is not cancelled."""
    return result


class Alarm:
    """A pause that can be ended."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def wait(self, seconds: float) -> None:
        if self._event.wait(seconds):
            self._event.clear()

    def ring(self) -> None:
        self._event.set()
