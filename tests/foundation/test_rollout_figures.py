"""Figures over groups that were only generated."""

from __future__ import annotations

import pytest

from grpotui.records import Completion, Group, RewardRange
from grpotui.records.rollouts import PromptRate, by_task, figures

PASS = RewardRange(-1.0, 1.0, binary=True)


def group(*rewards: float | None, task: str = "", truncated: int = 0) -> PromptRate:
    completions = tuple(
        Completion("x", tokens=10, truncated=place < truncated, reward=reward)
        for place, reward in enumerate(rewards)
    )
    return PromptRate.of(Group(1, 0, "rollout", "p", completions, task))


def test_a_pass_rate_is_the_share_of_the_highest_reward() -> None:
    found = figures([group(1, 1, -1, -1), group(-1, -1, -1, 1), group(-1, -1, -1, -1)], PASS)
    assert found["rollouts/pass_rate"] == 3 / 12
    assert found["rollouts/reward"] == pytest.approx(-0.5)
    assert found["rollouts/no_signal"] == pytest.approx(1 / 3)
    assert found["rollouts/learnable"] == pytest.approx(2 / 3)
    assert found["rollouts/nonzero"] == 1.0


@pytest.mark.parametrize(
    ("rewards", "learnable"),
    [
        ((0.0,) * 15 + (1.0,), False),
        ((0.0,) * 14 + (1.0,) * 2, True),
        ((1.0,) * 15 + (0.0,), False),
        ((0.5,) * 16, False),
        ((0.4, 0.6) * 8, True),
        ((0.0, 1.0, 1.0), None),
        ((None,) * 16, None),
    ],
)
def test_learnable_means_differing_rewards_away_from_both_ends(
    rewards: tuple[float | None, ...], learnable: bool | None
) -> None:
    assert group(*rewards).learnable(RewardRange(0.0, 1.0)) is learnable


def test_without_a_declared_range_nothing_is_said_that_needs_one() -> None:
    found = figures([group(0, 5), group(2, 2)], None)
    assert {"rollouts/pass_rate", "rollouts/learnable"}.isdisjoint(found)
    assert found["rollouts/within_std"] == pytest.approx((12.5**0.5 + 0) / 2)
    assert found["rollouts/no_signal"] == 0.5


def test_completions_without_reward_count_as_generated_only() -> None:
    found = figures([group(None, None, truncated=1), group(1, None)], PASS)
    assert found["rollouts/n"] == 4
    assert found["rollouts/truncated"] == 0.25
    assert found["rollouts/reward"] == 1.0
    assert "rollouts/reward_low" not in found
    assert "rollouts/reward" not in figures([group(None)], PASS)


def test_nothing_generated_is_nothing() -> None:
    assert figures([], PASS) == {}


def test_several_tasks_have_figures_of_their_own() -> None:
    both = [group(1, 1, task="sums"), group(-1, -1, task="words"), group(1, -1, task="words")]
    found = by_task(both, PASS)
    assert found["rollouts/reward/sums"] == 1.0
    assert found["rollouts/reward/words"] == pytest.approx(-0.5)
    assert by_task(both[1:], PASS) == {}
