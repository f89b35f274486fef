"""A question with many answers: words narrow them down, arrows choose, enter takes."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from grpotui.text import clean
from grpotui.tui import style
from grpotui.tui.screens.prompt import BOX
from grpotui.tui.style import Tone
from grpotui.tui.widgets.pane import Line, window

ROWS = 12
"""Answers that are seen at once."""
WIDTH = 68
Option = tuple[str, str]
"""(answer, what is said beside it)."""


def matching(options: Sequence[Option], words: str) -> list[Option]:
    """Return the options that have every word, those that begin with the first one before the others."""
    wanted = words.lower().split()
    found = [option for option in options if all(word in option[0].lower() for word in wanted)]
    if not wanted:
        return found
    return sorted(found, key=lambda option: not option[0].lower().startswith(wanted[0]))


class Picker(ModalScreen[str | None]):
    """Gives one of many answers, or None."""

    DEFAULT_CSS = f"Picker {{ {BOX} #options {{ height: {ROWS}; margin-top: 1; }} }}"
    BINDINGS = [("escape", "cancel", "Cancel"), ("up", "move(-1)", "Up"), ("down", "move(1)", "Down")]  # noqa: RUF012

    def __init__(self, question: str, options: Sequence[Option]) -> None:
        super().__init__()
        self._question = clean(question)
        self._options = options
        self._shown = list(options)
        self._at = 0

    def compose(self) -> ComposeResult:
        """Question, line, answers, keys."""
        with Vertical(id="box"):
            yield Static(self._question, id="question", markup=False)
            yield Input(placeholder="words of its name", select_on_focus=False)
            yield Static("", id="options", markup=False)
            yield Static("↑ ↓ choose   enter ok   esc cancel", id="keys", markup=False)

    def on_mount(self) -> None:
        """Show all."""
        self._show()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow down."""
        self._shown, self._at = matching(self._options, event.value), 0
        self._show()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Give the chosen answer; stay when there is none."""
        event.stop()
        if self._shown:
            self.dismiss(self._shown[self._at][0])

    def action_move(self, by: int) -> None:
        """Choose another."""
        self._at = max(0, min(self._at + by, len(self._shown) - 1))
        self._show()

    def action_cancel(self) -> None:
        """Give None."""
        self.dismiss(None)

    def _show(self) -> None:
        dark = self.app.current_theme.dark
        lines = []
        for place in window(len(self._shown), self._at, ROWS):
            answer, beside = self._shown[place]
            here = place == self._at
            line = (
                Line(dark)
                .add(">" if here else " ", Tone.LIVE)
                .add(f" {answer}", Tone.STRONG if here else Tone.PLAIN)
            )
            lines.append(line.spread(style.text(beside, Tone.DIM, dark), WIDTH))
        nothing = style.text("  nothing has these words", Tone.DIM, dark)
        self.query_one("#options", Static).update(Text("\n").join(lines) if lines else nothing)
