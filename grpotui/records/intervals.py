"""How sure a mean is. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

from grpotui.records.groups import ZERO_STD_EPSILON, RewardRange

_T95 = (math.inf, 12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)
_Z95 = 1.959964


def clustered(clusters: Sequence[Sequence[float]], span: RewardRange | None) -> tuple[float, float] | None:
    """Return the 95 % interval of the mean over clusters of rewards, one for each prompt; None below two.

    Completions of one prompt are alike, so prompts are what is counted (Miller, "Adding Error Bars to Evals",
    arXiv 2411.00640; Liang and Zeger, Biometrika 73, 1986): with N rewards in m clusters and r their
    deviations from the mean, the squared standard error is m / (m - 1) * sum over clusters of
    (sum r)^2 / N^2, which for equal clusters is the variance of their means over m. It is multiplied by
    Student's t of m - 1, and held within the range.

    Where all prompts agree that would be a point. Then at most a share z^2 / (m + z^2) of all prompts is of
    another kind (Wilson's bound for 0 of m), and could stand at either end of the range.
    """
    m, n = len(clusters), sum(map(len, clusters))
    if m < 2:
        return None
    mean = math.fsum(reward for rewards in clusters for reward in rewards) / n
    squares = math.fsum(math.fsum(reward - mean for reward in rewards) ** 2 for rewards in clusters)
    error = math.sqrt(m / (m - 1) * squares) / n
    low, high = mean - t95(m - 1) * error, mean + t95(m - 1) * error
    if span is None:
        return low, high
    if error < ZERO_STD_EPSILON:
        other = _Z95**2 / (m + _Z95**2)
        return mean - other * (mean - span.low), mean + other * (span.high - mean)
    return max(span.low, low), min(span.high, high)


def t95(freedom: int) -> float:
    """Return Student's t, two-sided 95 %, for ``freedom`` degrees; infinite for 0.

    From 10 on by the expansion of Abramowitz and Stegun, 26.7.5, right to three digits.
    """
    if freedom < len(_T95):
        return _T95[max(freedom, 0)]
    z, f = _Z95, float(freedom)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / f + second / f**2 + third / f**3
