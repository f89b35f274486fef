"""A row of the outcome: one measure over all runs."""

from __future__ import annotations

from dataclasses import dataclass

from grpotui.analysis.compare.noise import Estimate, Mark


@dataclass(frozen=True, slots=True)
class Cell:
    """One run's value in a row; ``text`` where it is no number."""

    estimate: Estimate | None = None
    mark: Mark = Mark.NONE
    text: str = ""
    step: int | None = None
    samples: int | None = None
    """Completions that were trained on by that step."""
    seconds: float | None = None
    """Seconds of training by that step."""


@dataclass(frozen=True, slots=True)
class Row:
    """One measure over all runs."""

    name: str
    cells: tuple[Cell, ...]
    percent: bool = False
    """True for shares, which people read in per cent."""
