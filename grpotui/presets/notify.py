"""``[notify]``: the program that is told when a verdict changes. A list, never a shell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from grpotui.presets.preset import Problem
from grpotui.tasks.settings import nearest
from grpotui.text import clean

PLACEHOLDERS = ("run", "verdict", "cause", "step", "message")
"""Words that may stand in braces in an argument."""
MAX_ARGUMENT = 2000
"""Characters that a placeholder becomes."""
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def notify_command(config: Mapping[str, object]) -> tuple[str, ...]:
    """Return the program and its arguments; nothing where none is set, or it is no list of texts."""
    notify = config.get("notify")
    command = notify.get("command") if isinstance(notify, Mapping) else None
    if not isinstance(command, list) or not all(isinstance(part, str) for part in command):
        return ()
    return tuple(command)


def notify_problems(notify: object) -> Iterator[Problem]:
    """Yield what is wrong with the command; its kind is checked elsewhere."""
    command = notify_command({"notify": notify})
    path = "notify.command"
    if command and (not command[0].strip() or "{" in command[0]):
        yield Problem(path, "the first text is the program, without placeholders")
    for part in command:
        if "\0" in part:
            yield Problem(path, "an argument cannot hold a NUL character")
        for name in _PLACEHOLDER.findall(part):
            if name not in PLACEHOLDERS:
                meant = nearest(name, PLACEHOLDERS) or f"; known: {', '.join(PLACEHOLDERS)}"
                yield Problem(path, f"no placeholder {{{name}}}{meant}")


def filled(command: Sequence[str], values: Mapping[str, object]) -> list[str]:
    """Return the command with its placeholders replaced, each by one harmless line that is no option."""

    def value(match: re.Match[str]) -> str:
        return clean(str(values.get(match[1], "")), MAX_ARGUMENT)

    filled_in = [_PLACEHOLDER.sub(value, part) for part in command[1:]]
    # What stood in a placeholder must not become an option of the program.
    safe = [
        text.lstrip("-") if part.startswith("{") else text
        for part, text in zip(command[1:], filled_in, strict=True)
    ]
    return [*command[:1], *safe]
