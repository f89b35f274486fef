"""Runs of few steps: what stands for them, and what they came to."""

from __future__ import annotations

import statistics

import pytest

from grpotui.analysis.compare.outcome import window_of
from grpotui.analysis.report.build import build
from grpotui.analysis.report.selecting import choose
from grpotui.analysis.sweep.records import Outcome
from grpotui.workspace import Workspace
from tests.analysis.sweep.made import Made, grid


@pytest.mark.parametrize(
    ("logged", "asked", "window"),
    [
        (500, None, 50),
        (100, None, 50),
        (60, None, 30),
        (24, None, 12),
        (12, None, 10),
        (60, 50, 50),
        (9, 1, 1),
    ],
)
def test_a_window_is_at_most_half_of_a_run_unless_asked_for(
    logged: int, asked: int | None, window: int
) -> None:
    assert window_of(logged, asked) == window


def test_a_short_run_is_ranked_and_told_by_its_second_half(workspace: Workspace) -> None:
    made = Made(workspace, *grid(beta=(0.0, 0.1)))
    made.trains(1, 0.58, starts=0.03, steps=60)
    made.trains(2, 0.4, starts=0.03, steps=60)
    level = [0.03 + 0.55 * min(step / 50, 1.0) + (0.01 if step % 2 else -0.01) for step in range(60)]
    end = statistics.fmean(level[30:])
    found = made.study()
    assert found.metric == "mean reward of the last 50 steps, at most half of a run"
    standing = found.point(1).standing
    assert standing is not None
    assert standing.value == pytest.approx(end)
    reader = made.registry()
    first = build(reader, choose(reader, sweep="s-abcd")).entries[0]
    assert first.end is not None
    assert (first.end.first, first.end.last) == (31, 60)
    assert first.end.estimate.value == pytest.approx(end)


def noisy(level: float, step: int) -> float:
    return level + (0.03, -0.02, 0.01, -0.03)[step % 4]


@pytest.mark.parametrize("steps", [10, 12, 17, 24, 29])
def test_a_short_run_that_climbed_has_learned_and_a_flat_one_has_not(
    workspace: Workspace, steps: int
) -> None:
    made = Made(workspace, *grid(beta=(0.0, 0.1, 0.2)))
    made.climbs(1, [noisy(0.03 + 0.55 * step / (steps - 1), step) for step in range(steps)])
    made.climbs(2, [noisy(0.3, step) for step in range(steps)])
    made.climbs(3, [noisy(0.58 - 0.55 * step / (steps - 1), step) for step in range(steps)])
    assert [point.outcome for point in made.study().points] == [Outcome.GOOD, Outcome.STUCK, Outcome.STUCK]


def test_a_rise_within_the_spread_of_few_steps_is_none(workspace: Workspace) -> None:
    made = Made(workspace, *grid(beta=(0.0, 0.1)))
    made.climbs(1, [0.0, 0.9, 0.1, 0.5, 0.2, 0.6, 0.1, 0.9, 0.2, 1.0, 0.2, 0.9])
    made.climbs(2, [0.1 * step for step in range(9)])
    points = made.study().points
    assert points[0].outcome is Outcome.STUCK
    assert points[1].outcome is Outcome.OPEN, "nine steps tell nothing"
