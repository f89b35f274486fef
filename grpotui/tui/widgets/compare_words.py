"""One prompt in every run, beside each other: glyphs, identical texts folded, how it did before."""

from __future__ import annotations

from itertools import zip_longest

from rich.text import Text

from grpotui import format as fmt
from grpotui.analysis.compare.told import Told
from grpotui.analysis.folds import folded, glyph, glyphs, mean_reward, prompt_end
from grpotui.records import Mode
from grpotui.tui.compare.charts import TONES
from grpotui.tui.compare.view import CompareSnapshot, Lane, WordsData
from grpotui.tui.run.history import spread
from grpotui.tui.style import Tone
from grpotui.tui.widgets.compare_table import places
from grpotui.tui.widgets.pane import Line, Pane, section

BEFORE = 3
"""Earlier visits that are named."""


class CompareWords(Pane):
    """The prompt that was chosen, a column for each run."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002  (Textual's own name)
        super().__init__(id=id)
        self._snapshot: CompareSnapshot | None = None
        self._data = WordsData()
        self._other = 1

    def show(self, snapshot: CompareSnapshot, data: WordsData, other: int) -> None:
        """Show another prompt, or other runs."""
        self._snapshot, self._data, self._other = snapshot, data, other
        if self.seen:
            self.renew()

    def lines(self, width: int, height: int) -> list[Text]:
        """Title, prompt, then the columns."""
        snapshot, data = self._snapshot, self._data
        if snapshot is None:
            return []
        kind = "watch prompt" if data.mode == Mode.WATCH else "training prompt"
        of = f" {data.number + 1}/{data.count}" if data.count else ""
        which = "d: all prompts" if data.differing else "d: only where runs differ"
        title = section(f"{kind}{of}", which, width, self.dark)
        if not data.told:
            none = "no prompt on which the runs differ" if data.differing else "the runs share no prompt"
            words = "reading …" if data.loading else none
            return [title, Line(self.dark).add(f"   {words}", Tone.DIM).fit(width)]
        shown = [snapshot.lanes[place] for place in places(len(snapshot.lanes), width + 20, self._other)]
        column = width // len(shown)
        rows = height - 2
        columns = [self._column(lane, data.told.get(lane.run.id), column - 1, rows) for lane in shown]
        lines = [title, self._prompt(width)]
        for cells in zip_longest(*columns):
            line = Text(no_wrap=True, end="")
            for cell in cells:
                part = cell if cell is not None else Text("", end="")
                part.truncate(column, pad=True)
                line.append_text(part)
            lines.append(line)
        return lines

    def _prompt(self, width: int) -> Text:
        group = next((told.group for told in self._data.told.values() if told.group is not None), None)
        line = Line(self.dark).add(" ")
        if group is not None:
            line.add(prompt_end(group), Tone.DIM)
            if group.answer is not None:
                line.add(f"  gold {group.answer}", Tone.DIM)
        return line.fit(width)

    def _column(self, lane: Lane, told: Told | None, width: int, rows: int) -> list[Text]:
        group = told.group if told is not None else None
        head = Line(self.dark).add(f" {lane.letter} ", TONES[lane.letter])
        if told is None or group is None:
            return [head.add("has it nowhere", Tone.DIM).fit(width)]
        head.add(f"{fmt.figure(mean_reward(group))} at step {group.step}", Tone.STRONG)
        lines = [head.fit(width), Line(self.dark).add(f" {glyphs(group, lane.span)}").fit(width)]
        before = self._before(told, group.step, width)
        for fold in folded(group)[: max(rows - len(lines) - len(before), 1)]:
            count = f"x{fold.count}" if fold.count > 1 else ""
            line = Line(self.dark).cell(f" {count}", 5, Tone.DIM).add(f"{glyph(fold.first, lane.span)} ")
            lines.append(line.add(fold.opening(width)).fit(width))
        return lines + before

    def _before(self, told: Told, step: int, width: int) -> list[Text]:
        earlier = [visit for visit in told.visits if visit.step < step]
        if not earlier:
            return []
        chosen = [earlier[place] for place in spread(len(earlier), 0, BEFORE)]
        words = "  ".join(f"s{visit.step} {fmt.figure(visit.mean)}" for visit in chosen)
        return [Line(self.dark).add(f" before  {words}", Tone.DIM).fit(width)]
