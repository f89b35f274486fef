"""What keeps a screen of sweeps up to date: looks again and again, in a thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from textual import work
from textual.events import ScreenResume
from textual.message import Message
from textual.screen import Screen

from grpotui.tui.sight import in_sight
from grpotui.tui.sweeps.data import SweepsReader
from grpotui.tui.trouble import tried

if TYPE_CHECKING:
    from grpotui.tui.app import GrpoTui

T = TypeVar("T")


class SweepsFeed(Screen[None], Generic[T]):
    """A screen that shows one answer of the reader, fetched again and again."""

    app: GrpoTui

    class Fetched(Message):
        """A new answer, or the error that came instead."""

        def __init__(self, found: object, error: str = "") -> None:
            super().__init__()
            self.found = found
            self.error = error

        def can_replace(self, message: Message) -> bool:
            """Only the newest answer counts."""
            return isinstance(message, SweepsFeed.Fetched)

    def __init__(self) -> None:
        super().__init__()
        self._reader: SweepsReader | None = None
        self._busy = False
        self._fetched = False

    def read(self, reader: SweepsReader) -> T:
        """Return what is true now. In a thread."""
        raise NotImplementedError

    def take(self, found: T) -> None:
        """Show it."""
        raise NotImplementedError

    def show_error(self, error: str) -> None:
        """Say what went wrong; empty for nothing."""
        raise NotImplementedError

    def begin(self) -> None:
        """Fetch now, and as often as ``refresh`` in the settings says."""
        self._reader = SweepsReader(self.app.workspace)
        self.fetch()
        self.set_interval(self.app.settings.refresh, self.fetch)

    def on_unmount(self) -> None:
        """Let go of the registry."""
        if self._reader is not None:
            self._reader.close()

    def on_screen_resume(self, event: ScreenResume) -> None:
        """Catch up."""
        self.fetch()

    def fetch(self) -> None:
        """Fetch unless that is under way, or nobody looks."""
        if self._reader is None or self._busy or not self.is_attached:
            return
        if in_sight(self) or not self._fetched:
            self._busy = True
            self._fetch(self._reader)

    def action_write_journal(self) -> None:
        """Bring the log book up to date."""
        from grpotui.tui.actions import journal

        journal.write_it(self.app)

    @work(thread=True, group="fetch")
    def _fetch(self, reader: SweepsReader) -> None:
        found, error = tried(lambda: self.read(reader), None)
        self.post_message(self.Fetched(found, error))

    def on_sweeps_feed_fetched(self, message: Fetched) -> None:
        """Show the answer; an error stands in one line above what was known last."""
        self._busy = False
        self.show_error(message.error)
        if message.found is not None:
            self._fetched = True
            self.take(message.found)  # type: ignore[arg-type]  # it is what read() returned
