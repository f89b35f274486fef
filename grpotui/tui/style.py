"""Signs and colours for status, verdict and flags: one place, used by every screen.

Grey is the rule. Red and amber stand only for what needs attention, and a sign stands beside every colour,
so that nothing is said by colour alone. All colours are among the 256 of xterm.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rich.text import Text

from grpotui.records import HumanVerdict, Level, Status, Verdict
from grpotui.text import clean


class Tone(StrEnum):
    """What a piece of text wants from the reader."""

    PLAIN = "plain"
    DIM = "dim"
    STRONG = "strong"
    LIVE = "live"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Palette:
    """A rich style for every tone."""

    plain: str
    dim: str
    strong: str
    live: str
    good: str
    warn: str
    bad: str

    def style(self, tone: Tone) -> str:
        """Return the rich style of a tone."""
        return str(getattr(self, tone.value))


DARK = Palette(
    plain="#d0d0d0",
    dim="#8a8a8a",
    strong="bold #eeeeee",
    live="#87afd7",
    good="#afd7af",
    warn="#ffaf00",
    bad="bold #ff5f5f",
)
LIGHT = Palette(
    plain="#262626",
    dim="#6c6c6c",
    strong="bold #080808",
    live="#005f87",
    good="#005f00",
    warn="#875f00",
    bad="bold #af0000",
)

ANSI = Palette(
    plain="default",
    dim="bright_black",
    strong="bold",
    live="blue",
    good="green",
    warn="yellow",
    bad="bold red",
)
"""The terminal's own colours: right on a dark and on a light ground."""
_ansi = False


def use_ansi(ansi: bool) -> None:
    """Draw with the terminal's own colours from now on, or no longer; the app follows its theme with this."""
    global _ansi
    _ansi = ansi


_SHADES_DARK = (
    *("#eeeeee on #262626", "#eeeeee on #3a3a3a", "#eeeeee on #005f5f", "#eeeeee on #00875f"),
    *("#080808 on #00af5f", "#080808 on #5fd75f", "#080808 on #afff5f"),
)
_SHADES_LIGHT = (
    *("#080808 on #e4e4e4", "#080808 on #d7ffd7", "#080808 on #afffaf", "#080808 on #87d787"),
    *("#080808 on #5faf5f", "#ffffff on #008700", "#ffffff on #005f00"),
)


def shade(share: float, dark: bool) -> str:
    """Return the rich style of a cell of a heat map, low at 0, high at 1; none with its own colours."""
    if _ansi:
        return ""
    shades = _SHADES_DARK if dark else _SHADES_LIGHT
    return shades[min(max(int(share * len(shades)), 0), len(shades) - 1)]


STATUS_SIGNS = {
    Status.DRAFT: "◌",
    Status.QUEUED: "○",
    Status.STARTING: "◔",
    Status.RUNNING: "●",
    Status.STOPPING: "◑",
    Status.FINISHED: "✓",
    Status.FAILED: "✖",
    Status.STOPPED: "■",
    Status.LOST: "?",
}
VERDICT_SIGNS = {
    Verdict.WARMING_UP: "…",
    Verdict.HEALTHY: "✓",
    Verdict.WARNING: "▲",
    Verdict.COLLAPSED: "✖",
    Verdict.NO_SIGNAL: "∅",
    Verdict.SOLVED: "★",
    Verdict.RECOVERED: "↺",
}
HUMAN_SIGNS = {HumanVerdict.GOOD: "+", HumanVerdict.DEGENERATE: "-", HumanVerdict.UNSURE: "~"}
MARKED, PINNED = "*", "^"
LEVEL_SIGNS = {Level.INFO: "·", Level.WARN: "▲", Level.BAD: "✖"}

STATUS_TONES = {
    Status.DRAFT: Tone.DIM,
    Status.QUEUED: Tone.DIM,
    Status.STARTING: Tone.LIVE,
    Status.RUNNING: Tone.LIVE,
    Status.STOPPING: Tone.LIVE,
    Status.FINISHED: Tone.PLAIN,
    Status.FAILED: Tone.BAD,
    Status.STOPPED: Tone.DIM,
    Status.LOST: Tone.BAD,
}
VERDICT_TONES = {
    Verdict.WARMING_UP: Tone.DIM,
    Verdict.HEALTHY: Tone.PLAIN,
    Verdict.WARNING: Tone.WARN,
    Verdict.COLLAPSED: Tone.BAD,
    Verdict.NO_SIGNAL: Tone.BAD,
    Verdict.SOLVED: Tone.GOOD,
    Verdict.RECOVERED: Tone.PLAIN,
}
LEVEL_TONES = {Level.INFO: Tone.DIM, Level.WARN: Tone.WARN, Level.BAD: Tone.BAD}

STATUS_WORDS = {
    Status.DRAFT: "written down, not queued: L launches it",
    Status.QUEUED: "waits for a device",
    Status.STARTING: "its process is up, no step yet",
    Status.RUNNING: "steps are coming in",
    Status.STOPPING: "asked to stop: finishes its step and saves",
    Status.FINISHED: "all steps done",
    Status.FAILED: "ended with an error: the reason is in its details",
    Status.STOPPED: "stopped on request, saved",
    Status.LOST: "its process vanished (reboot, kill): r resumes it",
}
"""What a status means: what the *process* of a run did."""

VERDICT_WORDS = {
    Verdict.WARMING_UP: "too few groups seen to judge",
    Verdict.HEALTHY: "rewards differ within groups, outputs differ across prompts",
    Verdict.WARNING: "a signal is over its warning line for a while",
    Verdict.COLLAPSED: "one template for every prompt, or groups without spread below the ceiling",
    Verdict.NO_SIGNAL: "every group is flat at the floor: nothing to learn from",
    Verdict.SOLVED: "reward at its ceiling and outputs still diverse",
    Verdict.RECOVERED: "was in trouble, and is healthy again",
}
"""What a verdict means: what the *learning* of a run did."""


HUMAN_WORDS = {
    HumanVerdict.GOOD: "somebody read it: it learned what it should",
    HumanVerdict.DEGENERATE: "somebody read it: it did not, whatever its curves say",
    HumanVerdict.UNSURE: "somebody read it and cannot tell",
}
"""What a person's verdict means; an ended run that has one needs no attention any more."""


def palette(dark: bool) -> Palette:
    """Return the colours for a dark or a light theme (``app.current_theme.dark``)."""
    if _ansi:
        return ANSI
    return DARK if dark else LIGHT


def text(content: str, tone: Tone = Tone.PLAIN, dark: bool = True) -> Text:
    """Return data as one harmless line in a tone; never markup."""
    line = Text(no_wrap=True, end="")
    return line.append(clean(content), palette(dark).style(tone))


def status_text(status: Status, dark: bool = True) -> Text:
    """Return ``● running``."""
    return text(f"{STATUS_SIGNS[status]} {status}", STATUS_TONES[status], dark)


def verdict_text(verdict: Verdict | None, cause: str = "", dark: bool = True) -> Text:
    """Return ``✖ collapsed (template)``, or ``-`` where nothing was trained yet."""
    if verdict is None:
        return text("-", Tone.DIM, dark)
    because = f" ({cause})" if cause else ""
    return text(f"{VERDICT_SIGNS[verdict]} {verdict}{because}", VERDICT_TONES[verdict], dark)


def level_text(level: Level, content: str, dark: bool = True) -> Text:
    """Return ``▲ content`` for a flag of this level."""
    return text(f"{LEVEL_SIGNS[level]} {content}", LEVEL_TONES[level], dark)
