"""Sweep: its points as map, table and charts, and what may be concluded; fills in as runs end."""

from __future__ import annotations

import time

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.events import Resize

from grpotui import format as fmt
from grpotui.analysis.sweep.records import Study
from grpotui.records import RunKind
from grpotui.tui import keymap, style
from grpotui.tui.screens.sweep_moves import SweepMoves
from grpotui.tui.sight import in_sight
from grpotui.tui.style import Tone
from grpotui.tui.sweeps.charts import against
from grpotui.tui.sweeps.data import SweepsReader
from grpotui.tui.sweeps.place import CHARTS, MAP, TABLE, VIEWS, WORDS
from grpotui.tui.sweeps.view import SweepRow
from grpotui.tui.widgets.chart import BEAT, Chart, redraw_next
from grpotui.tui.widgets.line_table import LineTable
from grpotui.tui.widgets.lines import KeyLine, OneLine, TitleLine, Trouble
from grpotui.tui.widgets.sweep_map import MapData, SweepMap
from grpotui.tui.widgets.sweep_point import SweepPoint, SweepWords
from grpotui.tui.widgets.sweep_table import SweepTable

WIDE, TALL = 100, 28
POINT_LINES = 14
"""Lines that the point at the cursor likes to have."""
CHART_NAMES = ("first", "second", "third")
CHART_CELLS = 38
"""Cells that a chart needs at least."""


