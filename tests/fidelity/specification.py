"""Judges answers by X's specification, from which its SDK's models are made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel


def known(answer: BaseModel) -> BaseModel:
    """The answer, after a look that the specification knows every field of it."""
    assert list(unknown_fields(answer)) == []
    return answer


def unknown_fields(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, BaseModel):
        yield from (f"{path}.{name}" for name in value.model_extra or {})
        for name in type(value).model_fields:
            yield from unknown_fields(getattr(value, name), f"{path}.{name}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from unknown_fields(item, f"{path}[{number}]")
