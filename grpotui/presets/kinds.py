"""Kinds of TOML values: what a value is, what a field takes, how both read in an error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from grpotui.presets.preset import Problem
from grpotui.tasks.settings import shown

_NAMES = {
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "list": "a list",
    "dict": "a table",
}
_PLURALS = {
    "int": "whole numbers",
    "float": "numbers",
    "str": "texts",
    "dict": "tables",
    "bool": "true or false",
}


def kind_of(value: object) -> str:
    """Return bool, int, float, str, list or dict; ``date`` for TOML's dates and times, else ``other``."""
    for kind, types in (("bool", bool), ("int", int), ("float", float), ("str", str), ("list", list)):
        if isinstance(value, types):
            return kind
    if isinstance(value, Mapping):
        return "dict"
    return "date" if type(value).__module__ == "datetime" else "other"


def expected(kinds: Sequence[str], items: Sequence[str] = ()) -> str:
    """Return what a field takes, in words: ``a whole number or text``."""
    names = []
    for kind in kinds:
        many = " or ".join(_PLURALS[item] for item in items)
        names.append(f"a list of {many}" if kind == "list" and many else _NAMES[kind])
    return " or ".join(names)


def fits(value: object, kinds: Sequence[str], items: Sequence[str] = ()) -> bool:
    """True when a field that takes ``kinds`` takes ``value``. A whole number is a number; true is neither."""
    kind = kind_of(value)
    if kind == "list" and "list" in kinds and items:
        return isinstance(value, list) and all(fits(item, items) for item in value)
    return kind in kinds or (kind == "int" and "float" in kinds)


def mismatch(path: str, value: object, kinds: Sequence[str], items: Sequence[str] = ()) -> Problem | None:
    """Return what is wrong with the kind of ``value``, with a hint for common slips; None when it fits."""
    if fits(value, kinds, items):
        return None
    got, hint = shown(value), ""
    if isinstance(value, str):
        hint = _text_hint(value, kinds)
    elif "str" in kinds and kind_of(value) in ("int", "float", "bool", "date"):
        hint = ": put it in quotes"
    elif isinstance(value, list) and "list" in kinds:
        got = f"{shown(next(item for item in value if not fits(item, items)))} in it"
    return Problem(path, f"expected {expected(kinds, items)}, got {got}{hint}")


def _text_hint(text: str, kinds: Sequence[str]) -> str:
    if "bool" in kinds and text.lower() in ("true", "false"):
        return f": write {text.lower()} without quotes, in lower case"
    if "int" in kinds or "float" in kinds:
        try:
            number = float(text)
        except ValueError:
            return ""
        if number.is_integer() and "int" in kinds:
            return f": write {int(number)}"
        return f": write {number!r}" if "float" in kinds else ""
    return ""


def unusable(path: str, value: Any) -> Iterator[Problem]:
    """Yield the values in ``value``, at any depth, that a run's files could not hold as they are."""
    kind = kind_of(value)
    if kind == "dict":
        for key, inner in value.items():
            yield from unusable(f"{path}.{key}" if path else str(key), inner)
    elif kind == "list":
        for index, inner in enumerate(value):
            yield from unusable(f"{path}.{index}", inner)
    elif kind == "date":
        yield Problem(path, "dates and times are not supported: put it in quotes")
    elif kind == "float" and (value != value or value in (float("inf"), float("-inf"))):
        yield Problem(path, f"expected a finite number, got {value}")
    elif kind == "int" and abs(value) >= 2**63:
        yield Problem(path, "the number is too large")
    elif kind == "str" and not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value):
        yield Problem(path, "the text is not valid UTF-8")
