"""What was promoted in a workspace: lines of ``logs/workspace.jsonl``."""

from __future__ import annotations

from grpotui.errors import UserError
from grpotui.records.promotions import Promoted
from grpotui.registry.desk import append
from grpotui.stream import Tail
from grpotui.workspace import Workspace

TYPE = "promoted"
"""``type`` of such a line."""


def promotions(workspace: Workspace) -> list[Promoted]:
    """Return every promotion, oldest first; unreadable lines are left out."""
    lines = (line.data for line in Tail(workspace.log).read() if line.data.get("type") == TYPE)
    return [found for line in lines if (found := Promoted.from_json(line)) is not None]


def write_promoted(workspace: Workspace, promoted: Promoted) -> None:
    """Keep what was promoted. Raises UserError when the disk refuses."""
    if not append(workspace, {"type": TYPE, **promoted.to_json()}):
        raise UserError(f"cannot write to {workspace.log}: is the disk full?")
