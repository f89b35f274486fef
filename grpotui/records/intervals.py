"""How sure a mean is. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from statistics import NormalDist

from grpotui.records.groups import ZERO_STD_EPSILON, RewardRange

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
        other = unseen(m)
        return mean - other * (mean - span.low), mean + other * (span.high - mean)
    return max(span.low, low), min(span.high, high)


def unseen(m: int) -> float:
    """Return the largest share of clusters that may be of another kind where ``m`` of them agree, 95 %."""
    return _Z95**2 / (m + _Z95**2)


def t95(freedom: float) -> float:
    """Return Student's t, two-sided 95 %, for ``freedom`` degrees; infinite for 0."""
    return t_quantile(0.05, freedom)


@lru_cache(maxsize=4096)
def t_quantile(two_sided: float, freedom: float) -> float:
    """Return t with P(abs(T) > t) = ``two_sided`` for Student's T; infinite below 1 degree of freedom.

    G. W. Hill, Algorithm 396, Communications of the ACM 13(10), 1970, right to five digits from 3 on; below
    that, where it is rough, the whole number below counts.
    """
    if math.isinf(freedom):
        return -NormalDist().inv_cdf(two_sided / 2)
    n = float(math.floor(freedom)) if freedom < 3 else float(freedom)
    if n < 1:
        return math.inf
    if n == 1:
        return 1 / math.tan(two_sided * math.pi / 2)
    if n == 2:
        return math.sqrt(2 / (two_sided * (2 - two_sided)) - 2)
    return _hill(two_sided, n)


def _hill(two_sided: float, n: float) -> float:
    a = 1 / (n - 0.5)
    b = 48 / a**2
    c = ((20700 * a / b - 98) * a - 16) * a + 96.36
    d = ((94.5 / (b + c) - 3) / b + 1) * math.sqrt(a * math.pi / 2) * n
    y = (d * two_sided) ** (2 / n)
    if y <= 0.05 + a:
        inner = 1 / (((n + 6) / (n * y) - 0.089 * d - 0.822) * (n + 2) * 3) + 0.5 / (n + 4)
        return math.sqrt(n * ((inner * y - 1) * (n + 1) / (n + 2) + 1 / y))
    x = NormalDist().inv_cdf(two_sided / 2)
    y = x * x
    if n < 5:
        c += 0.3 * (n - 4.5) * (x + 0.6)
    c = (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b + c
    y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x
    return math.sqrt(n * math.expm1(a * y * y))
