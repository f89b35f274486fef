"""Metrics out of pairs, as tests write them."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable

from grpotui.tui.run.series import Point, Recording, Series


def add(recording: Recording, points: Iterable[Point]) -> None:
    """Take in points with ascending steps after those so far."""
    pairs = [(step, math.nan if value is None else value) for step, value in points]
    recording.extend(array("q", [step for step, _ in pairs]), array("d", [value for _, value in pairs]))


def series_of(points: Iterable[Point]) -> Series:
    recording = Recording()
    add(recording, points)
    return recording.snapshot()
