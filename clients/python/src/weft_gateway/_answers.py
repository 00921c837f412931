"""Reads answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import httpx

from ._arguments import Parameters
from ._decode import MalformedAnswer, Model, decode
from .errors import GatewayError, GatewayProblem, LaunchFailed, UnexpectedAnswer
from .models import Problem

T = TypeVar("T")
ModelT = TypeVar("ModelT", bound=Model)

MAX_FIRST_BYTES = 200
"""How much of an unexpected body is kept."""

JSON = "application/json"
_PROBLEM = "application/problem+json"


@dataclass(frozen=True)
class Received:
    """An answer, and its body as far as it was read."""

    status: int
    content_type: str
    request_id: str | None
    body: bytes = b""
    headers: httpx.Headers = field(default_factory=httpx.Headers, repr=False)

    @property
    def media_type(self) -> str:
        return self.content_type.partition(";")[0].strip().lower()

    def unexpected(self) -> UnexpectedAnswer:
        text = self.body[:MAX_FIRST_BYTES].decode(errors="replace")
        return UnexpectedAnswer(self.status, self.content_type, text)


@dataclass(frozen=True)
class WithResponse(Generic[T]):
    """What a call returns, and how it was answered."""

    value: T
    status: int
    headers: httpx.Headers
    request_id: str | None
    """The `X-Request-Id` of the answer, which the gateway's log has, too."""


@dataclass(frozen=True)
class Request(Generic[T]):
    method: str
    path: str
    read: Callable[[Received], T]
    query: Parameters
    accept: str = JSON
    body: object = None
    idempotency_key: str | None = None
    wait: float = 0.0
    """How long the gateway may wait before it answers, in seconds."""
    is_retried: bool = True

    def takes(self, received: Received) -> bool:
        """Is it worth to read the whole body?"""
        return received.media_type in (self.accept, _PROBLEM)


def read(received: Received, request: Request[T]) -> T:
    """Raises the error that the answer stands for."""
    if not 200 <= received.status < 300:
        raise error_of(received)
    if received.media_type != request.accept:
        raise received.unexpected()
    return _checked(received, request.read)


def error_of(received: Received) -> GatewayError:
    if received.media_type != _PROBLEM:
        return received.unexpected()
    try:
        problem = _checked(received, model_reader(Problem))
    except UnexpectedAnswer as error:
        return error
    if problem.code == "launch-failed" and problem.session:
        return LaunchFailed(problem.session, problem.log_tail or (), received.request_id)
    return GatewayProblem(problem, received.request_id)


def model_reader(model: type[ModelT]) -> Callable[[Received], ModelT]:
    return lambda received: decode(model, json.loads(received.body))


def read_text(received: Received) -> str:
    return received.body.decode(errors="replace")


def _checked(received: Received, reader: Callable[[Received], T]) -> T:
    try:
        return reader(received)
    except (ValueError, RecursionError, MalformedAnswer) as error:
        raise received.unexpected() from error
