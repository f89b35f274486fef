"""A line to type words in, which filters what stands above it."""

from __future__ import annotations

from textual.message import Message
from textual.widgets import Input


class FindLine(Input):
    """Hidden until ``open``; posts Found with every change, and Left when the words are to stay."""

    DEFAULT_CSS = """
    FindLine, FindLine:focus {
        display: none; border: none; height: 1; padding: 0 1;
        background: $panel; background-tint: transparent;
    }
    FindLine.-open { display: block; }
    """

    class Found(Message):
        """Other words are looked for now."""

        def __init__(self, words: str) -> None:
            super().__init__()
            self.words = words

    class Left(Message):
        """The line has nothing more to say: the focus should go to what was found."""

    def __init__(self, placeholder: str, id: str | None = None) -> None:  # noqa: A002  (Textual's own name)
        super().__init__(placeholder=placeholder, id=id, select_on_focus=False)

    @property
    def words(self) -> str:
        """What is looked for; empty while the line is closed."""
        return str(self.value) if self.is_open else ""

    @property
    def is_open(self) -> bool:
        """True while the filter is in force."""
        return self.has_class("-open")

    def open(self) -> None:
        """Show the line and type in it."""
        self.add_class("-open")
        self.focus()

    def drop(self) -> bool:
        """Look for nothing any more; False when nothing was looked for."""
        if not self.is_open:
            return False
        self.remove_class("-open")
        self.value = ""
        self.post_message(self.Found(""))
        self.post_message(self.Left())
        return True

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell the screen."""
        event.stop()
        self.post_message(self.Found(self.words))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep the words; with none the line goes away."""
        event.stop()
        if not self.value:
            self.remove_class("-open")
        self.post_message(self.Left())
