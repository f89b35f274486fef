"""The whole comparison: differences, confounds, outcome and what may be concluded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grpotui.analysis.compare.changes import change
from grpotui.analysis.compare.conclusions import conclusions
from grpotui.analysis.compare.config import Difference, causes, differences
from grpotui.analysis.compare.outcome import outcome, windows_of
from grpotui.analysis.compare.pools import Pool, pooled_rows, pools
from grpotui.analysis.compare.rows import Row
from grpotui.analysis.compare.subject import Subject


@dataclass(frozen=True, slots=True)
class Comparison:
    """Runs beside each other; the first one is what the others are measured against."""

    subjects: tuple[Subject, ...]
    differences: tuple[Difference, ...]
    changes: tuple[str, ...]
    """One sentence for each run but the first: what it changes, and whether that has a single cause."""
    confounded: tuple[str, ...]
    """Letters of runs whose seed differs beside something else."""
    rows: tuple[Row, ...]
    pools: tuple[Pool, ...]
    """The runs, those that repeat each other together; the first run's first."""
    conclusions: tuple[str, ...]
    by_samples: bool
    """True when steps of these runs are known to train on different numbers of completions."""


def compare(subjects: Sequence[Subject], window: int | None = None) -> Comparison:
    """Compare two or more runs over the last ``window`` logged steps of each; default: :func:`windows_of`."""
    windows = windows_of(subjects, window)
    sizes = [subject.per_step for subject in subjects]
    found = differences(subjects)
    changed = [causes(found, place) for place in range(len(subjects))]
    groups = pools(subjects, changed, windows)
    told = [change(subjects, place, changed[place], groups[0].places) for place in range(1, len(subjects))]
    return Comparison(
        tuple(subjects),
        tuple(found),
        tuple(one.sentence for one in told),
        tuple(one.letter for one in told if one.confounded),
        (*pooled_rows(groups), *outcome(subjects, windows)),
        tuple(groups),
        tuple(conclusions(subjects, changed, groups)),
        all(sizes) and len(set(sizes)) > 1,
    )
