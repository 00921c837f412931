"""The calls about the gateway itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import quote

from .._answers import Request, read_text
from .._arguments import Duration, labels_of, parameters, seconds
from ..models import App, AppList, ErrorCode, Me, Stats
from ..models import (
    Gateway as GatewayInfo,
)
from .calls import AsyncCalls


class AsyncAbout(AsyncCalls):
    async def apps(self) -> Sequence[App]:
        return (await self._get("/apps", AppList)).items

    async def app(self, id: str) -> App:
        return await self._get(f"/apps/{quote(id, safe='')}", App)

    async def me(self) -> Me:
        """The name, the scopes and the apps of the token."""
        return await self._get("/me", Me)

    async def info(self) -> GatewayInfo:
        """How the gateway is."""
        return await self._get("/gateway", GatewayInfo)

    async def stats(
        self,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        bucket: Duration | None = None,
        app_id: str | Sequence[str] | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> Stats:
        """What happened between `start` and `end`: by default in the last hour, by minutes."""
        bucket_ms = None if bucket is None else round(seconds("bucket", bucket) * 1_000)
        times = {"from": start, "to": end}
        query = parameters(**times, bucketMs=bucket_ms, appId=app_id, label=labels_of(labels))
        return await self._get("/stats", Stats, query)

    async def metrics(self) -> str:
        """In the text format of Prometheus."""
        return await self._text("/metrics")

    async def explain(self, code: ErrorCode) -> str:
        """What an error code means, for people."""
        return await self._text(f"/problems/{quote(code, safe='')}")

    async def _text(self, path: str) -> str:
        return await self._exchange.call(Request("GET", path, read_text, [], accept="text/plain"))
