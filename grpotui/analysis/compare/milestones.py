"""When a run got somewhere, and what that cost: by step, by samples, by time of training."""

from __future__ import annotations

import statistics
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from operator import mul, sub

from grpotui import format as fmt
from grpotui.analysis.compare.config import same_rewards
from grpotui.analysis.compare.noise import Estimate
from grpotui.analysis.compare.rows import Cell, Row
from grpotui.analysis.compare.subject import Curve, Subject
from grpotui.records import RunKind
from grpotui.records.keys import EVAL_ACCURACY, REWARD

SMOOTH = 20
"""Logged steps whose mean has to reach a threshold; never more than those that stand for the run's end."""
HALF_WAY = 0.5
"""Share of the first run's rise that is the threshold."""


@dataclass(frozen=True, slots=True, repr=False)
class Smooth:
    """Sums of ``width`` finite values in a row, and the step at which each was reached."""

    width: int
    steps: Sequence[int]
    sums: Sequence[float]

    @classmethod
    def of(cls, curve: Curve, window: int) -> Smooth:
        """Smooth a curve whose last ``window`` values stand for its end; a shorter one has none."""
        width = min(SMOOTH, window)
        steps, values = curve.finite()
        # Differences of running sums: a loop of its own for each window makes 100,000 steps wait.
        sums = list(accumulate(values, initial=0.0))
        return cls(width, steps[width - 1 :], list(map(sub, sums[width:], sums)))

    @property
    def said(self) -> str:
        """What its values are means of."""
        return f"(mean of {self.width})"

    def best(self) -> Cell:
        """Return the highest mean and its step; an empty cell when the run is too short."""
        if not self.sums:
            return Cell()
        highest = max(self.sums)
        step = self.steps[self.sums.index(highest)]
        return Cell(Estimate(highest / self.width), text=self.said, step=step)

    def reaches(self, threshold: float) -> int | None:
        """Return the first step whose mean is at the threshold or beyond."""
        wanted = threshold * self.width
        return next(
            (step for step, total in zip(self.steps, self.sums, strict=True) if total >= wanted), None
        )


def trained(subject: Subject) -> Curve:
    """Return the reward over training: nothing of a run that only generates, whose batches lead nowhere."""
    return Curve() if subject.run.kind is RunKind.ROLLOUTS else subject.curve(REWARD)


def reward_reached(subjects: Sequence[Subject], smooth: Sequence[Smooth], window: int) -> Row:
    """Return when each run was half way of the first run's rise in reward; nothing of other rewards."""
    curve = trained(subjects[0])
    width = smooth[0].width
    start = [value for value in curve.values[:width] if value == value]
    end = curve.last(window)
    if len(start) < width or not end:
        return _nothing(subjects)
    threshold = _half_way(statistics.fmean(start), statistics.fmean(end))
    if threshold is None:
        return _nothing(subjects)
    alike = [same_rewards(subjects[0], subject) for subject in subjects]
    steps = [one.reaches(threshold) if same else None for one, same in zip(smooth, alike, strict=True)]
    known = [bool(one.sums) and same for one, same in zip(smooth, alike, strict=True)]
    return _reached(f"reward {threshold:.2f} at", subjects, steps, known, [one.said for one in smooth])


def held_out_reached(subjects: Sequence[Subject]) -> Row:
    """Return at which evaluation each run was half way of the first run's rise in held-out accuracy."""
    found = [subject.curve(EVAL_ACCURACY).finite() for subject in subjects]
    first = found[0][1]
    threshold = _half_way(first[0], first[-1]) if len(first) > 1 else None
    if threshold is None:
        return _nothing(subjects)
    steps = [next((s for s, v in zip(*one, strict=True) if v >= threshold), None) for one in found]
    known = [len(values) > 1 for _, values in found]
    return _reached(f"held-out {threshold * 100:.0f} % at", subjects, steps, known, [""] * len(found))


def best_held_out(subjects: Sequence[Subject]) -> Row:
    """Return the best of several evaluations; chance favours the best, so nothing is concluded from it."""
    cells = []
    for subject in subjects:
        steps, values = subject.curve(EVAL_ACCURACY).finite()
        best = max(values, default=0.0)
        several = len(values) > 1
        cells.append(Cell(Estimate(best), step=steps[list(values).index(best)]) if several else Cell())
    return Row("best held-out", tuple(cells), percent=True)


def cost(subjects: Sequence[Subject]) -> Row:
    """Return what each run has taken so far: time of training, samples, tokens, device."""
    cells = []
    for subject in subjects:
        tokens = subject.curve("num_tokens").last(1)
        spent, step = seconds(subject, None), subject.run.step
        samples = step * subject.per_step if subject.per_step and subject.curve(REWARD) else None
        parts = [fmt.duration(spent)] if spent is not None else []
        parts += [f"{samples} samples"] if samples else []
        parts += [f"{fmt.number(tokens[0])} tokens"] if tokens else []
        text = ", ".join([*parts, fmt.device(subject.run.device)] if parts and subject.run.device else parts)
        cells.append(Cell(text=text, samples=samples, seconds=spent))
    return Row("cost", tuple(cells))


def seconds(subject: Subject, until: int | None) -> float | None:
    """Return the time of training up to a step, evaluations and pauses aside; None where it was not logged.

    A logged ``step_time`` is the mean over the steps since the line before.
    """
    steps, values = subject.curve("step_time").finite()
    end = len(steps) if until is None else bisect_right(steps, until)
    steps, values = steps[:end], values[:end]
    return sum(map(mul, values, map(sub, steps, chain((0,), steps)))) if end else None


def _half_way(low: float, high: float) -> float | None:
    return low + HALF_WAY * (high - low) if high > low else None


def _nothing(subjects: Sequence[Subject]) -> Row:
    return Row("", tuple(Cell() for _ in subjects))


def _reached(
    name: str,
    subjects: Sequence[Subject],
    steps: Sequence[int | None],
    known: Sequence[bool],
    means: Sequence[str],
) -> Row:
    cells = []
    for subject, step, measured, mean in zip(subjects, steps, known, means, strict=True):
        if step is None:
            cells.append(Cell(text="not reached" if measured else ""))
            continue
        spent = seconds(subject, step)
        samples = step * subject.per_step if subject.per_step else None
        parts = [f"step {step}"] + ([f"{samples} samples"] if samples is not None else [])
        parts += [fmt.duration(spent)] if spent is not None else []
        text = " ".join(filter(None, [", ".join(parts), mean]))
        cells.append(Cell(text=text, step=step, samples=samples, seconds=spent))
    return Row(name, tuple(cells))
