"""What differs between the two clients."""

from __future__ import annotations

import threading
from collections.abc import Generator
from typing import TypeAlias, TypeVar

T = TypeVar("T")
Items: TypeAlias = Generator[T, None, None]


class Alarm:
    """A pause that can be ended."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def wait(self, seconds: float) -> None:
        if self._event.wait(seconds):
            self._event.clear()

    def ring(self) -> None:
        self._event.set()
