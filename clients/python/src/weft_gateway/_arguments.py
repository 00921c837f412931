"""Checks what callers give, before anything is sent."""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TypeAlias

Duration: TypeAlias = float | timedelta
"""Seconds, or a timedelta."""

MAX_WAIT = 120.0
"""The longest wait that the gateway accepts, in seconds."""

_MAX_DURATION = 2_000_000.0

Parameters: TypeAlias = list[tuple[str, str]]


def seconds(name: str, value: Duration, longest: float = _MAX_DURATION) -> float:
    """Raises `TypeError` or `ValueError` for what is no time from 0 to the longest."""
    if isinstance(value, timedelta):
        value = value.total_seconds()
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} must be a number of seconds or a timedelta, and is {value!r}")
    if not 0 <= value <= longest:
        raise ValueError(f"{name} must be from 0 to {longest:g} seconds, and is {value!r}")
    return float(value)


def wait_ms(value: Duration | None) -> int | None:
    """The milliseconds of a wait that the gateway makes. A short one is not taken for none."""
    return None if value is None else math.ceil(seconds("wait", value, MAX_WAIT) * 1_000)


def count(name: str, value: int, least: int = 0) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be a whole number, and is {value!r}")
    if value < least:
        raise ValueError(f"{name} must be at least {least}, and is {value}")
    return value


def callbacks(**functions: object) -> None:
    """Raises `TypeError` for one that would have to be awaited."""
    for name, function in functions.items():
        if inspect.iscoroutinefunction(function):
            raise TypeError(f"{name} is called between two items, and must be a function that is not async")


def parameters(**values: object) -> Parameters:
    """The query for these values: one of a list becomes a parameter for each of its items, None none."""
    return [(name, _text(item)) for name, value in values.items() for item in _items(value)]


def labels_of(labels: Mapping[str, str] | None) -> list[str] | None:
    return None if labels is None else [f"{name}={value}" for name, value in labels.items()]


def _items(value: object) -> Iterable[object]:
    if value is None:
        return ()
    if isinstance(value, str) or not isinstance(value, Iterable):
        return (value,)
    return value


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value.isoformat()
    if isinstance(value, str | int):
        return str(value)
    raise TypeError(f"{value!r} can't be a parameter")
