"""One prompt in every run, beside each other: glyphs, identical texts folded, how it did before."""

from __future__ import annotations

from itertools import zip_longest

from rich.text import Text

from grpotui.analysis.compare.excerpts import history_text, others_text
from grpotui.analysis.compare.told import KINDS, Told
from grpotui.analysis.folds import Fold, folded, glyph, glyphs, mean_reward, prompt_end, score
from grpotui.records import Mode
from grpotui.tui import style
from grpotui.tui.compare.charts import TONES
from grpotui.tui.compare.view import CompareSnapshot, Lane, WordsData
from grpotui.tui.style import Tone
from grpotui.tui.widgets.compare_table import places
from grpotui.tui.widgets.group_detail import wrapped
from grpotui.tui.widgets.pane import Line, Pane, section

OVER_TIME = " over time  "
VISIT = 11
"""Cells that one visit of a prompt takes."""


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
        kind = KINDS.get(Mode(data.mode), data.mode) if data.mode else "prompt"
        of = f" {data.number + 1}/{data.count}" if data.count else ""
        which = "d: all prompts" if data.differing else "d: only where runs differ"
        title = section(f"{kind}{of}", which, width, self.dark)
        if not data.told:
            none = "no prompt on which the runs differ" if data.differing else "the runs share no prompt"
            words = "reading …" if data.loading else none
            return [title, Line(self.dark).add(f"   {words}", Tone.DIM).fit(width)]
        shown = [snapshot.lanes[place] for place in places(len(snapshot.lanes), width, self._other)]
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
        did = score(mean_reward(group), len(group.completions), lane.span)
        head.add(f"{did} at step {group.step}", Tone.STRONG)
        lines = [head.fit(width), Line(self.dark).add(f" {glyphs(group, lane.span)}").fit(width)]
        history = history_text(told, lane.span, (width - len(OVER_TIME)) // VISIT)
        folds, room = folded(group), max(rows - len(lines) - bool(history), 1)
        shown = folds if len(folds) <= room else folds[: max(room - 1, 1)]
        for fold in shown:
            lines += self._quoted(fold, lane, width, max(room // max(len(folds), 1), 1))
        if len(shown) < len(folds) and room > 1:
            lines.append(Line(self.dark).add(f" {others_text(folds[len(shown) :])}", Tone.DIM).fit(width))
        return lines + ([Line(self.dark).add(OVER_TIME + history, Tone.DIM).fit(width)] if history else [])

    def _quoted(self, fold: Fold, lane: Lane, width: int, most: int) -> list[Text]:
        """Return one distinct text in ``most`` lines at most."""
        count = f"x{fold.count}" if fold.count > 1 else ""
        line = Line(self.dark).cell(f" {count}", 5, Tone.DIM).add(f"{glyph(fold.first, lane.span)} ")
        if most == 1:
            return [line.add(fold.opening(width)).fit(width)]
        indent = line.text.cell_len
        words = style.text(fold.opening(width * most), Tone.PLAIN, self.dark)
        words.no_wrap = False
        rows = wrapped([words], width - indent, self.app.console)
        if len(rows) > most:
            rows = rows[:most]
            rows[-1].truncate(width - indent - 1)
            rows[-1].append("…")
        line.text.append_text(rows[0])
        return [line.text, *(Text.assemble(" " * indent, row, end="") for row in rows[1:])]
