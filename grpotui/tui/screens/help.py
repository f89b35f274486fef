"""Help: every key by screen, and the words and signs of the app."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from grpotui.records import Level
from grpotui.tui import keymap, style
from grpotui.tui.style import Tone
from grpotui.tui.widgets.lines import KeyLine, TitleLine

_LEVEL_WORDS = {
    Level.INFO: "for your information; also: a value is back under its line",
    Level.WARN: "over its warning line",
    Level.BAD: "over its bad line",
}
_TERMS = (
    ("status", "what the process of a run did"),
    ("verdict", "what the learning of a run did; never mixed with status"),
    ("step", "an optimizer step; step/max and, beside it, epochs"),
    ("group", "the completions of one prompt; rewards are compared within it"),
    ("reward", "mean of the last 20 logged steps, never the last value alone"),
    ("flat", "share of groups without reward spread (zero-std): they teach nothing"),
    ("jacc", "Jaccard similarity of outputs across prompts: near 1 all read alike"),
    ("trend", "reward from the first step to the last, scaled to its own range"),
    ("* ^", "before the name: marked with space; the pinned baseline"),
    ("attempt", "one start of a run's process; resume makes the next one"),
)
_INTRO = (
    "Runs do not need this app: they go on when it is closed, and the queue moves on by itself. "
    "Failed, lost, collapsed and no-signal runs of the last three days are sorted first, then live "
    "and waiting ones, then the newest."
)


def help_text(dark: bool, keys: Mapping[str, str] | None = None, of: str = "") -> Text:
    """Return the whole page; ``keys`` are those that a person chose. The screen ``of`` comes first."""
    colours = style.palette(dark)
    page = Text(f"{_INTRO}\n", colours.plain)
    first = [section for section in keymap.SECTIONS if section.title == of]
    others = [section for section in keymap.SECTIONS if section.title != of]
    for section in (section.rebound(keys or {}) for section in (*first, *others)):
        page.append(f"\n{section.title}\n", colours.strong)
        for key in section.keys:
            page.append(f"  {key.face:<9}", colours.strong)
            page.append(f"{key.help}\n", colours.plain)
    page.append("\nStatus", colours.strong)
    page.append("  what the process did\n", colours.dim)
    for status, words in style.STATUS_WORDS.items():
        _entry(page, style.status_text(status, dark), words, dark)
    page.append("\nVerdict", colours.strong)
    page.append("  what the learning did\n", colours.dim)
    for verdict, words in style.VERDICT_WORDS.items():
        _entry(page, style.verdict_text(verdict, dark=dark), words, dark)
    page.append("\nYour verdict", colours.strong)
    page.append("  v; an ended run that has one needs no attention any more\n", colours.dim)
    for human, words in style.HUMAN_WORDS.items():
        _entry(page, style.text(f"{style.HUMAN_SIGNS[human]} {human}", Tone.PLAIN, dark), words, dark)
    page.append("\nFlags\n", colours.strong)
    for level, words in _LEVEL_WORDS.items():
        _entry(page, style.level_text(level, level, dark), words, dark)
    page.append("\nWords\n", colours.strong)
    for term, words in _TERMS:
        _entry(page, style.text(term, Tone.PLAIN, dark), words, dark)
    return page


def _entry(page: Text, term: Text, words: str, dark: bool) -> None:
    term.pad_right(max(15 - term.cell_len, 1))
    page.append("  ")
    page.append_text(term)
    page.append(f"{words}\n", style.palette(dark).dim)


class HelpScreen(Screen[None]):
    """One page that scrolls."""

    AUTO_FOCUS = "#page"
    BINDINGS: ClassVar[list[BindingType]] = [*keymap.bindings(keymap.HELP)]
    DEFAULT_CSS = """
    HelpScreen #page { height: 1fr; padding: 0 2; scrollbar-size-vertical: 1; }
    HelpScreen #text { height: auto; }
    """

    def __init__(self, of: str = "") -> None:
        """``of`` is the title of the screen that asked."""
        super().__init__()
        self._of = of

    def compose(self) -> ComposeResult:
        """Title, page, keys."""
        yield TitleLine(id="title")
        with VerticalScroll(id="page"):
            yield Static("", id="text", markup=False)
        yield KeyLine(keymap.HELP, keymap.EVERYWHERE, id="keys")

    def on_mount(self) -> None:
        """Fill the page."""
        self.query_one("#text", Static).update(
            help_text(self.app.current_theme.dark, getattr(self.app, "keys", None), self._of)
        )

    def on_resize(self) -> None:
        """Fill the title."""
        self.call_after_refresh(self.query_one(TitleLine).show_title, ["grpotui", "help"])

    def action_scroll(self, lines: int) -> None:
        """Scroll by lines."""
        self.query_one("#page", VerticalScroll).scroll_relative(y=lines, animate=False)
