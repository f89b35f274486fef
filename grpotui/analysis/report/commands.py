"""The commands that ask for a run again; and whether they still do."""

from __future__ import annotations

import math
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grpotui.errors import UserError
from grpotui.presets import apply_overrides, check_model, resolve
from grpotui.presets.loader import find, load
from grpotui.presets.rows import edit_text
from grpotui.records import RunKind
from grpotui.records.lineage import Parent, Relation
from grpotui.records.sweeps import Place, Sweep
from grpotui.text import clean
from grpotui.workspace import Workspace

_LONG = 2000


def command(workspace: Workspace, run_id: str, asked: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the command line that asks for a run again, after a comment where that is not all of it.

    ``asked`` is the content of its ``run.json``.
    """
    if not isinstance(asked.get("config"), Mapping):
        return ("# not made by grpotui: it has no config to launch",)
    parent = Parent.from_json(asked.get("parent"))
    own = [text for text in asked.get("overrides") or () if isinstance(text, str)]
    if parent is not None and parent.relation is Relation.EVALUATION:
        return (_line("evaluate", parent.run, ["--checkpoint", str(parent.step or 0)], []),)
    if parent is not None and parent.relation is Relation.FORK:
        return (_line("fork", parent.run, ["--step", str(parent.step or 0)], own),)
    if place := Place.from_json(asked.get("sweep")):
        return (f"# point {place.number} of {clean(place.sweep)}", _line("clone", run_id, [], []))
    preset = _named(workspace, asked)
    if preset is None:
        return ("# its preset is gone", _line("clone", run_id, [], []))
    if not _is_same(workspace, preset, own, asked["config"]):
        return ("# its preset has changed since; a clone asks for the same", _line("clone", run_id, [], []))
    return (_line("launch", preset, [], own),)


def _line(verb: str, what: str, options: list[str], overrides: list[str]) -> str:
    words = ["grpotui", verb, what, *options]
    for text in overrides:
        words += ["--set", text]
    return clean(" ".join(shlex.quote(word) for word in words), _LONG)


def _named(workspace: Workspace, asked: Mapping[str, Any]) -> str | None:
    """Return what the run's preset is called now: a name, or the path of a file; None when it is gone."""
    name, file = str(asked.get("preset") or ""), str(asked.get("preset_file") or "")
    try:
        found = find(name, workspace)
    except UserError:
        found = None
    if found is not None and (not file or _real(found) == _real(Path(file))):
        return name
    return file if file.endswith(".toml") and Path(file).is_file() else name if found is not None else None


def _real(path: Path) -> Path:
    return path.resolve()


def _is_same(workspace: Workspace, preset: str, overrides: list[str], config: Mapping[str, Any]) -> bool:
    """True when the preset with these changes is still what the run was asked to be."""
    try:
        found = resolve(apply_overrides(load(preset, workspace), overrides))
        found["model"] = check_model(found["model"], workspace)
    except (UserError, OSError, KeyError, TypeError, AttributeError):
        return False
    kind = config.get("kind", RunKind.TRAIN)
    return {**found, "kind": kind} == dict(config)


def sweep_command(sweep: Sweep) -> str:
    """Return the command line that asks for a sweep or probe again; empty where none would be the same."""
    if not sweep.axes or not sweep.points or not sweep.preset:
        return ""
    verb = ["probe", sweep.preset] if sweep.kind is RunKind.ROLLOUTS else ["sweep", sweep.preset]
    words = ["grpotui", *verb]
    for axis, values in sweep.axes.items():
        texts = [edit_text(value) for value in values]
        if any("," in text for text in texts):
            return ""
        words += ["--grid", f"{axis}={','.join(texts)}"]
    if len(sweep.points) < math.prod(len(values) for values in sweep.axes.values()):
        words += ["--random", str(len(sweep.points))]
    if sweep.seeds:
        words += ["--seeds", str(len(sweep.seeds)), "--seed", str(sweep.seeds[0])]
    for text in sweep.overrides:
        words += ["--set", text]
    return clean(" ".join(shlex.quote(word) for word in words), _LONG)
