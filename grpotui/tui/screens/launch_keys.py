"""The keys of Launch that make runs: now, or as drafts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.screen import Screen

from grpotui.tui import deeds
from grpotui.tui.launch_data import Draft

if TYPE_CHECKING:
    from grpotui.tui.app import GrpoTui


class LaunchKeys(Screen[None]):
    """A screen with a draft in hand."""

    app: GrpoTui
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

    def _launch(self, as_draft: bool) -> None:
        draft = self.draft
        if draft is None or self._launching:
            return
        if found := draft.problems():
            self.app.say(found[0], "error")
            return

        def deed() -> list[str]:
            try:
                return deeds.launch(self.app.workspace, draft, as_draft, self.app.settings)
            finally:
                self._launching = False

        self._launching = True
        self.app.do(deed, lambda run_ids: self._launched(run_ids, as_draft))

    def _launched(self, run_ids: list[str], as_draft: bool) -> None:
        if self.is_active:
            self.app.pop_screen()
        if as_draft or len(run_ids) > 1:
            what = "written down: L launches it" if as_draft else "queued"
            self.app.say(f"{', '.join(run_ids[:3])}{' …' if len(run_ids) > 3 else ''} {what}")
        else:
            self.app.open_run(run_ids[0])
