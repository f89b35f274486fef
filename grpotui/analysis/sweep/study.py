"""A sweep with all that it shows so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from grpotui.analysis.sweep.conclusions import conclude
from grpotui.analysis.sweep.effects import levels
from grpotui.analysis.sweep.metric import Metric, metric_of
from grpotui.analysis.sweep.pooling import counted, points_of
from grpotui.analysis.sweep.promise import marks_of
from grpotui.analysis.sweep.ranking import rank
from grpotui.analysis.sweep.reading import COLUMNS, read_run
from grpotui.analysis.sweep.records import Reading, Study
from grpotui.records import RunSummary
from grpotui.records.sweeps import Role, Sweep
from grpotui.registry.queries import Registry


class Reader:
    """Reads a sweep again and again; a run that has not changed is read once.

    Trainings are measured over their last ``window`` logged steps, or the usual ones.
    """

    def __init__(self, window: int | None = None) -> None:
        self._window = window
        self._kept: dict[str, tuple[RunSummary, Metric, Reading]] = {}
        self._last: tuple[object, Study] | None = None

    def read(self, registry: Registry, sweep: Sweep) -> Study:
        """Return the sweep as it stands now: the same object as before while nothing has changed."""
        runs = registry.members(sweep.id)
        state = (sweep, runs)
        if self._last is None or self._last[0] != state:
            metric = metric_of(registry, sweep, runs, self._window)
            readings = [self._reading(registry, run, metric) for run in runs]
            self._last = (state, study_of(sweep, metric, readings))
        return self._last[1]

    def _reading(self, registry: Registry, run: RunSummary, metric: Metric) -> Reading:
        kept = self._kept.get(run.id)
        if kept is None or kept[:2] != (run, metric):
            self._kept[run.id] = kept = (run, metric, read_run(registry, run, metric))
        return kept[2]


def study(registry: Registry, sweep: Sweep, window: int | None = None) -> Study:
    """Return a sweep with its points, ranking, effects, sentences and contract, as far as it got."""
    return Reader(window).read(registry, sweep)


def study_of(sweep: Sweep, metric: Metric, readings: Sequence[Reading]) -> Study:
    """Return what the runs of a sweep show together; pure."""
    found = points_of(sweep, readings)
    search = [one.run for one in readings if one.role is Role.POINT]
    fresh = [one.run for point in found for one in point.runs if one.role is Role.CONFIRM]
    asked = sum(len(some.seeds) * len(some.numbers) for some in sweep.repeats)
    counts = counted(search, len(sweep.points) * max(len(sweep.seeds), 1))
    ranking = rank(sweep, found)
    present = {name for point in found for name in point.columns}
    told = Study(
        sweep,
        metric.text,
        tuple(found),
        counts,
        counted(fresh, asked),
        ranking,
        tuple(levels(sweep.axes, found)),
        (),
        tuple(marks_of(sweep, found, ranking, counts.over)),
        tuple(name for name in COLUMNS if name in present),
    )
    return replace(told, sentences=tuple(conclude(told, metric.why)))
