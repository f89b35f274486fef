"""What people did to a workspace as a whole: lines of ``logs/workspace.jsonl``, the last of a kind counts."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from grpotui.errors import UserError
from grpotui.records import as_float, as_int
from grpotui.stream import LineWriter, Tail
from grpotui.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Turn:
    """What people said of a run's turn in the queue; None where nobody said anything."""

    priority: int | None = None
    place: float | None = None
    """Stands for the time at which it was queued, in unix seconds, among runs of one priority."""
    held: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """What holds now. Times are unix seconds."""

    pinned: str = ""
    """Id of the run that others are compared with; empty for none."""
    looked_at: float | None = None
    """When somebody was last seen at the app; None when nobody ever was."""
    since: float | None = None
    """The look before the sitting that ``looked_at`` belongs to."""
    turns: Mapping[str, Turn] = field(default_factory=lambda: MappingProxyType({}))
    """By the run's id."""
    paused: bool = False
    """True while nothing of the queue starts."""


class DeskReader:
    """Reads the log as it grows."""

    def __init__(self, workspace: Workspace) -> None:
        self._tail = Tail(workspace.log)
        self._desk = Desk()

    def read(self) -> Desk:
        """Return what holds now; an unreadable line changes nothing."""
        if self._tail.changed():
            inode, offset = self._tail.inode, self._tail.offset
            lines = self._tail.read()
            if self._tail.inode != inode or self._tail.offset < offset:
                self._desk = Desk()
            for line in lines:
                self._desk = _with(self._desk, line.data)
        return self._desk


def _with(desk: Desk, data: dict[str, object]) -> Desk:
    match data.get("type"):
        case "pin":
            return replace(desk, pinned=str(data.get("run") or "")[:200])
        case "look":
            looked = as_float(data.get("time"))
            return (
                desk if looked is None else replace(desk, looked_at=looked, since=as_float(data.get("since")))
            )
        case "turn":
            run_id = str(data.get("run") or "")[:200]
            turn = _turned(desk.turns.get(run_id, Turn()), data)
            return replace(desk, turns=MappingProxyType({**desk.turns, run_id: turn}))
        case "queue":
            return replace(desk, paused=data.get("paused") is True)
    return desk


def _turned(turn: Turn, data: dict[str, object]) -> Turn:
    """Return a turn with what a line says of it; null takes back what was said before."""
    if "priority" in data:
        said = data["priority"]
        turn = replace(turn, priority=None if as_float(said) is None else as_int(said))
    if "place" in data:
        turn = replace(turn, place=as_float(data["place"]))
    return replace(turn, held=data["held"] is True) if "held" in data else turn


def write_look(workspace: Workspace, looked_at: float, since: float | None) -> bool:
    """Keep when somebody was seen; False when the disk refuses, which nobody needs to know."""
    return append(workspace, {"time": looked_at, "type": "look", "since": since})


def write_pin(workspace: Workspace, run_id: str) -> None:
    """Pin a run as the baseline; an empty id unpins. Raises UserError when the disk refuses."""
    _write(workspace, {"type": "pin", "run": run_id})


def write_turn(workspace: Workspace, run_id: str, **said: float | bool | None) -> None:
    """Keep a run's ``priority``, ``place`` or ``held``. Raises UserError when the disk refuses."""
    _write(workspace, {"type": "turn", "run": run_id, **said})


def write_paused(workspace: Workspace, paused: bool) -> None:
    """Pause the queue, or let it go on. Raises UserError when the disk refuses."""
    _write(workspace, {"type": "queue", "paused": paused})


def _write(workspace: Workspace, line: dict[str, object]) -> None:
    if not append(workspace, {"time": time.time(), **line}):
        raise UserError(f"cannot write to {workspace.log}: is the disk full?")


def append(workspace: Workspace, line: dict[str, object]) -> bool:
    """Append a line to the log; False when the disk refuses."""
    writer = LineWriter(workspace.log)
    try:
        return writer.append(line)
    finally:
        writer.close()
