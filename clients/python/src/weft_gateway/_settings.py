"""Where the gateway is, and how it is called."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

import httpx

from ._arguments import Duration, count, seconds

Token: TypeAlias = str | Callable[[], str]

DEFAULT_URL = "http://127.0.0.1:7410"


@dataclass(frozen=True)
class Address:
    base_url: str
    socket_path: str | None = None


@dataclass(frozen=True)
class Settings:
    timeout: float = 30.0
    """How long an answer may take, in seconds, besides what the call asks the gateway to wait."""
    max_retries: int = 2
    token: Token | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def changed(self, timeout: Duration | None, max_retries: int | None, headers: Mapping[str, str] | None) -> Settings:
        return replace(
            self,
            timeout=self.timeout if timeout is None else seconds("timeout", timeout),
            max_retries=self.max_retries if max_retries is None else count("max_retries", max_retries),
            headers={**self.headers, **{name: header(name, value) for name, value in (headers or {}).items()}},
        )

    def authorization(self) -> Mapping[str, str]:
        token = self.token() if callable(self.token) else self.token
        return {"authorization": header("token", f"Bearer {token}")} if token is not None else {}


def header(name: str, value: str) -> str:
    if re.fullmatch(r"[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?", value):
        return value
    raise ValueError(f"{name} can't be sent in a header: it has characters that are not visible ASCII, or none")


def address(url: str | None, socket_path: str | os.PathLike[str] | None) -> Address:
    """`socket_path` or `url`, else `WEFT_URL`, else where a gateway listens by default."""
    if socket_path is not None:
        if url is not None:
            raise ValueError("url and socket_path can't both be given")
        return _socket(os.fspath(socket_path))
    named = (os.environ.get("WEFT_URL") or DEFAULT_URL) if url is None else url
    if re.match(r"unix:|\.{0,2}/", named):
        return _socket(re.sub(r"^unix:(//)?", "", named))
    return Address(_base_url(named if re.match(r"(?i)[a-z]+://", named) else f"http://{named}"))


def token_or_default(token: Token | None) -> Token | None:
    return (os.environ.get("WEFT_TOKEN") or None) if token is None else token


def _socket(path: str) -> Address:
    return Address("http://localhost", str(Path(path).absolute()))


def _base_url(text: str) -> str:
    try:
        parsed = httpx.URL(text)
    except httpx.InvalidURL:
        parsed = httpx.URL("")
    if parsed.scheme not in ("http", "https") or not re.fullmatch(r"[\w.-]+|[\da-fA-F:.]+", parsed.host):
        raise ValueError(f"{text!r} is no address of a gateway: give http://host:port, or unix:/path of a socket")
    return str(parsed).rstrip("/")
