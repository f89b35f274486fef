"""Where a run stands: how far it is, and what was judged about it, with the evidence."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from grpotui.records import RunSummary, Status
from grpotui.tui import format as fmt
from grpotui.tui import style
from grpotui.tui.style import Tone
from grpotui.tui.widgets.pane import Line, Pane

BAR = 20
LOUD = (Tone.WARN, Tone.BAD)


def bar(share: float, width: int) -> tuple[str, str]:
    """Return the done and the open part of a progress bar."""
    done = round(min(max(share, 0.0), 1.0) * width)
    return "█" * done, "░" * (width - done)


def progress(run: RunSummary, news: int, width: int, dark: bool) -> Text:
    """Return the line of progress; what matters least goes first when room is short."""
    line = Line(dark).add(f" step {fmt.part_of(run.step, run.max_steps)} ", Tone.STRONG)
    if run.max_steps:
        share = run.step / run.max_steps
        done, left = bar(share, min(BAR, max(width // 6, 4)))
        line.add(done, Tone.PLAIN).add(left, Tone.DIM).add(f" {min(share, 1) * 100:.0f} %")
    parts: list[tuple[str, Tone]] = []
    if news:
        parts.append((f"{news} new step{'s' if news > 1 else ''}: end follows", Tone.LIVE))
    if run.epoch is not None:
        parts.append((f"epoch {fmt.part_of(run.epoch, run.max_epochs, 1)}", Tone.PLAIN))
    if run.step_time is not None:
        parts.append((f"{fmt.figure(run.step_time)} s/step", Tone.PLAIN))
    if run.status is Status.RUNNING and run.max_steps and run.step_time is not None:
        parts.append((f"ETA {fmt.duration(max(run.max_steps - run.step, 0) * run.step_time)}", Tone.PLAIN))
    parts.append((run.preset, Tone.DIM))
    for content, tone in parts:
        if line.text.cell_len + len(content) + 2 <= width:
            line.add("  ").add(content, tone)
    return line.fit(width)


def title_right(run: RunSummary, clock: str) -> tuple[str, Tone]:
    """Return what stands at the right of the title: status with its sign, device, time of day."""
    parts = [f"{style.STATUS_SIGNS[run.status]} {run.status}"]
    if run.attempt > 1:
        parts.append(f"attempt {run.attempt}")
    if run.device:
        parts.append(fmt.device(run.device))
    return "   ".join([*parts, clock]), style.STATUS_TONES[run.status]


def verdict_parts(run: RunSummary, waits_for: str = "") -> list[tuple[str, Tone]]:
    """Return paragraphs, the most telling first: the verdict and its evidence, then why the process ended."""
    word = run.verdict.upper() if style.VERDICT_TONES[run.verdict] in LOUD else str(run.verdict)
    cause = f" ({run.cause})" if run.cause else ""
    since = f" since {run.verdict_step}" if run.verdict_step else ""
    told = f": {run.verdict_message}" if run.verdict_message else f": {style.VERDICT_WORDS[run.verdict]}"
    sign, tone = style.VERDICT_SIGNS[run.verdict], style.VERDICT_TONES[run.verdict]
    parts = [(f"{sign} {word}{cause}{since}{told}", tone)]
    if waits_for:
        parts.append((f"{style.STATUS_SIGNS[run.status]} waits for {waits_for}", Tone.PLAIN))
    if run.reason and run.status.is_ended:
        ended = (
            f"{style.STATUS_SIGNS[run.status]} {run.status}: {run.reason}",
            style.STATUS_TONES[run.status],
        )
        parts.insert(0 if run.status in (Status.FAILED, Status.LOST) else len(parts), ended)
    if run.note:
        parts.append((f"note: {run.note}", Tone.DIM))
    return parts


def paragraphs(
    parts: Sequence[tuple[str, Tone]], width: int, height: int, console: Console, dark: bool
) -> list[Text]:
    """Return paragraphs wrapped into ``height`` lines: each gets one, the first one what is left."""
    wrapped = []
    for content, tone in list(parts)[: max(height, 0)]:
        wrapped.append(style.text(content, tone, dark).wrap(console, max(width - 2, 1), no_wrap=False))
    spare = height - len(wrapped)
    lines: list[Text] = []
    for number, rows in enumerate(wrapped):
        take = min(len(rows), 1 + spare)
        spare -= take - 1
        kept = list(rows[:take])
        if take < len(rows):
            kept[-1] = Text(" ", style=rows[take - 1].style).join([kept[-1], rows[take]])
        for place, row in enumerate(kept):
            line = Text(" " if place == 0 else "   ", no_wrap=True, end="")
            line.append_text(row)
            if line.cell_len > width:
                line.truncate(max(width, 0), overflow="ellipsis")
            elif place == take - 1 and take < len(rows) and number >= 0:
                line.append("…")
            lines.append(line)
    return lines


class ProgressLine(Pane):
    """How far the run is, and how many steps came while one reads."""

    DEFAULT_CSS = "ProgressLine { height: 1; }"
    TITLED = False

    def __init__(self, id: str | None = None) -> None:  # noqa: A002  (Textual's own name)
        super().__init__(id=id)
        self._data: tuple[RunSummary, int] | None = None

    def show(self, run: RunSummary, news: int) -> None:
        """Show other data."""
        self._data = (run, news)
        self.renew()

    def lines(self, width: int, height: int) -> list[Text]:
        """One line."""
        return [progress(*self._data, width, self.dark)] if self._data else []


class VerdictPane(Pane):
    """The verdict in words, with its evidence."""

    DEFAULT_CSS = "VerdictPane { height: 2; }"
    TITLED = False

    def __init__(self, id: str | None = None) -> None:  # noqa: A002  (Textual's own name)
        super().__init__(id=id)
        self._parts: list[tuple[str, Tone]] = []

    def show(self, parts: list[tuple[str, Tone]]) -> None:
        """Show other paragraphs."""
        self._parts = parts
        self.renew()

    def lines(self, width: int, height: int) -> list[Text]:
        """As many lines as there is room for."""
        return paragraphs(self._parts, width, height, self.app.console, self.dark)
