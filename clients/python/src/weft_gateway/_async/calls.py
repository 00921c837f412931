"""What the calls of all kinds have."""

from __future__ import annotations

from .._answers import Request, model_reader
from .._arguments import Parameters
from .._decode import ModelT
from .exchange import AsyncExchange


class AsyncCalls:
    _exchange: AsyncExchange

    async def _get(self, path: str, model: type[ModelT], query: Parameters | None = None) -> ModelT:
        return await self._exchange.call(Request("GET", path, model_reader(model), query or []))
