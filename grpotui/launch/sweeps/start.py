"""Launches a sweep, and whatever of one is not there yet."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

from grpotui.errors import UserError
from grpotui.launch.check.checked import wanted
from grpotui.launch.journal import asked_of
from grpotui.launch.queue import PATIENCE, tick
from grpotui.launch.queue.moving import scheduling
from grpotui.launch.request import LaunchRequest
from grpotui.launch.submit import described, enqueue
from grpotui.launch.sweeps.pairs import Pair, made, missing, request_of
from grpotui.launch.sweeps.plan import Plan, SweepRequest, base_of, plan
from grpotui.launch.sweeps.preflight import Tell, preflight, silent
from grpotui.presets import Preset, validate
from grpotui.records import RunSummary
from grpotui.records.sweeps import Sweep
from grpotui.registry.opening import opened
from grpotui.registry.queries import Registry
from grpotui.registry.sweeps import write_sweep
from grpotui.workspace import Workspace

Ready = tuple[Pair, LaunchRequest, dict[str, Any]]
"""A run, the request for it, and the content of its ``run.json``."""

CHUNK = 50
"""Runs that are made while others wait to move the queue on."""


def launch_sweep(workspace: Workspace, request: SweepRequest, tell: Tell = silent) -> str:
    """Check every point, write the sweep down, queue all its runs and start what can start; return its id.

    Raises UserError: PresetError, RefusedError and UntrustedError before anything is written.
    """
    planned = plan(workspace, request)
    check(workspace, planned, request.force, tell)
    begin(workspace, planned)
    return planned.sweep.id


def check(workspace: Workspace, planned: Plan, force: bool = False, tell: Tell = silent) -> None:
    """Raise UserError where a planned sweep cannot be launched."""
    workspace.require_writable()
    preflight(workspace, planned, force, tell)


def begin(workspace: Workspace, planned: Plan) -> list[str]:
    """Write a checked sweep down and queue its runs; return their ids. Raises UserError."""
    return fill(workspace, planned.sweep, lambda _: planned.sweep)


def fill(workspace: Workspace, sweep: Sweep, change: Callable[[Sweep], Sweep] | None = None) -> list[str]:
    """Queue the runs of a sweep that are not there, each once whoever asks, and start what can start.

    ``change`` is applied to the sweep as it stands by then; that is written down before the first run, and
    not at all when a run cannot be. Returns the ids of the runs that were made. Raises UserError, which says
    how to go on when some could not be made.
    """
    ids: list[str] = []
    with scheduling(workspace), opened(workspace, indexed=True) as registry:
        if change is not None:
            sweep = change(next((told for told in registry.sweeps() if told.id == sweep.id), sweep))
        ready = _described(registry, sweep)
        if change is not None:
            write_sweep(workspace, sweep)
    try:
        for first in range(0, len(ready), CHUNK):
            _queue(workspace, sweep, ready[first : first + CHUNK], ids)
    except (OSError, UserError, sqlite3.Error) as error:
        raise UserError(
            f"{sweep.id}: {len(ids)} of {len(ready)} runs are queued, then: {error}; "
            f"'grpotui sweep resume {sweep.id}' launches the rest"
        ) from error
    if ids:
        tick(workspace, PATIENCE)
    return ids


def _described(registry: Registry, sweep: Sweep) -> list[Ready]:
    """Return the runs that are not there with what they will be. Raises UserError for one that cannot be."""
    pairs = missing(sweep, made(registry, sweep.id))
    if not pairs:
        return []
    workspace, members = registry.workspace, registry.members(sweep.id)
    base, known = base_of(sweep) or _from_member(workspace, sweep, members), _code_of(workspace, members)
    ready = []
    for pair in pairs:
        request = request_of(sweep, base, pair)
        preset = wanted(request)
        validate(preset)  # what a line says may come from anybody
        asked = described(workspace, request, preset)
        for file in asked["code"] if known else ():
            if known.get(file["path"], file["sha256"]) != file["sha256"]:
                raise UserError(f"{file['path']} changed since the sweep began: its runs would not compare")
        ready.append((pair, request, asked))
    return ready


def _queue(workspace: Workspace, sweep: Sweep, ready: Sequence[Ready], ids: list[str]) -> None:
    """Queue runs that nobody else has made meanwhile; their ids go into ``ids``. Raises UserError."""
    with scheduling(workspace), opened(workspace, indexed=True) as registry:
        there = set(made(registry, sweep.id))
        for pair, request, asked in ready:
            if pair not in there:
                ids.append(enqueue(workspace, registry.connection, request, asked).id)


def _code_of(workspace: Workspace, members: Sequence[RunSummary]) -> dict[str, str]:
    """Return the hashes of the code that the runs of a sweep were launched with."""
    found: dict[str, str] = {}
    for run in members:
        code = asked_of(workspace.run(run.id)).get("code")
        for file in code if isinstance(code, list) else ():
            if isinstance(file, dict) and isinstance(file.get("sha256"), str):
                found[str(file.get("path"))] = file["sha256"]
    return found


def _from_member(workspace: Workspace, sweep: Sweep, members: Sequence[RunSummary]) -> Preset:
    """Return what the runs are made of where its line was lost: what one of them was launched with."""
    for run in members:
        config = asked_of(workspace.run(run.id)).get("config")
        if isinstance(config, dict):
            return Preset(sweep.preset, workspace.run(run.id).run_json, config)
    raise UserError(f"{sweep.id}: nothing tells what its runs are made of")
