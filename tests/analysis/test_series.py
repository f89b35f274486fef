from __future__ import annotations

import math
import random
import time

import pytest

from grpotui.analysis.series import (
    BARS,
    Point,
    eta,
    format_duration,
    format_value,
    min_max,
    sparkline,
)
from grpotui.records import RunKind, RunSummary, Status, Verdict


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


def test_a_long_series_is_reduced_quickly() -> None:
    points = wave(100_000)
    before = time.process_time()
    min_max(points, 120)
    assert time.process_time() - before < 0.5


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


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (5e-6, "5e-06"),
        (0.31, "0.31"),
        (0.12345, "0.123"),
        (0.0123, "0.0123"),
        (1.0, "1"),
        (-0.5, "-0.5"),
        (12.345, "12.3"),
        (99.96, "100"),
        (123.4, "123"),
        (1200, "1.2k"),
        (1234567, "1.23M"),
        (2.5e9, "2.5G"),
        (1.5e-7, "1.5e-07"),
        (1e300, "1e+300"),
        (None, "-"),
        (math.nan, "-"),
        (math.inf, "-"),
    ],
)
def test_format_value(value: float | None, text: str) -> None:
    assert format_value(value) == text


def test_numbers_are_short_and_close() -> None:
    units = {"k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}
    rng = random.Random(2)
    for _ in range(2000):
        value = rng.choice([-1, 1]) * 10 ** rng.uniform(-12, 14)
        text = format_value(value)
        assert len(text) <= 10, value
        shown = float(text.rstrip("kMGT")) * units.get(text[-1], 1)
        assert shown == pytest.approx(value, rel=0.006)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (59.6, "1m 00s"),
        (42.2, "42s"),
        (200, "3m 20s"),
        (5 * 3600 + 240, "5h 04m"),
        (2 * 86400 + 3 * 3600, "2d 03h"),
        (None, "-"),
        (-1, "-"),
        (math.inf, "-"),
    ],
)
def test_format_duration(seconds: float | None, text: str) -> None:
    assert format_duration(seconds) == text


def run(status: Status, **more: float | None) -> RunSummary:
    return RunSummary("a", "a", RunKind.TRAIN, status, Verdict.HEALTHY, "p", 0.0, **more)  # type: ignore[arg-type]


def test_eta() -> None:
    assert eta(run(Status.RUNNING, step=30, max_steps=100, step_time=0.5)) == 35.0
    assert eta(run(Status.RUNNING, step=120, max_steps=100, step_time=0.5)) == 0.0
    assert eta(run(Status.FINISHED, step=30, max_steps=100, step_time=0.5)) is None
    assert eta(run(Status.RUNNING, step=30, max_steps=100)) is None
    assert eta(run(Status.RUNNING, step=30, step_time=0.5)) is None
