"""Where ``runs.db`` is: in its workspace, unless SQLite cannot keep it there safely."""

from __future__ import annotations

import hashlib
import os
from functools import cache
from pathlib import Path

from grpotui.errors import UserError
from grpotui.workspace import Workspace, runtime_dir

_OTHERS = ("smbfs", "fuse.sshfs", "fuse.glusterfs", "ceph", "beegfs", "afs", "9p", "panfs", "pvfs2")
NETWORK = frozenset(("nfs", "nfs4", "lustre", "gpfs", "cifs", "smb3", *_OTHERS))
"""File systems of several machines: SQLite's WAL shares memory between its readers, which they cannot."""
READ_ONLY, FULL = "read-only", "full"
LEAST_FREE = 4 * 1024 * 1024
"""Bytes: a transaction that takes in a batch, and SQLite's shared memory, want room."""


def index_path(workspace: Workspace) -> Path:
    """Return where the registry is.

    It is derived, so where the workspace is read-only, on a full disk or on a network file system, this
    machine keeps its own in the runtime folder of this user. Raises UserError when that cannot be either.
    """
    why = why_elsewhere(workspace)
    if not why or (why == FULL and is_full(runtime_dir())):
        return workspace.db
    digest = hashlib.sha256(os.fsencode(workspace.root.absolute())).hexdigest()[:16]
    try:
        return runtime_dir() / f"{digest}.runs.db"
    except UserError as error:
        message = f"cannot write to {workspace.root} ({why}), nor keep an index elsewhere: {error}"
        raise UserError(message) from error


def why_elsewhere(workspace: Workspace) -> str:
    """Return why the registry is not in its workspace, such as ``nfs4``; empty when it is."""
    root = workspace.root
    database = workspace.db
    if not os.access(root, os.W_OK | os.X_OK) or (database.exists() and not os.access(database, os.W_OK)):
        return READ_ONLY
    try:
        kind = _kind(str(root), os.stat(root).st_dev)
    except OSError:
        return ""
    if kind in NETWORK:
        return kind
    return FULL if is_full(root) else ""


def is_full(folder: Path) -> bool:
    """True when a folder's disk has less than :data:`LEAST_FREE` bytes left."""
    try:
        found = os.statvfs(folder)
    except OSError:
        return False
    return found.f_bavail * found.f_frsize < LEAST_FREE


@cache
def _kind(root: str, _device: int) -> str:
    return file_system(Path(root))


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
        if len(parts) < 3:
            continue
        point = parts[1].encode().decode("unicode_escape")
        if len(point) >= len(best) and (target + "/").startswith(point.rstrip("/") + "/"):
            best, kind = point, parts[2]
    return kind
