from __future__ import annotations

from dataclasses import replace

import pytest

from grpotui.records import RewardRange
from grpotui.tasks import Example, Reward, build_rewards
from grpotui.tasks.accuracy import Share, is_right


@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (1, 2, 0.0945, 0.9055),
        (8, 10, 0.4902, 0.9433),
        (0, 1, 0.0, 0.7935),
    ],
)
def test_the_interval_is_wilsons(right: int, n: int, low: float, high: float) -> None:
    found = Share(right, n)
    assert found.value == right / n
    assert found.interval == pytest.approx((low, high), abs=1e-4)


SUM, STORY = Example("20 + 3 = ", "23", "arithmetic"), Example("once", None, "stories")


def reward(name: str, weight: float = 1.0, needs_answer: bool = False) -> Reward:
    return Reward(
        name, weight, RewardRange(0.0, 1.0), lambda t, a, p=(): [0.0] * len(t), needs_answer=needs_answer
    )


def test_with_an_answer_only_those_that_look_at_it_count() -> None:
    rewards = [reward("exact", needs_answer=True), reward("short")]
    assert is_right(rewards, {"exact": 1.0, "short": 0.0}, SUM)
    assert not is_right(rewards, {"exact": 0.9, "short": 1.0}, SUM)
    assert not is_right(rewards, {"exact": None, "short": 1.0}, SUM)


def test_without_an_answer_the_total_must_be_at_its_highest() -> None:
    rewards = [reward("happy"), reward("repetition", weight=-1.0), reward("length", weight=0.0)]
    assert is_right(rewards, {"happy": 1.0, "repetition": 0.0, "length": 0.3}, STORY)
    assert not is_right(rewards, {"happy": 1.0, "repetition": 0.1, "length": 0.3}, STORY)
    assert not is_right(rewards, {"happy": 1.0 - 1e-3, "repetition": 0.0}, STORY)
    assert not is_right([reward("length", weight=0.0)], {"length": 1.0}, STORY)


def test_rewards_tell_whether_they_need_an_answer() -> None:
    made = build_rewards([{"name": "exact"}, {"name": "happy_binary"}])
    assert [r.needs_answer for r in made] == [True, False]


def test_rewards_of_other_tasks_do_not_count() -> None:
    other = replace(reward("bits", needs_answer=True), tasks=("binary",))
    assert is_right([reward("exact", needs_answer=True), other], {"exact": 1.0, "bits": None}, SUM)
    assert not is_right([other], {"bits": None}, SUM)
