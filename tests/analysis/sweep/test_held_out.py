"""Intervals of held-out accuracies: a run's own, and none beyond what an accuracy can be."""

from __future__ import annotations

import pytest

from grpotui.analysis.compare.noise import SHARE
from grpotui.analysis.sweep.chance import Sample, contrast
from grpotui.records import RewardRange
from grpotui.workspace import Workspace
from tests.analysis.sweep.made import Made, grid, texts

EVALUATED = {"eval": {"every": 10}}


def accuracies(workspace: Workspace, seeds: int) -> Made:
    """A grid whose points differ by more than their axes explain; each evaluation has the same interval."""
    made = Made(workspace, *grid(beta=(0.0, 0.1, 0.2), top_k=(10, 20)), config=EVALUATED)
    for number, value in enumerate((0.95, 0.3, 0.2, 0.9, 0.97, 0.9), 1):
        for seed in range(1, seeds + 1):
            found = value - 0.2 * (seed - 1)
            made.trains(
                number, 0.9, seed, eval_accuracy=found, eval_accuracy_low=0.05, eval_accuracy_high=0.98
            )
    return made


def test_a_lone_run_keeps_the_interval_that_it_logged(workspace: Workspace) -> None:
    found = accuracies(workspace, 1).study()
    first = found.point(1)
    assert first.estimate is not None
    assert (first.estimate.value, first.estimate.low, first.estimate.high) == (0.95, 0.05, 0.98)
    assert first.standing is not None
    assert first.standing.pool == "rest", "points are told apart by what the axes do not explain"


def test_the_mean_of_several_runs_has_the_spread_between_them(workspace: Workspace) -> None:
    found = accuracies(workspace, 2).study().point(4)
    assert found.estimate is not None
    assert found.estimate.value == pytest.approx(0.8)
    assert found.estimate.low != 0.05
    assert found.estimate.high is not None
    assert found.estimate.high <= 1.0


def test_effects_do_not_leave_the_range_and_say_what_is_meant(workspace: Workspace) -> None:
    found = accuracies(workspace, 1).study()
    levels = [level.sample.interval() for level in found.levels]
    assert any(level.high == 1.0 for level in levels), "some would go beyond"
    assert all(level.low is not None and level.low >= 0.0 for level in levels)
    assert all(", held-out accuracy; highest and lowest" in text for text in texts(found, "effect"))
    assert len(texts(found, "effect")) == 2


@pytest.mark.parametrize("pool", ["", "seeds"])
def test_a_mean_keeps_its_range_and_a_difference_has_none(pool: str) -> None:
    one, two = (Sample(value, 0.6, 3, pool=pool, span=SHARE) for value in (0.9, 0.8))
    mean = contrast([one, two], [0.5, 0.5]).interval()
    assert mean.value == pytest.approx(0.85)
    assert (mean.low, mean.high) == (0.0, 1.0)
    less = contrast([one, two], [1, -1]).interval()
    assert less.low is not None
    assert less.low < 0
    assert less.high is not None
    assert less.high > 1
    other = Sample(0.8, 0.4, 3, pool=pool, span=RewardRange(0.0, 2.0))
    assert contrast([one, other], [0.5, 0.5]).span is None, "two ranges are none"
