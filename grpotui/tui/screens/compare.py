"""Compare: two to four runs beside each other; cause, effect, words."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import Resize, ScreenResume
from textual.message import Message

from grpotui.tui import keymap, style
from grpotui.tui.compare import charts as compare_charts
from grpotui.tui.compare.data import CompareReader
from grpotui.tui.compare.place import SECTIONS, ComparePlace
from grpotui.tui.compare.view import CompareSnapshot, WordsData
from grpotui.tui.run.window import AUTO
from grpotui.tui.screens.compare_moves import WIDE, CompareMoves
from grpotui.tui.sight import in_sight
from grpotui.tui.style import Tone
from grpotui.tui.trouble import tried
from grpotui.tui.widgets.chart import BEAT, Chart, redraw_next
from grpotui.tui.widgets.compare_table import CompareTable
from grpotui.tui.widgets.compare_words import CompareWords
from grpotui.tui.widgets.lines import KeyLine, OneLine, TitleLine

FETCH_SECONDS = 1.0


def looked_at(snapshot: CompareSnapshot, place: ComparePlace, wide: bool) -> str:
    """Return the right half of the title: axis, smoothing, runs, time; if ``wide`` the window too."""
    view = place.lens.view
    smooth = "auto" if view.window == AUTO else f"{view.window}"
    why = " (batch sizes differ)" if snapshot.comparison.by_samples and place.axis == "samples" else ""
    parts = [f"x = {place.axis}{why}", f"smooth {smooth}", f"{len(snapshot.lanes)} runs"]
    if wide:
        parts.insert(2, f"outcome of the {snapshot.window}")
    return "   ".join([*parts, time.strftime("%H:%M")])


class CompareScreen(CompareMoves):
    """Several runs; the first one is what the others are measured against."""

    DEFAULT_CSS = """
    CompareScreen {
        #changes { height: auto; max-height: 4; text-wrap: wrap; }
        #conclusions { height: auto; max-height: 5; text-wrap: wrap; }
        #table { height: 1fr; }
        #charts { height: 9; }
        #words { height: 7; }
        &.-no-words #words { height: 2; }
        &.-one #charts, &.-one #words { height: 1fr; }
        &.-one #charts Horizontal { layout: vertical; }
    }
    """

    class Fetched(Message):
        """A new snapshot, or the error that came instead."""

        def __init__(self, snapshot: CompareSnapshot | None, error: str = "") -> None:
            super().__init__()
            self.snapshot = snapshot
            self.error = error

    class Told(Message):
        """One prompt in every run."""

        def __init__(self, words: WordsData, error: str = "") -> None:
            super().__init__()
            self.words = words
            self.error = error

    def __init__(self, run_ids: tuple[str, ...]) -> None:
        super().__init__()
        self.run_ids = run_ids
        self.charts: list[Chart] = []
        self._asked: object = None
        self._busy = False

    def compose(self) -> ComposeResult:
        """Title, sentences, table, charts, words, keys."""
        yield TitleLine(id="title")
        yield OneLine(id="changes")
        yield CompareTable(id="table")
        yield OneLine(id="conclusions")
        with Vertical(id="charts"), Horizontal():
            yield Chart(id="first")
            yield Chart(id="second")
        yield CompareWords(id="words")
        yield KeyLine(keymap.COMPARE, keymap.EVERYWHERE, id="keys")

    def on_mount(self) -> None:
        """Fetch now and every second; redraw charts one at a time."""
        self.reader = CompareReader(self.app.workspace, self.run_ids)
        self.charts = list(self.query(Chart))
        self.place_panes()
        self.fetch()
        self.set_interval(FETCH_SECONDS, self._look_again)
        self._beat = self.set_interval(BEAT, self._redraw)
        self.app.theme_changed_signal.subscribe(self, lambda _: self.show())

    def _redraw(self) -> None:
        seen = in_sight(self)
        if seen:
            redraw_next(self, self.charts)
        if not seen or not any(chart.stale for chart in self.charts):
            self._beat.pause()

    def on_chart_waits(self) -> None:
        """Draw what has to be, until all is."""
        self._beat.resume()

    def on_screen_resume(self, event: ScreenResume) -> None:
        """Catch up."""
        self.fetch()

    # Data

    def _look_again(self) -> None:
        snapshot = self.place.snapshot
        ended = snapshot is not None and all(lane.run.status.is_ended for lane in snapshot.lanes)
        if in_sight(self) and not ended:
            self.fetch()

    def fetch(self) -> None:
        """Fetch a snapshot unless one is under way."""
        if self.is_attached and not self._busy and hasattr(self, "reader"):
            self._busy = True
            self._fetch(self.place.wanted)

    @work(thread=True, group="fetch")
    def _fetch(self, wanted: tuple[str, ...]) -> None:
        found, error = tried(lambda: self.reader.fetch(wanted), None)
        self.post_message(self.Fetched(found, error))

    @work(thread=True, group="words", exclusive=True)
    def _tell(self, read: Callable[[], WordsData]) -> None:
        self.post_message(self.Told(*tried(read, WordsData())))

    def on_compare_screen_fetched(self, message: Fetched) -> None:
        """Show the snapshot; an error stands in the line of sentences."""
        self._busy = False
        if message.snapshot is None:
            self.query_one("#changes", OneLine).show(style.text(f" {message.error}", Tone.BAD, self._dark))
            return
        waited = self.place.waits
        self.place.take(message.snapshot)
        if waited:
            self.show()
        else:
            self._show()

    def on_compare_screen_told(self, message: Told) -> None:
        """Show the prompt."""
        self.words = message.words
        self._show_words()

    # Showing

    @property
    def _dark(self) -> bool:
        return self.app.current_theme.dark

    def show(self) -> None:
        """Bring everything to where the cursor is, as soon as possible."""
        for chart in self.charts:
            chart.hurry()
        self._show()

    def _show(self) -> None:
        place, snapshot = self.place, self.place.snapshot
        if snapshot is None:
            self.query_one(TitleLine).show_title(["grpotui", "compare"])
            return
        view = place.lens.view
        right = style.text(looked_at(snapshot, place, self.size.width >= WIDE), Tone.DIM, self._dark)
        self.query_one(TitleLine).show_title(["grpotui", "compare"], right)
        self.query_one("#changes", OneLine).show(self._lines(" ", snapshot.sentences))
        self.query_one("#conclusions", OneLine).show(self._lines(" -> ", snapshot.comparison.conclusions))
        table = self.query_one(CompareTable)
        table.show(snapshot.comparison, place.other, place.scroll, place.all_fields)
        for name, key in (("first", place.metric), ("second", snapshot.second)):
            chosen = (view.axis, view.window, view.log and name == "first", place.cursor)
            spec, items = compare_charts.overlay(snapshot, key, *chosen)
            self.query_one(f"#{name}", Chart).show(spec, items, place.cursor)
        self._ask()
        self._show_words()
        if place.waits:
            self.fetch()

    def _lines(self, sign: str, sentences: Sequence[str]) -> Text:
        return Text("\n").join(style.text(sign + line, Tone.STRONG, self._dark) for line in sentences)

    def _ask(self) -> None:
        """Read the prompt at the cursor, unless that was asked for."""
        place, snapshot = self.place, self.place.snapshot
        if snapshot is None:
            return
        steps = place.steps()
        wanted = (snapshot, place.prompt, tuple(steps.items()), place.differing)
        if wanted != self._asked:
            self._asked = wanted
            span = snapshot.lanes[0].span
            width = span.high - span.low if span else 1.0
            # A worker describes itself with its arguments: in full, they would be megabytes of text.
            chosen = (snapshot.shared, place.prompt, steps, width, place.differing)
            self._tell(lambda: self.reader.words(*chosen))

    def _show_words(self) -> None:
        self.set_class(
            not (self.words.told or self.words.loading) and not self.has_class("-one"), "-no-words"
        )
        if self.place.snapshot is not None:
            self.query_one(CompareWords).show(self.place.snapshot, self.words, self.place.other)

    def on_resize(self, event: Resize) -> None:
        """Choose what fits."""
        self.place_panes()
        self.call_after_refresh(self.show)

    def place_panes(self) -> None:
        """Choose what fits."""
        alone = self.place.alone(self.narrow)
        self.set_class(bool(alone), "-one")
        for name in SECTIONS:
            self.query_one(f"#{name}").display = alone in ("", name)
        self.query_one("#conclusions").display = alone in ("", SECTIONS[0])
