"""Which workspaces of this user wait for a device that another workspace has."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from grpotui.stream import encode_line, parse_line
from grpotui.workspace import Workspace, runtime_dir


def _note(workspace: Workspace) -> Path:
    digest = hashlib.sha256(os.fsencode(workspace.root)).hexdigest()[:16]
    return runtime_dir() / f"{digest}.waiting"


def note_waiting(workspace: Workspace, waits: bool) -> None:
    """Note, or no longer note, that runs of a workspace wait for a device that another workspace has."""
    note = _note(workspace)
    if not waits:
        note.unlink(missing_ok=True)
    elif not note.exists():
        note.write_bytes(encode_line({"workspace": str(workspace.root)}))


def waiting_elsewhere(but: Workspace) -> Iterator[Workspace]:
    """Yield the other workspaces of this user that wait for a device."""
    for note in runtime_dir().glob("*.waiting"):
        data = parse_line(note.read_bytes()) or {}
        workspace = Workspace(Path(str(data.get("workspace"))))
        if not workspace.exists():
            note.unlink(missing_ok=True)
        elif workspace.root != but.root:
            yield workspace
