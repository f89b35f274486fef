"""The queue as people see it: in order, what each run waits for, and when it is likely to start and end."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from grpotui.errors import UserError
from grpotui.launch.machine import leases, sharing
from grpotui.launch.machine.device import Device
from grpotui.launch.queue.board import Board
from grpotui.launch.queue.forecast import NEVER, Course, Expected, Waiting, forecast
from grpotui.launch.queue.known import said
from grpotui.launch.queue.reasons import STARTING, reasons
from grpotui.launch.queue.tickets import Ticket, tickets
from grpotui.presets.sections import MOST_SLOTS
from grpotui.records import RunSummary
from grpotui.registry.pace import Pace
from grpotui.registry.queries import Registry
from grpotui.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Entry:
    """A queued run. Times in seconds from now, None when nothing tells."""

    run: RunSummary
    waits_for: str
    priority: int
    held: bool
    starts: float | None = None
    ends: float | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """The queue at one moment."""

    entries: tuple[Entry, ...] = ()
    """The next one first."""
    paused: bool = False
    ends: float | None = None
    """Seconds until the last run, live or queued, is likely to be done; those left out that nothing tells of.

    None when nothing tells of any, and while runs wait in a queue that is paused.
    """
    complete: bool = True
    """False when some run's end cannot be told, so that ``ends`` is a lower bound."""

    @property
    def order(self) -> tuple[str, ...]:
        """Ids, the next one first."""
        return tuple(entry.run.id for entry in self.entries)


def standing(workspace: Workspace, registry: Registry) -> Standing:
    """Return the queue as it stands. Raises UserError, sqlite3.Error or OSError."""
    known = said(workspace)
    desk, live = known.desk, registry.live()
    queue = tickets(workspace, registry, desk)
    waits = reasons(workspace, queue, Board(live, known.most), desk.paused)
    pace = Pace(registry.connection)
    starting = [ticket.summary for ticket in queue if waits[ticket.run.id] == STARTING]
    left = {run.id: _left(pace, run) for run in (*live, *starting)}
    course = _course(workspace, [*live, *starting], left)
    _note_others(course, {device for ticket in queue for device in ticket.devices})
    course.most = known.most
    going = [t for t in queue if not t.obstacle and not desk.paused and t.summary not in starting]
    expected = forecast([_waiting(ticket, pace) for ticket in going], course)
    expected |= {run.id: Expected(ends=left[run.id]) for run in starting}
    entries = tuple(_entry(ticket, waits, expected.get(ticket.run.id, Expected())) for ticket in queue)
    ends = [*left.values(), *(expected[ticket.run.id].ends for ticket in going)]
    if desk.paused and queue:
        return Standing(entries, True, complete=False)
    told = [end for end in ends if end is not None]
    return Standing(entries, desk.paused, max(told, default=None), len(told) == len(ends))


def _entry(ticket: Ticket, waits: dict[str, str], expected: Expected) -> Entry:
    return Entry(
        ticket.summary,
        waits.get(ticket.run.id, ""),
        ticket.priority,
        ticket.held,
        expected.starts,
        expected.ends,
    )


def _left(pace: Pace, run: RunSummary) -> float | None:
    """Return the seconds that a live run still takes; of one without steps, less what it has had."""
    seconds = pace.seconds(run)
    if seconds is None or run.max_steps or run.started_at is None:
        return seconds
    return max(0.0, seconds - (time.time() - run.started_at))


def _course(workspace: Workspace, live: Sequence[RunSummary], left: dict[str, float | None]) -> Course:
    course = Course()
    with suppress(OSError, UserError):
        for device, holder in leases.held():
            mine = left.get(holder.run) if holder.workspace == str(workspace.root) else None
            course.add(device.key, NEVER if mine is None else mine)
    for run in live:
        seconds = left[run.id]
        course.add(f"sweep {run.sweep}", NEVER if seconds is None else seconds)
    return course


def _note_others(course: Course, wanted: set[Device]) -> None:
    """Note the devices that somebody else uses: nobody can tell for how long."""
    for device in wanted:
        if device.key in course.ends:
            continue
        with suppress(OSError, UserError):
            if sharing.obstacle(device, sharing.ALONE, ()):
                course.ends[device.key] = [NEVER] * MOST_SLOTS


def _waiting(ticket: Ticket, pace: Pace) -> Waiting:
    seconds = pace.seconds(ticket.summary)
    return Waiting(ticket.run.id, ticket.devices, ticket.need, seconds, ticket.summary.sweep)
