"""The keys of Launch that make runs: now, or as drafts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.screen import Screen

from grpotui.tui.launch import submit
from grpotui.tui.launch.draft import Draft
from grpotui.tui.launch.view import Extent, FindingView
from grpotui.tui.screens.prompt import Confirm

if TYPE_CHECKING:
    from grpotui.tui.app import GrpoTui


class LaunchKeys(Screen[None]):
    """A screen with a draft in hand."""

    app: GrpoTui
    found: Sequence[FindingView] = ()
    """What the preflight says of the draft."""
    extent = Extent()
    """How much the draft launches."""
    _launching = False

    @property
    def draft(self) -> Draft | None:
        """The draft that keys are about; None when there is none that can be read."""
        raise NotImplementedError

    def action_launch(self) -> None:
        """Queue the runs, and open the one there is."""
        self._launch(as_draft=False)

    def action_draft(self) -> None:
        """Write the runs down; nothing starts."""
        self._launch(as_draft=True)

    def action_own_sweep(self) -> None:
        """Launch the preset's own sweep."""
        if not self.extent.own:
            self.app.say("This preset has no [sweep] grid: a list in a field makes one, such as 0.01, 0.02")
            return
        self._launch(as_draft=False, own=True)

    def _launch(self, as_draft: bool, own: bool = False) -> None:
        draft = self.draft
        if draft is None or self._launching:
            return
        if problems := draft.problems():
            self.app.say(problems[0], "error")
            return
        errors = [view.message for view in self.found if view.level == "error"]
        if not errors:
            self._make(draft, as_draft, own=own)
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self._make(draft, as_draft, force=True, own=own)

        self.app.push_screen(Confirm("Launch it all the same?", "The preflight says:", errors), answered)

    def _make(self, draft: Draft, as_draft: bool, force: bool = False, own: bool = False) -> None:
        def deed() -> submit.Made:
            try:
                return submit.launch(self.app.workspace, draft, as_draft, self.app.settings, force, own)
            finally:
                self._launching = False

        self._launching = True
        self.app.do(deed, lambda made: self._launched(made, as_draft))

    def _launched(self, made: submit.Made, as_draft: bool) -> None:
        if self.is_active:
            self.app.pop_screen()
        run_ids = made.run_ids
        if made.sweep:
            self.app.open_sweep(made.sweep)
        elif as_draft or len(run_ids) > 1:
            self.app.select(run_ids[0])
            what = "written down: L launches it" if as_draft else "queued"
            self.app.say(f"{', '.join(run_ids[:3])}{' …' if len(run_ids) > 3 else ''} {what}")
        else:
            self.app.open_run(run_ids[0])
