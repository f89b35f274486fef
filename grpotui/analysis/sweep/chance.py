"""Means with their errors, and contrasts of such means: of seeds, of prompts, paired where they can be."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from grpotui.analysis.compare.noise import Estimate

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
    """Prompt -> its mean reward, where the mean is over prompts."""
    pool: str = ""
    """Where the error comes from, if others share it: their degrees of freedom are the same ones."""

    def interval(self, level: float = LEVEL) -> Estimate:
        """Return the value with its two-sided interval of confidence 1 - ``level``."""
        if self.error is None:
            return Estimate(self.value)
        reach = t_quantile(level, self.df) * self.error
        return Estimate(self.value, self.value - reach, self.value + reach)

    def above(self, level: float) -> bool | None:
        """True when the value is beyond 0 (one-sided, at ``level``); None where nothing tells."""
        if self.error is None:
            return None
        return self.value > max(t_quantile(2 * level, self.df) * self.error, 1e-12)


@lru_cache(maxsize=4096)
def t_quantile(two_sided: float, df: float) -> float:
    """Return t with P(abs(T) > t) = ``two_sided`` for Student's T.

    G. W. Hill, Algorithm 396, Communications of the ACM 13(10), 1970; between 1 and 3 degrees of freedom,
    where it is rough, the whole number below counts. At least one degree is assumed.
    """
    if math.isinf(df):
        return -statistics.NormalDist().inv_cdf(two_sided / 2)
    n = max(math.floor(df), 1) if df < 3 else df
    if n == 1:
        return 1 / math.tan(two_sided * math.pi / 2)
    if n == 2:
        return math.sqrt(2 / (two_sided * (2 - two_sided)) - 2)
    a = 1 / (n - 0.5)
    b = 48 / a**2
    c = ((20700 * a / b - 98) * a - 16) * a + 96.36
    d = ((94.5 / (b + c) - 3) / b + 1) * math.sqrt(a * math.pi / 2) * n
    y = (d * two_sided) ** (2 / n)
    if y > 0.05 + a:
        x = statistics.NormalDist().inv_cdf(two_sided / 2)
        y = x * x
        if n < 5:
            c += 0.3 * (n - 4.5) * (x + 0.6)
        c = (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b + c
        y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x
        y = math.expm1(a * y * y)
    else:
        y = ((1 / (((n + 6) / (n * y) - 0.089 * d - 0.822) * (n + 2) * 3) + 0.5 / (n + 4)) * y - 1) * (
            n + 1
        ) / (n + 2) + 1 / y
    return math.sqrt(n * y)


def of_prompts(prompts: Mapping[int, float]) -> Sample | None:
    """Return the mean over prompts, each counted once, with the error of having drawn these prompts.

    Completions of one prompt are alike, so prompts are what was drawn (cluster sampling: Cochran, Sampling
    Techniques, 1977, chapter 9; Miller, Adding Error Bars to Evals, 2411.00640).
    """
    if not prompts:
        return None
    found = _mean(list(prompts.values()))
    return Sample(found.value, found.error, found.df, prompts)


def of_values(values: Sequence[float]) -> Sample | None:
    """Return the mean of values that were drawn apart, such as one of each seed."""
    return _mean(values) if values else None


def _mean(values: Sequence[float]) -> Sample:
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
        pairs = [(sample.prompts, weight) for sample, weight in zip(samples, weights, strict=True)]
        return _mean([math.fsum(weight * prompts[p] for prompts, weight in pairs) for p in shared])
    value = math.fsum(s.value * w for s, w in zip(samples, weights, strict=True))
    parts = [((w * s.error) ** 2, s.df) for s, w in zip(samples, weights, strict=True) if s.error is not None]
    if len(parts) < len(samples):
        return Sample(value)
    variance = math.fsum(part for part, _ in parts)
    if samples[0].pool and len({sample.pool for sample in samples}) == 1:
        return Sample(value, math.sqrt(variance), samples[0].df)
    spread = math.fsum(part**2 / df for part, df in parts)
    return Sample(value, math.sqrt(variance), variance**2 / spread if spread else math.inf)


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
    return Sample(0.0, math.sqrt(squares / df), df) if df else None