class SweepScreen(SweepMoves):
    """One sweep."""

    DEFAULT_CSS = """
    SweepScreen {
        #trouble { display: none; height: auto; max-height: 3; padding: 0 1; color: $error; }
        &.-trouble #trouble { display: block; }
        #best { height: 1; }
        #body { height: 1fr; }
        #point { width: 39; border-left: solid $rule; }
        #charts { height: 1fr; }
        #words { height: 11; }
        &.-one #point { width: 1fr; border-left: none; height: 9; }
        &.-one #body { layout: vertical; }
        &.-one #words { height: 1fr; }
        &.-map #words { height: 1fr; }
        &.-words #words { height: 1fr; }
    }
    """

    def __init__(self, sweep_id: str) -> None:
        super().__init__()
        self.sweep_id = sweep_id

    def compose(self) -> ComposeResult:
        """Title, the best in a line, one view beside the point at the cursor, sentences, keys."""
        yield TitleLine(id="title")
        yield Trouble(id="trouble")
        yield OneLine(id="best")
        with Horizontal(id="body"):
            yield SweepMap(id="map")
            yield SweepTable(id="table")
            with Horizontal(id="charts"):
                for name in CHART_NAMES:
                    yield Chart(id=name)
            yield SweepPoint(id="point")
        yield SweepWords(id="words")
        yield KeyLine(keymap.SWEEP, keymap.EVERYWHERE, id="keys")

    def on_mount(self) -> None:
        """Begin to look; redraw charts one at a time."""
        self.charts = list(self.query(Chart))
        self.place_panes()
        self.begin()
        self.set_interval(BEAT, self._redraw)
        self.app.theme_changed_signal.subscribe(self, lambda _: self.show())

    def _redraw(self) -> None:
        if in_sight(self):
            redraw_next(self, self.charts)

    def read(self, reader: SweepsReader) -> SweepRow:
        """Return the sweep."""
        return reader.fetch_one(self.sweep_id)

    def take(self, found: SweepRow) -> None:
        """Show it."""
        view = self.place.view
        self.place.take(found)
        if view != self.place.view:
            self.place_panes()
        self.show()

    def show_error(self, error: str) -> None:
        """Say what went wrong below the title."""
        self.set_class(bool(error), "-trouble")
        self.query_one(Trouble).tell(error)

    # Showing

    def show(self) -> None:
        """Bring everything to where the cursor is."""
        place, study = self.place, self.place.study
        if study is None:
            self.query_one(TitleLine).show_title(["grpotui", "sweeps", self.sweep_id])
            return
        self._show_title(study)
        marks = frozenset(place.marks)
        if place.heat is not None:
            data = MapData(study, place.heat, place.at, marks, place.column)
            self.query_one(SweepMap).show(data)
            self._fit_map()
        number = place.point.number if place.point is not None else None
        self.query_one(SweepTable).show(study, number, marks)
        self.query_one(SweepPoint).show(study, place.points)
        self.query_one(SweepWords).show(study.sentences, self.scroll)
        if place.view == CHARTS:
            self._show_charts(study)

    def _show_title(self, study: Study) -> None:
        dark, counts = self.app.current_theme.dark, study.counts
        what = "probe" if study.sweep.kind is RunKind.ROLLOUTS else "sweep"
        parts = [f"{what} of {study.sweep.preset}"] if self.size.width >= WIDE else []
        parts.append(f"{study.covered}/{len(study.points)} points")
        parts += [f"{counts.running + study.repeats.running} running"] if counts.open else []
        waiting = counts.waiting + study.repeats.waiting
        parts += [f"{waiting} waiting"] if waiting else []
        failed = counts.failed + study.repeats.failed
        parts += [f"{failed} failed"] if failed else []
        left = self.place.row.left if self.place.row is not None else None
        parts += [f"ETA {fmt.duration(left)}"] if left else []
        parts += [f"{len(self.place.marks)} marked"] if self.place.marks else []
        right = style.text("   ".join([*parts, time.strftime("%H:%M")]), Tone.DIM, dark)
        name = fmt.middle(study.sweep.id, max(self.size.width // 3, 16))
        self.query_one(TitleLine).show_title(["grpotui", "sweeps", name], right)
        told = next((s.text for s in study.sentences if s.kind == "best"), "No point has a rank yet.")
        self.query_one("#best", OneLine).show(style.text(f" {told}", Tone.STRONG, dark))

    def _fit_map(self) -> None:
        """Give the map the lines that it can use, and the sentences the rest."""
        fits = self.place.view == MAP and not self.has_class("-one")
        self.set_class(fits, "-map")
        wanted = min(max(self.query_one(SweepMap).wanted, POINT_LINES), self.size.height * 2 // 3)
        self.query_one("#body").styles.height = wanted if fits else "1fr"

    def _show_charts(self, study: Study) -> None:
        for name, axis in zip(CHART_NAMES, self.place.charted, strict=False):
            spec, items = against(study, axis, self.place.column)
            self.query_one(f"#{name}", Chart).show(spec, items, None)

    def on_resize(self, event: Resize) -> None:
        """Choose what fits."""
        self.place_panes()
        self.call_after_refresh(self.show)

    def place_panes(self) -> None:
        """Choose what fits."""
        one = self.size.width < WIDE or self.size.height < TALL
        view = self.place.view
        self.set_class(one, "-one")
        self.set_class(view == WORDS, "-words")
        self._fit_map()
        for name in VIEWS[:3]:
            self.query_one(f"#{name}").display = name == view
        self.query_one("#body").display = view != WORDS
        self.query_one("#point").display = view in (MAP, TABLE)
        self.query_one("#words").display = not one or view == WORDS
        axes = len(self.place.charted)
        for number, name in enumerate(CHART_NAMES):
            fits = number == 0 or self.size.width >= (number + 1) * CHART_CELLS
            self.query_one(f"#{name}").display = fits and number < axes

    # Mouse

    @on(LineTable.Moved, "#table")
    def _moved(self, event: LineTable.Moved) -> None:
        number = self.query_one(SweepTable).number
        if self.place.view == TABLE and number is not None:
            self.place.go_to(number)
            self.show()

    @on(LineTable.Chosen, "#table")
    def _chosen(self) -> None:
        self.action_open()

    @on(SweepMap.Clicked)
    def _clicked(self, event: SweepMap.Clicked) -> None:
        row, column = self.place.at
        if (event.row, event.column) == (row, column):
            self.action_open()
        else:
            self.place.move(event.row - row, event.column - column)
            self.show()
