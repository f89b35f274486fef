"""One run on one screen: charts, vitals, flags and log on the left, completions on the right."""

from __future__ import annotations

from dataclasses import dataclass, field

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import Resize

from grpotui.records import keys
from grpotui.tui import style
from grpotui.tui.run import charts as run_charts
from grpotui.tui.run.groups import DetailData, GroupsData
from grpotui.tui.run.history import History
from grpotui.tui.run.keys import PANES as NAMES
from grpotui.tui.run.keys import ROLLOUT_PANES as ROLLOUT_NAMES
from grpotui.tui.run.panes import ALL, LEFT, LOW, fitting, in_pane
from grpotui.tui.run.view import RunSnapshot
from grpotui.tui.run.window import View
from grpotui.tui.sight import in_sight
from grpotui.tui.widgets.chart import BEAT, Chart, redraw_next
from grpotui.tui.widgets.contract_line import ContractLine
from grpotui.tui.widgets.flags import Flags
from grpotui.tui.widgets.group_detail import GroupDetail, Reader
from grpotui.tui.widgets.groups import Groups
from grpotui.tui.widgets.lines import OneLine
from grpotui.tui.widgets.log_tail import LogTail
from grpotui.tui.widgets.prompt_history import PromptHistory
from grpotui.tui.widgets.rollouts import PromptRates, RewardHistogram, RolloutFigures, RolloutPane
from grpotui.tui.widgets.verdict import ProgressLine, VerdictPane, verdict_parts
from grpotui.tui.widgets.vitals import Vital, Vitals

ROOMY = 20
"""Lines from which the contract has a line of its own."""
TWO_COLUMNS = 100
"""Cells from which charts and completions stand side by side."""
SIDE_BY_SIDE = 60
"""Cells from which the two small charts stand side by side."""
FOLDS = 8
"""Distinct texts of a group for which room is kept."""


@dataclass(frozen=True, slots=True)
class Looking:
    """What a person looks at."""

    snapshot: RunSnapshot
    step: int | None
    live: bool = True
    news: int = 0
    metric: str = keys.REWARD
    view: View = field(default_factory=View)
    groups: GroupsData = field(default_factory=GroupsData)
    detail: DetailData = field(default_factory=DetailData)
    history: History = field(default_factory=History)


