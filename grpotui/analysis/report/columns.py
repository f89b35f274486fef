"""Which settings differ between the runs of a report, as columns of its table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grpotui.analysis.compare.config import MISSING, SEED, WEIGHTS, Difference, differences, same
from grpotui.analysis.compare.document import value_text
from grpotui.analysis.report.entry import Entry

MOST = 6
"""Columns of settings; further ones share a column."""


@dataclass(frozen=True, slots=True)
class Column:
    """A setting and its value in each run."""

    name: str
    field: str
    texts: tuple[str, ...]


def causes(entries: Sequence[Entry]) -> list[Difference]:
    """Return the fields that differ and can be a cause, as asked or defaulted; the seed last.

    A run that was not started has no defaults yet: that it lacks a field is no difference.
    """
    found = [one for one in differences([entry.subject for entry in entries]) if one.cause]
    open_ = {place for place, entry in enumerate(entries) if entry.planned}
    return [one for one in found if _settled(one, open_)]


def _settled(one: Difference, open_: Container[int]) -> bool:
    known = [v for place, v in enumerate(one.values) if v is not MISSING or place not in open_]
    return any(not same(value, known[0]) for value in known)


def columns(entries: Sequence[Entry]) -> tuple[list[Column], tuple[str, ...]]:
    """Return the columns of settings that differ, and for each run those that share the last one.

    A field that only goes with another task or reward has no column of its own.
    """
    found = causes(entries)
    special = [
        Column(name, name, tuple(texts))
        for name, texts in (
            ("task", [text_of(entry.subject.config, "task.name") for entry in entries]),
            ("reward", [reward_text(entry.subject.config) for entry in entries]),
        )
        if len(set(texts)) > 1
    ]
    names = {column.name for column in special}
    plain = [one for one in found if not _told_by(one.field, names)]
    plain.sort(key=lambda one: (one.field == SEED, not one.field.startswith("grpo."), one.field))
    groups = comparable(entries)
    inside = [one for one in plain if _differs(one, groups)][: MOST - len(special)]
    shown = [Column(one.name, one.field, tuple(map(field_text, one.values))) for one in inside]
    rest = [one for one in plain if one not in inside]
    return [*special, *shown], tuple(_others(rest, place) for place in range(len(entries)))


def _differs(one: Difference, groups: Sequence[Sequence[int]]) -> bool:
    return any(len({repr(one.values[place]) for place in group}) > 1 for group in groups)


def _told_by(field: str, names: set[str]) -> bool:
    """True for fields that follow from another task or reward, which has a column."""
    table = field.partition(".")[0]
    return (
        (table == "task" and "task" in names)
        or (table == "rewards" and "reward" in names)
        or field == WEIGHTS
    )


def _others(rest: Sequence[Difference], place: int) -> str:
    said = []
    for one in rest:
        usual = Counter(map(field_text, one.values)).most_common(1)[0][0]
        text = field_text(one.values[place])
        if text != usual and one.values[place] is not MISSING:
            said.append(f"{one.name}={text}")
    return ", ".join(said)


def field_text(value: Any) -> str:
    """Return a setting as it is written in a preset; ``-`` where a run has none."""
    return "-" if value is MISSING else value_text(value)


def text_of(config: Mapping[str, Any], field: str) -> str:
    """Return a field's value as it is written; ``-`` where there is none."""
    return field_text(config.get(field, MISSING))


def reward_text(config: Mapping[str, Any]) -> str:
    """Return the names of a run's rewards: ``exact``, ``exact + length``."""
    names = [
        str(value)
        for field, value in config.items()
        if field.startswith("rewards.") and field.endswith(".name")
    ]
    return " + ".join(names) or "-"


def comparable(entries: Sequence[Entry]) -> list[list[int]]:
    """Return places of runs whose rewards mean the same: one task, one set of rewards."""
    groups: dict[tuple[Any, ...], list[int]] = {}
    for place, entry in enumerate(entries):
        config = entry.subject.config
        rewards = tuple(sorted((k, repr(v)) for k, v in config.items() if k.startswith("rewards.")))
        groups.setdefault((config.get("task.name"), rewards), []).append(place)
    return list(groups.values())
