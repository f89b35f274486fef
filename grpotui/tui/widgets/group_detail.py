"""The selected group with identical texts folded, and the text of the selected completion."""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from grpotui import format as fmt
from grpotui.analysis.folds import Fold, glyph, reward_names
from grpotui.records import RewardRange
from grpotui.text import clean, clean_lines
from grpotui.tui.run import group_view as view
from grpotui.tui.run.groups import DetailData
from grpotui.tui.style import Palette, Tone
from grpotui.tui.widgets.pane import Line, Pane, section, window

MARKED = " underlined: in half of this step's outputs"
TEXT_LEAST = 60
"""Cells that a line has at least for its text and the columns that are always there."""
WIDE = 13
"""Cells of a further column."""
TEXT_LIMIT = 200_000
"""Characters of one text that the reader shows."""


def signed(value: float | None) -> str:
    """Return an advantage; ``-`` for none."""
    return "-" if value is None else f"{value:+.2f}" if abs(value) < 100 else f"{value:+.0f}"


@dataclass(frozen=True, slots=True)
class Columns:
    """What there is room for beside reward, advantage and tokens: several rewards, what was parsed."""

    rewards: tuple[str, ...] = ()
    parsed: bool = False

    @classmethod
    def that_fit(cls, data: DetailData, width: int) -> Columns:
        """Choose them for a width."""
        names = reward_names(data.group)
        room = width - TEXT_LEAST
        rewards = tuple(names) if 1 < len(names) <= room // WIDE else ()
        room -= WIDE * len(rewards)
        found = data.group is not None and any(one.parsed is not None for one in data.group.completions)
        return cls(rewards, found and room >= WIDE)


def fold_line(
    fold: Fold, here: bool, span: RewardRange | None, columns: Columns, width: int, dark: bool
) -> Text:
    """Return one distinct text as one line: how often, reward, advantage, tokens, its beginning."""
    count = f"x{fold.count}" if fold.count > 1 else "1"
    line = Line(dark).add(">" if here else " ", Tone.LIVE).cell(count, 3, right=True)
    line.add(f" {glyph(fold.first, span)}").cell(fmt.figure(fold.reward), 6, right=True)
    line.cell(signed(fold.advantage), 7, Tone.DIM, right=True)
    line.cell(f"{fold.first.tokens}", 5, Tone.DIM, right=True)
    for name in columns.rewards:
        line.cell(fmt.figure(fold.first.rewards.get(name)), WIDE, Tone.DIM, right=True)
    if columns.parsed:
        line.add("  ").cell(fold.first.parsed or "-", WIDE - 2, Tone.DIM)
    line.add("  ")
    room = width - line.text.cell_len
    if room > 0:
        line.add(fold.opening(room), Tone.STRONG if here else Tone.PLAIN)
    return line.fit(width)


