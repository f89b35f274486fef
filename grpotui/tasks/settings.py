"""Reads a preset's table into declared settings; says what does not fit, and what was probably meant."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from grpotui.records import as_float
from grpotui.tasks.model import Settings, TaskError

S = TypeVar("S", bound=Settings)

EXPECTED = {
    "str": "text",
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "tuple[int, int]": "two whole numbers, such as [0, 20]",
    "tuple[float, float] | None": "two numbers, such as [0, 1]",
    "tuple[str, ...]": 'a list of texts, such as ["+", "-"]',
    "Mapping[str, str]": 'a table of texts, such as { prompt = "question" }',
    "Mapping[str, Any]": "a table",
}
"""Types that a field of settings may have, and how an error names what they take."""
_PAIRS = {"tuple[int, int]": "int", "tuple[float, float] | None": "float"}
_SHOWN = 60


def read(settings: type[S], where: str, owner: str, values: Mapping[str, Any]) -> S:
    """Return ``values`` as ``settings``. ``where`` is the table's path, ``owner`` the task or reward.

    Raises TaskError that names the field, what was expected and what stands there.
    """
    declared = {field.name: field for field in dataclasses.fields(settings)}
    ready: dict[str, Any] = {}
    for key, value in values.items():
        if key == "name":
            continue
        if key not in declared:
            meant = nearest(key, declared) or f"; known: {', '.join(declared)}"
            raise TaskError(f"{where}.{key}: {owner} has no such setting{meant}")
        annotation = str(declared[key].type)
        if not _fits(value, annotation) or (value == [] and declared[key].default):
            raise TaskError(f"{where}.{key}: expected {EXPECTED[annotation]}, got {shown(value)}")
        ready[key] = _convert(value, annotation)
    made = settings(**ready)
    if found := made.problem():
        raise TaskError(f"{where}.{found[0]}: {found[1]}")
    return made


def _fits(value: object, annotation: str) -> bool:
    if annotation == "str":
        return isinstance(value, str)
    if annotation == "bool":
        return isinstance(value, bool)
    if annotation == "int":
        return isinstance(value, int) and not isinstance(value, bool)
    if annotation == "float":
        return as_float(value) is not None
    if annotation.startswith("Mapping"):
        texts = annotation == "Mapping[str, str]"
        return isinstance(value, Mapping) and all(isinstance(v, str) or not texts for v in value.values())
    if not isinstance(value, (list, tuple)):
        return False
    if annotation in _PAIRS:
        return len(value) == 2 and all(_fits(item, _PAIRS[annotation]) for item in value)
    return all(isinstance(item, str) for item in value)


def _convert(value: Any, annotation: str) -> Any:
    if annotation == "float":
        return float(value)
    return tuple(value) if annotation.startswith("tuple") else value


def shown(value: object) -> str:
    """Return ``value`` as an error names it, short."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return "a huge number" if isinstance(value, int) and abs(value) > 10**20 else f"the number {value}"
    if isinstance(value, str):
        text = f"text {json.dumps(value, ensure_ascii=False)}"
    elif isinstance(value, (list, tuple)):
        text = f"the list {json.dumps(value, ensure_ascii=False, default=str)}"
    else:
        text = "a table" if isinstance(value, Mapping) else type(value).__name__
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def nearest(name: str, known: Iterable[str]) -> str:
    """Return ``; nearest: a, b`` for at most three known names that are like ``name``, else nothing."""
    from difflib import get_close_matches

    found = get_close_matches(name.lower()[:200], list(known), n=3, cutoff=0.6)
    return f"; nearest: {', '.join(found)}" if found else ""
