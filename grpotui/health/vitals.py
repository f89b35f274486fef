"""Lines of values other than zero-std and similarity: said when they cross, and when they are back."""

from __future__ import annotations

import statistics
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from grpotui.health.course import Course, Reading
from grpotui.health.lines import LEVELS, Lines
from grpotui.health.observation import Observation
from grpotui.records import Flag, FlagKind, Level

PLATEAU_LINES = 100
"""Logged rewards without a trend that make a plateau."""
PLATEAU_EVERY = 10
_PLATEAU_LEAST = 0.02
"""Of the rewards' own size: a smaller rise over the whole stretch is none."""


@dataclass(frozen=True, slots=True)
class Vital:
    """One value with its lines."""

    name: str
    what: str
    """In words, with room for the value."""
    warn: float
    bad: float
    value: Callable[[Reading, Course], float | None]


def _times(name: str) -> Callable[[Reading, Course], float | None]:
    """Return how many times larger a value is than usual before."""

    def of(now: Reading, course: Course) -> float | None:
        value, usual = now.lately.get(name), course.usual(name, now.pooled.first)
        return value / usual if value is not None and usual is not None and usual > 0 else None

    return of


def _value(name: str) -> Callable[[Reading, Course], float | None]:
    return lambda now, course: now.lately.get(name)


def _gone(name: str) -> Callable[[Reading, Course], float | None]:
    """Return which part of what there was at the start is gone."""

    def of(now: Reading, course: Course) -> float | None:
        value, start = now.lately.get(name), course.start(name)
        return 1 - value / start if value is not None and start is not None and start > 0 else None

    return of


VITALS = (
    Vital("grad_norm", "gradient norm {:.0f} times as large as usual", 10, 100, _times("grad_norm")),
    Vital("entropy", "{:.0%} of the entropy is gone", 0.9, 0.97, _gone("entropy")),
    Vital("kl", "KL {:.2f} from the reference model", 2, 10, _value("kl")),
    Vital("clipped", "{:.0%} of completions are cut off", 0.5, 0.9, _value("clipped")),
    Vital("clip_ratio", "{:.0%} of tokens are clipped by the loss", 0.2, 0.4, _value("clip_ratio")),
    Vital("repetition", "{:.0%} of words only repeat a loop", 0.3, 0.5, _value("repetition")),
    Vital("step_time", "a step takes {:.1f} times as long as usual", 3, 10, _times("step_time")),
)


class Vitals:
    """Flags of a run's other values, and of a plateau."""

    def __init__(self) -> None:
        self._lines = {vital.name: Lines(vital.warn, vital.bad) for vital in VITALS}
        self._still = Lines(0.5, 2.0)
        self._broken = Lines(1, 1)
        self._rewards: deque[tuple[int, float]] = deque(maxlen=PLATEAU_LINES)

    def step(self, seen: Observation, now: Reading, course: Course) -> list[Flag]:
        """Return the flags of one logged step."""
        flags = [self._crossed(vital, now, course) for vital in VITALS]
        if seen.reward is not None:
            self._rewards.append((seen.step, seen.reward))
            if len(self._rewards) == PLATEAU_LINES and seen.step % PLATEAU_EVERY == 0:
                flags.append(self._plateau(seen.step))
        flags.append(self._finite(seen))
        return [flag for flag in flags if flag is not None]

    def drop_from(self, step: int) -> None:
        """Forget what happened from ``step`` on."""
        for lines in (*self._lines.values(), self._still, self._broken):
            lines.drop_from(step)
        while self._rewards and self._rewards[-1][0] >= step:
            self._rewards.pop()

    def _crossed(self, vital: Vital, now: Reading, course: Course) -> Flag | None:
        value = vital.value(now, course)
        if value is None:
            return None
        lines = self._lines[vital.name]
        old, new = lines.update(now.step, value)
        if old == new:
            return None
        line, text = lines.lines[max(old, new)], vital.what.format(value)
        if new < old:
            text = f"{vital.name} is back under its line: {text}"
        level = LEVELS[new] if new > old else Level.INFO
        return Flag(now.step, FlagKind.THRESHOLD, level, vital.name, round(value, 6), line, text)

    def _finite(self, seen: Observation) -> Flag | None:
        old, new = self._broken.update(seen.step, float(bool(seen.nonfinite)))
        if old == new:
            return None
        text = (
            f"not a finite number: {', '.join(seen.nonfinite[:5])}" if new else "all values are finite again"
        )
        return Flag(seen.step, FlagKind.THRESHOLD, LEVELS[new], "nonfinite", None, None, text)

    def _plateau(self, step: int) -> Flag | None:
        rewards = [reward for _, reward in self._rewards]
        old, new = self._still.update(step, float(is_flat(rewards)))
        if old == new:
            return None
        middle = statistics.median(rewards)
        text = f"plateau: reward {middle:.2f} for {len(rewards)} logged steps; that alone is no collapse"
        if new < old:
            text = f"the plateau is over: reward {rewards[-1]:.2f}"
        return Flag(step, FlagKind.THRESHOLD, Level.INFO, "plateau", round(middle, 6), None, text)


def is_flat(values: list[float]) -> bool:
    """True when values have no trend: Theil-Sen's slope moves them less than 2 % over the whole stretch.

    Slopes are taken between values half a stretch apart, which is enough of them for a median.
    """
    half = len(values) // 2
    slopes = [(values[at + half] - values[at]) / half for at in range(len(values) - half)]
    size = max(abs(statistics.fmean(values)), statistics.pstdev(values), 1e-9)
    return abs(statistics.median(slopes)) * len(values) < max(_PLATEAU_LEAST * size, 1e-9)
