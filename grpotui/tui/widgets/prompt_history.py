"""The prompt of the selected group over time: a line per step at which it was used."""

from __future__ import annotations

from rich.text import Text

from grpotui import format as fmt
from grpotui.analysis.folds import folded, glyphs, mean_reward
from grpotui.records import Group, RewardRange
from grpotui.tui.run.history import History
from grpotui.tui.style import Tone
from grpotui.tui.widgets.pane import Line, Pane, section, window


def visit_line(
    group: Group, here: bool, signs: int, span: RewardRange | None, width: int, dark: bool
) -> Text:
    """Return one visit as one line: step, glyphs, mean reward, how the commonest completion begins."""
    line = Line(dark).add(">" if here else " ", Tone.LIVE).cell(f"{group.step}", 6, right=True).add(" ")
    line.cell(glyphs(group, span), signs, Tone.STRONG if here else Tone.PLAIN)
    line.cell(fmt.figure(mean_reward(group)), 6, right=True).add("  ")
    folds = folded(group)
    room = width - line.text.cell_len
    if room >= 4 and folds:
        line.add(folds[0].opening(room), Tone.DIM)
    return line.fit(width)


class PromptHistory(Pane):
    """This prompt over time."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002  (Textual's own name)
        super().__init__(id=id)
        self._history = History()
        self._span: RewardRange | None = None

    def show(self, history: History, span: RewardRange | None) -> None:
        """Show another prompt."""
        self._history, self._span = history, span
        if self.seen:
            self.renew()

    def lines(self, width: int, height: int) -> list[Text]:
        """A title, then a line per visit around the one at the cursor."""
        history = self._history
        count = len(history.visits)
        said = f"{count} times" if count > 1 else "once so far" if count else ""
        title = section("this prompt over time", said, width, self.dark)
        steps = [(group.step, group.group) for group in history.groups]
        at = steps.index(history.of) if history.of in steps else 0
        signs = max((len(glyphs(group, self._span)) for group in history.groups), default=0)
        rows = window(len(steps), at, max(height - 1, 1))
        return [title] + [
            visit_line(history.groups[i], i == at, signs, self._span, width, self.dark) for i in rows
        ]
