"""What a person asks of runs, and says of them: launch, stop, resume, delete, note, tag, judge, wait."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grpotui.errors import UserError
from grpotui.launch import trust
from grpotui.launch.checked import Tell, checked, silent
from grpotui.launch.ending import Ending, announce
from grpotui.launch.identity import Identity, boot_id
from grpotui.launch.journal import State, next_attempt, queue_up, state, write_down
from grpotui.launch.links import link_weights
from grpotui.launch.locks import is_held, locked
from grpotui.launch.queue import tick
from grpotui.launch.stop import write_request
from grpotui.presets import (
    Preset,
    check_model,
    code_files,
    launch_settings,
    planned_steps,
)
from grpotui.presets import (
    resolve as resolve_preset,
)
from grpotui.presets.code import require_same
from grpotui.presets.sections import DEVICES
from grpotui.records import RunKind, RunSummary, Status
from grpotui.records.lineage import Parent
from grpotui.registry import connect, index_run, sync
from grpotui.registry.queries import Registry
from grpotui.secrecy import redact
from grpotui.stream import read_json, write_json
from grpotui.text import clean
from grpotui.workspace import RunDir, Workspace

PATIENCE = 15.0
"""Seconds that a request waits for another process that moves the queue on."""
_POLL = 0.25


@dataclass(frozen=True, slots=True)
class LaunchRequest:
    """A preset and what to change in it for one run."""

    preset: Preset
    overrides: tuple[str, ...] = ()
    seed: int | None = None
    name: str | None = None
    tags: tuple[str, ...] = ()
    model: str | None = None
    device: str = "auto"
    """"auto" leaves it to the preset's ``launch.device``."""
    draft: bool = False
    """Only write it down; :func:`resume` queues it."""
    inherited: tuple[str, ...] = ()
    """Overrides that the preset has already, to be written down with the others."""
    kind: RunKind = RunKind.TRAIN
    parent: Parent | None = None
    weights: Path | None = None
    """A checkpoint, or a model's folder, that the run begins with in place of the preset's model."""
    force: bool = False
    """Launch it though the preflight found errors."""


def launch(workspace: Workspace, request: LaunchRequest, tell: Tell = silent) -> str:
    """Queue a new run and start it if its device is free, or only write it down; return its id.

    ``tell`` gets what the preflight found and does not refuse. Raises UserError: PresetError for what is
    wrong with the preset or an override, UntrustedError for code that nobody said yes to.
    """
    asked = _asked(workspace, request, tell)
    workspace.require_writable()
    connection = connect(workspace)
    try:
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
    finally:
        connection.close()
    if request.draft:
        return run.id
    try:
        tick(workspace, PATIENCE)
    except (UserError, OSError, sqlite3.Error) as error:
        raise UserError(f"{run.id} is queued, but nothing can be started now: {error}") from error
    return run.id


def _asked(workspace: Workspace, request: LaunchRequest, tell: Tell) -> dict[str, Any]:
    """Return the content of ``run.json``, less id and name."""
    if request.device not in DEVICES:
        raise UserError(f"device {clean(request.device, 40)!r}: one of {', '.join(DEVICES)}")
    seed = () if request.seed is None else (f"grpo.seed={request.seed}",)
    preset = checked(workspace, request, tell)
    config = resolve_preset(preset)
    config["model"] = check_model(config["model"], workspace)
    settings = launch_settings(config)
    code = code_files(config, workspace.root)
    trust.require(code, workspace.root)
    return {
        "kind": str(request.kind),
        "created_at": time.time(),
        "preset": preset.name,
        "preset_file": str(preset.path),
        "config": config,
        "code": [file.to_json() for file in code],
        "overrides": [*request.inherited, *request.overrides, *seed],
        "seed": config["grpo"].get("seed"),
        "planned_steps": planned_steps(config) if request.kind is RunKind.TRAIN else None,
        "device": settings.device if request.device == "auto" else request.device,
        "tags": list(dict.fromkeys([*settings.tags, *map(redact, request.tags)])),
        "parent": None if request.parent is None else request.parent.to_json(),
        "boot_id": boot_id(),
        "host": os.uname().nodename,
        "cuda_visible_devices": os.environ.get("CUDA_VISIBLE_DEVICES"),
    }


@contextmanager
def _scheduling(workspace: Workspace) -> Iterator[None]:
    """Keep anybody from starting a run for a block. Raises UserError when somebody does all the time."""
    workspace.require_writable()
    with locked(workspace.schedule_lock, PATIENCE) as mine:
        if mine is None:
            raise UserError("another process is moving the queue on: try again")
        yield


def _known(workspace: Workspace, run_id: str) -> tuple[RunDir, State]:
    run = workspace.run(run_id)
    if not run.run_json.is_file():
        raise UserError(f"no run {clean(run_id, 100)} in {workspace.logs}")
    return run, state(run)


def _index(workspace: Workspace, run: RunDir) -> None:
    connection = connect(workspace)
    try:
        index_run(connection, run)
    finally:
        connection.close()


