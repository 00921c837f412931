"""What differs between the two clients."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import TypeAlias, TypeVar

T = TypeVar("T")
Items: TypeAlias = AsyncGenerator[T, None]


class Alarm:
    """A pause that can be ended."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    async def wait(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._event.wait(), seconds)
        except asyncio.TimeoutError:
            return
        self._event.clear()

    def ring(self) -> None:
        self._event.set()
