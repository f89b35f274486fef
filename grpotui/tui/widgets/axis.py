"""Ticks and labels around a chart: round numbers, each on the row that it stands for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from grpotui import format as fmt
from grpotui.tui.run.columns import nearest

Tick = tuple[float, str]
HUGE, TINY = 1e300, 1e-300
"""Values beyond are drawn at the edge; spans below are none."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The values that the lowest and the highest row stand for, and the ticks between."""

    low: float
    high: float
    ticks: tuple[Tick, ...]
    log: bool = False
    """True when ``low`` and ``high`` are decimal logarithms; ticks are values all the same."""

    def at(self, value: float) -> float | None:
        """Return where ``value`` lies between low and high; None where it has no place."""
        if not self.log:
            return value
        return math.log10(value) if value > 0 else None

    def row(self, value: float, rows: int) -> int | None:
        """Return the row of ``value``, 0 at the top; None outside."""
        spot = self.at(value)
        if rows <= 0 or spot is None or not self.low <= spot <= self.high or self.high <= self.low:
            return None
        return rows - 1 - nearest((spot - self.low) / (self.high - self.low), rows)

    @property
    def gutter(self) -> int:
        """Cells that the labels need."""
        return max((len(label) for _, label in self.ticks), default=0)


def label(value: float) -> str:
    """Return a tick as short as it goes: ``0``, ``.5``, ``-1``, ``1e-6``."""
    if value == 0:
        return "0"
    if 1e-3 <= abs(value) < 1e5:
        text = f"{value:.4g}"
        return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text
    return fmt.figure(value)


def _step(width: float, parts: int) -> float:
    """Return the smallest of 1, 2, 2.5, 5 times a power of ten that fits ``parts`` times into ``width``."""
    raw = width / max(parts, 1)
    power = 10.0 ** math.floor(math.log10(raw))
    return next((f * power for f in (1, 2, 2.5, 5) if f * power >= raw * 0.999), 10 * power)


def scale(low: float, high: float, parts: int = 4) -> Scale:
    """Return a scale with round ends around [low, high]; equal, tiny and huge values too (up to HUGE)."""
    low, high = max(low, -HUGE), min(high, HUGE)
    size = max(abs(low), abs(high))
    if high - low <= max(size * 1e-9, TINY):
        reach = size / 2 if size > TINY else 0.5
        low, high = low - reach, high + reach
    step = _step(high - low, parts)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    values = [n * step if step < 1e-9 else round(n * step, 12) for n in range(first, last + 1)]
    return Scale(first * step, last * step, tuple((value, label(value)) for value in values))


def log_scale(low: float, high: float) -> Scale:
    """Return a logarithmic scale from the power of ten below ``low`` to the one above ``high``; both over 0.

    Within two powers the ends are the nearest of 1, 2, 5 times one.
    """
    low, high = max(low, TINY), min(max(high, low, TINY), HUGE)
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    steps = (1, 2, 5) if last - first <= 2 else (1,)
    values = [factor * 10.0**power for power in range(first, last + 2) for factor in steps]
    start = max((v for v in values if v <= low * 1.0001), default=values[0])
    end = min((v for v in values if v >= high * 0.9999 and v > start), default=values[-1])
    ticks = tuple((v, label(v)) for v in values if start <= v <= end)
    return Scale(math.log10(start), math.log10(end), ticks, log=True)


def labels_by_row(scale: Scale, rows: int) -> dict[int, str]:
    """Return which label stands beside which row; ends go first, then the others as far apart as they fit."""
    placed: dict[int, str] = {}
    ticks = list(scale.ticks)
    for value, text in [*ticks[:1], *ticks[-1:], *ticks[1:-1]]:
        row = scale.row(value, rows)
        if row is not None and row not in placed:
            placed[row] = text
    return placed


def spread_labels(wanted: Sequence[tuple[int, str]], width: int) -> list[tuple[int, str]]:
    """Return (start, text) of labels centred on columns, the first ones first, none touching another."""
    taken: list[tuple[int, int]] = []
    placed: list[tuple[int, str]] = []
    for middle, text in wanted:
        start = min(max(middle - len(text) // 2, 0), width - len(text))
        end = start + len(text)
        if start < 0 or any(start <= e and s <= end for s, e in taken):
            continue
        taken.append((start, end))
        placed.append((start, text))
    return sorted(placed)
