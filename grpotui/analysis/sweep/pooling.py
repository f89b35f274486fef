"""Runs of one point as one number: over seeds, or over prompts."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence

from grpotui.analysis.sweep.axes import key_of
from grpotui.analysis.sweep.chance import Sample, of_prompts, pooled_spread, unexplained
from grpotui.analysis.sweep.records import Counts, Outcome, Point, Reading
from grpotui.records import RunKind, RunSummary, Status
from grpotui.records.sweeps import Role, Sweep

LEAST_REPEATS = 2
"""Finished repeats that confirm, unless fewer were asked for."""


def counted(runs: Sequence[RunSummary], planned: int = 0) -> Counts:
    """Return how far runs got; one that was cancelled before its first step counts as failed."""
    live = sum(run.status.is_live for run in runs)
    failed = sum(
        run.status in (Status.FAILED, Status.LOST) or (run.status is Status.STOPPED and not run.step)
        for run in runs
    )
    waiting = sum(run.status in (Status.QUEUED, Status.DRAFT) for run in runs)
    return Counts(len(runs) - live - failed - waiting, live, waiting, failed, max(planned, len(runs)))


def points_of(sweep: Sweep, readings: Sequence[Reading]) -> list[Point]:
    """Return every point of a sweep with the runs that belong to it, in the order of the sweep."""
    by_number: dict[int, list[Reading]] = {number: [] for number in range(1, len(sweep.points) + 1)}
    for one in readings:
        by_number.setdefault(one.run.point or 0, []).append(one)
    by_number.pop(0, None)
    search = {n: [r for r in some if r.role is Role.POINT] for n, some in by_number.items()}
    fresh = {n: _fresh(some, search[n]) for n, some in by_number.items()}
    spread = pooled_spread([_values(_standing(some)) for part in (search, fresh) for some in part.values()])
    if spread is None and sweep.kind is RunKind.TRAIN:
        spread = unexplained(_cells(sweep, search))
    points = []
    for number in sorted(by_number):
        values = sweep.points[number - 1] if number <= len(sweep.points) else {}
        points.append(_point(sweep, number, values, search[number], fresh[number], spread))
    return points


def _cells(sweep: Sweep, search: Mapping[int, Sequence[Reading]]) -> list[tuple[tuple[str, ...], float]]:
    """Return the levels of the axes and the value of each lone run that did not collapse."""
    axes = [axis for axis, values in sweep.axes.items() if len(values) > 1]
    found = []
    for number, runs in search.items():
        values = sweep.points[number - 1] if number <= len(sweep.points) else {}
        for one in runs:
            if one.counts and one.sample is not None and one.outcome is not Outcome.COLLAPSED:
                found.append((tuple(key_of(values.get(axis)) for axis in axes), one.sample.value))
    return found


def _fresh(runs: Sequence[Reading], search: Sequence[Reading]) -> list[Reading]:
    """Return the repeats whose seed the search has not had: the others are the same run again."""
    had = {one.run.seed for one in search}
    return [one for one in runs if one.role is Role.CONFIRM and one.run.seed not in had]


def _standing(runs: Sequence[Reading]) -> list[Reading]:
    """Return the runs that stand for a point."""
    return [one for one in runs if one.counts]


def _values(runs: Sequence[Reading]) -> list[float]:
    return [one.sample.value for one in runs if one.sample is not None]


def _point(
    sweep: Sweep,
    number: int,
    values: Mapping[str, object],
    search: Sequence[Reading],
    fresh: Sequence[Reading],
    spread: Sample | None,
) -> Point:
    counts = counted([one.run for one in search], len(sweep.seeds))
    asked = sum(len(some.seeds) for some in sweep.repeats if number in some.numbers)
    repeats = counted([one.run for one in fresh], asked)
    used = _standing(search)
    partial = not used
    used = used or [one for one in search if one.sample is not None]
    enough = repeats.over and repeats.done >= min(LEAST_REPEATS, max(repeats.planned, 1))
    judged = [one.outcome for one in (*search, *fresh) if one.outcome is not Outcome.OPEN]
    return Point(
        number=number,
        values=values,
        runs=(*search, *fresh),
        counts=counts,
        repeats=repeats,
        found=pooled(used, spread),
        confirmed=pooled(_standing(fresh), spread) if enough else None,
        partial=partial and bool(used),
        columns=means(_standing(fresh) if enough else used),
        outcome=_most(judged),
        verdicts=_verdicts([*search, *fresh]),
    )


def pooled(runs: Sequence[Reading], spread: Sample | None) -> Sample | None:
    """Return the metric over runs of one point; None for none.

    Over prompts: each prompt's mean over all runs, then the mean over prompts. Over seeds: the mean of the
    runs, with the spread between seeds that all points share (``spread``), and no less than a lone run's own
    window tells; while no point has two seeds and the axes explain all, that window is all there is. The
    interval that a lone run logged stays its own, beside the error that points are told apart by.
    """
    samples = [one.sample for one in runs if one.sample is not None]
    if not samples:
        return None
    if all(sample.prompts for sample in samples):
        asked: dict[int, list[float]] = {}
        for sample in samples:
            for prompt, value in sample.prompts.items():
                asked.setdefault(prompt, []).append(value)
        means = {prompt: statistics.fmean(some) for prompt, some in asked.items()}
        return of_prompts(means, samples[0].span)
    mean, span = statistics.fmean(sample.value for sample in samples), samples[0].span
    if spread is not None and spread.error is not None:
        alone = samples[0] if len(samples) == 1 else None
        error = max(spread.error / math.sqrt(len(samples)), (alone and alone.error) or 0.0)
        return Sample(mean, error, spread.df, pool=spread.pool, span=span, own=alone.own if alone else None)
    return samples[0] if len(samples) == 1 else Sample(mean, span=span)


def means(runs: Sequence[Reading]) -> dict[str, float]:
    """Return the mean of each column over the runs that have it."""
    found: dict[str, list[float]] = {}
    for one in runs:
        for name, value in one.columns.items():
            found.setdefault(name, []).append(value)
    return {name: statistics.fmean(values) for name, values in found.items()}


def _most(outcomes: Sequence[Outcome]) -> Outcome:
    """Return what more than half of the judged runs came to."""
    if not outcomes:
        return Outcome.OPEN
    most, count = Counter(outcomes).most_common(1)[0]
    return most if 2 * count > len(outcomes) else Outcome.MIXED


def _verdicts(runs: Sequence[Reading]) -> tuple[str, ...]:
    told = [
        f"{one.run.verdict}{f' ({one.run.cause})' if one.run.cause else ''}"
        for one in runs
        if one.run.verdict is not None
    ]
    return tuple(dict.fromkeys(told))
