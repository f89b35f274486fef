"""What runs left behind that no runner looks after: processes, and leases of devices."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from grpotui.launch.machine import leases
from grpotui.launch.machine.identity import PLACE_VARIABLE, RUN_VARIABLE, Identity, place, variables
from grpotui.launch.machine.locks import is_held
from grpotui.launch.machine.sharing import Holder
from grpotui.workspace import RUNTIME_VARIABLE, RunDir, Workspace, is_run_id


@dataclass(frozen=True, slots=True)
class Orphan:
    """A process of a run without a runner."""

    pid: int
    run: str
    workspace: str
    exists: bool
    """Whether the run's folder is there: then any verb gives the process a new runner, or ends it."""


def orphans(workspace: Workspace) -> list[Orphan]:
    """Return every process of this user's runs that has no runner, of other workspaces too.

    Runs that lease their devices in another runtime folder are somebody else's business.
    """
    found = []
    for entry in os.scandir("/proc"):
        if entry.name.isdecimal() and (orphan := _orphan(int(entry.name), workspace)):
            found.append(orphan)
    return sorted(found, key=lambda orphan: orphan.pid)


def _orphan(pid: int, workspace: Workspace) -> Orphan | None:
    started_with = variables(pid, (RUN_VARIABLE, PLACE_VARIABLE, RUNTIME_VARIABLE))
    run_id, where, leases_in = started_with.values()
    if not is_run_id(run_id) or leases_in != os.environ.get(RUNTIME_VARIABLE, "") or Identity.of(pid) is None:
        return None
    for home in (workspace, _started_in(pid)):
        run = home.run(run_id) if home is not None else None
        if home is not None and run is not None and where == str(place(run)) != "0":
            return None if is_held(run.runner_lock) else Orphan(pid, run_id, str(home.root), True)
    home = _started_in(pid)
    if home is None or is_held(home.run(run_id).runner_lock):
        return None
    return Orphan(pid, run_id, str(home.root), False)


def _started_in(pid: int) -> Workspace | None:
    """Return the workspace that a trainer runs in; None when its folder is none, or cannot be known."""
    try:
        found = Workspace(Path(f"/proc/{pid}/cwd").readlink())
    except OSError:
        return None
    return found if found.exists() else None


def leased() -> list[tuple[str, Holder, bool]]:
    """Return each device, or slot of one, that is leased: its name, who has it, whether that has a runner."""
    found = []
    for device, holder in leases.held():
        run = RunDir(Workspace(Path(holder.workspace)).logs / holder.run)
        slot = f" slot {holder.slot + 1}" if holder.slots != 1 else ""
        found.append((f"{device.label}{slot}", holder, is_held(run.runner_lock)))
    return found
