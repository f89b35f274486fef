"""The written form of a prompt: text with ``{fields}``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_FIELD = re.compile(r"\{([^{}]*)\}")


def fill(form: str, values: Mapping[str, object]) -> str:
    """Return ``form`` with every ``{field}`` replaced; each must be in ``values``."""
    return _FIELD.sub(lambda match: str(values[match.group(1)]), form)


def form_problem(form: str, needed: Sequence[str], known: Sequence[str] = ()) -> tuple[str, str] | None:
    """Return ("prompt", what is wrong) when ``form`` lacks a field or has an unknown one; else None."""
    fields = _FIELD.findall(form)
    every = [*needed, *(name for name in known if name not in needed)]
    for found in fields:
        if found not in every:
            return "prompt", f"unknown {{{found}}}; known: {', '.join(f'{{{name}}}' for name in every)}"
    missing = [f"{{{name}}}" for name in needed if name not in fields]
    return ("prompt", f"{' and '.join(missing)} is not in it") if missing else None


def range_problem(field: str, numbers: tuple[int, int], least: int, most: int) -> tuple[str, str] | None:
    """Return (field, what is wrong) for a range of numbers that is empty or leaves its limits, else None."""
    low, high = numbers
    if low > high:
        return field, f"the smallest, {low}, is more than the largest, {high}"
    if low < least or high > most:
        return field, f"expected numbers from {least} to {most}"
    return None