def stop(workspace: Workspace, run_id: str, reason: str = "", force: bool = False) -> None:
    """Ask a run to finish its step, save and end; take a queued one out of the queue.

    ``force`` cuts the grace of a run that was asked before. Raises UserError when the run has ended.
    """
    run, known = _known(workspace, run_id)
    if known.status is Status.QUEUED:
        with _scheduling(workspace):
            known = state(run)
            if known.status is Status.QUEUED and not is_held(run.runner_lock):
                why = clean(reason) or "cancelled before it started"
                announce(run, max(0, known.attempt - 1), Ending(Status.STOPPED, why))
                _index(workspace, run)
                return
    if known.status.is_live and not is_held(run.runner_lock):
        tick(workspace, PATIENCE)
        known = state(run)
    if not (known.status.is_live or known.status is Status.QUEUED):
        raise UserError(f"{run.id} already {known.status}: nothing to stop")
    _request(run, reason, force)


def _request(run: RunDir, reason: str, force: bool) -> None:
    """Write a request; on a full disk tell the runner itself to end the run, which needs no space."""
    try:
        write_request(run, reason, force=force)
    except OSError:
        runner = Identity.from_json((read_json(run.process_json) or {}).get("runner"))
        if runner is None or not runner.send(signal.SIGTERM):
            raise


def resume(workspace: Workspace, run_id: str) -> None:
    """Queue a draft, the next attempt of an ended run, or again a run that was queued before a reboot.

    Raises UserError when there is nothing to resume, or when its code is another one or not trusted.
    """

    def not_finished(run: RunDir, known: State) -> None:
        if known.status is Status.FINISHED:
            raise UserError(f"{run.id} is finished: 'grpotui extend {run.id} --steps N' goes on past its end")

    go_on(workspace, run_id, not_finished)


def go_on(workspace: Workspace, run_id: str, prepare: Callable[[RunDir, State], None]) -> None:
    """Queue the next attempt of a run that is not live; ``prepare`` may refuse it, or add to it, before.

    Raises UserError when there is nothing to start, or when its code is another one or not trusted.
    """
    with _scheduling(workspace):
        run, known = _known(workspace, run_id)
        if known.status is Status.QUEUED and known.is_of(run):
            raise UserError(f"{run.id} is queued already")
        if known.status is Status.DRAFT and not known.time:
            raise UserError(f"{run.id} was not made by grpotui: there is nothing to start")
        if is_held(run.runner_lock) or known.status.is_live:
            raise UserError(f"{run.id} is {known.status}: stop it first")
        prepare(run, known)
        _require_code(workspace, run)
        queue_up(run, next_attempt(run))
        _index(workspace, run)
    tick(workspace, PATIENCE)


def _require_code(workspace: Workspace, run: RunDir) -> None:
    """Raise UserError unless a run's own code is what it was launched with, and trusted here."""
    asked = read_json(run.run_json) or {}
    config = asked.get("config")
    if isinstance(config, dict):
        trust.require(require_same(asked.get("code"), config, workspace.root), workspace.root)


def delete(workspace: Workspace, run_id: str) -> None:
    """Move a run that is not live to the bin, ``logs/.bin``. Raises UserError for a live one."""
    with _scheduling(workspace):
        run, _ = _known(workspace, run_id)
        with locked(run.runner_lock) as lock:
            if lock is None:
                raise UserError(f"{run.id} is running: stop it first")
            workspace.bin.mkdir(mode=0o700, exist_ok=True)
            run.path.rename(_free_place(workspace, run.id))
        connection = connect(workspace)
        try:
            sync(connection, workspace)
        finally:
            connection.close()


def _free_place(workspace: Workspace, run_id: str) -> Path:
    place, number = workspace.bin / run_id, 1
    while place.exists():
        number += 1
        place = workspace.bin / f"{run_id}.{number}"
    return place


def note(workspace: Workspace, run_id: str, text: str) -> None:
    """Write a person's note to a run; the last one counts. Raises UserError."""
    _tell(workspace, run_id, {"type": "note", "text": text})


def tag(workspace: Workspace, run_id: str, add: Sequence[str], remove: Sequence[str] = ()) -> None:
    """Give a run tags, and take others away. Raises UserError."""
    _tell(workspace, run_id, {"type": "tag", "add": list(add), "remove": list(remove)})


def judge(workspace: Workspace, run_id: str, verdict: str) -> None:
    """Write what a person says of a run: a HumanVerdict, or NO_HUMAN to take it back. Raises UserError."""
    _tell(workspace, run_id, {"type": "human_verdict", "verdict": verdict})


def _tell(workspace: Workspace, run_id: str, event: Mapping[str, object]) -> None:
    run, _ = _known(workspace, run_id)
    if not run.append_event({"time": time.time(), **event}):
        raise UserError(f"cannot write to {run.events}: is the disk full?")
    _index(workspace, run)


def wait(workspace: Workspace, run_id: str, on_change: Callable[[RunSummary], None]) -> RunSummary:
    """Wait for a run's end and return it then; ``on_change`` gets it whenever anything about it changes.

    Keeps the queue going meanwhile. Raises UserError when the run is deleted.
    """
    registry = Registry(connect(workspace), workspace)
    last: RunSummary | None = None
    try:
        while True:
            index_run(registry.connection, workspace.run(run_id))
            now = registry.run(run_id)
            if now != last:
                last = now
                on_change(now)
            if now.status.is_ended:
                return now
            time.sleep(_POLL)
            if not is_held(workspace.run(run_id).runner_lock):
                tick(workspace)
    finally:
        registry.connection.close()
