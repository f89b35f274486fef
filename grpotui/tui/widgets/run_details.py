"""The selected run in a few lines: verdict, reason, note, last flags."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from grpotui import format as fmt
from grpotui.records import Flag, Level, RunSummary
from grpotui.records.sweeps import Role
from grpotui.tui import style
from grpotui.tui.runs.view import RunRow
from grpotui.tui.style import Tone
from grpotui.tui.widgets.lines import OneLine


def details(row: RunRow, flags: Sequence[Flag], now: float, dark: bool, resumable: str = "") -> list[Text]:
    """Return the lines that say most about a run, the most telling first."""
    run = row.run
    head = style.text(run.name, Tone.STRONG, dark)
    if row.pinned:
        head.append_text(style.text(f"  {style.PINNED} baseline", Tone.PLAIN, dark))
    head.append_text(style.text("   " + "  ".join(_facts(run, now)), Tone.DIM, dark))
    lines = [head]
    if run.verdict_message:
        since = f" since {run.verdict_step}" if run.verdict_step else ""
        line = style.verdict_text(run.verdict, run.cause, dark)
        line.append_text(style.text(f"{since}  {run.verdict_message}", Tone.PLAIN, dark))
        lines.append(line)
    if run.human:
        sign = style.HUMAN_SIGNS[run.human]
        lines.append(style.text(f"{sign} you say: {run.human}", Tone.PLAIN, dark))
    if run.reason:
        line = style.status_text(run.status, dark)
        line.append_text(style.text(f"  {run.reason}", Tone.PLAIN, dark))
        line.append_text(style.text(f"   {resumable}" if resumable else "", Tone.DIM, dark))
        lines.append(line)
    if row.waits_for:
        line = style.text(f"○ waits: {row.waits_for}", Tone.PLAIN, dark)
        likely = [f"starts in {row.starts}" if row.starts else "", f"done in {row.ends}" if row.ends else ""]
        line.append_text(style.text(f"   {', '.join(filter(None, likely))}".rstrip(), Tone.DIM, dark))
        lines.append(line)
    if run.note:
        lines.append(style.text(f"note  {run.note}", Tone.PLAIN, dark))
    lines += [flag_line(flag, dark) for flag in flags]
    return lines


def _facts(run: RunSummary, now: float) -> list[str]:
    """Return what a run is, where it ran and how long."""
    facts = [run.id] if run.id != run.name else []
    facts += [run.preset] if run.preset else []
    if run.seed is not None:
        facts.append(f"seed {run.seed}")
    if run.attempt > 1:
        facts.append(f"attempt {run.attempt}")
    if run.started_at is not None:
        facts.append(f"ran {fmt.duration((run.ended_at or now) - run.started_at)}")
    if run.device:
        facts.append(run.device)
    if run.parent:
        facts.append(f"{run.relation} of {run.parent}")
    if run.sweep:
        facts.append(f"sweep {place_words(run)}")
    if run.stage:
        facts.append(f"stage {run.stage}")
    facts += [f"#{tag}" for tag in run.tags]
    if run.status.is_live and run.epoch is not None:
        facts.append(f"epoch {fmt.part_of(run.epoch, run.max_epochs, digits=1)}")
    if (left := run.seconds_left) is not None:
        facts.append(f"ETA {fmt.duration(left)}")
    return facts


def place_words(run: RunSummary) -> str:
    """Return where a run stands in its sweep: ``beta-x3f2 point 4``, ``beta-x3f2 point 4 repeat``."""
    point = f" point {run.point}" if run.point is not None else ""
    return f"{run.sweep}{point}{' repeat' if run.role == Role.CONFIRM else ''}"


def flag_line(flag: Flag, dark: bool) -> Text:
    """Return ``✖ 1150  message``: the colour stops at the step."""
    line = style.level_text(flag.level, f"{flag.step:>6}  ", dark)
    tone = Tone.DIM if flag.level is Level.INFO else Tone.PLAIN
    line.append_text(style.text(flag.message, tone, dark))
    return line


class RunDetails(OneLine):
    """Details of one run, as many lines as there is room for."""

    DEFAULT_CSS = "RunDetails { height: 1fr; border-top: solid $rule; }"

    def show_run(self, row: RunRow | None, flags: Sequence[Flag], now: float, resumable: str = "") -> None:
        """Show one run, or nothing."""
        if row is None:
            self.show(Text(""))
            return
        lines = details(row, flags, now, self.dark, resumable)
        room = max(self.size.height, 1)
        if len(lines) < room:
            lines = [part for line in lines for part in self._folded(line)]
        text = Text(no_wrap=True)
        for number, line in enumerate(lines[:room]):
            text.append("\n " if number else " ")
            text.append_text(line)
        self.show(text)

    def _folded(self, line: Text) -> list[Text]:
        """Return a long line as at most three, the later ones indented."""
        width = self.size.width - 1
        if line.cell_len <= width or width < 20:
            return [line]
        line.no_wrap = False
        first, *rest = line.wrap(self.app.console, width - 3)
        return [first, *(Text("   ").append_text(part) for part in rest[:2])]
