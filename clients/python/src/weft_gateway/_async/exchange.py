"""Sends requests, and tries them again where that can help."""

from __future__ import annotations

import copy
import time
from dataclasses import replace
from typing import TypeVar

import httpx

from .._answers import MAX_FIRST_BYTES, Received, Request, error_of, read
from .._link import delay
from .._settings import Settings
from ..errors import GatewayConnectionError, GatewayError, GatewayTimeoutError, is_passing
from .io import Alarm

T = TypeVar("T")

_LONGEST_PAUSE = 60.0
"""If the gateway asks for a longer pause there is no retry, in seconds."""


class AsyncExchange:
    def __init__(self, http: httpx.AsyncClient, base_url: str, settings: Settings) -> None:
        self.http = http
        self.base_url = base_url
        self.settings = settings
        self._answers: list[Received] | None = None

    def with_settings(self, settings: Settings) -> AsyncExchange:
        """The same connections."""
        other = copy.copy(self)
        other.settings = settings
        return other

    def recording(self, answers: list[Received]) -> AsyncExchange:
        """The same connections; the answers of calls are appended."""
        other = copy.copy(self)
        other._answers = answers
        return other

    async def call(self, request: Request[T]) -> T:
        retries = self.settings.max_retries if request.is_retried else 0
        for retry in range(retries + 1):
            try:
                return await self._attempt(request)
            except GatewayError as error:
                pause = delay(0.5, 8.0, retry, error)
                if retry == retries or not is_passing(error) or pause > _LONGEST_PAUSE:
                    raise
            await Alarm().wait(pause)
        raise AssertionError

    async def open(self, request: Request[T], silence: float) -> httpx.Response:
        """A stream, which the caller closes. Without retries."""
        response = await self._send(request, httpx.Timeout(self.settings.timeout, read=silence))
        if response.status_code in (200, 204):
            received = _head(response)
            if response.status_code == 204 or received.media_type == request.accept:
                return response
        try:
            received = await self._receive(response, request, time.monotonic() + self.settings.timeout)
        finally:
            await response.aclose()
        raise error_of(received) if received.status != 200 else received.unexpected()

    async def _attempt(self, request: Request[T]) -> T:
        limit = self.settings.timeout + request.wait
        deadline = time.monotonic() + limit
        response = await self._send(request, httpx.Timeout(self.settings.timeout, read=limit))
        try:
            received = await self._receive(response, request, deadline)
            if self._answers is not None:
                self._answers.append(received)
            return read(received, request)
        finally:
            await response.aclose()

    async def _send(self, request: Request[T], timeout: httpx.Timeout) -> httpx.Response:
        headers = {**self.settings.headers, "accept": request.accept, **self.settings.authorization()}
        if request.idempotency_key is not None:
            headers["idempotency-key"] = request.idempotency_key
        sent = self.http.build_request(
            request.method,
            f"{self.base_url}{request.path}",
            params=httpx.QueryParams(list(request.query)),
            json=request.body,
            headers=headers,
            timeout=timeout,
        )
        try:
            return await self.http.send(sent, stream=True)
        except httpx.RequestError as error:
            raise self.error_of(error) from error

    async def _receive(self, response: httpx.Response, request: Request[T], deadline: float) -> Received:
        received = _head(response)
        limit = None if request.takes(received) else MAX_FIRST_BYTES
        body = bytearray()
        try:
            async for chunk in response.aiter_bytes():
                body += chunk
                if limit is not None and len(body) >= limit:
                    break
                if time.monotonic() > deadline:
                    raise GatewayTimeoutError("the gateway did not answer", self.settings.timeout + request.wait)
        except httpx.RequestError as error:
            raise self.error_of(error) from error
        return replace(received, body=bytes(body))

    def error_of(self, error: httpx.RequestError) -> GatewayError:
        if isinstance(error, httpx.TimeoutException) and not isinstance(error, httpx.ConnectTimeout):
            return GatewayTimeoutError("the gateway did not answer", self.settings.timeout)
        return GatewayConnectionError(f"no connection to {self.base_url}: {error or type(error).__name__}")


def _head(response: httpx.Response) -> Received:
    headers = response.headers
    return Received(response.status_code, headers.get("content-type", ""), headers.get("x-request-id"), headers=headers)
