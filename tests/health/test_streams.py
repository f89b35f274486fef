"""Rewards that are really drawn, so that shares are quantised as in life: who is flagged, and who is not."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

import pytest

from grpotui.health.monitor import Monitor
from grpotui.records import HealthContext, RewardRange, Verdict
from tests.health.scenes import Line

STEPS = 150
SPAN = RewardRange(-1.0, 1.0)

Skill = Callable[[float, float], float]
"""Chance of a right answer, by progress (0 to 1) and ease of the prompt (0 to 1)."""


def learns(progress: float, ease: float) -> float:
    return min(1.0, max(0.0, 0.7 * ease + 0.9 * progress - 0.05))


def hard(progress: float, ease: float) -> float:
    """Most prompts are never solved at first, as with a small model on school maths."""
    return max(0.0, ease - 0.6 + 0.5 * progress)


def slow(progress: float, ease: float) -> float:
    return 0.3 + 0.3 * ease + 0.05 * progress


def hopeless(progress: float, ease: float) -> float:
    return 0.0


def falls(progress: float, ease: float) -> float:
    return learns(progress, ease) if progress < 0.5 else max(0.0, 0.9 - 3 * (progress - 0.5)) * ease**3


def stream(skill: Skill, seed: int, groups: int, generations: int, similar: float) -> list[Line]:
    rng = random.Random(seed)
    lines: list[Line] = []
    for step in range(1, STEPS + 1):
        right = []
        for _ in range(groups):
            chance = skill(step / STEPS, rng.random())
            right.append(sum(rng.random() < chance for _ in range(generations)))
        ceiling, floor = right.count(generations), right.count(0)
        share = sum(right) / (groups * generations)
        metrics = {"step": step, "reward": 2 * share - 1}
        signals = {"step": step, "groups": groups, "ceiling": ceiling, "floor": floor, "other": 0}
        lines.append((metrics, {**signals, "jaccard_cross": min(1.0, rng.gauss(similar, 0.04))}))
    return lines


def verdicts(skill: Skill, groups: int, generations: int, similar: float = 0.3) -> Counter[Verdict]:
    """Return in how many of 20 runs each verdict ever stood."""
    found: Counter[Verdict] = Counter()
    for seed in range(20):
        monitor = Monitor(HealthContext(SPAN, generations, groups))
        stood = set()
        for metrics, signals in stream(skill, seed, groups, generations, similar):
            monitor.step(metrics, signals)
            stood.add(monitor.verdict)
        found.update(stood)
    return found


@pytest.mark.parametrize(("groups", "generations"), [(2, 4), (4, 8), (4, 16), (16, 8)])
@pytest.mark.parametrize("skill", [learns, hard, slow])
def test_runs_that_learn_or_struggle_are_not_called_collapsed(
    skill: Skill, groups: int, generations: int
) -> None:
    found = verdicts(skill, groups, generations)
    assert found[Verdict.COLLAPSED] == found[Verdict.NO_SIGNAL] == 0


@pytest.mark.parametrize(("groups", "generations"), [(2, 4), (4, 16), (16, 8)])
def test_runs_that_fall_or_never_begin_are_called_what_they_are(groups: int, generations: int) -> None:
    assert verdicts(hopeless, groups, generations) == {Verdict.WARMING_UP: 20, Verdict.NO_SIGNAL: 20}
    fallen = verdicts(falls, groups, generations)
    assert fallen[Verdict.COLLAPSED] == 20
    assert fallen[Verdict.NO_SIGNAL] == 0


def test_templates_are_called_collapsed_whatever_the_reward() -> None:
    assert verdicts(learns, 4, 8, similar=0.8)[Verdict.COLLAPSED] == 20
    assert verdicts(learns, 4, 8, similar=0.6)[Verdict.COLLAPSED] == 0
