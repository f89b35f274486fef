"""The commands that ask for a run again; and whether they still do."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from grpotui.errors import UserError
from grpotui.launch.sweeps.pairs import override
from grpotui.presets import PresetError, apply_overrides, check_model, resolve
from grpotui.presets.grid import points_of, size, typed_axes
from grpotui.presets.loader import find, load
from grpotui.records import RunKind
from grpotui.records.lineage import Parent, Relation
from grpotui.records.sweeps import Place, Repeats, Sweep
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


def sweep_command(workspace: Workspace, sweep: Sweep) -> str:
    """Return the command line that asks for a sweep or probe again; empty where none would be the same.

    It says the first seed and how many there are: others in no row, and points that were drawn or shuffled
    by another seed, cannot be asked for so.
    """
    preset = _of_sweep(workspace, sweep)
    if not preset or not sweep.axes or not sweep.points or not _counted(sweep):
        return ""
    grid = [
        f"{axis}={','.join(override(axis, value).partition('=')[2] for value in values)}"
        for axis, values in sweep.axes.items()
    ]
    draw = 0 if len(sweep.points) == size(sweep.axes) else len(sweep.points)
    if not _reads_back(sweep, grid, draw):
        return ""
    words = ["grpotui", "probe" if sweep.kind is RunKind.ROLLOUTS else "sweep", preset]
    words += [word for axis in grid for word in ("--grid", axis)]
    words += ["--random", str(draw)] if draw else []
    words += ["--seeds", str(len(sweep.seeds)), "--seed", str(sweep.seeds[0])]
    words += [word for text in sweep.overrides for word in ("--set", text)]
    line = shlex.join(words)
    return line if clean(line, _LONG) == line else ""


def _of_sweep(workspace: Workspace, sweep: Sweep) -> str | None:
    """Return what the sweep's preset is called now; its name where the line does not tell the file."""
    file = sweep.asked.get("preset_file")
    return _named(workspace, {"preset": sweep.preset, "preset_file": file}) if file else sweep.preset


def _counted(sweep: Sweep) -> bool:
    """True when a first seed and a count say all seeds, and the order of a probe."""
    first = sweep.seeds[0] if sweep.seeds else 0
    if sweep.seeds != tuple(range(first, first + len(sweep.seeds))):
        return False
    return bool(sweep.seeds) and (sweep.kind is not RunKind.ROLLOUTS or first == sweep.seed)


def _reads_back(sweep: Sweep, grid: Sequence[str], draw: int) -> bool:
    """True when a grid as it is typed makes the axes and the points of the sweep."""
    try:
        axes = typed_axes(grid)
        points = points_of(axes, draw, sweep.seeds[0], sweep.baseline or None)
    except PresetError:
        return False
    made, wanted = [[dict(axes)], points], [[dict(sweep.axes)], list(sweep.points)]
    return _canonical(made) == _canonical(wanted)


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def confirm_commands(sweep: Sweep) -> list[tuple[str, Repeats]]:
    """Return for each time that points of a sweep were repeated the command line that asks for it again."""
    told = []
    for repeats in sweep.repeats:
        words = ["grpotui", "confirm", sweep.id]
        words += [word for number in repeats.numbers for word in ("--point", str(number))]
        told.append((clean(shlex.join([*words, "--repeat", str(len(repeats.seeds))]), _LONG), repeats))
    return told
