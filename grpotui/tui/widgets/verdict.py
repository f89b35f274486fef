"""Where a run stands: how far it is, and what was judged about it, with the evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from grpotui import format as fmt
from grpotui.records import RunKind, RunSummary, Status, Verdict
from grpotui.tui import style
from grpotui.tui.style import Tone
from grpotui.tui.widgets.pane import Line, Pane

BAR = 20
ROOMY = 60
"""Cells from which the title has room for more than the status."""
LOUD = (Tone.WARN, Tone.BAD)
NOT_YET = "nothing was trained yet"
NEVER = "rollouts: nothing is trained, so there is nothing to judge"


def bar(share: float, width: int) -> tuple[str, str]:
    """Return the done and the open part of a progress bar."""
    done = round(min(max(share, 0.0), 1.0) * width)
    return "█" * done, "·" * (width - done)


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
    if run.stage:
        parts.append((f"stage {run.stage}", Tone.LIVE))
    if run.epoch is not None:
        parts.append((f"epoch {fmt.part_of(run.epoch, run.max_epochs, 1)}", Tone.PLAIN))
    if run.step_time is not None:
        parts.append((f"{fmt.figure(run.step_time)} s/step", Tone.PLAIN))
    if (rest := run.seconds_left) is not None:
        parts.append((f"ETA {fmt.duration(rest)}", Tone.PLAIN))
    parts.append((run.preset, Tone.DIM))
    if run.parent:
        step = f" at {run.parent_step}" if run.parent_step is not None else ""
        parts.append((f"{run.relation} of {run.parent}{step}", Tone.DIM))
    for content, tone in parts:
        if line.text.cell_len + len(content) + 2 <= width:
            line.add("  ").add(content, tone)
    return line.fit(width)


def title_right(run: RunSummary, clock: str, width: int, dark: bool) -> Text:
    """Return what stands at the right of the title: seed, status with its sign, device, time of day."""
    line = Line(dark)
    if width < ROOMY:
        return line.text.append_text(style.status_text(run.status, dark))
    if run.seed is not None:
        line.add(f"seed {run.seed}   ", Tone.DIM)
    if run.attempt > 1:
        line.add(f"attempt {run.attempt}   ", Tone.DIM)
    line.text.append_text(style.status_text(run.status, dark))
    if run.device:
        line.add(f"   {fmt.device(run.device)}", Tone.DIM)
    return line.add(f"   {clock}", Tone.DIM).text


@dataclass(frozen=True, slots=True)
class Said:
    """A paragraph: what is said, in a tone, and why, in plain words."""

    what: str
    why: str = ""
    tone: Tone = Tone.PLAIN


def verdict_parts(run: RunSummary, waits_for: str = "") -> list[Said]:
    """Return paragraphs, the most telling first: the verdict and its evidence, then why the process ended."""
    why = NEVER if run.kind is RunKind.ROLLOUTS else NOT_YET
    parts = [_judged(run, run.verdict) if run.verdict else Said("-", why, Tone.DIM)]
    sign = style.STATUS_SIGNS[run.status]
    if waits_for:
        parts.append(Said(f"{sign} waits for {waits_for}"))
    if run.reason and run.status.is_ended and run.status is not Status.FINISHED:
        ended = Said(f"{sign} {run.status}:", run.reason, style.STATUS_TONES[run.status])
        parts.insert(0 if run.status in (Status.FAILED, Status.LOST) else len(parts), ended)
    if run.note:
        parts.append(Said("note:", run.note, Tone.DIM))
    return parts


def _judged(run: RunSummary, verdict: Verdict) -> Said:
    tone = style.VERDICT_TONES[verdict]
    word = verdict.upper() if tone in LOUD else str(verdict)
    cause = f" ({run.cause})" if run.cause else ""
    at = f" at {run.verdict_step}" if run.verdict_step else ""
    told = run.verdict_message or style.VERDICT_WORDS[verdict]
    return Said(f"{style.VERDICT_SIGNS[verdict]} {word}{cause}{at}:", told, tone)


def paragraphs(parts: Sequence[Said], width: int, height: int, console: Console, dark: bool) -> list[Text]:
    """Return paragraphs in ``height`` lines: each has one, the first ones what is left; the rest is cut."""
    shown = list(parts)[: max(height, 0)]
    wrapped = []
    for said in shown:
        whole = Line(dark).add(f"{said.what} ", said.tone).add(said.why).text
        whole.no_wrap = False
        wrapped.append((whole, whole.wrap(console, max(width - 4, 1))))
    spare = height - len(shown)
    lines: list[Text] = []
    for whole, rows in wrapped:
        take = min(len(rows), 1 + spare)
        spare -= take - 1
        for place in range(take):
            row = rows[place]
            if place == take - 1 < len(rows) - 1:
                row = whole[sum(len(r) for r in rows[:place]) :] if place else whole
            line = Text("   " if place else " ", no_wrap=True, end="")
            line.append_text(row)
            line.truncate(max(width, 0), overflow="ellipsis")
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
        self._parts: list[Said] = []

    def show(self, parts: list[Said]) -> None:
        """Show other paragraphs."""
        self._parts = parts
        self.renew()

    def lines(self, width: int, height: int) -> list[Text]:
        """As many lines as there is room for."""
        return paragraphs(self._parts, width, height, self.app.console, self.dark)
