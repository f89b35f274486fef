from __future__ import annotations

import math
import random

import pytest

from grpotui.analysis.series import (
    BARS,
    Point,
    min_max,
    sparkline,
)


def wave(count: int) -> list[Point]:
    return [(step, math.sin(step / 50)) for step in range(count)]


def test_spikes_and_ends_survive() -> None:
    points = wave(10_000)
    points[1234] = (1234, 99.0)
    points[7777] = (7777, -99.0)
    reduced = min_max(points, 60)
    assert len(reduced) <= 4 * 60
    assert (1234, 99.0) in reduced
    assert (7777, -99.0) in reduced
    assert (reduced[0], reduced[-1]) == (points[0], points[-1])
    assert reduced == sorted(reduced, key=lambda p: p[0])
    assert set(reduced) <= set(points)


def test_gaps_survive() -> None:
    points: list[Point] = [(step, None if step == 500 else 1.0) for step in range(1000)]
    assert (500, None) in min_max(points, 20)
    everywhere: list[Point] = [(step, None) for step in range(1000)]
    assert len(min_max(everywhere, 20)) == 20


def test_few_points_stay_as_they_are() -> None:
    assert min_max(wave(30), 15) == wave(30)
    assert min_max([], 10) == []
    assert min_max(wave(30), 0) == wave(30)


def test_columns_are_equal_stretches_of_steps() -> None:
    # Logged densely at first, sparsely later: the sparse half keeps its points.
    points: list[Point] = [
        (s, 0.5 if s < 1000 else float(s)) for s in (*range(1000), *range(1000, 2000, 100))
    ]
    reduced = min_max(points, 20)
    assert all(point in reduced for point in points[1000:])


def test_a_long_series_is_reduced_to_four_points_a_column() -> None:
    reduced = min_max(wave(100_000), 120)
    assert 120 < len(reduced) <= 4 * 120


@pytest.mark.parametrize(
    ("values", "width", "line"),
    [
        ([0, 1, 2, 3, 4, 5, 6, 7], 8, "▁▂▃▄▅▆▇█"),
        ([0, 0, 7, 7], 2, "▁█"),
        ([0, None, 7], 3, "▁ █"),
        ([None, None], 2, "  "),
        ([0.5, 0.5], 2, "▄▄"),
        ([0.0, 0.0], 2, "▁▁"),
        ([3], 8, "▄"),
        ([], 8, ""),
        ([1, 2], 0, ""),
        ([-1e308, 1e308], 2, "▁█"),
    ],
)
def test_sparkline(values: list[float | None], width: int, line: str) -> None:
    assert sparkline(values, width) == line


def test_sparkline_of_anything_fits() -> None:
    rng = random.Random(1)
    for _ in range(300):
        values = [
            rng.choice([None, rng.gauss(0, 10 ** rng.randint(-9, 9))]) for _ in range(rng.randint(0, 90))
        ]
        line = sparkline(values, 20)
        assert len(line) == min(20, len(values))
        assert set(line) <= set(BARS + " ")
