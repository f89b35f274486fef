"""Checks the ``model`` of a preset without loading it."""

from __future__ import annotations

import os
from pathlib import Path

from grpotui.presets.preset import PresetError
from grpotui.tasks.files import is_hub_id
from grpotui.workspace import Workspace

TINY = "tiny"
"""The toy model that comes with grpotui."""


def check_model(model: str, workspace: Workspace | None) -> str:
    """Return ``model`` as a run keeps it: "tiny", the absolute path of a folder, or a hub id as it is.

    Relative folders are the workspace's. Raises PresetError for a folder that holds no model, and for what
    can be neither a folder nor a hub id. Whether a hub id exists is not asked.
    """
    if model == TINY:
        return model
    base = workspace.root if workspace else Path.cwd()
    folder = Path(os.path.abspath(base / os.path.expanduser(model)))  # noqa: PTH111
    try:
        exists, complete = folder.exists(), (folder / "config.json").is_file()
    except (OSError, ValueError) as error:
        raise PresetError(f"model {model!r}: {getattr(error, 'strerror', None) or error}") from error
    if exists and model:
        if folder.is_dir() and complete:
            return str(folder)
        reason = "it has no config.json" if folder.is_dir() else "it is a file"
        raise PresetError(f"{folder} is no model folder: {reason}")
    if model.startswith(("/", ".", "~")):
        raise PresetError(f"no model folder {folder}")
    if not is_hub_id(model):
        raise PresetError(
            f'model {model!r}: no such folder in {base}, and no hub id: expected "tiny" or org/name'
        )
    return model
