"""Outcome against one axis: every point, and the mean at each value with its interval. No I/O."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from grpotui.analysis.sweep.axes import key_of, name_of, text_of
from grpotui.analysis.sweep.heat import COLLAPSED, STUCK, ordered
from grpotui.analysis.sweep.records import Outcome, Point, Study
from grpotui.tui.run.axis import Axis
from grpotui.tui.run.series import Recording, Series
from grpotui.tui.style import Tone
from grpotui.tui.widgets.axis import scale
from grpotui.tui.widgets.canvas import Curve, Drawing, Shape
from grpotui.tui.widgets.chart import ChartSpec, Item, Mark

POINT, MEAN, END = "o", "●", "-"
_SIGNS = {Outcome.COLLAPSED: (COLLAPSED, Tone.BAD), Outcome.STUCK: (STUCK, Tone.WARN)}
_PER_VALUE = 4
"""Places of the axis from one value to the next, so that points stand beside their mean."""


@dataclass(frozen=True, slots=True, eq=False)
class Values(Axis):
    """Values of an axis at equal distances, in their order."""

    texts: tuple[str, ...] = ()

    def label(self, x: float) -> str:
        """Return the value that stands there; ends of the chart have none."""
        place, rest = divmod(round(x), _PER_VALUE)
        return self.texts[place - 1] if not rest and 0 < place <= len(self.texts) else ""


def against(study: Study, axis: str, column: str = "") -> tuple[ChartSpec, tuple[Item, ...]]:
    """Return a metric, or a column, over the values of an axis; means only of what points are ranked by."""
    values = ordered(study.sweep.axes[axis])
    places = {key_of(value): (index + 1) * _PER_VALUE for index, value in enumerate(values)}
    spots = _spots(study, axis, column, places)
    curves = [
        Curve((_series(found),), Shape.POINTS, sign, tone) for (sign, tone), found in spots.items() if found
    ]
    levels = [level for level in study.levels if level.axis == axis] if not column else []
    means = [(places[key_of(level.value)], level.sample.interval()) for level in levels]
    ends = [(x, y) for x, found in means for y in (found.low, found.high) if y is not None]
    middles = [(x, found.value) for x, found in means]
    curves += [Curve((_series(ends),), Shape.POINTS, END, Tone.DIM)] if ends else []
    curves += [Curve((_series(middles),), Shape.POINTS, MEAN, Tone.STRONG)] if middles else []
    known = [y for found in (*spots.values(), ends, middles) for _, y in found]
    texts = tuple(text_of(value) for value in values)
    drawing = Drawing(
        tuple(curves),
        scale(min(known), max(known)) if known else scale(0.0, 1.0),
        (0.0, float((len(values) + 1) * _PER_VALUE)),
        axis=Values(axis, texts=texts),
    )
    marks = tuple(Mark(x, "┴", Tone.DIM, text) for x, text in zip(places.values(), texts, strict=True))
    head = [Item(f"{name_of(axis)}: {column or study.metric}", Tone.STRONG)]
    head += [Item(f"{POINT} point")]
    head += [Item(f"{MEAN} mean, {END} its interval")] if middles else []
    return ChartSpec(drawing, marks, True, "nothing measured yet"), tuple(head)


def _spots(
    study: Study, axis: str, column: str, places: Mapping[str, int]
) -> dict[tuple[str, Tone], list[tuple[int, float]]]:
    """Return where points stand, by the sign of what they came to."""
    found: dict[tuple[str, Tone], list[tuple[int, float]]] = {}
    for point in study.points:
        value = _value(point, column)
        place = places.get(key_of(point.values.get(axis)))
        if value is not None and place is not None:
            found.setdefault(_SIGNS.get(point.outcome, (POINT, Tone.LIVE)), []).append((place - 1, value))
    return found


def _value(point: Point, column: str) -> float | None:
    if column:
        return point.columns.get(column)
    return None if point.standing is None else point.standing.value


def _series(spots: Iterable[tuple[int, Any]]) -> Series:
    recording = Recording()
    told = sorted(spots)
    recording.extend(array("q", [x for x, _ in told]), array("d", [y for _, y in told]))
    return recording.snapshot()
