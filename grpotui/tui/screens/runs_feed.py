"""What keeps the Runs screen up to date: a snapshot every second, fetched in a thread."""

from __future__ import annotations

from textual import on, work
from textual.events import ScreenResume
from textual.message import Message

from grpotui.tui.runs.data import RunsReader
from grpotui.tui.runs.view import RunsSnapshot, RunsWanted
from grpotui.tui.screens.run_keys import RunKeys
from grpotui.tui.sight import in_sight
from grpotui.tui.trouble import tried
from grpotui.tui.widgets.lines import Trouble


class RunsFeed(RunKeys):
    """A screen that shows snapshots of the workspace's runs."""

    class Fetched(Message):
        """A new snapshot, or the error that came instead."""

        def __init__(self, snapshot: RunsSnapshot | None, error: str = "") -> None:
            super().__init__()
            self.snapshot = snapshot
            self.error = error

        def can_replace(self, message: Message) -> bool:
            """Only the newest snapshot counts."""
            return isinstance(message, RunsFeed.Fetched)

    def __init__(self) -> None:
        super().__init__()
        self._snapshot = RunsSnapshot()
        self._reader: RunsReader | None = None
        self._fetching = False
        self._again = False

    @property
    def wanted(self) -> RunsWanted:
        """What is in sight, and what is looked for."""
        raise NotImplementedError

    def show_snapshot(self) -> None:
        """Show the newest snapshot."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Fetch now, and every second."""
        self._reader = RunsReader(self.app.workspace)
        self.fetch()
        self.set_interval(self.app.settings.refresh, self.fetch)
        self.app.theme_changed_signal.subscribe(self, lambda _: self.show_snapshot())

    @on(ScreenResume)
    def _come_back(self) -> None:
        self.fetch()

    # Data

    def fetch(self) -> None:
        """Fetch a snapshot unless one is under way, or nobody looks."""
        if not in_sight(self) and self._snapshot.time:
            return
        if self._fetching:
            self._again = True
            return
        self._fetching = True
        self._fetch(self.wanted)

    @work(thread=True, group="fetch")
    def _fetch(self, wanted: RunsWanted) -> None:
        reader = self._reader
        try:
            snapshot, error = tried(lambda: reader.fetch(wanted) if reader is not None else None, None)
        finally:
            self._fetching = False
        self.post_message(self.Fetched(snapshot, error))

    def on_runs_feed_fetched(self, message: Fetched) -> None:
        """Show the snapshot; an error stands in one line above what was known last."""
        self.set_class(bool(message.error), "-trouble")
        self.query_one(Trouble).tell(message.error)
        if message.snapshot is not None:
            self._snapshot = message.snapshot
            self.show_snapshot()
        if self._again:
            self._again = False
            self.fetch()
