"""Where a person is in a run: step, group, sample, metric; and the groups that were read so far. No I/O."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from grpotui.analysis.folds import Fold, Order, folded, orders
from grpotui.records import keys
from grpotui.tui.run.group_view import StepGroups
from grpotui.tui.run.groups import DetailData, GroupsData, KnownGroups
from grpotui.tui.run.history import History
from grpotui.tui.run.view import RunSnapshot
from grpotui.tui.run.window import Lens, after

LEAPS = 50
"""Leaps that go through all steps in sight: about one column of a chart each."""


class Place:
    """The cursor. While ``live`` it follows the newest step; whoever moves or reads stays where they are."""

    def __init__(self) -> None:
        self.snapshot: RunSnapshot | None = None
        self.metric = keys.REWARD
        self.lens = Lens()
        self.group = self.sample = 0
        self._step: int | None = None
        self._left_at = 0
        self._groups = KnownGroups()
        self.history = History()
        self.order: str = Order.COUNT
        self._text: str | None = None
        """A text that was gone to, until its group is there."""
        self._folds: tuple[StepGroups, int, tuple[Fold, ...]] | None = None

    @property
    def steps(self) -> tuple[int, ...]:
        """Steps that one can stand on."""
        return self.snapshot.steps if self.snapshot else ()

    @property
    def step(self) -> int | None:
        """The step at the cursor; None before the first."""
        if self._step is not None:
            return self._step
        return self.steps[-1] if self.steps else None

    @property
    def live(self) -> bool:
        """True while it follows."""
        return self._step is None

    @property
    def news(self) -> int:
        """Steps that came since it stopped following."""
        return 0 if self._step is None else len(self.steps) - bisect_right(self.steps, self._left_at)

    def take(self, snapshot: RunSnapshot) -> None:
        """Take in a newer snapshot. A resumed run went back: what was read of its steps may not hold."""
        old, self.snapshot = self.snapshot, snapshot
        if old is not None and old.mode is not snapshot.mode:
            self._groups, self.history, self.group, self.sample = KnownGroups(), History(), 0, 0
        if old is not None and (old.replaying or snapshot.replaying):
            self._groups.forget()
            self._left_at = min(self._left_at, snapshot.steps[-1] if snapshot.steps else 0)

    # Moving

    def go(self, step: int, group: int | None = None) -> None:
        """Stand on a step, and on another group of it if one is named."""
        self.group = self.group if group is None else group
        if self._step is None and self.steps:
            self._left_at = self.steps[-1]
        if step != self._step:
            self.sample = 0
        self._step = step

    def hold(self) -> None:
        """Stop following. One stays with the groups on the screen, though newer ones may be on their way."""
        if self._step is None and self.step is not None and self.snapshot is not None:
            shown = self._shown()
            late = shown is not None and shown.step != self.snapshot.group_step(self.step)
            self.go(shown.step if shown is not None and late and shown.step in self.steps else self.step)

    def follow(self) -> None:
        """Follow the newest step."""
        self._step, self.sample = None, 0

    def move_step(self, by: int) -> None:
        """Go ``by`` steps on; beyond the newest one, follow it."""
        steps, step = self.steps, self.step
        if step is None:
            return
        at = bisect_left(steps, step)
        exact = at < len(steps) and steps[at] == step
        target = at + by if exact or by < 0 else at + by - 1
        if target >= len(steps):
            self.follow()
        else:
            self.go(steps[max(target, 0)])

    def move_flag(self, by: int) -> bool:
        """Go to the nearest flag on one side; False when there is none."""
        if self.snapshot is None or self.step is None:
            return False
        flags = self.snapshot.flag_steps
        at = bisect_left(flags, self.step) - 1 if by < 0 else bisect_right(flags, self.step)
        if found := 0 <= at < len(flags):
            self.go(flags[at])
        return found

    def move_group(self, by: int) -> None:
        """Select another group, and stay on the step."""
        self.hold()
        shown = self._shown()
        if shown is not None and shown.groups:
            self.group = max(0, min(self._group(shown) + by, len(shown.groups) - 1))
            self.sample = 0

    def go_to(self, step: int, group: int, text: str) -> None:
        """Stand on a completion: its step, its group, its text once the groups are read."""
        self.go(step, group)
        self._text = text

    def next_order(self) -> None:
        """Sort the texts of a group by another measure, around the end."""
        self.order = after(orders(self.detail().group), self.order)
        self.sample, self._folds = 0, None

    def move_sample(self, by: int) -> None:
        """Select another text, and stay on the step."""
        self.hold()
        count = len(self.detail().folds)
        self.sample = max(0, min(self.sample + by, count - 1)) if count else 0

    def leap(self, by: int) -> None:
        """Move by about a column of the charts."""
        if self.snapshot is not None:
            first, last = self.snapshot.span(self.lens.shown(self.snapshot, self.step))
            among = bisect_right(self.steps, last) - bisect_left(self.steps, first)
            self.move_step(by * max(among // LEAPS, 1))

    def pan(self, share: float) -> bool:
        """Show the part of the run before or after, and move along with it; False when all is shown."""
        if self.snapshot is None or self.step is None:
            return False
        moved = self.lens.pan(self.snapshot, self.step, share)
        if moved and self.steps:
            self.go(self.steps[max(bisect_right(self.steps, self.step + moved) - 1, 0)])
        return moved is not None

    def move_metric(self, by: int) -> None:
        """Choose another metric for the large chart, around the ends."""
        if self.snapshot is not None:
            self.metric = after(self.snapshot.chart_keys, self.metric, by)

    # Groups

    def wanted_groups(self) -> int | None:
        """Return the step whose groups have to be read; None when they are known."""
        if self.snapshot is None or self.step is None:
            return None
        step = self.snapshot.group_step(self.step)
        return None if step is None or step in self._groups else step

    def wanted_history(self) -> tuple[int, int] | None:
        """Return the (step, group) whose prompt has to be followed; None when that was done."""
        group = self.groups_data().current
        at = (group.step, group.group) if group is not None else None
        return None if at == self.history.of else at

    def move_visit(self, by: int) -> bool:
        """Go to the step before or after that used the same prompt; False beyond the ends."""
        visit = self.history.beside(by) if self.wanted_history() is None else None
        if visit is not None:
            self.go(*visit)
        return visit is not None

    def put_groups(self, groups: StepGroups) -> None:
        """Keep the groups of a step; those of a step that is not logged yet may lack some."""
        if self.snapshot is None or groups.mode is self.snapshot.mode:
            self._groups.put(groups)

    def _shown(self) -> StepGroups | None:
        """Return the groups at the cursor; while they are being read, the last ones that were."""
        if self.snapshot is None or self.step is None:
            return None
        step = self.snapshot.group_step(self.step)
        return self._groups.at(step) if step is not None else None

    def _group(self, shown: StepGroups) -> int:
        return max(0, min(self.group, len(shown.groups) - 1))

    def groups_data(self) -> GroupsData:
        """Return what the list of groups shows."""
        shown, snapshot = self._shown(), self.snapshot
        if shown is None or snapshot is None:
            loading = snapshot is not None and bool(snapshot.group_steps)
            return GroupsData(step=self.step, loading=loading)
        where = "" if not self.live else "live" if snapshot.run.status.is_live else "last"
        chosen = self._group(shown)
        return GroupsData(shown.groups, chosen, shown.step, where, snapshot.reward_range, mode=snapshot.mode)

    def detail(self) -> DetailData:
        """Return what the folded group and the reader show."""
        shown, snapshot = self._shown(), self.snapshot
        if shown is None or snapshot is None or not shown.groups:
            return DetailData()
        number = self._group(shown)
        if self._folds is None or self._folds[:2] != (shown, number):
            self._folds = (shown, number, tuple(folded(shown.groups[number], self.order)))
        folds = self._folds[2]
        if self._text is not None and shown.step == self.step:
            wanted, self._text = self._text, None
            self.sample = next((i for i, fold in enumerate(folds) if fold.text == wanted), 0)
        sample = max(0, min(self.sample, len(folds) - 1))
        return DetailData(shown.groups[number], folds, sample, snapshot.reward_range, shown.template)
