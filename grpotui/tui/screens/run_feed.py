"""Reads what the Run screen shows, in threads: snapshots, groups of a step, one prompt over time."""

from __future__ import annotations

from textual import work
from textual.message import Message

from grpotui.analysis.account import Account
from grpotui.records import Hit
from grpotui.tui.run import search
from grpotui.tui.run.data import RunReader
from grpotui.tui.run.group_view import StepGroups
from grpotui.tui.run.history import History
from grpotui.tui.run.kinds import Kind
from grpotui.tui.run.view import RunSnapshot
from grpotui.tui.run.window import after
from grpotui.tui.screens.prompt import Prompt
from grpotui.tui.screens.run_moves import RunMoves
from grpotui.tui.screens.search import SearchScreen
from grpotui.tui.screens.verdict import VerdictScreen
from grpotui.tui.sight import in_sight
from grpotui.tui.trouble import tried


class RunFeed(RunMoves):
    """Asks the reader, one question of a kind at a time; answers come as messages."""

    class Fetched(Message):
        """A new snapshot, or the error that came instead."""

        def __init__(self, snapshot: RunSnapshot | None, error: str = "") -> None:
            super().__init__()
            self.snapshot = snapshot
            self.error = error

        def can_replace(self, message: Message) -> bool:
            """Only the newest snapshot counts."""
            return isinstance(message, RunFeed.Fetched)

    class Read(Message):
        """The groups of a step."""

        def __init__(self, groups: StepGroups, error: str = "") -> None:
            super().__init__()
            self.groups = groups
            self.error = error

    class Followed(Message):
        """One prompt over time."""

        def __init__(self, history: History, error: str = "") -> None:
            super().__init__()
            self.history = history
            self.error = error

    def __init__(self, run_id: str) -> None:
        super().__init__()
        self.run_id = run_id
        self._reader: RunReader | None = None
        self._busy: set[str] = set()

    def open_reader(self) -> None:
        """Begin to read the run."""
        self._reader = RunReader(self.app.workspace, self.run_id)

    def on_unmount(self) -> None:
        """Let go of the registry."""
        if self._reader is not None:
            self._reader.close()

    def next_odd(self, step: int, group: int, kind: Kind) -> tuple[int, int] | None:
        """Return the next group of a kind. Slow: for a thread."""
        return self._reader.next_odd(step, group, kind) if self._reader is not None else None

    def action_verdict(self) -> None:
        """Read the verdict in full, with completions, earlier runs and every flag."""
        reader, snapshot = self._reader, self.place.snapshot
        if reader is None or snapshot is None:
            return

        def show(told: Account) -> None:
            self.app.push_screen(VerdictScreen(snapshot, told))

        self.app.ask(reader.account, show)

    def action_mode(self) -> None:
        """Show the groups of training, of watch prompts or of evaluations."""
        snapshot, reader = self.place.snapshot, self._reader
        if snapshot is None or reader is None:
            return
        if len(snapshot.modes) < 2:
            self.app.say(
                "Only groups of one kind here: [eval] watch = 8 samples the same prompts again and again"
            )
            return
        reader.mode = after(snapshot.modes, snapshot.mode)
        self.fetch()

    def action_search(self) -> None:
        """Search the run's completions; what is chosen is gone to."""
        reader, snapshot = self._reader, self.place.snapshot
        if reader is None or snapshot is None:
            return

        def typed(words: str | None) -> None:
            if words:
                self.app.push_screen(SearchScreen(reader, words, snapshot.reward_range, self._go_to))

        self.app.push_screen(Prompt("Search completions", search.HINT), self.app.careful(typed))

    def _go_to(self, hit: Hit) -> None:
        self.place.go_to(hit.group.step, hit.group.group, hit.completion.text)
        self.show()

    def fetch(self) -> None:
        """Fetch a snapshot unless one is under way, or nobody looks."""
        if self._reader is None or (self.place.snapshot is not None and not in_sight(self)):
            return
        if self._begin("fetch"):
            self._fetch(self._reader)

    def read_groups(self) -> None:
        """Read the groups of the step at the cursor, unless they are known or being read."""
        wanted = self.place.wanted_groups()
        if wanted is not None and self._reader is not None and self._begin("groups"):
            self._read(self._reader, wanted)

    def follow_prompt(self) -> None:
        """Read how the prompt at the cursor did at other steps, unless it is known or being read."""
        wanted = self.place.wanted_history()
        if wanted is not None and self._reader is not None and self._begin("history"):
            self._follow(self._reader, *wanted)

    def _begin(self, what: str) -> bool:
        if what in self._busy:
            return False
        self._busy.add(what)
        return True

    @work(thread=True, group="fetch")
    def _fetch(self, reader: RunReader) -> None:
        try:
            snapshot, error = tried(reader.fetch, None)
        finally:
            self._busy.discard("fetch")
        self.post_message(self.Fetched(snapshot, error))

    @work(thread=True, group="groups")
    def _read(self, reader: RunReader, step: int) -> None:
        try:
            groups, error = tried(lambda: reader.groups(step), StepGroups(step))
        finally:
            self._busy.discard("groups")
        self.post_message(self.Read(groups, error))

    @work(thread=True, group="history")
    def _follow(self, reader: RunReader, step: int, group: int) -> None:
        try:
            history, error = tried(lambda: reader.history(step, group), History((step, group)))
        finally:
            self._busy.discard("history")
        self.post_message(self.Followed(history, error))
