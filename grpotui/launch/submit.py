"""Launches a run: writes down what is asked for, queues it, and starts it when its device is free."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing
from typing import Any

from grpotui.errors import UserError
from grpotui.launch import trust
from grpotui.launch.check.checked import Tell, checked, kind_of, silent
from grpotui.launch.journal import queue_up, write_down
from grpotui.launch.links import link_weights
from grpotui.launch.machine import fakes
from grpotui.launch.machine.devices import VISIBLE_VARIABLE
from grpotui.launch.machine.identity import boot_id
from grpotui.launch.queue import PATIENCE, tick
from grpotui.launch.request import LaunchRequest
from grpotui.presets import Preset, check_model, code_files, launch_settings, planned_steps, resolve
from grpotui.presets.rollouts import planned_batches
from grpotui.presets.sections import DEVICES
from grpotui.records import RunKind
from grpotui.registry import connect, index_run
from grpotui.secrecy import redact
from grpotui.stream import write_json
from grpotui.text import clean
from grpotui.workspace import RunDir, Workspace


def launch(workspace: Workspace, request: LaunchRequest, tell: Tell = silent) -> str:
    """Queue a new run and start it if its device is free, or only write it down; return its id.

    ``tell`` gets what the preflight found and does not refuse. Raises UserError: PresetError for what is
    wrong with the preset or an override, UntrustedError for code that nobody said yes to.
    """
    workspace.require_writable()
    asked = described(workspace, request, checked(workspace, request, tell))
    with closing(connect(workspace)) as connection:  # before a folder is made: this may be refused
        run = enqueue(workspace, connection, request, asked)
    if request.draft:
        return run.id
    try:
        tick(workspace, PATIENCE)
    except (UserError, OSError, sqlite3.Error) as error:
        raise UserError(f"{run.id} is queued, but nothing can be started now: {error}") from error
    return run.id


def enqueue(
    workspace: Workspace, connection: sqlite3.Connection, request: LaunchRequest, asked: Mapping[str, Any]
) -> RunDir:
    """Write a run and queue it, or write down a draft; nothing is left of one that cannot be written.

    ``asked`` is what :func:`described` returned. Raises UserError or OSError.
    """
    name = redact(request.name or "")
    run = workspace.new_run(name or request.preset.name)
    try:
        if request.weights is not None:
            link_weights(request.weights, run.start)
        if request.draft:
            write_down(run)
        else:
            queue_up(run, 1)
        write_json(run.run_json, {"id": run.id, "name": name or run.id, **asked})
    except (OSError, UserError):
        shutil.rmtree(run.path, ignore_errors=True)
        raise
    index_run(connection, run)
    return run


def described(workspace: Workspace, request: LaunchRequest, preset: Preset) -> dict[str, Any]:
    """Return the content of ``run.json``, less id and name; ``preset`` is what the request makes of its own.

    Raises UserError: UntrustedError for code that nobody said yes to.
    """
    if request.device not in DEVICES:
        raise UserError(f"device {clean(request.device, 40)!r}: one of {', '.join(DEVICES)}")
    seed = () if request.seed is None else (f"grpo.seed={request.seed}",)
    kind = kind_of(request, preset)
    config = resolve(preset)
    config["model"] = check_model(config["model"], workspace)
    settings = launch_settings(config)
    code = code_files(config, workspace.root)
    trust.require(code, workspace.root)
    return {
        "kind": str(kind),
        "created_at": time.time(),
        "preset": preset.name,
        "preset_file": str(preset.path),
        "config": config,
        "code": [file.to_json() for file in code],
        "overrides": [*request.inherited, *request.overrides, *seed],
        "seed": config["grpo"].get("seed"),
        "planned_steps": _planned(kind, config),
        "device": settings.device if request.device == "auto" else request.device,
        "tags": list(dict.fromkeys([*settings.tags, *map(redact, request.tags)])),
        "parent": None if request.parent is None else request.parent.to_json(),
        "sweep": None if request.place is None else request.place.to_json(),
        "boot_id": boot_id(),
        "host": os.uname().nodename,
        "cuda_visible_devices": os.environ.get(VISIBLE_VARIABLE),
        "fake_devices": fakes.spec(),
    }


def _planned(kind: RunKind, config: Mapping[str, Any]) -> int | None:
    """Return the steps that a run will make: batches of rollouts are its steps; an evaluation makes none."""
    if kind is RunKind.ROLLOUTS:
        return planned_batches(config)
    return planned_steps(config) if kind is RunKind.TRAIN else None
