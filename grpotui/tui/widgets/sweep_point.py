"""One point of a sweep in words: values, metric, what stands beside it, its runs; and the sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

from rich.text import Text

from grpotui import format as fmt
from grpotui.analysis.sweep.axes import name_of, text_of
from grpotui.analysis.sweep.heat import sign_of
from grpotui.analysis.sweep.records import Point, Reading, Sentence, Study
from grpotui.analysis.sweep.trace import valued
from grpotui.records.sweeps import Role
from grpotui.text import clean
from grpotui.tui import style
from grpotui.tui.style import Tone
from grpotui.tui.widgets.pane import Line, Pane, section


class SweepPoint(Pane):
    """The point at the cursor, or what is pooled there."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002  (Textual's own name)
        super().__init__(id=id)
        self._study: Study | None = None
        self._points: Sequence[Point] = ()

    def show(self, study: Study, points: Sequence[Point]) -> None:
        """Show other points."""
        self._study, self._points = study, points
        if self.seen:
            self.renew()

    def lines(self, width: int, height: int) -> list[Text]:
        """What is known, the most telling first."""
        if self._study is None:
            return []
        if not self._points:
            return [section("no such point", "", width, self.dark)]
        if len(self._points) > 1:
            title = f"mean over {len(self._points)} points"
            return [section(title, "", width, self.dark), *self._several(width)]
        point = self._points[0]
        sign = sign_of(self._study, point)
        return [section(f"point {point.number}", sign, width, self.dark), *self._one(point, width)]

    def _several(self, width: int) -> Iterator[Text]:
        for point in self._points:
            values = " ".join(text_of(value) for value in point.values.values())
            yield Line(self.dark).add(f" {point.number:>3} {values}  {valued(point.standing)}").fit(width)

    def _one(self, point: Point, width: int) -> Iterator[Text]:
        for axis, value in point.values.items():
            yield self._field(name_of(axis), text_of(value), width)
        if point.standing is not None:
            so_far = " so far" if point.counts.open else ""
            yield self._field("value", f"{valued(point.standing)}{so_far}", width, Tone.STRONG)
        if point.confirmed is not None:
            yield self._field("of the search", valued(point.found), width)
        elif point.repeats.planned:
            yield self._field("repeats", f"{point.repeats.done} of {point.repeats.planned} done", width)
        for name, number in point.columns.items():
            yield self._field(name, fmt.number(number), width)
        for one in point.runs:
            yield self._run(one, width)
        if not point.runs:
            yield Line(self.dark).add(" no run yet", Tone.DIM).fit(width)

    def _field(self, name: str, value: str, width: int, tone: Tone = Tone.PLAIN) -> Text:
        return (
            Line(self.dark).cell(f" {name}", min(width // 2, 24), Tone.DIM).add(f" {value}", tone).fit(width)
        )

    def _run(self, one: Reading, width: int) -> Text:
        line = Line(self.dark).add(" ")
        line.text.append_text(style.status_text(one.run.status, self.dark))
        line.add(f" seed {one.run.seed}" + (" repeat" if one.role is Role.CONFIRM else ""), Tone.DIM)
        line.add(f" {fmt.number(one.sample.value)} " if one.sample is not None else " ")
        if one.run.verdict is not None:
            line.text.append_text(style.verdict_text(one.run.verdict, one.run.cause, self.dark))
        return line.fit(width)


_TONES = {"best": Tone.STRONG, "cliff": Tone.WARN, "failed": Tone.WARN, "confound": Tone.WARN}


class SweepWords(Pane):
    """The sentences of a sweep, wrapped, scrolled by lines."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002  (Textual's own name)
        super().__init__(id=id)
        self._sentences: Sequence[Sentence] = ()
        self._scroll = 0

    def show(self, sentences: Sequence[Sentence], scroll: int) -> None:
        """Show other sentences."""
        self._sentences, self._scroll = sentences, scroll
        if self.seen:
            self.renew()

    def most(self) -> int:
        """Return how far it can be scrolled."""
        return max(len(self._body(max(self.size.width, 20))) + 1 - self.size.height, 0)

    def _body(self, width: int) -> list[Text]:
        lines: list[Text] = []
        for sentence in self._sentences:
            wrapped = wrap(clean(sentence.text), max(width - 4, 10)) or [""]
            for number, part in enumerate(wrapped):
                line = Line(self.dark).add(" - " if number == 0 else "   ", Tone.DIM)
                lines.append(line.add(part, _TONES.get(sentence.kind, Tone.PLAIN)).fit(width))
        return lines

    def lines(self, width: int, height: int) -> list[Text]:
        """As many as there is room for."""
        body = self._body(width)
        start = max(min(self._scroll, len(body) - height + 1), 0)
        left = len(body) - start - (height - 1)
        more = f"{left} more lines" if left > 0 else ""
        return [section("what may be concluded", more, width, self.dark), *body[start : start + height - 1]]
