"""One line under the verdict: how the run's contract stands, and what its runner does by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.text import Text

from grpotui.analysis.promises import NO, OPEN, YES, Told, headline, marks_of
from grpotui.tui.style import Tone
from grpotui.tui.widgets.lines import OneLine
from grpotui.tui.widgets.pane import Line

_TONES = {YES: Tone.GOOD, NO: Tone.WARN}
_SHORT = {"checkpoint-and-stop": "save and stop", "stop": "stop"}
_WHEN = (("on_collapsed", "collapsed"), ("on_no_signal", "no-signal"), ("on_solved", "solved"))


def policy_words(policy: Mapping[str, Any]) -> str:
    """Return ``stop when collapsed for 20 steps``; empty when verdicts are only flagged."""
    acts = [(_SHORT[policy[key]], verdict) for key, verdict in _WHEN if policy.get(key) in _SHORT]
    told = ", ".join(f"{action} when {verdict}" for action, verdict in acts)
    return f"{told} for {policy.get('grace')} steps" if told else ""


def contract_text(
    content: Mapping[str, Any], policy: Mapping[str, Any], width: int, dark: bool
) -> Text | None:
    """Return the line in ``width`` cells, without the marks' texts when room is short; None for nothing."""
    marks, rule = marks_of(content), policy_words(policy)
    if not marks and not rule:
        return None
    whole = _line(content, marks, True, dark)
    if whole.text.cell_len > width:
        whole = _line(content, marks, False, dark)
    if rule and whole.text.cell_len + len(rule) + 5 <= width:
        whole.add("   ").add("p ", Tone.DIM).add(rule, Tone.DIM)
    return whole.fit(width)


def _line(content: Mapping[str, Any], marks: Sequence[Told], texts: bool, dark: bool) -> Line:
    line = Line(dark)
    if marks:
        ended = headline(content)
        line.add(f" Contract{f' {ended}' if ended else ''}:", Tone.DIM)
    for mark in marks:
        line.add(f"  {mark.label} ", Tone.DIM)
        if texts:
            line.add(f"{mark.text} ")
        line.add(mark.sign, _TONES.get(mark.sign, Tone.DIM)).add(f" {_measured(mark)}")
    return line


def _measured(mark: Told) -> str:
    """Return the numbers of a mark; where nobody can tell, that and why."""
    if mark.sign != OPEN or not mark.numbers:
        return mark.numbers or mark.state
    return f"{mark.state} ({mark.numbers})"


class ContractLine(OneLine):
    """The line, where there is anything to say."""

    DEFAULT_CSS = "ContractLine { display: none; }"

    def tell(self, content: Mapping[str, Any], policy: Mapping[str, Any], room: bool) -> None:
        """Show how the contract stands, unless there is no room."""
        text = contract_text(content, policy, self.app.size.width, self.dark) if room else None
        self.display = text is not None
        if text is not None:
            self.show(text)