class DetailPane(Pane):
    """A pane about the selected group."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002  (Textual's own name)
        super().__init__(id=id)
        self.data = DetailData()

    def show(self, data: DetailData) -> None:
        """Show another group, or another selection."""
        self.data = data
        if self.seen:
            self.renew()


class GroupDetail(DetailPane):
    """The selected group, a line per distinct text."""

    def lines(self, width: int, height: int) -> list[Text]:
        """A title, the legend, a line per text around the selected one."""
        data = self.data
        if data.group is None:
            return [section("group", "", width, self.dark)]
        total = len(data.group.completions)
        said = f"{total} samples, {len(data.folds)} distinct"
        title = section(f"group {data.group.group + 1}", said, width, self.dark)
        head = Line(self.dark).add("    n", Tone.DIM).cell("reward", 7, Tone.DIM, right=True)
        head.cell("adv", 7, Tone.DIM, right=True).cell("tok", 5, Tone.DIM, right=True)
        columns = Columns.that_fit(data, width)
        for name in columns.rewards:
            head.add(" ").cell(fmt.middle(name, WIDE - 1), WIDE - 1, Tone.DIM, right=True)
        head.add("  ").cell("parsed", WIDE - 2 if columns.parsed else 0, Tone.DIM)
        head.add("  text" if columns.parsed else "text", Tone.DIM)
        rows = window(len(data.folds), data.selected, max(height - 2, 1))
        return [title, head.fit(width)] + [
            fold_line(data.folds[i], i == data.selected, data.span, columns, width, self.dark) for i in rows
        ]


def marked_text(
    text: str, template: frozenset[tuple[str, ...]], palette: Palette, common: str = ""
) -> list[Text]:
    """Return a text as harmless lines; words of the template are underlined and dim.

    Words that ``common``, the commonest text of the group, has not stand out.
    """
    text = text[:TEXT_LIMIT]
    spans = view.template_spans(text, template)
    own = view.own_spans(text, common) if common and common != text else []
    lines: list[Text] = []
    start = 0
    for raw in text.split("\n"):
        line = Text(end="")
        place, end = start, start + len(raw)
        for first, last in spans:
            if last <= start or first >= end:
                continue
            first, last = max(first, start), min(last, end)
            _append(line, text, place, first, own, palette)
            line.append(clean(text[first:last], TEXT_LIMIT), f"underline {palette.dim}")
            place = last
        _append(line, text, place, end - (text[place:end].endswith("\r")), own, palette)
        lines.append(line)
        start = end + 1
    return lines


def _append(
    line: Text, text: str, start: int, end: int, own: list[tuple[int, int]], palette: Palette
) -> None:
    """Append a part of ``text``, its own words strong."""
    for first, last in own:
        if last <= start or first >= end:
            continue
        first, last = max(first, start), min(last, end)
        line.append(clean(text[start:first], TEXT_LIMIT), palette.plain)
        line.append(clean(text[first:last], TEXT_LIMIT), palette.strong)
        start = last
    line.append(clean(text[start:end], TEXT_LIMIT), palette.plain)


def wrapped(lines: list[Text], width: int, console: Console) -> list[Text]:
    """Return lines wrapped to ``width`` cells; an empty line stays one."""
    rows: list[Text] = []
    for line in lines:
        rows += list(line.wrap(console, max(width, 1))) or [Text("", end="")]
    for row in rows:
        row.end = ""
    return rows


def facts(fold: Fold, span: RewardRange | None) -> str:
    """Return what is known of a completion beside its text."""
    first = fold.first
    parts = [f"{glyph(first, span)} reward {fmt.figure(fold.reward)}", f"adv {signed(fold.advantage)}"]
    if len(first.rewards) > 1:
        parts += [f"{name} {fmt.figure(value)}" for name, value in first.rewards.items()]
    parts.append(f"{first.tokens} tokens")
    if first.parsed is not None:
        parts.append(f"parsed {clean(first.parsed, 60)}")
    if first.truncated:
        parts.append("cut at the limit")
    if fold.count > 1:
        parts.append(f"x{fold.count}")
    return "  ".join(parts)


def document(data: DetailData, width: int, console: Console, palette: Palette, dark: bool) -> list[Text]:
    """Return prompt, gold answer and the selected text as lines of ``width`` cells."""
    fold, group = data.current, data.group
    if fold is None or group is None:
        return []
    prompt = [Text(line, style=palette.dim, end="") for line in clean_lines(group.prompt, TEXT_LIMIT)]
    rows = wrapped(prompt, width, console)
    if group.answer is not None:
        gold = f"gold {clean(group.answer, 400)}"
        rows += wrapped([Text(gold, style=palette.dim, end="")], width, console)
    rows += wrapped([Text(facts(fold, data.span), style=palette.dim, end="")], width, console)
    rows.append(Text("", end=""))
    return rows + wrapped(marked_text(fold.text, data.template, palette, data.common), width, console)


class Reader(DetailPane):
    """The selected completion in words, as much of it as there is room for."""

    def lines(self, width: int, height: int) -> list[Text]:
        """A title, the prompt's end, the text."""
        data = self.data
        fold, group = data.current, data.group
        if fold is None or group is None:
            return [section("text", "", width, self.dark)]
        title = section(f"text {data.selected + 1} of {len(data.folds)}", "enter reads", width, self.dark)
        room = max(height - 1, 1)
        prompt = Line(self.dark).add(" ").add(_last_line(group.prompt), Tone.DIM)
        if group.answer is not None:
            parsed = fold.first.parsed
            prompt.add(f"  gold {group.answer}  parsed {'none' if parsed is None else parsed}", Tone.DIM)
        text = marked_text(fold.text[: width * height * 4], data.template, self.palette, data.common)
        rows = wrapped(text, width - 2, self.app.console)
        body = [prompt.fit(width)] if room >= 3 else []
        room -= len(body)
        shown = rows[:room] if len(rows) <= room else rows[: room - 1]
        for row in shown:
            line = Text(" ", no_wrap=True, end="")
            line.append_text(row)
            body.append(line)
        if len(shown) < len(rows):
            body.append(Line(self.dark).add("   … goes on", Tone.DIM).fit(width))
        elif len(body) + 3 <= height and view.template_spans(fold.text, data.template):
            body += [Text("", end=""), Line(self.dark).add(MARKED, Tone.DIM).fit(width)]
        return [title, *body]


def _last_line(prompt: str) -> str:
    lines = [line for line in prompt[-2000:].split("\n") if line.strip()]
    return lines[-1] if lines else ""
