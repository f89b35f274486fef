"""What a preset is, and what can be wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grpotui.errors import UserError
from grpotui.tasks import TaskError
from grpotui.text import clean

MAX_MESSAGE = 600
"""Characters of one error: names and values that stand in it may be of any length."""


class PresetError(UserError):
    """One harmless line about a preset: which field or file, what is wrong, what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(clean(message, MAX_MESSAGE))


@dataclass(frozen=True, slots=True)
class Preset:
    """A whole experiment as tables. ``data`` has ``extends`` applied, and no defaults filled in."""

    name: str
    path: Path
    data: dict[str, Any]
    folders: tuple[Path, ...] = ()
    """Where files that it names are looked for: the workspace, then the folders of its own files."""


@dataclass(frozen=True, slots=True)
class PresetInfo:
    """One line of a list of presets."""

    name: str
    summary: str
    path: Path
    shipped: bool
    error: str = ""
    """Why the preset cannot be read; empty when it can."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a preset."""

    path: str
    """Dotted field, such as ``grpo.beta``; empty when no single field is to blame."""
    message: str
    rule: str = ""
    """Name of the rule, where the preflight knows how to mend what it found."""

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


def located(error: TaskError) -> Problem:
    """Return what a task or reward found wrong, parted into its field and the rest."""
    path, _, message = str(error).partition(": ")
    return Problem(path, message)
