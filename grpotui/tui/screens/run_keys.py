"""The keys that do something to a run, for every screen that shows one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.screen import Screen

from grpotui.records import RunSummary
from grpotui.tui.actions import Done, control, lineage, remarks, steering
from grpotui.tui.run.place import Place

if TYPE_CHECKING:
    from grpotui.tui.app import GrpoTui


def copy_completion(app: GrpoTui, place: Place) -> None:
    """Copy the completion at the cursor with its prompt."""
    data, snapshot = place.detail(), place.snapshot
    fold, group = data.current, data.group
    if fold is None or group is None or snapshot is None:
        app.say("No completion here yet")
        return
    what = f"{snapshot.run.id} step {group.step} group {group.group + 1} reward {fold.reward}"
    app.copy(what, f"{group.prompt}\n{fold.text}")


class RunKeys(Screen[None]):
    """A screen with a run in hand."""

    app: GrpoTui

    @property
    def selected(self) -> RunSummary | None:
        """The run that keys are about."""
        raise NotImplementedError

    def fetch(self) -> None:
        """Look again, after something was done."""
        raise NotImplementedError

    def _deed(self, deed: Callable[[GrpoTui, RunSummary, Done], None]) -> None:
        if self.selected is not None:
            deed(self.app, self.selected, self.fetch)

    def action_stop(self) -> None:
        """Ask the run to stop."""
        self._deed(control.stop)

    def action_resume(self) -> None:
        """Queue the next attempt of the run."""
        self._deed(control.resume)

    def action_delete(self) -> None:
        """Move the run to the bin."""
        self._deed(control.delete)

    def action_note(self) -> None:
        """Write a note to the run."""
        self._deed(remarks.note)

    def action_tag(self) -> None:
        """Add tags to the run, or take some away."""
        self._deed(remarks.tag)

    def action_judge(self) -> None:
        """Say what the learning of the run did."""
        self._deed(remarks.judge)

    def action_policy(self) -> None:
        """Change what the runner does by itself."""
        self._deed(steering.policy)

    def action_rescue(self) -> None:
        """Begin again before the trouble, with one change."""
        self._deed(steering.rescue)

    def action_clone(self) -> None:
        """Open Launch with the run's preset and changes."""
        if self.selected is not None:
            lineage.clone(self.app, self.selected)

    def action_extend(self) -> None:
        """Let the run go on past its end."""
        self._deed(lineage.extend)

    def action_fork(self) -> None:
        """Open Launch for a run that begins with the run's weights."""
        if self.selected is not None:
            lineage.fork(self.app, self.selected)

    def action_evaluate(self) -> None:
        """Measure one of the run's checkpoints."""
        self._deed(lineage.evaluate)
