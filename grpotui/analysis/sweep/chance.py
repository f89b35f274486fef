"""Means with their errors, and contrasts of such means: of seeds, of prompts, paired where they can be."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from grpotui.analysis.compare.noise import Estimate
from grpotui.records.groups import ZERO_STD_EPSILON, RewardRange
from grpotui.records.intervals import t_quantile, unseen

_ROUNDS = 20
"""Of taking out the means of each axis; whole grids take one."""
LEVEL = 0.05
"""Chance of being wrong that intervals and marks allow: 95 %."""
_NO_PROMPTS: Mapping[int, float] = {}


@dataclass(frozen=True, slots=True)
class Sample:
    """A mean with its standard error (None: nothing tells it) on ``df`` degrees of freedom."""

    value: float
    error: float | None = None
    df: float = math.inf
    prompts: Mapping[int, float] = field(default_factory=lambda: _NO_PROMPTS)
    """Prompt -> its mean reward (of a contrast, its own contrast), where the mean is over prompts."""
    pool: str = ""
    """Where the error comes from, if others share it: their degrees of freedom are the same ones."""
    span: RewardRange | None = None
    """What values can be, where that is known; intervals do not leave it."""
    least: float = 0.0
    """How far off the value may be at least, though all prompts agree."""
    own: Estimate | None = None
    """Of a lone run: the value with the interval that it logged, which ``error`` may go beyond."""

    def interval(self, level: float = LEVEL) -> Estimate:
        """Return the value with its two-sided interval of confidence 1 - ``level``; a lone run's own one."""
        if self.own is not None and level == LEVEL:
            return self.own
        if self.error is None:
            return Estimate(self.value)
        reach = max(t_quantile(level, self.df) * self.error, self.least)
        low, high = self.value - reach, self.value + reach
        if self.span is not None:
            low, high = max(low, self.span.low), min(high, self.span.high)
        return Estimate(self.value, low, high)

    def above(self, level: float) -> bool | None:
        """True when the value is beyond 0 (one-sided, at ``level``); None where nothing tells."""
        if self.error is None:
            return None
        return self.value > max(t_quantile(2 * level, self.df) * self.error, self.least, 1e-12)


def of_prompts(prompts: Mapping[int, float], span: RewardRange | None = None) -> Sample | None:
    """Return the mean over prompts, each counted once, with the error of having drawn these prompts.

    Completions of one prompt are alike, so prompts are what was drawn, as in
    :func:`grpotui.records.intervals.clustered`, whose bound counts too where all prompts agree.
    """
    if not prompts:
        return None
    found = of_values(list(prompts.values()))
    width = max(found.value - span.low, span.high - found.value) if span is not None else 0.0
    return replace(_bounded(found, len(prompts), width), prompts=prompts, span=span)


def _bounded(sample: Sample, m: int, width: float) -> Sample:
    """Return a mean over ``m`` clusters that may be off though they agree, ``width`` for each other one."""
    if sample.error is None or sample.error >= ZERO_STD_EPSILON:
        return sample
    return replace(sample, least=unseen(m) * width)


def of_values(values: Sequence[float]) -> Sample:
    """Return the mean of one value or more, with the error that their spread tells; one tells none."""
    mean, count = statistics.fmean(values), len(values)
    if count < 2:
        return Sample(mean)
    return Sample(mean, statistics.stdev(values) / math.sqrt(count), count - 1)


