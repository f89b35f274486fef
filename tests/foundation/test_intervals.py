"""Intervals of means over prompts, against simulation and tables."""

from __future__ import annotations

from random import Random

import pytest

from grpotui.records import RewardRange
from grpotui.records.intervals import clustered, t95

UNIT = RewardRange(0.0, 1.0)


@pytest.mark.parametrize(
    ("freedom", "value"),
    [
        (1, 12.706),
        (5, 2.571),
        (9, 2.262),
        (10, 2.228),
        (15, 2.131),
        (31, 2.040),
        (120, 1.980),
        (10**6, 1.960),
    ],
)
def test_t_is_that_of_the_tables(freedom: int, value: float) -> None:
    assert t95(freedom) == pytest.approx(value, abs=0.001)


def test_equal_clusters_have_the_interval_of_their_means() -> None:
    means = [0.0, 0.25, 0.5, 1.0]
    found = clustered([[mean, mean] for mean in means], None)
    assert found is not None
    middle = sum(means) / 4
    error = (sum((mean - middle) ** 2 for mean in means) / 3 / 4) ** 0.5
    assert found == pytest.approx((middle - 3.182 * error, middle + 3.182 * error), abs=1e-3)


def test_more_completions_of_the_same_prompts_say_nothing_about_other_prompts() -> None:
    few, many = (clustered([[0.0] * n, [1.0] * n] * 8, UNIT) for n in (2, 64))
    assert few == pytest.approx(many)


def test_one_prompt_tells_nothing() -> None:
    assert clustered([[0.0, 1.0, 1.0]], UNIT) is None
    assert clustered([], UNIT) is None


@pytest.mark.parametrize("value", [0.0, 0.4, 1.0])
def test_prompts_that_all_agree_leave_room_for_others(value: float) -> None:
    found = clustered([[value] * 4] * 32, UNIT)
    assert found is not None
    low, high = found
    assert low == pytest.approx(value - value * 0.1072, abs=1e-4)
    assert high == pytest.approx(value + (1 - value) * 0.1072, abs=1e-4)


def test_the_interval_stays_in_the_range() -> None:
    found = clustered([[0.0] * 4] * 3 + [[1.0] * 4], UNIT)
    assert found == (0.0, 1.0)


def test_it_holds_the_truth_as_often_as_it_says_though_completions_of_a_prompt_are_alike() -> None:
    """Pass rates of prompts from a Beta(0.5, 0.5): counting completions would hold it half as often."""
    random = Random(0)
    held = 0
    for _ in range(1000):
        rates = [random.betavariate(0.5, 0.5) for _ in range(32)]
        rewards = [[float(random.random() < rate) for _ in range(16)] for rate in rates]
        found = clustered(rewards, UNIT)
        assert found is not None
        held += found[0] <= 0.5 <= found[1]
    assert 930 <= held <= 970
