"""Makes models of JSON, by the type hints of their fields."""

from __future__ import annotations

import re
import types
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cache
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

ModelT = TypeVar("ModelT", bound="Model")


class MalformedAnswer(ValueError):
    """JSON that is not what the contract says."""


@dataclass(frozen=True, kw_only=True)
class Model:
    """What all models have."""

    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """Members that this version does not know, as they came."""


def decode(model: type[ModelT], value: object) -> ModelT:
    """Unknown members are kept in `extra`, unknown values of enums are taken as they are.

    Raises `MalformedAnswer` for a member that is missing or of another type.
    """
    if not isinstance(value, dict):
        raise MalformedAnswer(f"{model.__name__} is not an object")
    hints = _members(cast("Any", model))
    known = {name: _decode(hint, value[member]) for member, (name, hint) in hints.items() if member in value}
    extra = {member: value[member] for member in value.keys() - hints.keys()}
    try:
        return model(extra=extra, **known)
    except TypeError as error:
        raise MalformedAnswer(str(error)) from None


@cache
def _members(model: type[Any]) -> Mapping[str, tuple[str, Any]]:
    """The name and the type of the field for each member of the JSON."""
    hints = get_type_hints(model)
    names = [item.name for item in fields(model) if item.name != "extra"]
    return {_camel(name): (name, hints[name]) for name in names}


def _camel(name: str) -> str:
    return re.sub(r"_([a-z0-9])", lambda match: match[1].upper(), name.rstrip("_"))


def _decode(hint: Any, value: object) -> object:
    if hint is Any:
        return value
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return None if value is None else _decode(next(item for item in arguments if item is not type(None)), value)
    if origin is Literal:
        return _of_type(str, value)
    if origin is tuple:
        return tuple(_decode(arguments[0], item) for item in cast("list[object]", _of_type(list, value)))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        items = cast("dict[str, object]", _of_type(dict, value))
        return {key: _decode(arguments[1], item) for key, item in items.items()}
    if hint is datetime:
        return _time(cast("str", _of_type(str, value)))
    if issubclass(hint, Model):
        return decode(hint, value)
    return _of_type(hint, value)


def _of_type(kind: type, value: object) -> object:
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is kind:
        return value
    raise MalformedAnswer(f"{value!r:.50} is not of type {kind.__name__}")


def _time(text: str) -> datetime:
    """Python 3.10 reads neither `Z` nor other than 3 or 6 digits of a second."""
    match = re.fullmatch(r"(.{10}[Tt].{8})(?:\.(\d+))?(?:[Zz]|([+-]\d\d:\d\d))", text)
    if not match:
        raise MalformedAnswer(f"{text!r:.50} is not a time")
    try:
        return datetime.fromisoformat(f"{match[1]}.{(match[2] or '')[:6]:0<6}{match[3] or '+00:00'}")
    except ValueError as error:
        raise MalformedAnswer(str(error)) from None
