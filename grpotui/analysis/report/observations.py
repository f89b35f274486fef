"""What the data carry about each field: cliffs, ties, what did not help; with what was not held equal."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from grpotui import format as fmt
from grpotui.analysis.compare.config import MISSING, SEED, Difference, short
from grpotui.analysis.compare.noise import Estimate, Mark, mark, pooled
from grpotui.analysis.findings import Came, Trial, bands, cliff, together
from grpotui.analysis.report.columns import field_text, held
from grpotui.analysis.report.entry import Entry
from grpotui.analysis.report.statement import Statement, sources
from grpotui.records import as_float

MOST_LINES = 4
"""Sentences about one field."""


def observe(entries: Sequence[Entry], differing: Sequence[Difference]) -> list[Statement]:
    """Return sentences about each field that differs between runs whose rewards mean the same.

    Runs that differ in this field and the seed alone stand for it. Where there are none, what was seen is
    said with the other fields that differed too.
    """
    some = [
        place
        for place in range(len(entries))
        if entries[place].end is not None or entries[place].came is not Came.OPEN
    ]
    fields = [one for one in differing if one.field != SEED and _values(one, some) > 1]
    said = []
    for one in fields:
        lines = [line for line in _lines(differing, one, some) if _values(one, line) > 1]
        if lines:
            told = [
                _line(entries, one, line, _beside(differing, one, line, some)) for line in lines[:MOST_LINES]
            ]
            said += [statement for statement in told if statement.text]
        else:
            said += _confounded(entries, one, some, [other for other in fields if other is not one])
    return said


def _values(one: Difference, places: Sequence[int]) -> int:
    return len({repr(one.values[place]) for place in places})


def _lines(differing: Sequence[Difference], one: Difference, places: Sequence[int]) -> list[list[int]]:
    """Return places of runs that are equal but for this field and the seed."""
    groups: dict[object, list[int]] = {}
    for place in places:
        groups.setdefault(held(differing, place, one.field), []).append(place)
    return list(groups.values())


def _beside(
    differing: Sequence[Difference], one: Difference, line: Sequence[int], places: Sequence[int]
) -> str:
    """Return what a line holds equal of that which differs elsewhere: ``with learning_rate=1e-05``."""
    parts = [
        f"{short(other.field)}={field_text(other.values[line[0]])}"
        for other in differing
        if other.field not in (SEED, one.field) and _values(other, places) > 1
    ]
    return f" with {', '.join(parts)}" if parts else ""


def _line(entries: Sequence[Entry], one: Difference, line: Sequence[int], beside: str) -> Statement:
    name = short(one.field)
    ordered = _ordered(one, line)
    trials = [Trial(entries[p].id, _plain(one.values[p]), entries[p].came) for p in line]
    found = bands(trials)
    text = cliff(name, found)
    if not text:
        text = _outcomes(entries, one, name, ordered)
    rewards = _rewards(entries, one, ordered)
    seeds = min(len(places) for _, places in ordered)
    told = (
        f"{name}{beside}: {text}{f'; {rewards}' if rewards else ''}{' (1 seed each)' if seeds == 1 else ''}"
    )
    seen = sources(*((entries[p].source, entries[p].verdict_source) for p in line))
    return Statement(told, seen)


def _plain(value: Any) -> Any:
    return None if value is MISSING else value


def _ordered(one: Difference, line: Sequence[int]) -> list[tuple[str, list[int]]]:
    """Return values as text with the runs that have them, numbers ascending."""
    groups: dict[str, list[int]] = {}
    for place in line:
        groups.setdefault(field_text(one.values[place]), []).append(place)

    def order(item: tuple[str, list[int]]) -> tuple[float, str]:
        number = as_float(one.values[item[1][0]])
        return (float("inf") if number is None else number, item[0])

    return sorted(groups.items(), key=order)


def _outcomes(
    entries: Sequence[Entry], one: Difference, name: str, ordered: Sequence[tuple[str, list[int]]]
) -> str:
    """Return what became of each value; in one word where it is the same."""
    told = [(text, _came(entries, places)) for text, places in ordered]
    shared = together([entries[place].came for _, places in ordered for place in places])
    if shared:
        told = [(text, str(shared)) for text, _ in told]
    if len({came for _, came in told}) == 1:
        return f"{' and '.join([', '.join(text for text, _ in told[:-1]), told[-1][0]])}: {told[0][1]}"
    return ", ".join(f"{text} {came}" for text, came in told)


def _came(entries: Sequence[Entry], places: Sequence[int]) -> str:
    found = dict.fromkeys(str(entries[place].came) or "not judged" for place in places)
    return " or ".join(found)


def _rewards(entries: Sequence[Entry], one: Difference, ordered: Sequence[tuple[str, list[int]]]) -> str:
    """Return how the reward goes from value to value: beyond the noise, or within it."""
    said, apart = [], False
    for (before, some), (after, others) in pairwise(ordered):
        a, b = _reward(entries, some), _reward(entries, others)
        if a is None or b is None:
            continue
        sign, delta = mark(a, b), b.value - a.value
        if sign is Mark.WITHIN:
            said.append(f"{before} -> {after} no difference shown ({_signed(delta)})")
        elif sign is not Mark.NONE:
            apart = True
            way = "higher" if sign is Mark.HIGHER else "lower"
            said.append(f"{before} -> {after} {way} by {fmt.number(abs(delta))}")
    if len(said) > 1 and not apart:
        return "no difference of their rewards is shown"
    return f"reward {', '.join(said)}" if said else ""


def _signed(value: float) -> str:
    return f"{'-' if value < 0 else '+'}{fmt.number(abs(value))}"


def _reward(entries: Sequence[Entry], places: Sequence[int]) -> Estimate | None:
    ends = [end.estimate for place in places if (end := entries[place].end) is not None]
    return ends[0] if len(ends) == 1 else pooled([end.value for end in ends])


def _confounded(
    entries: Sequence[Entry], one: Difference, places: Sequence[int], others: Sequence[Difference]
) -> list[Statement]:
    """Return what was seen at each value, and that it need not be the cause."""
    beside = [short(other.field) for other in others if _values(other, places) > 1]
    ordered = _ordered(one, places)
    if not beside or len(ordered) > 8:
        return []
    told = ", ".join(f"{text} {_came(entries, some)}" for text, some in ordered)
    names = f"{', '.join(beside[:-1])} and {beside[-1]}" if len(beside) > 1 else beside[0]
    text = f"{short(one.field)}: {told}; but {names} differed too, so it need not be the cause"
    return [Statement(text, sources(*((entries[p].verdict_source,) for p in places)))]
