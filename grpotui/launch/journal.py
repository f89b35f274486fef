"""What launch writes to and reads from a run's files about its attempts."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grpotui.errors import UserError
from grpotui.launch.machine.identity import boot_id, place
from grpotui.records import Status, as_float, as_int
from grpotui.stream import Tail, read_json
from grpotui.text import clean
from grpotui.workspace import RunDir, Workspace


@dataclass(frozen=True, slots=True)
class State:
    """The last status event of a run."""

    status: Status = Status.DRAFT
    attempt: int = 0
    time: float = 0.0
    boot_id: str = ""
    place: int = 0

    def is_of(self, run: RunDir) -> bool:
        """True when this was written in this boot and by this very run, not by one that it is a copy of."""
        return self.boot_id == boot_id() and self.place == place(run)


def asked_of(run: RunDir) -> dict[str, Any]:
    """Return what was asked for at launch, the content of ``run.json``; empty when it cannot be read."""
    return read_json(run.run_json) or {}


def config_of(run: RunDir) -> dict[str, Any]:
    """Return the config that a run was launched with; empty for one that was not made by grpotui."""
    config = asked_of(run).get("config")
    return config if isinstance(config, dict) else {}


def known_run(workspace: Workspace, run_id: str) -> tuple[RunDir, State]:
    """Return a run's folder and last status. Raises UserError when there is no such run."""
    run = workspace.run(run_id)
    if not run.run_json.is_file():
        raise UserError(f"no run {clean(run_id, 100)} in {workspace.logs}")
    return run, state(run)


def events(run: RunDir) -> list[dict[str, Any]]:
    """Return every event of a run, oldest first; unreadable lines are left out."""
    return [line.data for line in Tail(run.events).read()]


def state(run: RunDir) -> State:
    """Return the last status event, straight from the file; a draft when there is none."""
    known = list(Status)  # a list: what a line holds may not be hashable
    for event in reversed(events(run)):
        if event.get("type") == "status" and event.get("status") in known:
            return State(
                Status(event["status"]),
                as_int(event.get("attempt")),
                as_float(event.get("time")) or 0.0,
                str(event.get("boot_id") or ""),
                as_int(event.get("place")),
            )
    return State()


def say(run: RunDir, status: Status, attempt: int, reason: str = "", **more: object) -> bool:
    """Append a status event; False when the disk refuses."""
    return run.append_event(status_event(status, attempt, reason, **more))


def status_event(status: Status, attempt: int, reason: str = "", **more: object) -> dict[str, object]:
    """Return the event of a status that is reached now."""
    event = {"time": time.time(), "type": "status", "status": str(status), "attempt": attempt}
    return {**event, "reason": reason, **more}


def queued_event(run: RunDir, attempt: int) -> dict[str, object]:
    """Return the event that puts a run into the queue, in this boot and in this place."""
    return status_event(Status.QUEUED, attempt, boot_id=boot_id(), place=place(run))


def queue_up(run: RunDir, attempt: int) -> None:
    """Append the event that puts a run into the queue. Raises UserError when the disk refuses."""
    run.events.touch(mode=0o600)
    _require(run, run.append_event(queued_event(run, attempt)))


def write_down(run: RunDir) -> None:
    """Append the event that makes a run a draft, which waits for a person. Raises UserError."""
    run.events.touch(mode=0o600)
    _require(run, say(run, Status.DRAFT, 0))


def write_event(run: RunDir, event: dict[str, object]) -> None:
    """Append an event. Raises UserError when the disk refuses."""
    _require(run, run.append_event(event))


def planned_end(run: RunDir) -> int:
    """Return the step that the last extension goes on to; 0 when the run was never extended."""
    ends = [as_int(event.get("max_steps")) for event in events(run) if event.get("type") == "extended"]
    return ends[-1] if ends else 0


def extend_to(run: RunDir, done: int, planned: int, total: int) -> None:
    """Append the event of an extension from ``planned`` to ``total`` steps, of which ``done`` are made.

    Raises UserError when the disk refuses.
    """
    event = {"time": time.time(), "type": "extended", "step": done, "from": planned, "max_steps": total}
    write_event(run, event)


def take_extension_back(run: RunDir) -> None:
    """Let a run end where it was planned to end before its last extension, if it has one."""
    told = [event for event in events(run) if event.get("type") == "extended"]
    if told and as_int(told[-1].get("from")) > 0:
        before, total = as_int(told[-1].get("from")), as_int(told[-1].get("max_steps"))
        extend_to(run, as_int(told[-1].get("step")), total, before)


def _require(run: RunDir, written: bool) -> None:
    if not written:
        raise UserError(f"cannot write to {run.events}: is the disk full?")


def next_attempt(run: RunDir) -> int:
    """Return the number of a run's next start: no earlier one may have left anything under it."""
    process = read_json(run.process_json) or {}
    started = [as_int(process.get("attempt")), *run.attempts()]
    started += [
        as_int(event.get("attempt"))
        for event in events(run)
        if event.get("type") == "status" and event.get("status") != Status.QUEUED
    ]
    return max(started) + 1


def of_attempt(data: Mapping[str, Any] | None, attempt: int) -> Mapping[str, Any] | None:
    """Return a result, exit or process file's content if it is about this attempt."""
    return data if data is not None and as_int(data.get("attempt")) == attempt else None