def contrast(samples: Sequence[Sample], weights: Sequence[float]) -> Sample:
    """Return the sum of samples by their weights, such as a difference (1, -1).

    Where all are over prompts and share at least two, it is taken prompt by prompt over those that all have:
    what makes a prompt hard is then no noise. Else errors add up, with Welch's degrees of freedom.
    """
    shared = set.intersection(*(set(sample.prompts) for sample in samples)) if samples else set()
    if len(shared) >= 2:
        return _paired(samples, weights, shared)
    value, span = (
        math.fsum(s.value * w for s, w in zip(samples, weights, strict=True)),
        _span(samples, weights),
    )
    parts = [((w * s.error) ** 2, s.df) for s, w in zip(samples, weights, strict=True) if s.error is not None]
    if len(parts) < len(samples):
        return Sample(value, span=span)
    variance = math.fsum(part for part, _ in parts)
    if samples[0].pool and len({sample.pool for sample in samples}) == 1:
        return Sample(value, math.sqrt(variance), samples[0].df, pool=samples[0].pool, span=span)
    spread = math.fsum(part**2 / df for part, df in parts)
    return Sample(value, math.sqrt(variance), variance**2 / spread if spread else math.inf, span=span)


def _is_mean(weights: Sequence[float]) -> bool:
    return min(weights) >= 0 and abs(math.fsum(weights) - 1) < 1e-9


def _span(samples: Sequence[Sample], weights: Sequence[float]) -> RewardRange | None:
    """Return what a mean of samples can be, where all are of one range; None for a difference."""
    spans = {sample.span for sample in samples}
    return samples[0].span if len(spans) == 1 and _is_mean(weights) else None


def _paired(samples: Sequence[Sample], weights: Sequence[float], shared: Iterable[int]) -> Sample:
    pairs = [(sample.prompts, weight) for sample, weight in zip(samples, weights, strict=True)]
    sums = {p: math.fsum(weight * prompts[p] for prompts, weight in pairs) for p in shared}
    found, span = of_values(list(sums.values())), samples[0].span
    reach = sum(map(abs, weights)) / 2 * (span.high - span.low) if span is not None else 0.0
    bounded = _bounded(found, len(sums), reach + abs(found.value) * (not _is_mean(weights)))
    return replace(bounded, prompts=sums, span=_span(samples, weights))


SEEDS, REST = "seeds", "rest"
"""Where an error that all points share comes from."""


def pooled_spread(groups: Sequence[Sequence[float]]) -> Sample | None:
    """Return the standard deviation within groups as ``error``, pooled over them; None without repeats.

    As in an analysis of variance: two seeds of one point tell little, two seeds of each of twelve points do.
    Groups whose values are all equal (all at the floor, say) are left out, as they would hide the others'
    spread.
    """
    squares, df = 0.0, 0
    for group in groups:
        if len(group) > 1 and max(group) - min(group) > 1e-12:
            squares += statistics.variance(group) * (len(group) - 1)
            df += len(group) - 1
    return Sample(0.0, math.sqrt(squares / df), df, pool=SEEDS) if df else None


def unexplained(cells: Sequence[tuple[Sequence[str], float]]) -> Sample | None:
    """Return the standard deviation that the axes leave as ``error``; None below two degrees of freedom.

    ``cells`` are levels of the axes and a value. Without repeats the residuals of a model in which effects of
    axes add up stand for the noise; they are too large where axes depend on each other (one observation per
    cell: Scheffe, The Analysis of Variance, 1959, section 4.2).
    """
    axes = range(len(cells[0][0])) if cells else range(0)
    levels = [sorted({place[axis] for place, _ in cells}) for axis in axes]
    df = len(cells) - 1 - sum(len(some) - 1 for some in levels)
    if df < 2 or len(levels) < 2:
        return None
    left = [value for _, value in cells]
    for _ in range(_ROUNDS):
        for axis, some in zip(axes, levels, strict=True):
            for level in some:
                at = [n for n, (place, _) in enumerate(cells) if place[axis] == level]
                mean = statistics.fmean(left[n] for n in at)
                for n in at:
                    left[n] -= mean
    error = math.sqrt(math.fsum(value**2 for value in left) / df)
    # That nothing at all is left is a chance of rounded rewards, no proof that there is no noise.
    return Sample(0.0, error, df, pool=REST) if error > ZERO_STD_EPSILON else None
