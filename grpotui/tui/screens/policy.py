"""What a run's runner does by itself: three policies, their grace and the kill criterion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from grpotui.contract import ContractError, condition
from grpotui.records import POLICIES
from grpotui.text import clean
from grpotui.tui import style
from grpotui.tui.screens.prompt import BOX, Prompt
from grpotui.tui.style import Tone

GRACES = (0, 5, 10, 20, 50, 100, 200, 500, 1000)
"""Steps that can be chosen here; ``grpotui policy`` takes any."""
KILL = "kill"
_LABELS = {
    "on_collapsed": "when collapsed",
    "on_no_signal": "when no-signal",
    "on_solved": "when solved",
    "grace": "after so many steps",
    KILL: "kill criterion",
}


def turned(name: str, value: object, by: int) -> object:
    """Return the choice after a value, or before it; the ends stay."""
    choices: tuple[object, ...] = GRACES if name == "grace" else POLICIES
    if value in choices:
        return choices[max(0, min(choices.index(value) + by, len(choices) - 1))]
    near = [steps for steps in GRACES if isinstance(value, int) and (steps - value) * by > 0]
    return (near[0] if by > 0 else near[-1]) if near else value


class PolicyDialog(ModalScreen[dict[str, object] | None]):
    """Gives what was changed, or None."""

    DEFAULT_CSS = f"PolicyDialog {{ {BOX} #rows {{ margin-top: 1; }} }}"
    BINDINGS = [  # noqa: RUF012
        ("escape,q", "cancel", "Cancel"),
        ("up,k", "move(-1)", "Up"),
        ("down,j", "move(1)", "Down"),
        ("left,h", "turn(-1)", "Before"),
        ("right,l,space", "turn(1)", "Next"),
        ("e", "kill", "Kill criterion"),
        ("enter", "save", "Save"),
    ]

    def __init__(self, name: str, policy: Mapping[str, Any]) -> None:
        super().__init__()
        self._title = clean(f"What does the runner of {name} do by itself?")
        self._before = {field: policy[field] for field in _LABELS}
        self._now: dict[str, object] = dict(self._before)
        self._at = 0

    def compose(self) -> ComposeResult:
        """Question, rows, keys."""
        with Vertical(id="box"):
            yield Static(self._title, id="question", markup=False)
            yield Static("", id="rows", markup=False)
            yield Static("", id="detail", markup=False)
            yield Static(
                "↑ ↓ choose   ← → change   e kill criterion   enter ok   esc cancel", id="keys", markup=False
            )

    def on_mount(self) -> None:
        """Show the rows."""
        self._show()

    def action_move(self, by: int) -> None:
        """Choose another row."""
        self._at = max(0, min(self._at + by, len(_LABELS) - 1))
        self._show()

    def action_turn(self, by: int) -> None:
        """Change the chosen row."""
        name = list(_LABELS)[self._at]
        if name == KILL:
            self.action_kill()
            return
        self._now[name] = turned(name, self._now[name], by)
        self._show()

    def action_kill(self) -> None:
        """Ask for a kill criterion."""

        def answered(text: str | None) -> None:
            if text is None:
                return
            wrong = ""
            try:
                if text:
                    condition(text)
                self._now[KILL] = text
            except ContractError as error:
                wrong = f"{clean(text)}: {error}"
            self.query_one("#detail", Static).update(wrong)
            self._show()

        self.app.push_screen(
            Prompt(
                "Stop the run, which saves, as soon as",
                initial=str(self._now[KILL]),
                placeholder="step > 200 and mean(reward, last=50) < -0.9; empty: never",
            ),
            answered,
        )

    def action_save(self) -> None:
        """Give what was changed."""
        self.dismiss({k: v for k, v in self._now.items() if v != self._before[k]} or None)

    def action_cancel(self) -> None:
        """Give None."""
        self.dismiss(None)

    def _show(self) -> None:
        dark = self.app.current_theme.dark
        lines = []
        for place, (name, label) in enumerate(_LABELS.items()):
            here = place == self._at
            value = clean(str(self._now[name])) or "none"
            changed = self._now[name] != self._before[name]
            line = style.text("> " if here else "  ", Tone.LIVE, dark)
            line.append_text(style.text(f"{label:<22}", Tone.STRONG if here else Tone.PLAIN, dark))
            lines.append(line.append_text(style.text(value, Tone.LIVE if changed else Tone.PLAIN, dark)))
        self.query_one("#rows", Static).update(Text("\n").join(lines))
