"""Values of an axis: in which order they stand, what lies between two of them, what beyond the last."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from grpotui.analysis.compare.config import short
from grpotui.analysis.compare.document import value_text
from grpotui.errors import UserError
from grpotui.records import as_float
from grpotui.text import clean

HIGHEST: Mapping[str, float] = {"grpo.top_p": 1.0, "grpo.min_p": 1.0, "grpo.warmup_ratio": 1.0}
"""Fields that cannot be more."""
LOWEST: Mapping[str, float] = {"grpo.repetition_penalty": 1.0}
"""Fields that mean something else below; none goes below 0."""
LOG_LIKE = 2.0
"""Two positive values that are so many times apart are thought of as factors."""


def numeric(values: Iterable[Any]) -> list[float]:
    """Return distinct numbers ascending; nothing when one of the values is none."""
    known = [None if isinstance(value, bool) else as_float(value) for value in values]
    return [] if None in known else sorted({value for value in known if value is not None})


def factors(values: Sequence[float]) -> bool:
    """True when values are spaced by factors rather than by sums; 0 among them says nothing."""
    known = [value for value in values if value != 0]
    if len(known) < 2 or known[0] < 0:
        return False
    if len(known) == 2:
        return known[1] / known[0] >= LOG_LIKE
    ratios = [math.log(b / a) for a, b in pairwise(known)]
    steps = [b - a for a, b in pairwise(known)]
    return max(ratios) / min(ratios) < max(steps) / min(steps)


def between(values: Sequence[float], low: float, high: float) -> float:
    """Return a value to try between two neighbours of an axis, short to write.

    The geometric mean where the axis is spaced by factors; for whole numbers a whole one.
    """
    middle = math.sqrt(low * high) if low > 0 and factors(values) else (low + high) / 2
    whole = all(value == int(value) for value in values)
    if whole and high - low >= 2:
        return float(min(max(round(middle), low + 1), high - 1))
    for digits in (1, 2, 3):
        rounded = float(f"{middle:.{digits - 1}e}")
        if low < rounded < high:
            return rounded
    return middle


def beyond(axis: str, values: Sequence[float], upward: bool) -> float | None:
    """Return the next value beyond an end of the axis, spaced as the last two are; None for none."""
    inner, end = (values[-2], values[-1]) if upward else (values[1], values[0])
    if not upward and end == LOWEST.get(axis, 0.0):
        return None
    found = end * end / inner if factors(values) and inner else end + (end - inner)
    if found <= 0 < end:
        found = end / 2
    short = float(f"{found:.2g}")
    if all(value == int(value) for value in values):
        found = float(round(found))
    else:
        found = short if (short > end if upward else short < end) else float(f"{found:.6g}")
    if upward and axis in HIGHEST:
        found = min(found, HIGHEST[axis])
    return None if found == end or (found <= 0 and end > 0) else found


def key_of(value: Any) -> str:
    """Return what two equal values of an axis have in common; 1 and 1.0 are equal, 1 and true are not."""
    number = None if isinstance(value, bool) else as_float(value)
    return json.dumps(value, sort_keys=True, default=str) if number is None else repr(float(number))


def name_of(axis: str) -> str:
    """Return an axis as people call it."""
    return clean(short(axis), 80)


def text_of(value: Any) -> str:
    """Return a value as it would be written in a preset."""
    number = None if isinstance(value, bool) else as_float(value)
    if number is not None and number == int(number) and abs(number) < 1e6:
        return str(int(number)) if not isinstance(value, float) or number > 9 else f"{number:.1f}"
    return clean(f"{number:g}" if number is not None else value_text(value), 60)


def label(values: Mapping[str, Any], varied: Iterable[str] | None = None) -> str:
    """Return a point as ``beta 0.02, learning_rate 1e-05``; only the axes in ``varied`` if given."""
    names = list(values) if varied is None else [axis for axis in varied if axis in values]
    return ", ".join(f"{name_of(axis)} {text_of(values[axis])}" for axis in names) or "the only point"


def axis_named(axes: Iterable[str], name: str) -> str:
    """Return the axis that a whole name or the last part of one means. Raises UserError for none such."""
    known = list(axes)
    found = [axis for axis in known if name in (axis, name_of(axis), axis.rpartition(".")[2])]
    if len(found) != 1:
        raise UserError(f"no axis {clean(name, 60)!r}: the sweep has {', '.join(map(name_of, known))}")
    return found[0]
