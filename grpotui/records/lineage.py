"""How runs come from each other, and where the stages of one begin: words as records, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from grpotui.records.numbers import as_int
from grpotui.records.runs import RunSummary


class Relation(StrEnum):
    """How a run came from another one."""

    FORK = "fork"
    """It began with the weights of one of the other's checkpoints."""
    CLONE = "clone"
    """It asks for the same, but for what was changed."""
    EVALUATION = "evaluation"
    """It measures one of the other's checkpoints."""


@dataclass(frozen=True, slots=True)
class Parent:
    """The run that another one came from."""

    run: str
    relation: Relation
    step: int | None = None
    """Of the checkpoint that it began with; None where it took no weights."""

    def to_json(self) -> dict[str, Any]:
        """Return the object that stands in ``run.json``."""
        return {"run": self.run, "relation": str(self.relation), "step": self.step}

    @classmethod
    def from_json(cls, data: object) -> Parent | None:
        """Read what stands in ``run.json``; None for what names no run or no relation that is known."""
        if not isinstance(data, Mapping) or not isinstance(data.get("run"), str):
            return None
        if not data["run"] or data.get("relation") not in list(Relation):
            return None
        step = data.get("step")
        return cls(data["run"][:200], Relation(data["relation"]), None if step is None else as_int(step))


@dataclass(frozen=True, slots=True)
class StageMark:
    """Where a stage of a curriculum began. ``number`` counts from 1."""

    step: int
    number: int
    count: int
    name: str

    @property
    def label(self) -> str:
        """``2/3 minus``."""
        return f"{self.number}/{self.count} {self.name}".rstrip()

    def to_json(self) -> dict[str, Any]:
        """Return the public form, as in ``show --json``."""
        return {"step": self.step, "stage": self.number, "stages": self.count, "name": self.name}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> StageMark:
        """Read a ``stage`` event."""
        step, number, count = (as_int(data.get(key)) for key in ("step", "stage", "stages"))
        return cls(step, number, count, str(data.get("name") or "")[:200])


def parent_of(run: RunSummary) -> Parent | None:
    """Return the run that ``run`` came from."""
    return Parent(run.parent, Relation(run.relation), run.parent_step) if run.parent else None
