"""Server-sent events, as the gateway writes them."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class ServerSentEvent:
    type: str
    data: str | None
    """None if there is an id alone, which is no event, but a place to resume from."""
    id: str | None


class SseReader:
    """Takes the bytes of a response as they come."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._rest: list[str] = []
        self._fields: dict[str, str] = {}

    def feed(self, chunk: bytes) -> Iterator[ServerSentEvent]:
        *lines, rest = self._decoder.decode(chunk).split("\n")
        if lines:
            lines[0] = "".join([*self._rest, lines[0]])
            self._rest = []
        # A long line comes in many chunks: it is joined once.
        self._rest.append(rest)
        for line in lines:
            if event := self._take(line.removesuffix("\r")):
                yield event

    def _take(self, line: str) -> ServerSentEvent | None:
        if line:
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            known = self._fields.get(name) if name == "data" else None
            self._fields[name] = value if known is None else f"{known}\n{value}"
            return None
        fields, self._fields = self._fields, {}
        if "data" not in fields and "id" not in fields:
            return None
        return ServerSentEvent(fields.get("event", "message"), fields.get("data"), fields.get("id"))
