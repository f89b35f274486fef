"""A preset of one's own, begun as a copy of another."""

from __future__ import annotations

import os
import re
from pathlib import Path

from grpotui.presets.loader import load, preset_text
from grpotui.presets.preset import PresetError
from grpotui.workspace import Workspace

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


def is_preset_name(name: str) -> bool:
    """True for what can be the name of a preset's file, less its ending."""
    return bool(_NAME.fullmatch(name))


def copy_preset(source: str, name: str, workspace: Workspace) -> Path:
    """Write the text of a preset, comments and all, into the workspace under a new name; return the file.

    What it extends it goes on extending. Raises PresetError, also when there is such a file already: nothing
    is written over.
    """
    name = name.removesuffix(".toml")
    if not is_preset_name(name):
        raise PresetError(f"{name!r} is no name for a preset: letters, digits, dots, - and _")
    text = preset_text(source, workspace)
    path = workspace.presets / f"{name}.toml"
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        raise PresetError(f"{path} is there already: choose another name, or edit it") from None
    except OSError as error:
        raise PresetError(f"cannot write {path}: {error.strerror}") from error
    try:
        with os.fdopen(file, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
        load(str(path), workspace)
    except (OSError, PresetError) as error:
        path.unlink(missing_ok=True)
        raise PresetError(f"{name}: a copy of {source} cannot be read: {error}") from error
    return path
