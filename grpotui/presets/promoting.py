"""A preset of the workspace that takes values over: what it will be, and writing it."""

from __future__ import annotations

import difflib
import os
import stat
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grpotui.presets.copying import is_preset_name
from grpotui.presets.grid import same
from grpotui.presets.loader import load, load_text
from grpotui.presets.overrides import value_of
from grpotui.presets.preset import Preset, PresetError
from grpotui.presets.reader import read_text
from grpotui.presets.rewriting import rewritten
from grpotui.presets.validate import validate
from grpotui.stream import write_bytes
from grpotui.text import clean
from grpotui.workspace import Workspace

WIDTH = 110
"""Characters of a line of the comment."""


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A preset's file as it stands and as it will be; nothing is written yet."""

    path: Path
    """In the workspace."""
    source: Path
    """Whose text it is: the same file, or one that ships with grpotui."""
    before: str
    after: str
    values: Mapping[str, Any]
    """Fields that change, with what they will be."""
    was: Mapping[str, Any]
    """What they are, where they are set, here or in what it extends."""

    @property
    def name(self) -> str:
        """The preset's name."""
        return self.path.stem

    @property
    def diff(self) -> list[str]:
        """Return the change as a unified diff, harmless on any terminal."""
        old, new = (text.splitlines() for text in (self.before, self.after))
        found = difflib.unified_diff(old, new, self.source.name, self.path.name, n=2, lineterm="")
        return [clean(line.rstrip("\n")) for line in found]


def base_for(into: str, workspace: Workspace, name: str | None = None) -> tuple[Preset, Path]:
    """Return the preset ``into`` and the file of the workspace that a change of it goes into.

    ``name`` makes a new one of it. Raises PresetError.
    """
    if not is_preset_name(into.removesuffix(".toml")):
        raise PresetError(f"{into!r} is no name of a preset: 'grpotui presets' lists them")
    preset = load(into.removesuffix(".toml"), workspace)
    if name is None:
        return preset, workspace.presets / preset.path.name
    if not is_preset_name(name := name.removesuffix(".toml")):
        raise PresetError(f"{name!r} is no name for a preset: letters, digits, dots, - and _")
    path = workspace.presets / f"{name}.toml"
    if os.path.lexists(path):
        raise PresetError(f"{path} is there already: choose another name, or promote --into {name}")
    return preset, path


def changes(preset: Preset, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of ``values`` that the preset has not already."""
    return {field: value for field, value in values.items() if not same(value_of(preset.data, field), value)}


def rewrite(
    preset: Preset, path: Path, values: Mapping[str, Any], comment: Sequence[str], workspace: Workspace
) -> Rewrite:
    """Return what ``path`` will be: the preset's text with values and a comment; it loads and is valid.

    Raises PresetError when it would not.
    """
    before = read_text(preset.path)
    lines = [part for line in comment for part in _wrapped(line)]
    after = "".join(f"# {line}\n" for line in lines) + rewritten(before, values, preset.path.name)
    found = load_text(after, path, workspace)
    for field, value in values.items():
        if not same(value_of(found.data, field), value):
            raise PresetError(f"{path.name}: {field} does not hold after it was written")
    try:
        validate(found)
    except PresetError as error:
        raise PresetError(
            f"with these values {path.stem} would be wrong, so nothing is written: {error}"
        ) from None
    was = {
        field: held for field in values if (held := value_of(preset.data, field, default=False)) is not None
    }
    return Rewrite(path, preset.path, before, after, dict(values), was)


def write(change: Rewrite, workspace: Workspace) -> Path:
    """Write the file, unless it has changed since it was read; return it. Raises PresetError."""
    path = Path(os.path.realpath(change.path))
    fresh = not os.path.lexists(change.path)

    def unchanged() -> bool:
        if fresh:
            return not os.path.lexists(change.path)
        return read_text(path) == change.before

    try:
        mode = 0o600 if fresh else stat.S_IMODE(path.stat().st_mode)
        if not write_bytes(path, change.after.encode(), mode, unchanged):
            raise PresetError(f"{change.path} was changed meanwhile: try again")
    except OSError as error:
        raise PresetError(f"cannot write {change.path}: {error.strerror}") from error
    load(str(path), workspace)
    return change.path


def _wrapped(line: str) -> list[str]:
    return textwrap.wrap(clean(line), WIDTH, subsequent_indent="  ", break_on_hyphens=False)
