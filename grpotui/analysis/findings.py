"""What the values of one field did: where learning ends and collapse begins, what ties, what changed nothing.

Pure: over (value, what came of it, estimate). Every sentence names the runs that it is read from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

from grpotui import format as fmt
from grpotui.analysis.compare.noise import Estimate, Mark, mark
from grpotui.records import HumanVerdict, Verdict, as_float


class Came(StrEnum):
    """What became of a run, as far as its settings are concerned."""

    LEARNS = "learns"
    COLLAPSES = "collapses"
    LEARNS_AND_COLLAPSES = "learns but collapses"
    STANDS = "does not learn"
    OPEN = ""
    """Nobody can tell: it did not get far enough."""

    @property
    def degenerate(self) -> bool:
        """True when what was learned is no answer."""
        return self in (Came.COLLAPSES, Came.LEARNS_AND_COLLAPSES)


@dataclass(frozen=True, slots=True)
class Trial:
    """One run of a setting."""

    run: str
    value: Any
    """Of the field that is looked at."""
    came: Came
    reward: Estimate | None = None
    """Of its last steps."""


@dataclass(frozen=True, slots=True)
class Band:
    """Neighbouring values of a number with the same outcome."""

    low: float
    high: float
    came: Came
    runs: tuple[str, ...]


def came_of(verdict: Verdict | None, human: HumanVerdict | None, rose: bool | None) -> Came:
    """Return what became of a run; a person's verdict goes before that of the rules.

    ``rose``: its reward ended higher than it began, beyond the noise; None where that cannot be told.
    """
    if human is HumanVerdict.DEGENERATE or (verdict is Verdict.COLLAPSED and human is not HumanVerdict.GOOD):
        return Came.LEARNS_AND_COLLAPSES if rose else Came.COLLAPSES
    if human is HumanVerdict.GOOD or verdict is Verdict.SOLVED:
        return Came.LEARNS
    if verdict is Verdict.NO_SIGNAL:
        return Came.STANDS
    if verdict in (None, Verdict.WARMING_UP) or rose is None:
        return Came.OPEN
    return Came.LEARNS if rose else Came.STANDS


def bands(trials: Sequence[Trial]) -> list[Band]:
    """Return the values of a number in ascending bands of one outcome each.

    Empty where values are no numbers, where runs of one value disagree, or where an outcome comes back after
    another one: then no line parts them. Runs of which nobody can tell are left out.
    """
    by_value: dict[float, list[Trial]] = {}
    for trial in trials:
        number = as_float(trial.value)
        if number is None:
            return []
        if trial.came is not Came.OPEN:
            by_value.setdefault(number, []).append(trial)
    found: list[Band] = []
    for value, some in sorted(by_value.items()):
        came = together([trial.came for trial in some])
        if came is None:
            return []
        runs = tuple(trial.run for trial in some)
        last = found[-1] if found else None
        both = together([last.came, came]) if last else None
        if last and both:
            found[-1] = Band(last.low, value, both, (*last.runs, *runs))
        else:
            found.append(Band(value, value, came, runs))
    kinds = [band.came.degenerate or band.came for band in found]
    return found if len(set(kinds)) == len(kinds) else []


def together(found: Sequence[Came]) -> Came | None:
    """Return the one outcome of several; only that they collapsed where some were not seen to learn.

    None for outcomes that disagree.
    """
    kinds = set(found)
    if len(kinds) == 1:
        return kinds.pop()
    return Came.COLLAPSES if all(one.degenerate for one in kinds) else None


def cliff(name: str, found: Sequence[Band]) -> str:
    """Return ``learns but collapses at beta <= 0.02, does not learn at >= 0.05``; empty below two bands.

    The line is somewhere between the bands, where nothing is known, which the sentence says. What was seen at
    one value only is said of that value.
    """
    if len(found) < 2:
        return ""
    parts = []
    for place, band in enumerate(found):
        low, high = fmt.number(band.low), fmt.number(band.high)
        where = f"at {name if place == 0 else ''} "
        if band.low == band.high:
            where += low
        elif place == 0:
            where += f"<= {high}"
        else:
            where = f"at >= {low}" if place == len(found) - 1 else f"from {low} to {high}"
        parts.append(f"{band.came} {' '.join(where.split())}")
    open_ = [f"{fmt.number(a.high)} and {fmt.number(b.low)}" for a, b in pairwise(found)]
    return f"{', '.join(parts)}; nothing between {', or between '.join(open_)} is known"


def tied(trials: Sequence[Trial]) -> list[Trial]:
    """Return the best run and those whose reward is within the noise of its own, best first."""
    known = [trial for trial in trials if trial.reward is not None]
    known.sort(key=lambda trial: -(trial.reward.value if trial.reward else 0.0))
    return [trial for trial in known if trial is known[0] or _within(known[0], trial)]


def _within(one: Trial, other: Trial) -> bool:
    return mark(one.reward, other.reward) is Mark.WITHIN


def changed_nothing(one: Trial, other: Trial) -> bool:
    """True when two runs had the same outcome and no difference of their rewards is shown."""
    return one.came is other.came and one.came is not Came.OPEN and _within(one, other)
