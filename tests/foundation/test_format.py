"""Numbers and times, short."""

from __future__ import annotations

import math
import random

import pytest

from grpotui import format as fmt


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
def test_numbers(value: float | None, text: str) -> None:
    assert fmt.number(value) == text


def test_numbers_are_short_and_close() -> None:
    units = {"k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}
    rng = random.Random(2)
    for _ in range(2000):
        value = rng.choice([-1, 1]) * 10 ** rng.uniform(-12, 14)
        text = fmt.number(value)
        assert len(text) <= 10, value
        shown = float(text.rstrip("kMGT")) * units.get(text[-1], 1)
        assert shown == pytest.approx(value, rel=0.006)


@pytest.mark.parametrize(
    ("seconds", "short"), [(None, ""), (-1, ""), (41, "41s"), (700, "11m"), (7500, "2h05"), (273600, "3d04")]
)
def test_durations(seconds: float | None, short: str) -> None:
    assert fmt.duration(seconds) == short


@pytest.mark.parametrize(
    ("value", "short"),
    [
        (None, "-"),
        (0.931, "0.93"),
        (-0.2, "-0.20"),
        (12.34, "12.3"),
        (250.4, "250"),
        (1e6, "1e6"),
        (3.6e-6, "4e-6"),
    ],
)
def test_figures(value: float | None, short: str) -> None:
    assert fmt.figure(value) == short
    assert len(fmt.figure(value)) <= 6


@pytest.mark.parametrize(
    ("seconds", "short"), [(None, ""), (-3, "0s"), (41, "41s"), (700, "11m"), (7500, "2h"), (273600, "3d")]
)
def test_ages(seconds: float | None, short: str) -> None:
    assert fmt.age(seconds) == short


def test_a_part_and_its_whole_are_written_out() -> None:
    assert fmt.part_of(5, 1_234_567) == "5/1234567"
    assert fmt.part_of(1.25, 2.5, digits=1) == "1.2/2.5"
    assert fmt.part_of(12, None) == "12"
    assert fmt.part_of(None, 3) == ""
