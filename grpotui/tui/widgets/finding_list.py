"""What the preflight found, below the fields of a launch."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from grpotui.tui import style
from grpotui.tui.launch.view import FindingView
from grpotui.tui.style import Tone
from grpotui.tui.widgets.lines import OneLine

_LOOKS = {"error": ("✖", Tone.BAD), "warning": ("▲", Tone.WARN)}


class FindingList(OneLine):
    """One line a finding, errors first; the first one that can be mended says how, and why."""

    DEFAULT_CSS = """
    FindingList { height: auto; max-height: 6; padding: 0 1; border-top: solid $rule; }
    FindingList.-none { display: none; }
    """

    def show_findings(self, found: Sequence[FindingView]) -> None:
        """Show them; nothing at all when there are none."""
        self.set_class(not found, "-none")
        text = Text(no_wrap=True, overflow="ellipsis")
        first = next((view for view in found if view.fix), None)
        for number, view in enumerate(found):
            sign, tone = _LOOKS[view.level]
            text.append("\n" if number else "")
            text.append_text(style.text(f"{sign} {view.message}", tone, self.dark))
            if view is first:
                text.append_text(style.text(f"   F sets {' and '.join(view.fix)}", Tone.STRONG, self.dark))
            words = " ".join(part for part in (view.why, view.experience) if part)
            if number == 0 and words:
                text.append("\n  ")
                text.append_text(style.text(words, Tone.DIM, self.dark))
        self.show(text)
