"""What the Compare screen shows: one frozen snapshot of several runs. No I/O."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from grpotui.analysis.compare.comparison import Comparison
from grpotui.analysis.compare.outcome import WINDOW_ROW
from grpotui.analysis.compare.told import SharedPrompts, Told
from grpotui.records import RewardRange, RunSummary
from grpotui.records.keys import EVAL_ACCURACY, JACCARD_CROSS, REWARD, ZERO_STD
from grpotui.tui.run.axis import BY_STEP, KEYS, SAMPLES, STEP, Axis, by_samples, by_series
from grpotui.tui.run.series import Series

EMPTY = Series()
SECOND = (EVAL_ACCURACY, JACCARD_CROSS, "kl", ZERO_STD)
"""What the second chart shows: the first of these that a run has."""
HIDDEN = frozenset({"step", *KEYS.values()})


@dataclass(frozen=True, slots=True, eq=False)
class Lane:
    """One run: its letter and its curves. A series that did not change is the same object."""

    letter: str
    run: RunSummary
    series: Mapping[str, Series] = field(default_factory=lambda: MappingProxyType({}))
    per_step: int | None = None
    span: RewardRange | None = None
    axes: frozenset[str] = frozenset()
    """Axes that a metric of it gives."""

    def get(self, key: str) -> Series:
        """Return a metric's series; an empty one when it was never logged."""
        return self.series.get(key, EMPTY)

    @property
    def last_step(self) -> int:
        """The newest step that was logged."""
        reward = self.get(REWARD).last()
        return reward[0] if reward else self.run.step

    def axis(self, name: str) -> Axis:
        """Return where a step lies on an axis; steps where this run has no data for it."""
        if name == SAMPLES and self.per_step:
            return by_samples(self.per_step)
        series = self.get(KEYS.get(name, ""))
        return by_series(name, series) if len(series) > 1 else BY_STEP

    def step_at(self, x: float, name: str) -> int | None:
        """Return the last logged step at or before a place on an axis; None beyond the run's end."""
        axis, steps = self.axis(name), self.get(REWARD).steps
        place = bisect_right(steps, x, key=axis.at)
        if place == len(steps) and (not steps or axis.at(steps[-1]) < x):
            return None
        return steps[place - 1] if place else None


@dataclass(frozen=True, slots=True, eq=False)
class CompareSnapshot:
    """Everything about a comparison at one moment, completions aside."""

    comparison: Comparison
    lanes: tuple[Lane, ...]
    shared: SharedPrompts = field(default_factory=SharedPrompts)

    @property
    def axes(self) -> list[str]:
        """Axes that every run has data for."""
        names = [SAMPLES] if all(lane.per_step for lane in self.lanes) else []
        names += [name for name in KEYS if all(name in lane.axes for lane in self.lanes)]
        return [STEP, *names]

    @property
    def usual_axis(self) -> str:
        """Samples where a step means different numbers of them, else steps."""
        return SAMPLES if self.comparison.by_samples and SAMPLES in self.axes else STEP

    @property
    def keys(self) -> list[str]:
        """Metrics that at least one run has, reward first."""
        found = {key for lane in self.lanes for key in lane.series} - HIDDEN
        return [REWARD, *sorted(found - {REWARD})]

    @property
    def sentences(self) -> list[str]:
        """What each run changes, and the key that takes a confound away."""
        found = self.comparison
        hint = f"  e: {found.confounded[0]} again with A's seed" if found.confounded else ""
        return [*found.changes[:-1], found.changes[-1] + hint]

    @property
    def window(self) -> str:
        """The end of each run that stands for it: ``last 40 / 20 steps``."""
        ends = [row for row in self.comparison.rows if row.name == WINDOW_ROW]
        texts = [cell.text for row in ends for cell in row.cells if cell.text]
        return " / ".join(dict.fromkeys(texts)).replace(" steps / last", " /")

    def unread(self, key: str) -> bool:
        """True for a metric that is there, but was not read."""
        return any(lane.series.get(key) is EMPTY for lane in self.lanes)

    @property
    def second(self) -> str:
        """The metric of the second chart."""
        return second([lane.series for lane in self.lanes])

    def common_end(self, axis: str) -> float:
        """Return the farthest place on an axis that all runs reached, evaluations aside."""
        trained = [lane for lane in self.lanes if lane.get(REWARD)] or self.lanes
        return min(lane.axis(axis).at(lane.last_step) for lane in trained)

    def end(self, axis: str) -> float:
        """Return the farthest place that a run reached on an axis."""
        return max((lane.axis(axis).at(lane.last_step) for lane in self.lanes), default=1.0)


def second(found: Sequence[Mapping[str, Series]]) -> str:
    """Return the metric of the second chart: the first of SECOND that any of the runs has."""
    return next((key for key in SECOND if any(key in series for series in found)), REWARD)


@dataclass(frozen=True, slots=True)
class WordsData:
    """One prompt in every run."""

    told: Mapping[str, Told] = field(default_factory=lambda: MappingProxyType({}))
    """By run id."""
    number: int = 0
    """Place of the prompt among those that can be chosen."""
    count: int = 0
    mode: str = ""
    differing: bool = False
    """True when only prompts are offered on which the runs differ."""
    loading: bool = False
