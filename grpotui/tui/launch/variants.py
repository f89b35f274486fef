"""Several runs from one launch: a list of values, parted by commas, in a field that takes one."""

from __future__ import annotations

from collections.abc import Mapping, Set
from itertools import product
from math import prod

from grpotui.presets.grid import split_values, spread
from grpotui.presets.rows import edit_text

MOST = 256
"""Runs that one launch may make."""


def split_list(text: str) -> list[str]:
    """Return the different values of a list as typed; commas in quotes and brackets part nothing.

    ``1e-6..1e-4 x5 log`` is five values. Raises PresetError for such a range without sense.
    """
    parts = (part for part in split_values(text) if part)
    values = (each for part in parts for each in (_range(part) or [part]))
    return list(dict.fromkeys(values))


def _range(text: str) -> list[str]:
    return [edit_text(value) for value in spread(text) or ()]


def count(edits: Mapping[str, str], many: Set[str]) -> int:
    """Return how many runs the lists make, each value of one with each of the others."""
    return prod(len(split_list(edits[path])) for path in many)


def combinations(edits: Mapping[str, str], many: Set[str]) -> list[dict[str, str]]:
    """Return the values of the lists' fields for each run, the last field changing fastest."""
    paths = [path for path in edits if path in many]
    return [
        dict(zip(paths, values, strict=True)) for values in product(*(split_list(edits[p]) for p in paths))
    ]


def named(name: str, chosen: Mapping[str, str]) -> str:
    """Return a name that tells a run from its sisters: ``study beta=0.1``."""
    return " ".join([name, *(f"{path.rpartition('.')[2]}={value}" for path, value in chosen.items())])
