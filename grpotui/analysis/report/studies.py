"""Runs whose rewards mean the same, read as a sweep: what differs between them are its axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from grpotui.analysis.compare.config import MISSING, SEED, WEIGHTS, Difference
from grpotui.analysis.report.columns import causes, comparable, reward_text, text_of
from grpotui.analysis.report.entry import Entry
from grpotui.analysis.report.statement import Source, Statement
from grpotui.analysis.sweep.axes import key_of
from grpotui.analysis.sweep.metric import metric_of
from grpotui.analysis.sweep.reading import read_run
from grpotui.analysis.sweep.records import Point, Sentence, Study
from grpotui.analysis.sweep.study import study, study_of
from grpotui.records.sweeps import Sweep
from grpotui.registry.queries import Registry

MOST_AXES = 8
"""Fields that may differ; beyond that nobody can tell what did what."""


@dataclass(frozen=True, slots=True)
class Part:
    """Comparable runs with what they show together."""

    entries: tuple[Entry, ...]
    study: Study
    too_many: int = 0
    """Fields that differ, where they are too many to be told apart; else 0."""

    @property
    def name(self) -> str:
        """Task and reward."""
        config = self.entries[0].subject.config
        return f"{text_of(config, 'task.name')}, {reward_text(config)}"

    @property
    def best(self) -> Point | None:
        """The best setting; None while there is none."""
        return self.study.best

    @property
    def winners(self) -> list[Entry]:
        """The runs of the best setting."""
        ids = self.best.run_ids if self.best else ()
        return [entry for entry in self.entries if entry.id in ids]

    @property
    def sources(self) -> tuple[Source, ...]:
        """All of its runs."""
        return tuple(Source(entry.id) for entry in self.entries)


def parts(
    registry: Registry, entries: Sequence[Entry], sweep: Sweep | None = None, window: int | None = None
) -> list[Part]:
    """Return runs by what their rewards mean; those of a sweep are one part, with the sweep's own axes.

    Rewards of trainings are those of the last ``window`` logged steps, or of the usual ones.
    """
    if sweep is not None and entries and sweep.kind is entries[0].run.kind:
        return [Part(tuple(entries), study(registry, sweep, window))]
    return [_part(registry, [entries[place] for place in places], window) for places in comparable(entries)]


def _part(registry: Registry, entries: Sequence[Entry], window: int | None) -> Part:
    differing = [one for one in causes(entries) if one.field != SEED]
    if any(one.field == "model" for one in differing):
        differing = [one for one in differing if one.field != WEIGHTS]
    fields = differing if len(differing) <= MOST_AXES else []
    values = [_values(fields, place) for place in range(len(entries))]
    keys = [_key(differing, place) for place in range(len(entries))]
    numbers = {key: number for number, key in enumerate(dict.fromkeys(keys), 1)}
    points = {numbers[key]: point for key, point in zip(keys, values, strict=True)}
    sweep = Sweep(
        id="",
        kind=entries[0].run.kind,
        axes={one.field: _axis(one) for one in fields},
        points=tuple(points[number] for number in sorted(points)),
    )
    runs = [replace(entry.run, point=numbers[key]) for entry, key in zip(entries, keys, strict=True)]
    metric = metric_of(registry, sweep, runs, window)
    told = study_of(sweep, metric, [read_run(registry, run, metric) for run in runs])
    return Part(tuple(entries), told, 0 if len(differing) <= MOST_AXES else len(differing))


def _plain(value: Any) -> Any:
    return None if value is MISSING else value


def _values(differing: Sequence[Difference], place: int) -> Mapping[str, Any]:
    return {one.field: _plain(one.values[place]) for one in differing}


def _key(differing: Sequence[Difference], place: int) -> tuple[str, ...]:
    return tuple(key_of(_plain(one.values[place])) for one in differing)


def _axis(one: Difference) -> tuple[Any, ...]:
    """Return the distinct values of a field, as they first came."""
    return tuple({key_of(_plain(value)): _plain(value) for value in one.values}.values())


def sentences(part: Part, *kinds: str) -> list[Statement]:
    """Return what may be concluded from a part, of these kinds."""
    return [_statement(one) for one in part.study.sentences if one.kind in kinds]


def _statement(one: Sentence) -> Statement:
    read_at = zip(one.runs, one.steps, strict=False)
    return Statement(one.text, tuple(Source(run, step, step) for run, step in read_at))
