"""What ``grpotui doctor`` checks."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from grpotui import format as fmt
from grpotui.errors import UserError
from grpotui.registry.place import NETWORK, file_system, is_full, why_elsewhere
from grpotui.workspace import Workspace

LOW_DISK = 2 * 10**9
"""Bytes; below it, checkpoints of any real model fill the disk."""
_SIGNS = {"ok": "✓", "warn": "▲", "bad": "✖"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One check and what it found; ``level`` is ok, warn or bad."""

    check: str
    level: str
    message: str

    @property
    def sign(self) -> str:
        """The level as a sign that needs no colour."""
        return _SIGNS[self.level]


def examine(workspace: Workspace | None) -> list[Finding]:
    """Run every check; those of a workspace are left out where there is none."""
    findings = [_python(), *_packages(), *_devices()]
    if workspace is None:
        return [*findings, Finding("workspace", "warn", "none here: 'grpotui init' makes one")]
    return [*findings, *_workspace(workspace)]


def _python() -> Finding:
    text = ".".join(map(str, sys.version_info[:3]))
    return Finding("python", "ok" if sys.version_info >= (3, 11) else "bad", text)


def _packages() -> Iterator[Finding]:
    """Versions without importing anything; TRL outside its tested range is bad."""
    from packaging.requirements import Requirement

    wanted = {r.name: r for r in map(Requirement, requires("grpotui") or []) if r.marker is None}
    for name in ("torch", "trl", "transformers", "datasets", "accelerate"):
        try:
            found = version(name)
        except PackageNotFoundError:
            yield Finding(name, "bad", "not installed: pip install -c constraints.txt grpotui")
            continue
        fits = wanted[name].specifier.contains(found, prereleases=True)
        asked = str(wanted[name].specifier)
        yield Finding(name, "ok" if fits else "bad", found if fits else f"{found}, but {asked} is tested")


def _devices() -> Iterator[Finding]:
    from grpotui.launch.machine.devices import describe, detect
    from grpotui.launch.machine.nvml import driver

    try:
        gpus = any(device.is_gpu and not device.is_fake for device in detect())
        yield Finding("devices", "ok", describe())
    except UserError as error:
        gpus = False
        yield Finding("devices", "bad", str(error))
    found, trouble = driver()
    if trouble:
        yield Finding("driver", "bad", f"NVIDIA's does not answer ({trouble}): reload it, or reboot")
    elif not found:
        yield Finding("driver", "ok", "no NVIDIA driver: runs use the CPU")
    elif gpus:
        yield Finding("driver", "ok", f"NVIDIA {found}")
    else:
        asked = os.environ.get("CUDA_VISIBLE_DEVICES")
        why = f"CUDA_VISIBLE_DEVICES={asked!r} hides them" if asked is not None else "there is none"
        yield Finding("driver", "warn", f"NVIDIA {found}, but no GPU to use: {why}")
    if gpus and _torch_build().endswith("+cpu"):
        advice = "pip install torch with CUDA, see pytorch.org"
        yield Finding("torch", "bad", f"{_torch_build()} cannot use the GPU: {advice}")


def _torch_build() -> str:
    try:
        return version("torch")
    except PackageNotFoundError:
        return ""


def _workspace(workspace: Workspace) -> Iterator[Finding]:
    yield _file_system(workspace)
    yield _disk("disk", workspace.root)
    yield from _permissions(workspace)
    yield _index(workspace)
    yield from _left_behind(workspace)


def _file_system(workspace: Workspace) -> Finding:
    """SQLite's write-ahead log is never used on a network file system."""
    kind = file_system(workspace.root)
    if kind not in NETWORK:
        return Finding("file system", "ok", kind)
    advice = "start and stop the runs of a workspace from one machine, or move it to a local disk"
    return Finding(
        "file system", "warn", f"{kind}: runs.db (WAL) is refused there, its index is local; {advice}"
    )


def _disk(check: str, folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    if is_full(folder):
        return Finding(
            check, "bad", f"{folder} is full: runs go on, but lose lines and checkpoints; make room"
        )
    text = f"{fmt.size(free)} free"
    if free < LOW_DISK:
        return Finding(check, "warn", f"{text}: checkpoints of a real model may not fit")
    return Finding(check, "ok", text)


def _permissions(workspace: Workspace) -> Iterator[Finding]:
    if not os.access(workspace.logs, os.W_OK | os.X_OK):
        advice = "runs can be read, but none launched, stopped or noted"
        yield Finding("permissions", "warn", f"cannot write to {workspace.logs}: {advice}")
        return
    mode = workspace.logs.stat().st_mode
    if mode & 0o022:
        yield Finding(
            "permissions", "bad", f"others may write to {workspace.logs}: chmod go-w {workspace.logs}"
        )
    elif mode & 0o005:
        text = f"others may read prompts and completions: chmod go-rwx {workspace.logs}"
        yield Finding("permissions", "warn", text)
    else:
        yield Finding("permissions", "ok", str(workspace.root))


def _index(workspace: Workspace) -> Finding:
    from grpotui.registry import connect, index_path

    try:
        with closing(connect(workspace)) as connection:
            count = connection.execute("SELECT count(*) FROM runs").fetchone()[0]
            state = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        place = index_path(workspace)
    except (UserError, sqlite3.Error, OSError) as error:
        return Finding("runs.db", "bad", f"{error}: 'grpotui rebuild' makes it anew from logs/")
    if state != "ok":
        return Finding("runs.db", "bad", f"damaged ({state}): run 'grpotui rebuild', nothing is lost")
    elsewhere = f", kept in {place} ({why_elsewhere(workspace)})" if place != workspace.db else ""
    return Finding("runs.db", "ok", f"{count} runs, ok{elsewhere}")


def _left_behind(workspace: Workspace) -> Iterator[Finding]:
    """Devices that are leased for nobody, and processes that no runner looks after."""
    from grpotui.launch.machine.orphans import leased, orphans

    try:
        held = leased()
    except (UserError, OSError) as error:
        yield Finding("leases", "bad", str(error))
        held = []
    stale = [(key, holder) for key, holder, runner in held if not runner]
    for key, holder in stale:
        advice = (
            f"'grpotui --workspace {holder.workspace} ls' settles it" if holder.workspace else "see orphans"
        )
        yield Finding("leases", "warn", f"{key} is leased by {holder.run}, which has no runner: {advice}")
    if not stale:
        taken = ", ".join(f"{key}: {holder.run}" for key, holder, _ in held)
        yield Finding("leases", "ok", taken or "every device is free")
    left = orphans(workspace)
    for orphan in left:
        text = f"process {orphan.pid} of {orphan.run} in {orphan.workspace} has no runner"
        advice = (
            f"'grpotui --workspace {orphan.workspace} ls' takes it over"
            if orphan.exists
            else "its run is gone"
        )
        yield Finding("orphans", "warn", f"{text}: {advice}, or kill {orphan.pid}")
    if not left:
        yield Finding("orphans", "ok", "none")
