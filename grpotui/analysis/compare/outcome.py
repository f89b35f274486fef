"""What came of each run: windows with their spread, never a last value; with marks against the first run."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import sub

from grpotui.analysis.compare.noise import Estimate, Mark, mark, windowed
from grpotui.analysis.compare.subject import Curve, Subject
from grpotui.records.keys import (
    EVAL_ACCURACY,
    JACCARD_CROSS,
    REWARD,
    ZERO_STD,
    ZERO_STD_CEILING,
    ZERO_STD_FLOOR,
    ZERO_STD_OTHER,
)

KEYS = (
    REWARD,
    EVAL_ACCURACY,
    f"{EVAL_ACCURACY}_low",
    f"{EVAL_ACCURACY}_high",
    "eval_n",
    ZERO_STD_CEILING,
    ZERO_STD_FLOOR,
    ZERO_STD_OTHER,
    ZERO_STD,
    JACCARD_CROSS,
    "kl",
    "entropy",
    "completions/mean_length",
    "step_time",
)
"""Metrics that an outcome is made of."""
WINDOW = 50
"""Logged steps at the end of a run that stand for it."""
SMOOTH = 20
"""Logged steps whose mean has to reach a threshold."""
HALF_WAY = 0.5
"""Share of the first run's rise that is the threshold."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One run's value in a row; ``text`` where it is no number."""

    estimate: Estimate | None = None
    mark: Mark = Mark.NONE
    text: str = ""
    step: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One measure over all runs."""

    name: str
    cells: tuple[Cell, ...]
    percent: bool = False
    """True for shares, which people read in per cent."""


def outcome(subjects: Sequence[Subject], window: int = WINDOW) -> list[Row]:
    """Return the rows of the outcome; those that no run has values for are left out."""
    threshold = _threshold(subjects[0], window)
    smooth = [_Smooth.of(subject.curve(REWARD)) for subject in subjects]
    rows = [
        *_reward_rows(subjects, smooth, window),
        _marked("held-out accuracy", subjects, held_out, percent=True),
        _marked("stuck", subjects, lambda s: _stuck(s, window)),
        _marked("at max", subjects, lambda s: _shares(s.curve(ZERO_STD_CEILING).last(window))),
        _marked("jaccard across", subjects, lambda s: _shares(s.curve(JACCARD_CROSS).last(window))),
        _marked("kl", subjects, lambda s: _end(s.curve("kl"), window)),
        _marked("entropy", subjects, lambda s: _end(s.curve("entropy"), window)),
        _marked("length", subjects, lambda s: _end(s.curve("completions/mean_length"), window)),
        _reached(subjects, smooth, threshold),
        _said("verdict", subjects, _verdict),
        _said("contract", subjects, lambda s: s.contract),
        _said("like", subjects, lambda s: s.like),
        _said("your verdict", subjects, lambda s: str(s.run.human or "")),
        _said("status", subjects, lambda s: f"{s.run.status} {s.run.step}/{s.run.max_steps or '?'}"),
    ]
    return [row for row in rows if any(cell.estimate or cell.text for cell in row.cells)]


def _reward_rows(subjects: Sequence[Subject], smooth: Sequence[_Smooth], window: int) -> list[Row]:
    spans = {subject.span for subject in subjects}
    rows = [_marked("reward", subjects, lambda s: _end(s.curve(REWARD), window))]
    span = next(iter(spans)) if len(spans) == 1 else None
    if span is not None and (span.low, span.high) != (0.0, 1.0):
        rows.append(_marked("share of its range", subjects, lambda s: _share(s, window), percent=True))
    return [*rows, Row("best reward", tuple(one.best() for one in smooth))]


def _marked(
    name: str,
    subjects: Sequence[Subject],
    measure: Callable[[Subject], Estimate | None],
    percent: bool = False,
) -> Row:
    found = [measure(subject) for subject in subjects]
    marks = [Mark.NONE, *(mark(found[0], one) for one in found[1:])]
    return Row(name, tuple(Cell(one, sign) for one, sign in zip(found, marks, strict=True)), percent)


