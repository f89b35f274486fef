"""The lines below the fields of a launch: help of the field, and whether it can be launched."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from grpotui import format as fmt
from grpotui.tui import style
from grpotui.tui.launch.view import Extent, FieldView, PresetView
from grpotui.tui.style import Tone
from grpotui.tui.widgets.lines import OneLine


class FieldHelp(OneLine):
    """Help of the field, or the summary of the preset, that has the focus."""

    DEFAULT_CSS = "FieldHelp { height: 3; padding: 0 1; border-top: solid $rule; text-wrap: wrap; }"

    def show_field(self, view: FieldView | None) -> None:
        """Say what a field is for."""
        if view is not None:
            self._show(view.path, view.help or "no help for this field")

    def show_preset(self, preset: PresetView | None) -> None:
        """Say what a preset is for."""
        if preset is not None:
            self._show(preset.name, preset.error or preset.summary)

    def _show(self, name: str, words: str) -> None:
        text = style.text(f"{name}  ", Tone.STRONG, self.dark)
        text.append_text(style.text(words, Tone.DIM, self.dark))
        text.no_wrap = False
        self.show(text)


class Preview(OneLine):
    """The first examples of the dataset."""

    DEFAULT_CSS = """
    Preview { height: auto; max-height: 5; padding: 0 1; border-top: solid $rule; }
    Preview.-none { display: none; }
    """

    def show_lines(self, lines: Sequence[str]) -> None:
        """Show a title and examples; nothing at all when there are none."""
        self.set_class(not lines, "-none")
        text = Text(no_wrap=True, overflow="ellipsis")
        for number, line in enumerate(lines):
            text.append("\n  " if number else "")
            text.append_text(style.text(line, Tone.PLAIN if number else Tone.DIM, self.dark))
        self.show(text)


class LaunchState(OneLine):
    """Whether what stands above can be launched, live."""

    DEFAULT_CSS = "LaunchState { padding: 0 1; height: auto; max-height: 2; text-wrap: wrap; }"

    def show_error(self, error: str) -> None:
        """Say why a value was not taken."""
        self._show(f"✖ {error}   esc keeps the old value", Tone.BAD)

    def show_state(
        self, readable: bool, problems: Sequence[str], edits: int, extent: Extent, errors: int = 0
    ) -> None:
        """Say the first problem, or that there is none."""
        if not readable:
            self._show("▲ this preset cannot be launched", Tone.WARN)
        elif problems:
            more = f"   (and {len(problems) - 1} more)" if len(problems) > 1 else ""
            self._show(f"▲ {problems[0]}{more}", Tone.WARN)
        elif errors:
            self._show(f"✖ {errors} error{'s' if errors > 1 else ''} above: F mends, L asks first", Tone.BAD)
        else:
            changed = f"{edits} field{'s' if edits > 1 else ''} changed" if edits else "as the preset has it"
            own = f"   O: its [sweep], {extent.own} points" if extent.own else ""
            self._show(f"✓ can be launched: L   {changed}{_size(extent)}{own}   d writes a draft", Tone.DIM)

    def _show(self, words: str, tone: Tone) -> None:
        line = style.text(words, tone, self.dark)
        line.no_wrap = False
        self.show(line)


def _size(extent: Extent) -> str:
    """Return how much a launch is: ``a sweep of 6 points x 2 seeds = 12 runs, about 2h05 of one device``."""
    time = f"about {fmt.duration(extent.seconds)}" if extent.seconds else ""
    runs = extent.points * extent.seeds
    if runs == 1:
        return f"   {time}" if time else ""
    seeds = f" x {extent.seeds} seeds = {runs} runs" if extent.seeds > 1 else ", the same seed in each"
    points = f"{extent.points} point{'' if extent.points == 1 else 's'}"
    return f"   a sweep of {points}{seeds}{f', {time} of one device' if time else ''}"