class RunBoard(Vertical):
    """Shows a Looking. ``pane`` 1 to 6 shows one pane alone, 0 all of them where there is room."""

    DEFAULT_CSS = """
    RunBoard {
        height: 1fr;
        #panes { height: 1fr; }
        #left { width: 16fr; }
        #right { width: 9fr; border-left: solid $rule; }
        #splits { height: 7; }
        #vitals { height: 8; }
        #flags { height: 4; }
        #figures { height: 9; }
        #rewards { height: auto; max-height: 12; }
        #reader { min-height: 3; }
        #history { height: 6; }
        #tabs { display: none; }
        &.-one #tabs { display: block; }
        &.-one #right { border-left: none; }
        &.-one #vitals, &.-one #flags { height: 1fr; }
        &.-tight #verdict { height: 1; }
        &.-stacked #splits { layout: vertical; }
    }
    """

    def __init__(self, id: str | None = None) -> None:  # noqa: A002  (Textual's own name)
        super().__init__(id=id)
        self.pane = 0
        self.log_open = False
        self._before_log = 0
        self.looking: Looking | None = None

    def compose(self) -> ComposeResult:
        """Progress, verdict, panes."""
        yield ProgressLine(id="progress")
        yield VerdictPane(id="verdict")
        yield ContractLine(id="contract")
        yield OneLine(id="tabs")
        with Horizontal(id="panes"):
            with Vertical(id="left"):
                yield Chart(id="reward")
                with Horizontal(id="splits"):
                    yield Chart(id="flat")
                    yield Chart(id="jaccard")
                yield Vitals(id="vitals")
                yield RolloutFigures(id="figures")
                yield RewardHistogram(id="rewards")
                yield PromptRates(id="prompts")
                yield Flags(id="flags")
                yield LogTail(id="log")
            with Vertical(id="right"):
                yield Groups(id="groups")
                yield GroupDetail(id="detail")
                yield Reader(id="reader")
                yield PromptHistory(id="history")

    def on_mount(self) -> None:
        """Begin to redraw charts, one at a time."""
        self.charts = list(self.query(Chart))
        self._arrange()
        self._beat = self.set_interval(BEAT, self._redraw)

    def _redraw(self) -> None:
        seen = in_sight(self.screen)
        if seen:
            redraw_next(self.screen, self.charts)
        if not seen or not any(chart.stale for chart in self.charts):
            self._beat.pause()

    def hurry(self) -> None:
        """Draw charts at once: a person wants to see what a key did."""
        for chart in self.charts:
            chart.hurry()

    def on_chart_waits(self) -> None:
        """Draw what has to be, until all is."""
        self._beat.resume()

    # Which panes

    @property
    def alone(self) -> int:
        """The pane that is shown alone; 0 when all are."""
        return self.pane if self.pane or self.size.width >= TWO_COLUMNS else 1

    def choose(self, pane: int) -> None:
        """Show one pane alone; 0, or the same one again where there is room for all, shows all."""
        self.pane = 0 if pane == self.pane and self.size.width >= TWO_COLUMNS else pane
        self._arrange()
        self._show_all()

    @property
    def log_seen(self) -> bool:
        """True while the log is in sight."""
        return self.log_open and self.alone in (0, 6)

    def toggle_log(self) -> None:
        """Show the log in place of vitals and flags, or what was there before."""
        self.log_open = not self.log_seen
        if self.log_open:
            self._before_log = self.pane
        if self.alone:
            self.pane = 6 if self.log_open else self._before_log
        self._arrange()
        self._show_all()

    def on_resize(self, event: Resize) -> None:
        """Choose what fits."""
        self._arrange()
        self._show_all()

    def _arrange(self) -> None:
        alone, height = self.alone, self.size.height
        rolled = self._rolled
        shown = in_pane(alone, height, rolled) if alone else fitting(height, rolled, self.log_open)
        for name in ALL:
            self.query_one(f"#{name}").display = name in shown
        self.query_one("#left").display = bool(shown & LEFT)
        self.query_one("#right").display = bool(shown - LEFT)
        self.query_one("#splits").display = bool(shown & {"flat", "jaccard"})
        self.query_one("#splits").styles.height = "1fr" if alone else 7 if height >= 28 else 6
        self.set_class(bool(alone), "-one")
        self.set_class(height < LOW, "-tight")
        self.set_class(self.size.width < SIDE_BY_SIDE, "-stacked")

    def shows(self, name: str) -> bool:
        """True when a widget has room now."""
        return bool(self.query_one(f"#{name}").display)

    @property
    def _rolled(self) -> bool:
        """True for a run that only generates."""
        return self.looking is not None and self.looking.snapshot.rollouts is not None

    # Showing

    def show(self, looking: Looking) -> None:
        """Show other data, or another cursor."""
        rolled, self.looking = self._rolled, looking
        if rolled is not self._rolled:
            self._arrange()
        self._show_all()

    def show_words(self, looking: Looking) -> None:
        """Show other completions only."""
        self.looking = looking
        self._show_groups(looking)

    def _show_all(self) -> None:
        looking = self.looking
        if looking is None:
            return
        snapshot, step = looking.snapshot, looking.step
        self.query_one(ProgressLine).show(snapshot.run, looking.news)
        self.query_one(VerdictPane).show(verdict_parts(snapshot.run, snapshot.waits_for))
        room = self.size.height >= ROOMY
        self.query_one(ContractLine).tell(snapshot.contract, snapshot.policy, room)
        self.query_one("#tabs", OneLine).show(self._tabs())
        charts = {
            "reward": run_charts.metric_chart(snapshot, looking.metric, step, looking.view),
            "flat": run_charts.flat_chart(snapshot, step, looking.view),
            "jaccard": run_charts.jaccard_chart(snapshot, step, looking.view),
        }
        for name, (spec, items) in charts.items():
            self.query_one(f"#{name}", Chart).show(spec, items, None if looking.live else step)
        shown = snapshot.span(looking.view)
        vitals = tuple(Vital(name, snapshot.get(key).within(*shown)) for name, key in snapshot.vitals)
        self.query_one(Vitals).show(vitals, shown, step)
        if snapshot.rollouts is not None:
            self.query_one("#rewards").styles.height = len(snapshot.rollouts.bars) + 1
            for pane in self.query(RolloutPane):
                pane.show(snapshot.rollouts)
        self.query_one(Flags).show(snapshot.flags, step)
        self.query_one(LogTail).show(snapshot.log)
        self._show_groups(looking)

    def _show_groups(self, looking: Looking) -> None:
        groups, detail = looking.groups, looking.detail
        count = max(len(groups.groups), 1)
        low = self.alone == 4 and self.size.height < LOW
        self.query_one(Groups).styles.height = "1fr" if low else min(count + 2, max(self.size.height // 3, 4))
        size = max((len(g.completions) for g in groups.groups), default=FOLDS)
        self.query_one(GroupDetail).styles.height = min(size, FOLDS, max(self.size.height // 3 - 2, 1)) + 2
        self.query_one(Groups).show(groups)
        self.query_one(GroupDetail).show(detail)
        self.query_one(Reader).show(detail)
        self.query_one(PromptHistory).show(looking.history, groups.span)

    def _tabs(self) -> Text:
        colours = style.palette(self.app.current_theme.dark)
        line = Text(no_wrap=True)
        room = self.size.width >= SIDE_BY_SIDE
        for number, name in enumerate(ROLLOUT_NAMES if self._rolled else NAMES, 1):
            here = number == self.alone
            line.append(f" {number} ", colours.strong if here else colours.dim)
            if here or room:
                line.append(f"{name} ", f"{colours.strong} underline" if here else colours.dim)
        return line
