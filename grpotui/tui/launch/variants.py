"""Several runs from one launch: a list of values, parted by commas, in a field that takes one."""

from __future__ import annotations

from collections.abc import Mapping, Set
from itertools import product
from math import prod

from grpotui.presets.grid import split_values

MOST = 64
"""Runs that one launch may make."""


def split_list(text: str) -> list[str]:
    """Return the different values of a list as typed; commas in quotes and brackets part nothing."""
    return list(dict.fromkeys(part for part in split_values(text) if part))


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
