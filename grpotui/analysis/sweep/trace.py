"""What a sentence rests on, and how points are named in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from grpotui import format as fmt
from grpotui.analysis.sweep.axes import label
from grpotui.analysis.sweep.chance import REST, Sample
from grpotui.analysis.sweep.records import Point, Reading, Sentence, Study
from grpotui.records import RunKind

NAMED = 4
"""Points that a sentence names one by one."""


def resting(kind: str, text: str, points: Iterable[Point], role: str = "") -> Sentence:
    """Return a sentence with the runs of points, those of one role if given, and where each was read."""
    return upon(kind, text, [one for point in points for one in point.runs if role in ("", one.role)])


def upon(kind: str, text: str, runs: Sequence[Reading]) -> Sentence:
    """Return a sentence with its runs; those of which nothing is measured are left out."""
    used = [one.run for one in runs if one.run.step or one.sample is not None]
    return Sentence(kind, text, tuple(run.id for run in used), tuple(run.step for run in used))


def valued(sample: Sample | None) -> str:
    """Return ``0.197 [0.16 to 0.234]``, as far as it is known."""
    if sample is None:
        return "-"
    found = sample.interval()
    if found.low is None or found.high is None:
        return fmt.number(found.value)
    return f"{fmt.number(found.value)} [{fmt.number(found.low)} to {fmt.number(found.high)}]"


def named(study: Study, point: Point) -> str:
    """Return a point with its values on the axes."""
    return f"point {point.number} ({label(point.values, study.sweep.axes)})"


def listed(study: Study, points: Sequence[Point]) -> str:
    """Return points one by one, the first few."""
    shown = [named(study, point) for point in points[:NAMED]]
    more = len(points) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def counted(count: int, what: str) -> str:
    """Return ``1 run``, ``3 runs``."""
    return f"{count} {what}{'' if count == 1 else 's'}"


def so_far(study: Study) -> str:
    """Return `` so far`` while more is to come."""
    return "" if study.over else " so far"


def one_seed_each(study: Study) -> bool:
    """True for trainings of which no point has two seeds: nothing tells how far seeds differ."""
    measured = [point for point in study.points if point.standing is not None]
    alone = all(sum(one.sample is not None for one in point.runs) == 1 for point in measured)
    return study.sweep.kind is RunKind.TRAIN and bool(measured) and alone


def by_residuals(study: Study) -> bool:
    """True when what the axes do not explain stands for the noise."""
    return any(point.found is not None and point.found.pool == REST for point in study.points)


def of_what(study: Study) -> str:
    """Return which noise it is, where it is not all of it."""
    return " of their steps" if one_seed_each(study) and not by_residuals(study) else ""
