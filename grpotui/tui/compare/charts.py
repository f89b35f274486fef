"""Curves of several runs in one chart, each drawn with its run's letter. No I/O."""

from __future__ import annotations

from array import array
from dataclasses import replace
from functools import partial

from grpotui import format as fmt
from grpotui.records import REWARD_WINDOW
from grpotui.records.keys import EVAL_ACCURACY
from grpotui.tui.compare.view import CompareSnapshot, Lane
from grpotui.tui.run.axis import KEYS, itself
from grpotui.tui.run.charts import NAMES
from grpotui.tui.run.series import Series, whole
from grpotui.tui.run.window import AUTO
from grpotui.tui.style import Tone
from grpotui.tui.widgets.axis import Scale, log_scale, scale
from grpotui.tui.widgets.canvas import Curve, Drawing, Shape
from grpotui.tui.widgets.chart import ChartSpec, Item

TONES = {"A": Tone.STRONG, "B": Tone.LIVE, "C": Tone.GOOD, "D": Tone.WARN}
TITLES = {**NAMES, EVAL_ACCURACY: "held-out accuracy"}
BAND = "░"
LEVELS = 8
"""Curves between the ends of an interval that fill it."""


def overlay(
    snapshot: CompareSnapshot, key: str, axis: str, window: int, log: bool, cursor: float | None
) -> tuple[ChartSpec, tuple[Item, ...]]:
    """Return one metric of every run; of held-out accuracy, the first run's interval as a band."""
    curves: list[Curve] = []
    items = [Item(TITLES.get(key, key), Tone.STRONG)]
    values: list[float] = []
    for number, lane in enumerate(snapshot.lanes):
        series, tone = lane.get(key), TONES[lane.letter]
        if not number and key == EVAL_ACCURACY and (band := _band(lane)):
            curves += [Curve((edge,), Shape.DOTS, BAND, Tone.DIM, axis=lane.axis(axis)) for edge in band]
            values += [value for edge in band for value in (edge.range() or ())]
            items.append(Item(f"{BAND} {lane.letter}'s 95 %", Tone.DIM))
        smooth = window if window != AUTO else max(min(len(series) // 8, REWARD_WINDOW), 1)
        smooth = 1 if key.startswith("eval_") else smooth
        curves.append(Curve((series,), Shape.DOTS, lane.letter, tone, smooth, lane.axis(axis)))
        values += series.range() or ()
        step = lane.last_step if cursor is None else lane.step_at(cursor, axis)
        at = series.mean_at(step, smooth) if step is not None else None
        items.append(Item(f"{lane.letter} {fmt.figure(at)}", tone))
    scales = _scale(values, log)
    drawing = Drawing(tuple(curves), scales, (0.0, snapshot.end(axis)), axis=itself(axis))
    if log:
        items.append(Item("log" if scales.log else "log: nothing over 0", Tone.LIVE))
    if snapshot.unread(key) or snapshot.unread(KEYS.get(axis, "")):
        return ChartSpec(replace(drawing, curves=()), (), True, "reading …"), tuple(items)
    return ChartSpec(drawing, (), True, "not logged by any of them"), tuple(items)


def _band(lane: Lane) -> list[Series]:
    """Return curves that fill the interval of a run's held-out accuracy; none where it was not logged."""
    low, high = (lane.get(f"{EVAL_ACCURACY}_{end}") for end in ("low", "high"))
    if not low or low.steps != high.steps:
        return []
    return [
        low.once(("band", level), partial(_between, low, high, level / LEVELS)) for level in range(LEVELS + 1)
    ]


def _between(low: Series, high: Series, share: float) -> Series:
    values = (a + (b - a) * share for a, b in zip(low.values, high.values, strict=True))
    return whole(low.steps, array("d", values))


def _scale(values: list[float], log: bool) -> Scale:
    if not values:
        return scale(0.0, 1.0)
    positive = [value for value in values if value > 0]
    return log_scale(min(positive), max(positive)) if log and positive else scale(min(values), max(values))
