"""Means, their errors, and what may be said of differences."""

from __future__ import annotations

import math
import statistics

import pytest

from grpotui.analysis.sweep.chance import Sample, contrast, of_prompts, pooled_spread, unexplained
from grpotui.records import RewardRange
from grpotui.records.intervals import t95, t_quantile, unseen

TABLE = {
    (0.05, 1): 12.7062,
    (0.05, 2): 4.3027,
    (0.05, 3): 3.1824,
    (0.05, 4): 2.7764,
    (0.05, 9): 2.2622,
    (0.05, 30): 2.0423,
    (0.01, 1): 63.6567,
    (0.01, 10): 3.1693,
    (0.001, 4): 8.6103,
    (0.2, 7): 1.4149,
    (0.005, 3): 7.4533,
    (0.5, 5): 0.7267,
    (0.05, 120): 1.9799,
    (0.05, math.inf): 1.9600,
}
"""Student's t, two-sided, as printed tables have it."""


@pytest.mark.parametrize(("asked", "value"), TABLE.items())
def test_students_t_is_that_of_the_tables(asked: tuple[float, float], value: float) -> None:
    assert t_quantile(*asked) == pytest.approx(value, abs=2e-4 if value < 60 else 2e-3)


def test_between_whole_degrees_the_more_careful_one_counts() -> None:
    assert t95(0) == t95(0.5) == math.inf
    assert t95(1.9) == t95(1)
    assert t95(4) < t95(3.5) < t95(3)


def test_the_error_of_a_mean_over_prompts_is_that_of_the_prompts() -> None:
    prompts = {1: 0.0, 2: 0.5, 3: 1.0, 4: 0.5}
    found = of_prompts(prompts, RewardRange(0.0, 1.0))
    assert found is not None
    assert found.value == 0.5
    assert found.error == pytest.approx(statistics.stdev(prompts.values()) / 2)
    assert found.df == 3
    reach = 3.1824 * statistics.stdev(prompts.values()) / 2
    assert found.interval().low == 0.0  # 0.5 - 0.65 is outside of the range
    assert reach > 0.5
    assert of_prompts({}) is None
    alone = of_prompts({1: 0.5})
    assert alone is not None
    assert alone.error is None


def test_where_all_prompts_agree_others_may_still_differ() -> None:
    found = of_prompts(dict.fromkeys(range(8), 0.0), RewardRange(0.0, 1.0))
    assert found is not None
    assert found.interval().high == pytest.approx(unseen(8))
    other = of_prompts(dict.fromkeys(range(8), 0.2), RewardRange(0.0, 1.0))
    assert other is not None
    assert contrast([other, found], [1, -1]).above(0.05) is False
    sure = of_prompts(dict.fromkeys(range(80), 0.9), RewardRange(0.0, 1.0))
    none = of_prompts(dict.fromkeys(range(80), 0.0), RewardRange(0.0, 1.0))
    assert sure is not None
    assert none is not None
    assert contrast([sure, none], [1, -1]).above(0.05) is True


def test_what_prompts_share_is_no_noise_of_a_difference() -> None:
    hard = {1: 0.1, 2: 0.5, 3: 0.9, 4: 0.3}
    one = of_prompts({p: v + 0.1 + 0.01 * (p % 2) for p, v in hard.items()})
    other = of_prompts(hard)
    assert one is not None
    assert other is not None
    paired = contrast([one, other], [1, -1])
    assert paired.value == pytest.approx(0.105)
    assert paired.error == pytest.approx(0.01 / math.sqrt(3) / 2)
    assert paired.above(0.05) is True
    elsewhere = of_prompts({p + 10: v for p, v in hard.items()})
    assert elsewhere is not None
    apart = contrast([one, elsewhere], [1, -1])
    assert apart.error == pytest.approx(math.hypot(one.error or 0, elsewhere.error or 0))
    assert apart.above(0.05) is False


def test_only_shared_prompts_are_compared() -> None:
    one = of_prompts({1: 1.0, 2: 0.8, 3: 0.0})
    other = of_prompts({1: 0.5, 2: 0.4})
    assert one is not None
    assert other is not None
    assert contrast([one, other], [1, -1]).value == pytest.approx(0.45)


def test_degrees_of_freedom_are_welchs_unless_the_error_is_shared() -> None:
    apart = contrast([Sample(1.0, 0.1, 4), Sample(0.0, 0.1, 4)], [1, -1])
    assert (apart.error, apart.df) == pytest.approx((0.1 * math.sqrt(2), 8))
    shared = contrast([Sample(1.0, 0.1, 4, pool="s"), Sample(0.0, 0.1, 4, pool="s")], [1, -1])
    assert (shared.error, shared.df) == pytest.approx((0.1 * math.sqrt(2), 4))
    mean = contrast([Sample(1.0, 0.1, 4, pool="s"), Sample(0.0, 0.1, 4, pool="s")], [0.5, 0.5])
    assert contrast([mean, mean], [1, -1]).df == 4
    low = Sample(0.05, 0.1, 4, span=RewardRange(0.0, 1.0))
    assert contrast([low, low], [0.5, 0.5]).interval().low == 0.0
    assert (contrast([low, low], [1, -1]).interval().low or 0) < 0
    unknown = contrast([Sample(1.0, 0.1, 4), Sample(0.0)], [1, -1])
    assert unknown.error is None
    assert unknown.above(0.05) is None
    assert unknown.interval().low is None


def test_spread_is_pooled_over_points_but_not_over_those_without_any() -> None:
    found = pooled_spread([[0.1, 0.3], [0.5, 0.7], [0.0, 0.0], [1.0]])
    assert found is not None
    assert (found.error, found.df) == pytest.approx((math.sqrt(0.02), 2))
    assert pooled_spread([[0.1], [0.2]]) is None
    assert pooled_spread([[0.0, 0.0]]) is None


def test_what_axes_leave_is_noise_unless_nothing_is_left() -> None:
    added = [((row, column), 0.1 * int(row) + 0.3 * int(column)) for row in "123" for column in "12"]
    assert unexplained(added) is None
    found = unexplained([(place, value + 0.02 * (place == ("1", "1"))) for place, value in added])
    assert found is not None
    # 0.02 at one of 3 x 2 leaves 0.02 * (1 - 1/3) * (1 - 1/2) there, and less at the others.
    assert (found.error, found.df) == pytest.approx((math.sqrt(0.02**2 * (2 / 3) * (1 / 2) / 2), 2))
    assert unexplained([(("1",), 0.1), (("2",), 0.2), (("3",), 0.5)]) is None
    assert unexplained([]) is None
