"""Grids: fields with the values that a sweep gives them, and the points that these make."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from grpotui.presets.overrides import MAX_PATH, parse_value
from grpotui.presets.preset import PresetError
from grpotui.records.sweeps import MOST_POINTS
from grpotui.text import clean

Axes = Mapping[str, tuple[Any, ...]]
Point = Mapping[str, Any]

MOST_VALUES = 1000
"""Of one axis."""
MOST_AXES = 20
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_RANGE = re.compile(rf"\s*({_NUMBER})\s*\.\.\s*({_NUMBER})\s+x\s*(\d{{1,9}})(\s+log)?\s*")
_DIGITS = 6
"""Significant digits of a number that a range makes."""


def split_values(text: str) -> list[str]:
    """Return the parts of a list as typed; commas in quotes and brackets part nothing."""
    parts, depth, quote = [""], 0, ""
    for char in text:
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char in "[{(":
            depth += 1
        elif char in "]})":
            depth -= 1
        if char == "," and not quote and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return [part.strip() for part in parts]


def typed_axes(texts: Sequence[str]) -> dict[str, tuple[Any, ...]]:
    """Return the axes that ``FIELD=A,B`` texts ask for; values parse as TOML, else as text.

    ``1e-6..1e-4 x5 log`` in place of a value is five of them. Raises PresetError.
    """
    axes: dict[str, tuple[Any, ...]] = {}
    for text in texts:
        field, sign, rest = text.partition("=")
        field = field.strip()
        shown = clean(text, 60)
        if not sign or not field or len(field) > MAX_PATH or any(c.isspace() for c in field):
            raise PresetError(f"grid {shown!r}: write FIELD=A,B, such as grpo.beta=0,0.01,0.02")
        values = split_values(rest)
        if not all(values):
            raise PresetError(f"grid {shown!r}: a value is empty; write FIELD=A,B")
        if field in axes:
            raise PresetError(f"grid: {field} is given twice: put all its values into one --grid")
        parsed = [r if (r := spread(value)) is not None else [parse_value(value)] for value in values]
        axes[field] = tuple(value for part in parsed for value in part)
    return axes


def spread(text: object) -> list[float] | None:
    """Return the numbers of a range such as ``1e-6..1e-4 x5 log``; None for what is no range.

    Whole numbers where the ends and all between are. Raises PresetError for one without sense.
    """
    match = _RANGE.fullmatch(text) if isinstance(text, str) and len(text) < MAX_PATH else None
    if match is None:
        return None
    first, last, count, log = float(match[1]), float(match[2]), int(match[3]), bool(match[4])
    if not 2 <= count <= MOST_VALUES:
        raise PresetError(f"grid: {text}: x takes how many values, 2 to {MOST_VALUES}")
    if (
        not math.isfinite(first)
        or not math.isfinite(last)
        or first == last
        or (log and min(first, last) <= 0)
    ):
        raise PresetError(f"grid: {text}: two different ends{', both above 0' if log else ''}")
    shares = [place / (count - 1) for place in range(count)]
    if log:
        return [float(f"{first * (last / first) ** share:.{_DIGITS}g}") for share in shares]
    values = [float(f"{first + (last - first) * share:.{_DIGITS}g}") for share in shares]
    whole = all(part.lstrip("+-").isdecimal() for part in (match[1], match[2]))
    return [int(v) for v in values] if whole and all(v.is_integer() for v in values) else values


def axes_of(grid: object) -> dict[str, tuple[Any, ...]]:
    """Return the axes of a ``sweep.grid`` table; tables within it are fields by their dots.

    What is no list is one value. Raises PresetError for a range without sense.
    """
    found: dict[str, tuple[Any, ...]] = {}
    for field, values in flat(grid).items():
        listed = values if isinstance(values, list) else [values]
        parts = [r if (r := spread(value)) is not None else [value] for value in listed]
        found[field] = tuple(value for part in parts for value in part)
    return found


def flat(table: object, above: str = "") -> dict[str, Any]:
    """Return a table with each value under its dotted field."""
    found: dict[str, Any] = {}
    for key, value in table.items() if isinstance(table, Mapping) else ():
        if isinstance(value, Mapping) and value:
            found.update(flat(value, f"{above}{key}."))
        else:
            found[f"{above}{key}"] = value
    return found


def size(axes: Axes) -> int:
    """Return how many points a grid has."""
    return math.prod(len(values) for values in axes.values())


def points_of(axes: Axes, draw: int = 0, seed: int = 0, keep: Point | None = None) -> list[dict[str, Any]]:
    """Return the points of a grid in its order, the last field changing fastest.

    ``draw``: so many of them, drawn by ``seed``; ``keep`` is then one of them. Raises PresetError for more
    than MOST_POINTS.
    """
    whole = size(axes)
    count = min(draw, whole) if draw else whole
    if count > MOST_POINTS:
        shown = f"{whole:,} points" if whole < 10**15 else "far too many points"
        raise PresetError(f"grid: {shown}, and a sweep has at most {MOST_POINTS}: --random N draws some")
    if not draw or draw >= whole:
        return [_at(axes, place) for place in range(whole)]
    places = set(_drawn(random.Random(seed), whole, count))
    kept = _place(axes, keep)
    if kept is not None and kept not in places:
        places.remove(max(places))
        places.add(kept)
    return [_at(axes, place) for place in sorted(places)]


def _drawn(source: random.Random, whole: int, count: int) -> Iterator[int]:
    """Yield ``count`` different numbers below ``whole``, which may be too large for ``random.sample``."""
    seen: set[int] = set()
    while len(seen) < count:
        place = source.randrange(whole)
        if place not in seen:
            seen.add(place)
            yield place


def _at(axes: Axes, place: int) -> dict[str, Any]:
    point = {}
    for field, values in reversed(list(axes.items())):
        place, index = divmod(place, len(values))
        point[field] = values[index]
    return {field: point[field] for field in axes}


def _place(axes: Axes, point: Point | None) -> int | None:
    """Return the place of a point in the grid's order; None for none, or one that is not of the grid."""
    if point is None:
        return None
    place = 0
    for field, values in axes.items():
        index = next((i for i, value in enumerate(values) if same(value, point.get(field))), None)
        if index is None:
            return None
        place = place * len(values) + index
    return place


def same(one: object, other: object) -> bool:
    """True when two values of a field mean the same: 1 and 1.0 do, 1 and true do not."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


def labels(fields: Sequence[str]) -> dict[str, str]:
    """Return what each field is called beside the others: its last part, or the whole of it."""
    last = [field.rpartition(".")[2] for field in fields]
    return {
        field: name if last.count(name) == 1 and not name.isdecimal() else field
        for field, name in zip(fields, last, strict=True)
    }
