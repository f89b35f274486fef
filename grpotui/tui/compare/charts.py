"""Curves of several runs in one chart, each drawn with its run's letter. No I/O."""

from __future__ import annotations

from grpotui import format as fmt
from grpotui.records import REWARD_WINDOW
from grpotui.records.keys import EVAL_ACCURACY
from grpotui.tui.compare.view import CompareSnapshot
from grpotui.tui.run.axis import itself
from grpotui.tui.run.charts import NAMES
from grpotui.tui.run.window import AUTO
from grpotui.tui.style import Tone
from grpotui.tui.widgets.axis import Scale, log_scale, scale
from grpotui.tui.widgets.canvas import Curve, Drawing, Shape
from grpotui.tui.widgets.chart import ChartSpec, Item

TONES = {"A": Tone.STRONG, "B": Tone.LIVE, "C": Tone.GOOD, "D": Tone.WARN}
BAND = "░"


def overlay(
    snapshot: CompareSnapshot, key: str, axis: str, window: int, log: bool, cursor: float | None
) -> tuple[ChartSpec, tuple[Item, ...]]:
    """Return one metric of every run; of held-out accuracy, the first run's interval as a band."""
    curves: list[Curve] = []
    items = [Item(NAMES.get(key, key), Tone.STRONG)]
    values: list[float] = []
    for number, lane in enumerate(snapshot.lanes):
        series, tone = lane.get(key), TONES[lane.letter]
        if not number and key == EVAL_ACCURACY:
            ends = (lane.get(f"{key}_low"), lane.get(f"{key}_high"))
            curves[:0] = [
                Curve((end,), Shape.DOTS, BAND, Tone.DIM, axis=lane.axis(axis)) for end in ends if end
            ]
            values += [value for end in ends for value in (end.range() or ())]
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
    empty = "reading …" if snapshot.unread(key) else "not logged by any of them"
    return ChartSpec(drawing, (), True, empty), tuple(items)


def _scale(values: list[float], log: bool) -> Scale:
    if not values:
        return scale(0.0, 1.0)
    positive = [value for value in values if value > 0]
    return log_scale(min(positive), max(positive)) if log and positive else scale(min(values), max(values))
