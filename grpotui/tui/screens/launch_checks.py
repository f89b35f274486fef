"""The preflight of Launch: what is in hand is looked at after every change, in a thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from textual import work
from textual.worker import get_current_worker

from grpotui.errors import UserError
from grpotui.tui.launch.draft import Draft
from grpotui.tui.launch.findings import findings, mended
from grpotui.tui.launch.sweeping import extent_of
from grpotui.tui.launch.view import Extent, FindingView
from grpotui.tui.screens.launch_keys import LaunchKeys
from grpotui.tui.trouble import tried
from grpotui.tui.widgets.finding_list import FindingList


class LaunchChecks(LaunchKeys):
    """A screen that says what will go wrong with the draft in hand."""

    _looked_at: Draft | None = None

    def keep(self, draft: Draft) -> None:
        """Take an edited draft in place of the one in hand."""
        raise NotImplementedError

    def look(self) -> None:
        """Have the draft in hand looked at, unless that was done."""
        draft = self.draft
        same = draft and replace(draft, name="")
        if same == self._looked_at:
            return
        self._looked_at = same
        self.found, self.extent = [], Extent(own=self.extent.own)
        if draft is None:
            self._show_findings([], Extent())
        else:
            self._look(draft)

    @work(thread=True, exclusive=True, group="preflight")
    def _look(self, draft: Draft) -> None:
        found = findings(self.app.workspace, draft, self.app.settings)
        extent, _ = tried(lambda: extent_of(self.app.workspace, draft), Extent())
        if not get_current_worker().is_cancelled:
            self.app.call_from_thread(self._show_findings, found, extent)

    def _show_findings(self, found: Sequence[FindingView], extent: Extent) -> None:
        self.found, self.extent = found, extent
        if self.is_mounted:
            self.query_one(FindingList).show_findings(found)
            self.show_state()

    def show_state(self) -> None:
        """Say whether the draft can be launched."""
        raise NotImplementedError

    def action_fix(self) -> None:
        """Set what the first finding proposes that proposes anything."""
        draft = self.draft
        view = next((view for view in self.found if view.fix), None)
        if draft is None or view is None:
            self.app.say("nothing was found that a value would mend")
            return
        try:
            self.keep(mended(draft, view))
        except UserError as error:
            self.app.complain(error)
        else:
            self.app.say(f"set {' and '.join(view.fix)}")
