"""Two small questions: one line of text, and yes or no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from grpotui.text import clean

BOX = """
    align: center middle;
    background: $background 60%;
    #box {
        width: 76; max-width: 100%; height: auto; max-height: 100%;
        padding: 1 2; background: $panel; border: round $border;
    }
    #question { text-style: bold; }
    #detail, #keys { color: $faint; }
    #keys { margin-top: 1; }
    #page { height: auto; max-height: 18; margin-top: 1; scrollbar-size-vertical: 1; }
    Input, Input:focus { border: none; height: 1; padding: 0 1; margin-top: 1; background: $edit; }
    Input:focus { background-tint: transparent; }
"""


class Prompt(ModalScreen[str | None]):
    """Asks one line; gives the line (which may be empty), or None when the user thinks better of it."""

    DEFAULT_CSS = f"Prompt {{ {BOX} }}"
    BINDINGS = [("escape", "cancel", "Cancel")]  # noqa: RUF012

    def __init__(self, question: str, detail: str = "", initial: str = "", placeholder: str = "") -> None:
        super().__init__()
        self._question = clean(question)
        self._detail = clean(detail)
        self._initial = clean(initial)
        self._placeholder = clean(placeholder)

    def compose(self) -> ComposeResult:
        """Question, line, keys."""
        with Vertical(id="box"):
            yield Static(self._question, id="question", markup=False)
            if self._detail:
                yield Static(self._detail, id="detail", markup=False)
            yield Input(self._initial, placeholder=self._placeholder, select_on_focus=False)
            yield Static("enter ok   esc cancel", id="keys", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Give the line to who asked."""
        event.stop()
        self.dismiss(event.value.strip())

    def action_cancel(self) -> None:
        """Give None."""
        self.dismiss(None)


class Choice(ModalScreen[str | None]):
    """Asks for one of a few words, one key each; gives the word, or None."""

    DEFAULT_CSS = f"Choice {{ {BOX} }}"
    BINDINGS = [("escape,q", "cancel", "Cancel")]  # noqa: RUF012

    def __init__(self, question: str, choices: Mapping[str, tuple[str, str]], detail: str = "") -> None:
        """``choices`` maps a key to its word and what that means."""
        super().__init__()
        self._question = clean(question)
        self._choices = choices
        self._detail = clean(detail)

    def compose(self) -> ComposeResult:
        """Question and choices."""
        lines = "\n".join(f"{key}  {word:<12} {means}" for key, (word, means) in self._choices.items())
        with Vertical(id="box"):
            yield Static(self._question, id="question", markup=False)
            if self._detail:
                yield Static(self._detail, id="detail", markup=False)
            yield Static(f"\n{lines}", markup=False)
            yield Static("esc cancel", id="keys", markup=False)

    def on_key(self, event: Key) -> None:
        """Give the word of the key."""
        if event.key in self._choices:
            event.stop()
            self.dismiss(self._choices[event.key][0])

    def action_cancel(self) -> None:
        """Give None."""
        self.dismiss(None)


class Confirm(ModalScreen[bool]):
    """Asks yes or no; enter alone is no yes."""

    DEFAULT_CSS = f"Confirm {{ {BOX} }}"
    BINDINGS = [("y", "answer(True)", "Yes"), ("n,escape,q", "answer(False)", "No")]  # noqa: RUF012

    def __init__(self, question: str, detail: str = "", lines: Sequence[str] = ()) -> None:
        """``lines`` are shown in full, each on one line, and can be scrolled."""
        super().__init__()
        self._question = clean(question)
        self._detail = clean(detail)
        self._lines = "\n".join(map(clean, lines))

    def compose(self) -> ComposeResult:
        """Question, what it is about, keys."""
        with Vertical(id="box"):
            yield Static(self._question, id="question", markup=False)
            if self._detail:
                yield Static(self._detail, id="detail", markup=False)
            if self._lines:
                with VerticalScroll(id="page"):
                    yield Static(self._lines, markup=False)
            yield Static("y yes   n no", id="keys", markup=False)

    def action_answer(self, yes: bool) -> None:
        """Give the answer to who asked."""
        self.dismiss(yes)
