"""The groups of one step as they are shown, and those that were read so far. No I/O."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from grpotui.analysis.folds import Fold
from grpotui.records import Group, Mode, RewardRange
from grpotui.tui.run.group_view import StepGroups

KEPT = 64
"""Steps whose groups are kept."""


@dataclass(frozen=True, slots=True)
class GroupsData:
    """The groups of the step at the cursor."""

    groups: tuple[Group, ...] = ()
    selected: int = 0
    step: int | None = None
    where: str = ""
    """``live`` or ``last`` while the newest step is followed."""
    span: RewardRange | None = None
    loading: bool = False
    mode: Mode = Mode.TRAIN

    @property
    def current(self) -> Group | None:
        """The selected group."""
        return self.groups[self.selected] if 0 <= self.selected < len(self.groups) else None


@dataclass(frozen=True, slots=True)
class DetailData:
    """One group, the place of the selected text among its distinct ones, and the step's template."""

    group: Group | None = None
    folds: tuple[Fold, ...] = ()
    selected: int = 0
    span: RewardRange | None = None
    template: frozenset[tuple[str, ...]] = frozenset()

    @property
    def current(self) -> Fold | None:
        """The selected text."""
        return self.folds[self.selected] if 0 <= self.selected < len(self.folds) else None

    @property
    def common(self) -> str:
        """The commonest text; empty where every one came once."""
        most = max(self.folds, key=lambda fold: fold.count, default=None)
        return most.text if most is not None and most.count > 1 else ""


class KnownGroups:
    """The groups of the steps that were read last."""

    def __init__(self) -> None:
        self._steps: OrderedDict[int, StepGroups] = OrderedDict()
        self._last: StepGroups | None = None

    def __contains__(self, step: int) -> bool:
        return step in self._steps

    def put(self, groups: StepGroups) -> None:
        """Keep the groups of a step; those of a step that is not logged yet may lack some."""
        self._steps[groups.step] = self._last = groups
        self._steps.move_to_end(groups.step)
        while len(self._steps) > KEPT:
            self._steps.popitem(last=False)

    def at(self, step: int) -> StepGroups | None:
        """Return the groups of a step; while they are being read, the last ones that were."""
        return self._steps.get(step, self._last)

    def forget(self) -> None:
        """Read all again; the last ones are shown until then."""
        self._steps.clear()
