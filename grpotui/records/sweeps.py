"""Sweeps: many runs of one preset over values of some fields, and a run's place in one; no I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from grpotui.records.numbers import as_float, as_int
from grpotui.records.words import RunKind

MOST_POINTS = 1000
"""Points of one sweep; a line with more is cut."""
MOST_SEEDS = 100
"""Runs of each point, and repeats of one, that are asked for at once."""
_LONG = 2000
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Role(StrEnum):
    """Why a run belongs to a sweep."""

    POINT = "point"
    """It was asked for when the sweep began."""
    CONFIRM = "confirm"
    """It repeats a point with a fresh seed, to see whether what was found holds."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run stands in its sweep."""

    sweep: str
    number: int
    """Of the point, from 1."""
    point: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    """Dotted field -> the value that the run has there."""
    role: Role = Role.POINT

    def to_json(self) -> dict[str, Any]:
        """Return the object that stands in ``run.json`` under ``sweep``."""
        return {"id": self.sweep, "number": self.number, "point": dict(self.point), "role": str(self.role)}

    @classmethod
    def from_json(cls, data: object) -> Place | None:
        """Read what stands in ``run.json``; None for what names no sweep."""
        if not isinstance(data, Mapping) or not isinstance(data.get("id"), str) or not data["id"]:
            return None
        role = data.get("role")
        known = Role(role) if role in list(Role) else Role.POINT
        return cls(data["id"][:200], as_int(data.get("number")), _table(data.get("point")), known)


@dataclass(frozen=True, slots=True)
class Repeats:
    """Points that were to be run again, each with the same fresh seeds."""

    numbers: tuple[int, ...]
    """Of the points, from 1."""
    seeds: tuple[int, ...]

    @classmethod
    def from_json(cls, data: object) -> Repeats:
        """Read what stands in a sweep's line; empty for what cannot be read."""
        table = data if isinstance(data, Mapping) else {}
        numbers = tuple(as_int(number) for number in _list(table.get("points"))[:MOST_POINTS])
        return cls(numbers, tuple(as_int(seed) for seed in _list(table.get("seeds"))[:MOST_SEEDS]))


@dataclass(frozen=True, slots=True)
class Sweep:
    """What was asked for when a sweep began: a line of ``logs/workspace.jsonl``."""

    id: str
    preset: str = ""
    kind: RunKind = RunKind.TRAIN
    created_at: float = 0.0
    axes: Mapping[str, tuple[Any, ...]] = field(default_factory=lambda: _NOTHING)
    """Dotted field -> its values, in the order they were asked for."""
    points: tuple[Mapping[str, Any], ...] = ()
    """Dotted field -> value, of each point: the whole grid, or a random part of it."""
    seeds: tuple[int, ...] = ()
    """The same in every point."""
    overrides: tuple[str, ...] = ()
    """Changes to the preset that all points share."""
    metric: str = ""
    """What points are ranked by, in the language of contracts; empty for the usual one of the kind."""
    baseline: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    """The point that others are measured against; empty for none."""
    max_parallel: int | None = None
    """Most of its runs that may be live at once."""
    contract: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    """What was expected of the sweep as a whole: hypothesis, primary, ..."""
    confirm: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    """The preset's ``[confirm]`` table."""
    promote: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    """The preset's ``[promote]`` table."""
    name: str = ""
    """What a person calls it; empty for its id."""
    seed: int = 0
    """What random points were drawn with, and the order of a probe was shuffled by."""
    asked: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    """What every run is launched with: the preset's tables (``data``), ``preset_file``, ``folders``, ``tags``
    and ``device``. Runs that are made later are made of it, whatever became of the preset."""
    repeats: tuple[Repeats, ...] = ()
    """What was to be confirmed."""

    def to_json(self) -> dict[str, Any]:
        """Return the line, less its ``time`` and ``type``."""
        return {
            "sweep": self.id,
            "preset": self.preset,
            "kind": str(self.kind),
            "created_at": self.created_at,
            "axes": {name: list(values) for name, values in self.axes.items()},
            "points": [dict(point) for point in self.points],
            "seeds": list(self.seeds),
            "overrides": list(self.overrides),
            "metric": self.metric,
            "baseline": dict(self.baseline),
            "max_parallel": self.max_parallel,
            "contract": dict(self.contract),
            "confirm": dict(self.confirm),
            "promote": dict(self.promote),
            "name": self.name,
            "seed": self.seed,
            "asked": dict(self.asked),
            "repeats": [{"points": list(r.numbers), "seeds": list(r.seeds)} for r in self.repeats],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Sweep | None:
        """Read a line; None when it names no sweep."""
        if not isinstance(data.get("sweep"), str) or not data["sweep"]:
            return None
        kind, most = data.get("kind"), data.get("max_parallel")
        axes = {name: tuple(values) for name, values in _table(data.get("axes")).items() if _is_list(values)}
        return cls(
            id=data["sweep"][:200],
            preset=str(data.get("preset") or "")[:_LONG],
            kind=RunKind(kind) if kind in list(RunKind) else RunKind.TRAIN,
            created_at=as_float(data.get("created_at")) or 0.0,
            axes=axes,
            points=tuple(_table(point) for point in _list(data.get("points"))[:MOST_POINTS]),
            seeds=tuple(as_int(seed) for seed in _list(data.get("seeds"))),
            overrides=tuple(str(text)[:_LONG] for text in _list(data.get("overrides"))),
            metric=str(data.get("metric") or "")[:_LONG],
            baseline=_table(data.get("baseline")),
            max_parallel=as_int(most) if as_int(most) > 0 else None,
            contract=_table(data.get("contract")),
            confirm=_table(data.get("confirm")),
            promote=_table(data.get("promote")),
            name=str(data.get("name") or "")[:_LONG],
            seed=as_int(data.get("seed")),
            asked=_table(data.get("asked")),
            repeats=tuple(Repeats.from_json(one) for one in _list(data.get("repeats"))),
        )


def _table(value: object) -> dict[str, Any]:
    return {str(key)[:200]: held for key, held in value.items()} if isinstance(value, Mapping) else {}


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _list(value: Any) -> list[Any]:
    return list(value) if _is_list(value) else []
