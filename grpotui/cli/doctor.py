"""What ``grpotui doctor`` checks."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from grpotui.errors import UserError
from grpotui.workspace import Workspace

LOW_DISK = 2 * 1024**3
"""Bytes; below it, checkpoints of any real model fill the disk."""
_NETWORK = {"nfs", "nfs4", "lustre", "gpfs", "cifs", "smb3", "fuse.sshfs", "ceph", "beegfs"}
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
    findings = [_python(), *_packages(), _devices()]
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


def _devices() -> Finding:
    from grpotui.launch.devices import describe

    return Finding("devices", "ok", describe())


def file_system(path: Path) -> str:
    """Return the type of the file system that holds ``path``, as /proc/self/mounts names it."""
    best, kind = "", "unknown"
    target = str(path.resolve())
    try:
        mounts = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return kind
    for mount in mounts:
        parts = mount.split(" ")
        point = parts[1].encode().decode("unicode_escape")
        if len(point) >= len(best) and (target + "/").startswith(point.rstrip("/") + "/"):
            best, kind = point, parts[2]
    return kind


def _workspace(workspace: Workspace) -> Iterator[Finding]:
    from grpotui.registry import connect

    kind = file_system(workspace.root)
    if kind in _NETWORK:
        yield Finding("file system", "bad", f"{kind}: SQLite's WAL needs a local disk; move the workspace")
    else:
        yield Finding("file system", "ok", kind)
    free = shutil.disk_usage(workspace.root).free
    level = "ok" if free >= LOW_DISK else "warn"
    yield Finding("disk", level, f"{free / 1024**3:.1f} GB free")
    if not os.access(workspace.logs, os.W_OK | os.X_OK):
        yield Finding("permissions", "bad", f"cannot write to {workspace.logs}")
        return
    yield Finding("permissions", "ok", str(workspace.root))
    try:
        connection = connect(workspace)
        count = connection.execute("SELECT count(*) FROM runs").fetchone()[0]
        state = connection.execute("PRAGMA quick_check").fetchone()[0]
    except (UserError, sqlite3.Error) as error:
        yield Finding("runs.db", "bad", str(error))
        return
    yield Finding("runs.db", "ok" if state == "ok" else "bad", f"{count} runs, {state}")
