"""One line per group of a step: a glyph per completion, mean, spread, prompt."""

from __future__ import annotations

from rich.text import Text

from grpotui import format as fmt
from grpotui.analysis.folds import CUT, FULL, HALF, NONE, glyphs, mean_reward, prompt_end
from grpotui.records import Flat, Group, Mode, RewardRange
from grpotui.tui.run import group_view as view
from grpotui.tui.run.groups import GroupsData
from grpotui.tui.style import Tone
from grpotui.tui.widgets.line_table import cell
from grpotui.tui.widgets.pane import Line, Pane, section, window

MODES = {Mode.WATCH: "watch prompts", Mode.EVAL: "evaluation", Mode.ROLLOUT: "rollouts"}
LEGEND = f"{FULL}≥.9 {HALF} {NONE}≤.1 {CUT}cut"


def spread_text(group: Group, span: RewardRange | None) -> tuple[str, Tone]:
    """Return the spread; of a flat group, where it sits."""
    flat = group.flat(span)
    if flat is not None:
        return f"0 {view.FLAT_WORDS[flat]}", Tone.DIM if flat is Flat.CEILING else Tone.STRONG
    return fmt.figure(view.spread(group)), Tone.PLAIN


def group_line(group: Group, here: bool, data: GroupsData, signs: int, width: int, dark: bool) -> Text:
    """Return one group as one line."""
    line = Line(dark).add(">" if here else " ", Tone.LIVE).cell(f"{group.group + 1}", 3, right=True).add(" ")
    line.cell(glyphs(group, data.span), signs, Tone.STRONG if here else Tone.PLAIN)
    line.cell(fmt.figure(mean_reward(group)), 6, right=True)
    spread, tone = spread_text(group, data.span)
    line.add(" ").cell(spread, 6, tone, right=True).add("  ")
    room = width - line.text.cell_len
    if room >= 4:
        line.text.append_text(cell(prompt_end(group), room, dim=not here, dark=dark))
    return line.fit(width)


class Groups(Pane):
    """The groups of the step at the cursor."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002  (Textual's own name)
        super().__init__(id=id)
        self.data = GroupsData()

    def show(self, data: GroupsData) -> None:
        """Show other groups, or another selection."""
        self.data = data
        if self.seen:
            self.renew()

    def _title(self, width: int) -> Text:
        data = self.data
        if data.step is None:
            return section("groups", "", width, self.dark)
        size = max((len(g.completions) for g in data.groups), default=0)
        line = (
            Line(self.dark)
            .add(f" step {data.step}", Tone.STRONG)
            .add(f" ({data.where})" if data.where else "", Tone.DIM)
            .add("" if data.mode is Mode.TRAIN else f" {MODES.get(data.mode, data.mode)}", Tone.LIVE)
        )
        count = f"{len(data.groups)} x {size} " if data.groups else ""
        right = Line(self.dark).add(f"{LEGEND}   " if line.text.cell_len + 24 < width else "", Tone.DIM)
        return line.spread(right.add(count, Tone.DIM).text, width)

    def lines(self, width: int, height: int) -> list[Text]:
        """A title, the legend, a line per group around the selected one."""
        data = self.data
        title = self._title(width)
        if not data.groups:
            said = (
                "reading …"
                if data.loading
                else "no completions yet"
                if data.step is None
                else "no groups here"
            )
            return [title, Line(self.dark).add(f"   {said}", Tone.DIM).fit(width)]
        signs = max(6, *(len(glyphs(group, data.span)) for group in data.groups))
        head = Line(self.dark).cell("", 5).cell("reward", signs, Tone.DIM)
        head.cell("mean", 6, Tone.DIM, right=True).add(" ").cell("spread", 6, Tone.DIM, right=True)
        head.add("  prompt", Tone.DIM)
        rows = window(len(data.groups), data.selected, max(height - 2, 1))
        return [title, head.fit(width)] + [
            group_line(data.groups[i], i == data.selected, data, signs, width, self.dark) for i in rows
        ]
