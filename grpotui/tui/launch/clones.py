"""Drafts that are made of runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from grpotui.errors import UserError
from grpotui.presets import Preset, PresetError, check_model, load, resolve
from grpotui.presets.rows import edit_text
from grpotui.stream import read_json
from grpotui.tasks import TaskError
from grpotui.tui.launch.draft import Draft, value_at
from grpotui.workspace import Workspace


def clone_of(workspace: Workspace, run_id: str) -> Draft:
    """Return a draft that would launch what a run launched: its preset with its overrides.

    When that is not what the preset says any more: the config that the run wrote down. Raises UserError.
    """
    run_json = workspace.run(run_id).run_json
    asked = read_json(run_json)
    if asked is None:
        raise UserError(f"{run_id}: its run.json cannot be read")
    config = asked.get("config")
    config = config if isinstance(config, dict) else {}
    name = str(asked.get("preset") or run_id)
    file = str(asked.get("preset_file") or "")
    written = Draft(Preset(name, Path(file or run_json), config), origin=run_id) if config else None
    overrides = [text for text in asked.get("overrides") or () if isinstance(text, str) and "=" in text]
    try:
        preset = load(file or name, workspace)
        draft = Draft(preset, dict(_split(text) for text in overrides), origin=run_id)
        draft = _with_choices(draft, asked)
        same = _asks_for(draft.edited, config, workspace)
    except (PresetError, TaskError):  # the preset is gone, or an override fits no more
        if written is None:
            raise
        return written
    return draft if same or written is None else written


def _asks_for(preset: Preset, config: Mapping[str, Any], workspace: Workspace) -> bool:
    """True when a run of the preset would do what a run with this config did; where it ran is left out."""
    now = resolve(preset)
    now["model"] = check_model(str(now["model"]), workspace)
    return all(now.get(key) == value for key, value in config.items() if key not in ("summary", "launch"))


def _split(text: str) -> tuple[str, str]:
    path, _, value = text.partition("=")
    return path.strip(), value.strip()


def _with_choices(draft: Draft, asked: Mapping[str, Any]) -> Draft:
    """Take over what the run was given beside its overrides: seed, device, tags, model."""
    edits = dict(draft.edits)
    config = asked.get("config")
    wanted = {
        "grpo.seed": asked.get("seed"),
        "launch.device": asked.get("device"),
        "launch.tags": asked.get("tags"),
        "model": config.get("model") if isinstance(config, dict) else None,
    }
    for path, value in wanted.items():
        if (
            path not in edits
            and isinstance(value, (str, int, list))
            and value not in ("", [])
            and value != value_at(draft.preset, path)
        ):
            edits[path] = edit_text(value)
    return replace(draft, edits=edits)
