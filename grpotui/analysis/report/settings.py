"""The runs of one setting, whatever their seeds, and which setting came out best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grpotui.analysis.compare.comparison import CONFIRM
from grpotui.analysis.compare.config import Difference
from grpotui.analysis.compare.noise import Estimate, Mark, mark, pooled
from grpotui.analysis.findings import Came
from grpotui.analysis.report.columns import held
from grpotui.analysis.report.entry import Entry
from grpotui.analysis.report.statement import Source


@dataclass(frozen=True, slots=True)
class Setting:
    """Runs that repeat each other: equal but for the seed."""

    entries: tuple[Entry, ...]
    place: int
    """Of the first of them among all runs."""

    @property
    def came(self) -> Came:
        """What became of them; open when nobody can tell, or they disagree."""
        found = {entry.came for entry in self.entries if entry.came is not Came.OPEN}
        return found.pop() if len(found) == 1 else Came.OPEN

    @property
    def reward(self) -> Estimate | None:
        """Final reward over the seeds; of one run over its last steps."""
        ends = [entry.end.estimate for entry in self.entries if entry.end is not None]
        return ends[0] if len(ends) == 1 else pooled([end.value for end in ends])

    @property
    def seeds(self) -> int:
        """How many of its runs have a reward."""
        return sum(entry.end is not None for entry in self.entries)

    @property
    def sources(self) -> tuple[Source, ...]:
        """Its runs and their last steps."""
        return tuple(entry.source for entry in self.entries if entry.end is not None)


def settings(entries: Sequence[Entry], differing: Sequence[Difference]) -> list[Setting]:
    """Return the settings of runs, in the order of their first runs."""
    groups: dict[object, list[int]] = {}
    for place in range(len(entries)):
        groups.setdefault(held(differing, place), []).append(place)
    return [Setting(tuple(entries[place] for place in some), some[0]) for some in groups.values()]


def best(found: Sequence[Setting]) -> Setting | None:
    """Return the setting with the highest reward of those that learned without degenerating."""
    good = [one for one in found if one.came is Came.LEARNS and one.reward is not None]
    return max(good, key=_value, default=None)


def highest(found: Sequence[Setting]) -> Setting | None:
    """Return the setting with the highest reward, whatever became of it."""
    return max((one for one in found if one.reward is not None), key=_value, default=None)


def _value(setting: Setting) -> float:
    return setting.reward.value if setting.reward is not None else float("-inf")


def rivals(winner: Setting, found: Sequence[Setting]) -> list[Setting]:
    """Return the settings that also learned and whose reward is not known to be lower, best first."""
    others = [
        one for one in found if one is not winner and one.came is Came.LEARNS and one.reward is not None
    ]
    near = [one for one in others if mark(winner.reward, one.reward) is not Mark.LOWER]
    return sorted(near, key=_value, reverse=True)


def confirmed(winner: Setting, found: Sequence[Setting]) -> bool:
    """True when enough seeds agree and no other setting comes near."""
    return winner.seeds >= CONFIRM and not rivals(winner, found)
