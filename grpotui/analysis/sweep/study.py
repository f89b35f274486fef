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
from grpotui.analysis.sweep.records import Point, Reading, Study
from grpotui.records import RunSummary
from grpotui.records.sweeps import Role, Sweep
from grpotui.registry.queries import Registry


class Reader:
    """Reads a sweep again and again; what ended runs showed is read once."""

    def __init__(self, registry: Registry, sweep: Sweep) -> None:
        self._registry = registry
        self._sweep = sweep
        self._kept: dict[str, tuple[RunSummary, Metric, Reading]] = {}

    def read(self) -> Study:
        """Return the sweep as it stands now."""
        self._sweep = next((s for s in self._registry.sweeps() if s.id == self._sweep.id), self._sweep)
        runs = self._registry.members(self._sweep.id)
        metric = metric_of(self._registry, self._sweep, runs)
        return study_of(self._sweep, metric, [self._reading(run, metric) for run in runs])

    def _reading(self, run: RunSummary, metric: Metric) -> Reading:
        kept = self._kept.get(run.id)
        if kept is not None and kept[:2] == (run, metric) and run.status.is_ended:
            return kept[2]
        found = read_run(self._registry, run, metric)
        self._kept[run.id] = (run, metric, found)
        return found


def study(registry: Registry, sweep: Sweep) -> Study:
    """Return a sweep with its points, ranking, effects, sentences and contract, as far as it got."""
    return Reader(registry, sweep).read()


def points(registry: Registry, sweep: Sweep) -> tuple[Point, ...]:
    """Return the points of a sweep with what their runs showed."""
    return study(registry, sweep).points


def study_of(sweep: Sweep, metric: Metric, readings: Sequence[Reading]) -> Study:
    """Return what the runs of a sweep show together; pure."""
    found = points_of(sweep, readings)
    search = [one.run for one in readings if one.role is Role.POINT]
    fresh = [one.run for point in found for one in point.runs if one.role is Role.CONFIRM]
    counts = counted(search, len(sweep.points) * max(len(sweep.seeds), 1))
    ranking = rank(sweep, found)
    present = {name for point in found for name in point.columns}
    told = Study(
        sweep,
        metric.text,
        tuple(found),
        counts,
        counted(fresh),
        ranking,
        tuple(levels(sweep.axes, found)),
        (),
        tuple(marks_of(sweep, found, ranking, counts.over)),
        tuple(name for name in COLUMNS if name in present),
    )
    return replace(told, sentences=tuple(conclude(told, metric.why)))
