"""Runs from runs: extend, fork, clone, evaluate; and what of a run none of them brings back."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from grpotui.errors import UserError
from grpotui.launch.caveats import after_extension, not_restored
from grpotui.launch.check.checked import Tell, silent
from grpotui.launch.control import go_on
from grpotui.launch.journal import State, asked_of, config_of, extend_to, planned_end
from grpotui.launch.request import LaunchRequest
from grpotui.launch.submit import launch
from grpotui.presets import Preset, eval_settings
from grpotui.presets.accelerate import processes
from grpotui.presets.grpo_rules import generation_size, group_size
from grpotui.records import RunKind, Status, as_float, as_int
from grpotui.records.lineage import Parent, Relation
from grpotui.stream import read_json
from grpotui.tasks import TaskError, build_held_out, prompt_count
from grpotui.workspace import RunDir, Workspace, checkpoint_step

MOST = 1_000_000_000
"""Steps or epochs that one extension may ask for."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a new run shall have that the one it comes from had not; None and empty keep what that had."""

    overrides: tuple[str, ...] = ()
    seed: int | None = None
    name: str | None = None
    tags: tuple[str, ...] = ()
    device: str | None = None
    draft: bool = False
    force: bool = False
    """Launch it though the preflight finds errors."""
    tell: Tell = silent
    """Gets what the preflight finds and does not refuse."""


@dataclass(frozen=True, slots=True)
class Made:
    """A run that goes on or is new, and what a person should know of it, a line each."""

    run_id: str
    notes: tuple[str, ...] = ()


def extend(workspace: Workspace, run_id: str, steps: int | None = None, epochs: float | None = None) -> Made:
    """Let an ended run go on past its planned end, by so many more steps or epochs, as its next attempt.

    Raises UserError for a run without a checkpoint, and when it can be given no end.
    """
    if (steps is None) == (epochs is None):
        raise UserError("say how far: either --steps N or --epochs N more")
    if not 0 < (steps or epochs or 0) <= MOST:
        raise UserError(f"steps and epochs to go on for: expected more than 0, and at most {MOST:,}")
    notes: list[str] = []

    def prepare(run: RunDir, known: State) -> None:
        asked, effective = _asked(run), _effective(run)
        if _kind(asked) != RunKind.TRAIN:
            raise UserError(f"{run.id} trains nothing: there is nothing to extend")
        checkpoint = run.last_checkpoint()
        planned = as_int(effective.get("max_steps"))
        if known.status is Status.DRAFT or not planned or checkpoint is None:
            raise UserError(f"{run.id} has no checkpoint to go on from")
        planned = max(planned, planned_end(run))
        more = steps if steps is not None else _steps_of(run, effective, epochs or 0.0)
        done, total = checkpoint_step(checkpoint.name), planned + more
        extend_to(run, done, planned, total)
        grpo = (effective.get("config") or {}).get("grpo") or {}
        notes.append(f"goes on from step {done} to step {total}; it was planned to end at {planned}")
        notes.append(after_extension(grpo, done, planned, total))
        notes.extend(not_restored(effective, done))

    go_on(workspace, run_id, prepare)
    return Made(run_id, tuple(notes))


def _steps_of(run: RunDir, effective: Mapping[str, Any], epochs: float) -> int:
    """Return how many optimizer steps ``epochs`` are in this run."""
    known = as_float(effective.get("max_epochs"))
    if not known or effective.get("stages"):
        raise UserError(f"{run.id} is not planned in epochs: use --steps")
    return max(1, math.ceil(epochs * as_int(effective.get("max_steps")) / known - 1e-6))


def fork(workspace: Workspace, run_id: str, step: int | None, changes: Changes) -> Made:
    """Start a new run with the weights of a checkpoint (default: the last one). Raises UserError."""
    run, asked = _source(workspace, run_id)
    if any(text.partition("=")[0].strip() == "model" for text in changes.overrides):
        raise UserError("a fork begins with the checkpoint's weights: set model in a clone instead")
    done = checkpoint_step(_checkpoint(run, step).name)
    request = adopted(workspace, _request(run, asked, changes), run.id, done)
    name = changes.name or f"{request.preset.name} fork"
    notes = (
        f"takes the weights of step {done} of {run.id}: optimizer, schedule and steps begin anew, and the "
        "reference model of beta is those weights",
    )
    return Made(launch(workspace, replace(request, name=name), changes.tell), notes)


def adopted(workspace: Workspace, request: LaunchRequest, run_id: str, step: int | None) -> LaunchRequest:
    """Return a request for a fork of a run's checkpoint at ``step``, or, without a step, for a clone of it.

    A clone of a fork begins with the weights that the fork began with. Raises UserError.
    """
    run = workspace.run(run_id)
    if _kind(_asked(run)) != RunKind.TRAIN:
        raise UserError(f"{run_id} trains nothing: fork, clone or evaluate the run that it came from")
    if step is not None:
        parent = Parent(run_id, Relation.FORK, step)
        return replace(request, parent=parent, weights=_checkpoint(run, step))
    weights = run.start if run.start.is_dir() else None
    return replace(request, parent=Parent(run_id, Relation.CLONE), weights=weights)


def clone(workspace: Workspace, run_id: str, changes: Changes) -> Made:
    """Start a new run that asks for what another one asked for, but for the changes. Raises UserError."""
    run, asked = _source(workspace, run_id)
    request = adopted(workspace, _request(run, asked, changes), run.id, None)
    tags = tuple(tag for tag in asked.get("tags") or () if isinstance(tag, str))
    return Made(launch(workspace, replace(request, tags=(*tags, *changes.tags)), changes.tell))


