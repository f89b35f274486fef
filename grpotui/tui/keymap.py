"""Every key of the app in one place, for bindings, the line of keys, help and command palette.

Letters and arrows only: no key needs ctrl, alt or a function key, which terminals and tmux take away.
An id is stable, so that a settings file can give an action another key.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence

from textual.binding import Binding
from textual.keys import Keys, format_key, key_to_character

from grpotui.errors import UserError
from grpotui.text import clean
from grpotui.tui.compare.keys import COMPARE
from grpotui.tui.journal.keys import JOURNAL
from grpotui.tui.key import Key, Section, named
from grpotui.tui.launch.keys import LAUNCH
from grpotui.tui.resources.keys import RESOURCES
from grpotui.tui.run.keys import READER, RUN, SEARCH, VERDICT
from grpotui.tui.runs.keys import RUNS
from grpotui.tui.sweeps.keys import SWEEP, SWEEPS

__all__ = [
    "COMPARE",
    "EVERYWHERE",
    "HELP",
    "JOURNAL",
    "LAUNCH",
    "READER",
    "RESOURCES",
    "RUN",
    "RUNS",
    "SEARCH",
    "SECTIONS",
    "SWEEP",
    "SWEEPS",
    "VERDICT",
    "Key",
    "Section",
    "bindings",
    "check",
    "key_line",
    "named",
]

_KNOWN = frozenset(str(key.value) for key in Keys)
_KEY = re.compile(r"[A-Za-z0-9_]+(\+[A-Za-z0-9_]+)*")


EVERYWHERE = Section(
    "Everywhere",
    (
        Key("app.help", "question_mark", "help", "help", "This page", "?"),
        Key("app.resources", "g", "resources", "", "Devices, disk and checkpoints"),
        Key(
            "app.journal",
            "B",
            "journal",
            "",
            "The log book: hypotheses, open and settled, and what came of them",
        ),
        Key(
            "app.write_journal",
            "W",
            "write_journal",
            "",
            "Write the log book, logs/journal.md; your words stay",
        ),
        Key("app.edit_journal", "M", "edit_journal", "", "Edit the log book in $EDITOR"),
        Key("app.commands", "ctrl+p", "command_palette", "", "All commands of the screen, by search"),
        Key("app.back", "q,escape", "back", "back", "Back; at the top: leave, runs continue", "q esc"),
    ),
)


HELP = Section(
    "Help",
    (
        Key("help.down", "j", "scroll(1)", "scroll", "Scroll; arrows, pages, home and end too", "j k"),
        Key("help.up", "k", "scroll(-1)", "", "Scroll up"),
    ),
)


SECTIONS = (
    *(EVERYWHERE, RUNS, RUN, READER, VERDICT, SEARCH, COMPARE, SWEEPS, SWEEP),
    *(LAUNCH, RESOURCES, JOURNAL),
)


def check(keys: Mapping[str, str]) -> None:
    """Raise UserError when chosen keys name no action, no key, or one key twice on a screen."""
    everything = {key.id: key for section in (*SECTIONS, HELP) for key in section.keys}
    for action, chosen in keys.items():
        if action not in everything:
            near = difflib.get_close_matches(action, everything, n=1)
            raise UserError(
                f"keys: no action {clean(action, 60)}{f': did you mean {near[0]}?' if near else ''}"
            )
        if not all(_is_key(key) for key in named(chosen).split(",")):
            raise UserError(f"keys.{action}: {clean(chosen, 40)!r} is no key: write such as s, S or ctrl+s")
    for section in (*SECTIONS[1:], HELP):
        taken: dict[str, str] = {}
        for key in (*EVERYWHERE.rebound(keys).keys, *section.rebound(keys).keys):
            for name in key.keys.split(","):
                if name in taken:
                    raise UserError(f"keys: {taken[name]} and {key.id} would both have {format_key(name)}")
                taken[name] = key.id


def _is_key(name: str) -> bool:
    """True for what a terminal can send: a character by its name, or a key that Textual knows."""
    last = name.rpartition("+")[2]
    known = len(last) == 1 or name in _KNOWN or last in _KNOWN
    return bool(_KEY.fullmatch(name)) and (known or key_to_character(last) is not None)


def bindings(section: Section) -> list[Binding]:
    """Return a section's keys as Textual bindings."""
    return [Binding(k.keys, k.action, k.label or k.help, id=k.id, show=False) for k in section.keys]


def key_line(sections: Sequence[Section], width: int) -> list[tuple[str, str]]:
    """Return (key, label) pairs that fit in ``width`` cells; those of the last section always do."""
    *others, last = [[(k.face, k.label) for k in section.keys if k.label] for section in sections]
    width -= sum(map(_cells, last))
    fitting: list[tuple[str, str]] = []
    for pair in (pair for pairs in others for pair in pairs):
        width -= _cells(pair)
        if width < 0:
            break
        fitting.append(pair)
    return [*fitting, *last]


def _cells(pair: tuple[str, str]) -> int:
    return len(pair[0]) + len(pair[1]) + 3