def _said(name: str, subjects: Sequence[Subject], words: Callable[[Subject], str]) -> Row:
    return Row(name, tuple(Cell(text=words(subject)) for subject in subjects))


def _end(curve: Curve, window: int) -> Estimate | None:
    return windowed(curve.last(window))


def _share(subject: Subject, window: int) -> Estimate | None:
    values = subject.curve(REWARD).last(window)
    return _shares([subject.span.normalise(value) for value in values]) if subject.span else None


def _shares(values: Sequence[float]) -> Estimate | None:
    """Return the mean of shares; its interval does not leave 0 to 1."""
    found = windowed(values)
    if found is None or found.low is None or found.high is None:
        return found
    return Estimate(found.value, max(found.low, 0.0), min(found.high, 1.0))


def _stuck(subject: Subject, window: int) -> Estimate | None:
    """Return the share of groups without spread that are not at the ceiling."""
    floor, other = subject.curve(ZERO_STD_FLOOR), subject.curve(ZERO_STD_OTHER)
    pairs = zip(floor.last(window), other.last(window), strict=False)
    return _shares([a + b for a, b in pairs])


def held_out(subject: Subject, until: int | None = None) -> Estimate | None:
    """Return the newest held-out accuracy, with the interval that was logged beside it."""
    ends = ("", "_low", "_high")
    value, low, high = (subject.curve(f"{EVAL_ACCURACY}{end}").last(1, until) for end in ends)
    if not value:
        return None
    return Estimate(value[0], low[0] if low else None, high[0] if high else None)


def _verdict(subject: Subject) -> str:
    run = subject.run
    cause = f" ({run.cause})" if run.cause else ""
    return f"{run.verdict or ''}{cause}"


@dataclass(frozen=True, slots=True, repr=False)
class _Smooth:
    """Sums of SMOOTH finite values in a row, and the step at which each was reached."""

    steps: Sequence[int]
    sums: Sequence[float]

    @classmethod
    def of(cls, curve: Curve) -> _Smooth:
        """Smooth a curve; one that is shorter than SMOOTH has nothing to show."""
        steps, values = curve.finite()
        # Differences of running sums: a loop of its own for each window makes 100,000 steps wait.
        sums = list(accumulate(values, initial=0.0))
        return cls(steps[SMOOTH - 1 :], list(map(sub, sums[SMOOTH:], sums)))

    def best(self) -> Cell:
        """Return the highest mean and its step; an empty cell when the run is too short."""
        if not self.sums:
            return Cell()
        highest = max(self.sums)
        return Cell(Estimate(highest / SMOOTH), step=self.steps[self.sums.index(highest)])

    def reaches(self, threshold: float) -> int | None:
        """Return the first step whose mean is at the threshold or beyond."""
        wanted = threshold * SMOOTH
        return next(
            (step for step, total in zip(self.steps, self.sums, strict=True) if total >= wanted), None
        )


def _threshold(first: Subject, window: int) -> float | None:
    curve = first.curve(REWARD)
    start = [value for value in curve.values[:SMOOTH] if value == value]
    end = curve.last(window)
    if len(start) < SMOOTH or not end:
        return None
    low, high = statistics.fmean(start), statistics.fmean(end)
    return low + HALF_WAY * (high - low) if high > low else None


def _reached(subjects: Sequence[Subject], smooth: Sequence[_Smooth], threshold: float | None) -> Row:
    if threshold is None:
        return Row("", tuple(Cell() for _ in subjects))
    cells = []
    for subject, means in zip(subjects, smooth, strict=True):
        step = means.reaches(threshold)
        cells.append(Cell(text=_when(subject, step), step=step))
    return Row(f"reward {threshold:.2f} at", tuple(cells))


def _when(subject: Subject, step: int | None) -> str:
    if step is None:
        return "never"
    return f"step {step}" + (f", {step * subject.per_step} samples" if subject.per_step else "")