def evaluate(
    workspace: Workspace,
    run_id: str,
    step: int | None = None,
    task: str | None = None,
    n: int | None = None,
    changes: Changes = Changes(),
) -> Made:
    """Measure a checkpoint of a run (default: the last one; 0: what it began with) as a run of its own.

    ``task`` asks another task than the run was trained on, ``n`` so many held-out prompts. Raises UserError.
    """
    run, asked = _source(workspace, run_id)
    if step == 0:
        weights, done = (run.start if run.start.is_dir() else None), 0
    else:
        weights = _checkpoint(run, step)
        done = checkpoint_step(weights.name)
    request = _request(run, asked, changes)
    config = _questioned(request.preset.data, task, n)
    request = replace(
        request,
        preset=replace(request.preset, data=config),
        name=changes.name or f"{request.preset.name} eval",
        kind=RunKind.EVAL,
        force=True,  # the preflight is about training
        parent=Parent(run.id, Relation.EVALUATION, done),
        weights=weights,
    )
    there = config["task"].get("held_out", 0)
    few = f"asks {there} held-out prompts: the task has no more beside those that it trains on"
    return Made(launch(workspace, request), (few,) if there < config["eval"]["n"] else ())


def _questioned(config: Mapping[str, Any], task: str | None, n: int | None) -> dict[str, Any]:
    """Return a run's config with what an evaluation asks.

    More prompts are held out where the task makes as many as it likes: those that were trained on stay the
    same. Rows of a data set that were not held out may have been trained on.
    """
    changed = copy.deepcopy(dict(config))
    wanted = eval_settings(changed).n if n is None else n
    changed["eval"] = {**(changed.get("eval") or {}), "n": wanted, "every": 1, "best": ""}
    if task is not None and task != changed["task"].get("name"):
        changed.pop("curriculum", None)
        grpo = changed.get("grpo") or {}
        enough = generation_size(grpo, processes(changed)) // group_size(grpo)
        changed["task"] = {"name": task, "n": enough, "held_out": wanted}
        changed["eval"]["n_train"] = 0
    changed["task"] = _with_held_out(changed["task"], wanted)
    return changed


def _with_held_out(table: Mapping[str, Any], wanted: int) -> dict[str, Any]:
    """Return a ``[task]`` table that holds out as many prompts, where it can."""
    more = {**table, "held_out": wanted}
    try:
        makes = table.get("name") != "dataset" and prompt_count(table) is not None
        if makes and wanted > table.get("held_out", 0):
            build_held_out(more)
            return more
    except TaskError:
        pass  # there are not as many beside those that were trained on
    return dict(table)


def require_config(run: RunDir) -> dict[str, Any]:
    """Return the config that a run was launched with. Raises UserError for one that has none."""
    config = config_of(run)
    if not config:
        raise UserError(f"{run.id} was not made by grpotui: it has no config to start from")
    return config


def _source(workspace: Workspace, run_id: str) -> tuple[RunDir, dict[str, Any]]:
    run = workspace.run(run_id)
    asked = _asked(run)
    require_config(run)
    return run, asked


def _request(run: RunDir, asked: Mapping[str, Any], changes: Changes) -> LaunchRequest:
    """Return the request for what a run asked, with changes."""
    before = tuple(text for text in asked.get("overrides") or () if isinstance(text, str))
    config = {key: value for key, value in asked["config"].items() if key != "kind"}
    path = Path(str(asked.get("preset_file") or run.run_json))
    preset = Preset(str(asked.get("preset") or run.id), path, config)
    device = changes.device or str(asked.get("device") or "auto")
    return LaunchRequest(
        preset=preset,
        overrides=changes.overrides,
        inherited=before,
        seed=changes.seed,
        name=changes.name,
        tags=changes.tags,
        device=device,
        draft=changes.draft,
        force=changes.force,
    )


def _checkpoint(run: RunDir, step: int | None) -> Path:
    """Return the checkpoint of a step, or the last one. Raises UserError that names those there are."""
    if step is None:
        last = run.last_checkpoint()
        if last is None:
            raise UserError(f"{run.id} has no checkpoint: grpo.save_steps says how often one is written")
        return last
    whole = {**run.kept_weights(), **run.whole_checkpoints()}
    if step in whole:
        return whole[step]
    known = f"there are {', '.join(map(str, whole))}" if whole else "there is none"
    raise UserError(f"{run.id} has no checkpoint of step {step}: {known}")


def _asked(run: RunDir) -> dict[str, Any]:
    asked = asked_of(run)
    if not asked:
        raise UserError(f"{run.id}: its run.json cannot be read")
    return asked


def _effective(run: RunDir) -> dict[str, Any]:
    """Return what the newest attempt that got as far as training really used."""
    attempts = run.attempts()
    return (read_json(run.attempt_json(attempts[-1])) or {}) if attempts else {}


def _kind(asked: Mapping[str, Any]) -> str:
    return str(asked.get("kind") or RunKind.TRAIN)


def caveats(run: RunDir) -> tuple[str, ...]:
    """Return what a resume of a run does not bring back, a line each; nothing where it begins anew."""
    checkpoint = run.last_checkpoint()
    return tuple(not_restored(_effective(run), checkpoint_step(checkpoint.name))) if checkpoint else ()
