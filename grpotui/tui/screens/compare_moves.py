"""What the keys of the Compare screen do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType

from grpotui.analysis.compare.told import Excerpt
from grpotui.tui import keymap
from grpotui.tui.actions import lineage
from grpotui.tui.compare.place import ComparePlace
from grpotui.tui.compare.view import WordsData
from grpotui.tui.run.window import Lens
from grpotui.tui.screens.chart_keys import ChartKeys
from grpotui.tui.screens.picker import Option
from grpotui.tui.widgets.compare_table import CompareTable

WIDE, TALL = 100, 30


class CompareMoves(ChartKeys):
    """Changes what is looked at; what is shown follows in :meth:`show`."""

    CHART = "the first chart"
    KEYS = keymap.COMPARE
    BINDINGS: ClassVar[list[BindingType]] = [*keymap.bindings(keymap.COMPARE)]

    def __init__(self) -> None:
        super().__init__()
        self.place = ComparePlace()
        self.words = WordsData(loading=True)

    @property
    def lens(self) -> Lens:
        """How the charts are looked at."""
        return self.place.lens

    @property
    def axes(self) -> Sequence[str]:
        """Axes that every run has data for."""
        return self.place.snapshot.axes if self.place.snapshot is not None else ()

    @property
    def narrow(self) -> bool:
        """True when there is room for one section only."""
        return self.size.width < WIDE or self.size.height < TALL

    def place_panes(self) -> None:
        """Choose what fits."""
        raise NotImplementedError

    def action_section(self) -> None:
        """Show the next section alone, or all."""
        self.place.next_section(self.narrow)
        self.place_panes()
        self.show()

    def action_cursor(self, by: int) -> None:
        """Move the cursor over the charts; words follow."""
        self.place.move(by)
        self.show()

    def action_metric(self, by: int) -> None:
        """Put another metric into the first chart."""
        self.place.next_metric(by)
        self.show()

    def metrics(self) -> list[Option]:
        """Every metric that a run has."""
        return [(key, "") for key in self.place.snapshot.keys] if self.place.snapshot is not None else []

    def show_metric(self, key: str) -> None:
        """Put a metric into the first chart."""
        self.place.metric = key
        self.show()

    def action_prompt(self, by: int) -> None:
        """Go to another prompt that the runs share."""
        count = self.words.count or 1
        self.place.prompt = (self.words.number + by) % count
        self.show()

    def action_differing(self) -> None:
        """Offer only prompts on which the runs differ, or all."""
        self.place.differing, self.place.prompt = not self.place.differing, 0
        self.show()

    def action_fields(self) -> None:
        """Show every field that differs, or only those that can be a cause."""
        self.place.all_fields = not self.place.all_fields
        self.show()

    def action_scroll(self, by: int) -> None:
        """Scroll the table."""
        if self.place.snapshot is not None:
            table = self.query_one(CompareTable)
            most = table.most(self.place.snapshot.comparison, self.place.all_fields)
            self.place.scroll = max(0, min(self.place.scroll + by, most))
            self.show()

    def action_other(self, by: int) -> None:
        """Put another run beside the first one."""
        self.place.next_other(by)
        self.show()

    def action_same_seed(self) -> None:
        """Open Launch on the confounded run with the first run's seed."""
        snapshot = self.place.snapshot
        if snapshot is None:
            return
        found = snapshot.comparison
        if not found.confounded:
            self.app.say("No run differs in its seed and something else")
            return
        lane = next(lane for lane in snapshot.lanes if lane.letter == found.confounded[0])
        lineage.clone(self.app, lane.run, seed=snapshot.lanes[0].run.seed)

    def action_open(self) -> None:
        """Open the run beside the first one."""
        if self.place.snapshot is not None:
            self.app.open_run(self.place.snapshot.lanes[self.place.other].run.id)

    def action_confirm(self) -> None:
        """Repeat the points of the runs with fresh seeds, where they are of one sweep."""
        from grpotui.tui.actions import sweeps

        if self.place.snapshot is not None:
            sweeps.confirm_runs(self.app, [lane.run for lane in self.place.snapshot.lanes])

    def action_write_journal(self) -> None:
        """Bring the log book up to date, with this comparison."""
        from grpotui.tui.actions import journal

        if self.place.snapshot is not None:
            runs = [lane.run.id for lane in self.place.snapshot.lanes]
            journal.write_it(self.app, compared=runs)

    def action_copy(self) -> None:
        """Copy the comparison as Markdown, with the prompt that is shown."""
        from grpotui.analysis.compare.document import to_markdown

        snapshot = self.place.snapshot
        if snapshot is not None:
            told = [self.words.told[lane.run.id] for lane in snapshot.lanes if lane.run.id in self.words.told]
            words = [Excerpt(self.words.mode, tuple(told))] if len(told) == len(snapshot.lanes) else []
            self.app.copy("comparison", to_markdown(snapshot.comparison, words))
