"""The verdict of a run in full, with all of its flags: what does not fit above the charts."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from grpotui.analysis.account import Account
from grpotui.records import FlagKind
from grpotui.tui import keymap, style
from grpotui.tui.run.view import RunSnapshot
from grpotui.tui.style import Tone
from grpotui.tui.widgets.lines import KeyLine, TitleLine


def page(snapshot: RunSnapshot, told: Account, dark: bool) -> Text:
    """Return verdict, what belongs to it, and every flag, as text that wraps."""
    run = snapshot.run
    text = style.verdict_text(run.verdict, run.cause, dark)
    if run.verdict_step:
        text.append_text(style.text(f" at {run.verdict_step}", Tone.STRONG, dark))
    text.append("\n")
    text.append_text(style.text(told.message, Tone.PLAIN, dark))
    text.append("\n")
    for line in told.lines:
        text.append("\n")
        text.append_text(style.text(line, Tone.PLAIN, dark))
        text.append("\n")
    text.append("\n")
    text.append_text(style.text(f"Flags: {len(snapshot.flags)}", Tone.STRONG, dark))
    for flag in reversed(snapshot.flags):
        text.append("\n")
        judged = flag.kind is FlagKind.VERDICT
        tone = style.LEVEL_TONES[flag.level] if judged else Tone.PLAIN
        text.append_text(style.text(f"{flag.step:>6} {style.LEVEL_SIGNS[flag.level]} ", tone, dark))
        text.append_text(style.text(flag.message or flag.signal, Tone.PLAIN, dark))
    return text


class VerdictScreen(Screen[None]):
    """One page that scrolls."""

    KEYS = keymap.VERDICT
    BINDINGS: ClassVar[list[BindingType]] = [*keymap.bindings(keymap.VERDICT)]
    AUTO_FOCUS = "#page"
    DEFAULT_CSS = """
    VerdictScreen {
        #page { height: 1fr; padding: 1 2; scrollbar-size-vertical: 1; }
        #text { width: 100%; height: auto; }
    }
    VerdictScreen.-short #page { padding: 0 2; }
    """

    def __init__(self, snapshot: RunSnapshot, told: Account) -> None:
        super().__init__()
        self._snapshot, self._told = snapshot, told

    def compose(self) -> ComposeResult:
        """Title, text, keys."""
        yield TitleLine(id="title")
        with VerticalScroll(id="page"):
            yield Static("", id="text", markup=False)
        yield KeyLine(keymap.VERDICT, keymap.EVERYWHERE, id="keys")

    def on_mount(self) -> None:
        """Fill the page."""
        dark = self.app.current_theme.dark
        self.query_one("#text", Static).update(page(self._snapshot, self._told, dark))

    def on_resize(self) -> None:
        """Fill the title."""
        path = ["grpotui", "runs", self._snapshot.run.name, "verdict"]
        self.call_after_refresh(self.query_one(TitleLine).show_title, path)

    def action_scroll(self, by: int) -> None:
        """Scroll by a line."""
        self.query_one("#page", VerticalScroll).scroll_relative(y=by, animate=False)
