"""Which curves, scales and figures the three charts of the Run screen show. No I/O."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from grpotui import format as fmt
from grpotui.records import REWARD_WINDOW, FlagKind, Level, keys
from grpotui.text import clean
from grpotui.tui import style
from grpotui.tui.run.axis import STEP
from grpotui.tui.run.series import Series
from grpotui.tui.run.view import VITALS, RunSnapshot
from grpotui.tui.run.window import AUTO, View
from grpotui.tui.style import Tone
from grpotui.tui.widgets.axis import Scale, Tick, log_scale, scale
from grpotui.tui.widgets.canvas import NOT_FINITE, Curve, Drawing, Shape
from grpotui.tui.widgets.chart import ChartSpec, Item, Mark

STAGE = "┬"
DOT, DIAMOND, STUCK, AT_MAX, CROSS, WITHIN = "●", "◆", "█", "░", "X", "W"
NAMES = {key: label for label, key in VITALS}
WHOLE = View()
SPAN_SHARE = 0.25
"""Share of the reward range that rewards must cover for the whole range to be the scale."""


def flag_marks(snapshot: RunSnapshot) -> tuple[Mark, ...]:
    """Return where flags stand, the gravest of a step only, verdicts first; then where stages begin."""

    def weight(mark: tuple[int, FlagKind, Level]) -> tuple[bool, int]:
        _, kind, level = mark
        return (kind is not FlagKind.VERDICT, (Level.BAD, Level.WARN, Level.INFO).index(level))

    found = sorted(((f.step, f.kind, f.level) for f in snapshot.flags), key=weight)
    marks: dict[int, Mark] = {}
    for step, kind, level in found:
        if kind is FlagKind.VERDICT or level is not Level.INFO:
            tone = style.LEVEL_TONES[level] if kind is FlagKind.VERDICT else Tone.DIM
            marks.setdefault(step, Mark(step, style.LEVEL_SIGNS[level], tone))
    for stage in snapshot.stages:
        marks.setdefault(stage.step, Mark(stage.step, STAGE, Tone.LIVE, clean(stage.name, 16)))
    return tuple(marks.values())


def value_text(series: Series, cursor: int | None, digits: int = 2) -> str:
    """Return the value at the cursor, ``n/a`` for one that is no number."""
    point = series.at(cursor) if cursor is not None else series.last()
    if point is None:
        return "-"
    return "n/a" if point[1] is None else fmt.figure(point[1], digits)


def _span(series: Iterable[Series]) -> tuple[float, float] | None:
    found = [span for one in series if (span := one.range()) is not None]
    return (min(low for low, _ in found), max(high for _, high in found)) if found else None


def _of_total(key: str) -> bool:
    """True for the total reward, of all tasks or of one of them."""
    return key == keys.REWARD or key.startswith(f"{keys.REWARD}/")


def _metric_scale(snapshot: RunSnapshot, key: str, shown: tuple[Series, ...], log: bool) -> Scale:
    span = _span(shown)
    if log and (positive := [low for one in shown if (low := one.least_positive()) is not None]):
        return log_scale(min(positive), span[1] if span else 1.0)
    whole = snapshot.reward_range if _of_total(key) else None
    if span is None:
        return scale(whole.low, whole.high) if whole else scale(0.0, 1.0)
    low, high = span
    if whole and whole.high > whole.low and high - low >= SPAN_SHARE * (whole.high - whole.low):
        low, high = min(low, whole.low), max(high, whole.high)
    return scale(low, high)


def window_of(key: str, series: Series, view: View) -> int:
    """Return how many steps a dot of the large chart is the mean of."""
    if key.startswith("eval_"):
        return 1
    return view.window if view.window != AUTO else max(min(len(series) // 8, REWARD_WINDOW), 1)


def _last(snapshot: RunSnapshot, cursor: int | None) -> int:
    return cursor if cursor is not None else (snapshot.steps[-1] if snapshot.steps else 0)


def _pass_rate(snapshot: RunSnapshot, key: str, mean: float | None) -> str:
    """Return the share of completions that passed, for a reward of two values; empty for all else."""
    rate = snapshot.reward_range.pass_rate(mean) if snapshot.reward_range and _of_total(key) else None
    return "" if rate is None else fmt.percent(rate)


def metric_chart(
    snapshot: RunSnapshot, key: str, cursor: int | None, view: View = WHOLE
) -> tuple[ChartSpec, tuple[Item, ...]]:
    """Return the large chart of one metric: every step as a fine line, the mean of the last ones as dots."""
    series, held_out = snapshot.get(key), snapshot.get(f"eval_{key}")
    window = window_of(key, series, view)
    shown = snapshot.span(view)
    part, held_part = series.within(*shown, before=window), held_out.within(*shown)
    curves = [Curve((part,), Shape.BAND, tone=Tone.DIM)]
    curves.append(Curve((part,), Shape.DOTS, DOT, Tone.PLAIN, window))
    items = [Item(NAMES.get(key, key), Tone.STRONG), Item(value_text(series, cursor), Tone.STRONG)]
    if window > 1:
        mean = series.mean_at(_last(snapshot, cursor), window)
        items.append(Item(f"{DOT} mean of {window} {fmt.figure(mean)}"))
        items.append(Item("⠒ each step", Tone.DIM))
    if rate := _pass_rate(snapshot, key, series.mean_at(_last(snapshot, cursor), window)):
        items.append(Item(f"pass rate {rate}"))
    if held_out:
        curves.append(Curve((held_part,), Shape.POINTS, DIAMOND, Tone.STRONG))
        items.append(Item(f"{DIAMOND} held-out {value_text(held_out, cursor)}"))
    if part.holes:
        items.append(Item(f"{NOT_FINITE} {len(part.holes)} not finite", Tone.WARN))
    scales = _metric_scale(snapshot, key, (part, held_part), view.log)
    axis = snapshot.axis(view.axis)
    items += _chosen(view, scales, axis.name, shown)
    ends = (axis.at(shown[0]), axis.at(shown[1]))
    drawing = Drawing(tuple(curves), scales, ends, axis=axis, holes=part.holes)
    empty = "" if series else _nothing_yet(snapshot)
    return ChartSpec(drawing, flag_marks(snapshot), True, empty), tuple(items)


def _chosen(view: View, scales: Scale, axis: str, shown: tuple[float, float]) -> list[Item]:
    """Return what differs from the usual way to look at a chart."""
    words = []
    if view.log:
        words.append("log" if scales.log else "log: nothing over 0")
    if axis != STEP:
        words.append(f"x {axis}")
    if view.span is not None:
        words.append(f"steps {shown[0]:.0f}-{shown[1]:.0f}")
    return [Item(word, Tone.LIVE) for word in words]


def _nothing_yet(snapshot: RunSnapshot) -> str:
    run = snapshot.run
    if run.status.is_ended:
        return "no step was logged"
    return f"waits for {snapshot.waits_for}" if snapshot.waits_for else f"{run.status}: no step yet"


def _lines_over(value: float | None, warn: float, bad: float) -> tuple[str, Tone]:
    if value is None or value < warn:
        return "", Tone.PLAIN
    level = Level.BAD if value >= bad else Level.WARN
    return f" {style.LEVEL_SIGNS[level]}", style.LEVEL_TONES[level]


def _at(series: Series, cursor: int | None) -> float | None:
    point = series.at(cursor) if cursor is not None else series.last()
    return point[1] if point else None


def _over_all(
    snapshot: RunSnapshot,
    curves: tuple[Curve, ...],
    ticks: tuple[Tick, ...],
    rules: tuple[float, ...],
    view: View,
) -> Drawing:
    """Return a drawing from 0 to 1 over the part of the run that is shown."""
    shown, axis = snapshot.span(view), snapshot.axis(view.axis)
    parts = tuple(replace(c, series=tuple(s.within(*shown) for s in c.series)) for c in curves)
    return Drawing(parts, Scale(0.0, 1.0, ticks), (axis.at(shown[0]), axis.at(shown[1])), rules, axis)


def flat_chart(
    snapshot: RunSnapshot, cursor: int | None, view: View = WHOLE
) -> tuple[ChartSpec, tuple[Item, ...]]:
    """Return zero-std split: groups stuck below the ceiling, and on them those at the ceiling."""
    total, at_max = snapshot.get(keys.ZERO_STD), snapshot.get(keys.ZERO_STD_CEILING)
    split = bool(at_max)
    parts = (snapshot.get(keys.ZERO_STD_FLOOR), snapshot.get(keys.ZERO_STD_OTHER)) if split else (total,)
    warn, bad = snapshot.health.zero_std_warn, snapshot.health.zero_std_bad
    curves = [Curve(parts, Shape.BARS, STUCK)]
    if split:
        curves.insert(0, Curve((at_max, *parts), Shape.BARS, AT_MAX, Tone.DIM))
    known = [value for part in parts if (value := _at(part, cursor)) is not None]
    stuck = sum(known) if known else None
    sign, tone = _lines_over(stuck, warn, bad) if split else ("", Tone.PLAIN)
    items = [
        Item("zero-std", Tone.DIM),
        Item(f"{STUCK} {'stuck' if split else 'all'} {fmt.figure(stuck)}{sign}", tone),
    ]
    if split:
        items.append(Item(f"{AT_MAX} at max {value_text(at_max, cursor)}", Tone.DIM))
    ticks = ((0.0, "0"), (warn, f"{warn * 100:.0f}"), (bad, f"{bad * 100:.0f}"), (1.0, "100%"))
    drawing = _over_all(snapshot, tuple(curves), ticks, (warn, bad), view)
    return ChartSpec(drawing, flag_marks(snapshot), False, "no groups yet"), tuple(items)


def jaccard_chart(
    snapshot: RunSnapshot, cursor: int | None, view: View = WHOLE
) -> tuple[ChartSpec, tuple[Item, ...]]:
    """Return word-set similarity across prompts (judged) and within a prompt (shown)."""
    cross, within = snapshot.get(keys.JACCARD_CROSS), snapshot.get(keys.JACCARD_WITHIN)
    warn, bad = snapshot.health.jaccard_warn, snapshot.health.jaccard_bad
    curves = (Curve((within,), Shape.DOTS, WITHIN, Tone.DIM), Curve((cross,), Shape.DOTS, CROSS, Tone.STRONG))
    sign, tone = _lines_over(_at(cross, cursor), warn, bad)
    items = (
        Item("jaccard", Tone.DIM),
        Item(f"{CROSS} cross {value_text(cross, cursor)}{sign}", tone),
        Item(f"{WITHIN} within {value_text(within, cursor)}", Tone.DIM),
    )
    ticks = ((0.0, "0"), (warn, f"{warn:.2g}".lstrip("0")), (bad, f"{bad:.2g}".lstrip("0")), (1.0, "1"))
    drawing = _over_all(snapshot, curves, ticks, (warn, bad), view)
    short = "not applicable: short outputs" if snapshot.get(keys.ZERO_STD) else "no outputs yet"
    return ChartSpec(drawing, flag_marks(snapshot), False, short), items
