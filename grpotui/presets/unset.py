"""Fields taken out of a preset, so that what stands below them holds again: TOML has no null."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from grpotui.presets.preset import PresetError
from grpotui.tasks.settings import nearest

KEY = "unset"
"""In a preset that extends another: a list of dotted fields that it does not inherit."""


def unset(data: Mapping[str, Any], paths: object) -> dict[str, Any]:
    """Return ``data`` without the fields of a preset's ``unset`` list. Raises PresetError."""
    if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
        raise PresetError(f'{KEY}: expected a list of fields, such as {KEY} = ["grpo.top_k"]')
    left = dict(data)
    for path in paths:
        parts = path.split(".")
        if not is_set(data, parts):
            raise PresetError(f"{KEY}: {path} is not inherited{nearest(path, _paths('', data))}")
        left = without(left, parts)
    return left


def is_set(data: object, parts: list[str]) -> bool:
    """True when the tables and lists hold the dotted field whose parts these are."""
    for part in parts:
        if isinstance(data, list) and part.isdecimal() and len(part) <= 6 and int(part) < len(data):
            data = data[int(part)]
        elif isinstance(data, Mapping) and part in data:
            data = data[part]
        else:
            return False
    return True


def without(data: Any, parts: list[str]) -> Any:
    """Return tables and lists without one dotted field that is set, copied where they change."""
    first, *rest = parts
    copied = data.copy()
    key = int(first) if isinstance(copied, list) else first
    if rest:
        copied[key] = without(copied[key], rest)
    else:
        del copied[key]
    return copied


def _paths(above: str, data: Mapping[str, Any]) -> Iterator[str]:
    for key, value in data.items():
        yield f"{above}{key}"
        if isinstance(value, Mapping):
            yield from _paths(f"{above}{key}.", value)
