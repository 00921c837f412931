"""What differs between the two clients."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import suppress
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")
Items: TypeAlias = AsyncGenerator[T, None]

INTERRUPTIONS = (asyncio.CancelledError,)
"""What ends a call from outside."""


async def finished(work: Coroutine[Any, Any, T]) -> T:
    """Does the work to its end: a cancellation takes effect after it."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([task])
        if not task.cancelled():
            # Else asyncio reports an error that nobody has seen.
            task.exception()
        raise


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
