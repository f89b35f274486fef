"""What a person asks of a sweep that is there: stop it, let it go on, repeat its best points."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace

from grpotui.errors import UserError
from grpotui.launch.control import resume, stop
from grpotui.launch.journal import events
from grpotui.launch.queue import tick
from grpotui.launch.runner.pledge import ACT
from grpotui.launch.sweeps.pairs import made
from grpotui.launch.sweeps.start import fill
from grpotui.presets.grpo_rules import LIMITS
from grpotui.records import RunSummary, Status
from grpotui.records.sweeps import MOST_SEEDS, Repeats, Role, Sweep
from grpotui.registry import connect, sync
from grpotui.registry.opening import opened
from grpotui.registry.queries import Registry
from grpotui.workspace import RunDir, Workspace

STOPPED = "the sweep was stopped"
"""Why its runs ended then."""
_POLL = 0.5  # seconds


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the runs of a sweep got."""

    runs: tuple[RunSummary, ...]

    def count(self, *statuses: Status) -> int:
        """Return how many runs stand so."""
        return sum(run.status in statuses for run in self.runs)

    @property
    def ended(self) -> int:
        """Runs that have ended, well or not."""
        return sum(run.status.is_ended for run in self.runs)

    @property
    def over(self) -> bool:
        """True when nothing will follow by itself."""
        return self.ended == len(self.runs)


def _members(workspace: Workspace, sweep: Sweep) -> list[RunSummary]:
    with opened(workspace, indexed=True) as registry:
        return registry.members(sweep.id)


def went_well(workspace: Workspace, run: RunSummary) -> bool:
    """True for a run that reached its end, or that its own rules ended: what a sweep asks of it."""
    return run.status is Status.FINISHED or (
        run.status is Status.STOPPED and _by_rule(workspace.run(run.id), run.attempt)
    )


def _by_rule(run: RunDir, attempt: int) -> bool:
    return any(event.get("type") == ACT and event.get("attempt") == attempt for event in events(run))


def stop_sweep(workspace: Workspace, sweep: Sweep) -> list[str]:
    """Cancel what waits and let what runs finish its step, save and end; return the ids of these runs."""
    asked: list[str] = []
    while True:
        runs = _members(workspace, sweep)
        waiting = [run for run in runs if run.status is Status.QUEUED]
        live = [run for run in runs if run.status in (Status.STARTING, Status.RUNNING)]
        todo = [run.id for run in (*waiting, *live) if run.id not in asked]
        if not todo:
            return asked
        for run_id in todo:
            asked.append(run_id)
            with suppress(UserError):  # it has ended meanwhile
                stop(workspace, run_id, STOPPED)


def resume_sweep(workspace: Workspace, sweep: Sweep, failed: bool = False) -> list[str]:
    """Queue the runs that are not there, that were stopped with the sweep or lost; return their ids.

    ``failed``: those that failed, too. Raises UserError when there is nothing to go on with.
    """
    new = fill(workspace, sweep)
    runs = _members(workspace, sweep)
    again = [run.id for run in runs if _goes_on(run, failed)]
    for run_id in again:
        resume(workspace, run_id)
    if not new and not again:
        failures = sum(run.status is Status.FAILED for run in runs)
        hint = f"; --failed tries the {failures} that failed again" if failures else ""
        raise UserError(f"{sweep.id}: nothing was stopped, lost or left out{hint}")
    return [*new, *again]


def _goes_on(run: RunSummary, failed: bool) -> bool:
    if run.status is Status.STOPPED:
        return run.reason == STOPPED
    return run.status is Status.LOST or (failed and run.status is Status.FAILED)


def repeat(
    workspace: Workspace, sweep: Sweep, numbers: Sequence[int], times: int, force: bool = False
) -> list[str]:
    """Run points again, each with the same ``times`` seeds that no run of the sweep had; return the ids.

    Raises UserError for a point that there is not and, without ``force``, while repeats of one are to come.
    """
    for number in numbers:
        if not 0 < number <= len(sweep.points):
            raise UserError(f"{sweep.id} has no point {number}: it has {len(sweep.points)}")
    if not numbers or not 0 < times <= MOST_SEEDS:
        raise UserError(f"repeat: expected at least one point, 1 to {MOST_SEEDS} times")
    with opened(workspace, indexed=True) as registry:
        used = {pair.seed for pair in made(registry, sweep.id)}

    def asked_for(now: Sweep) -> Sweep:
        if not force:
            _require_none_to_come(workspace, now, numbers)
        taken = used.union(now.seeds, *(repeats.seeds for repeats in now.repeats))
        return replace(now, repeats=(*now.repeats, Repeats(tuple(numbers), _fresh(taken, times))))

    return fill(workspace, sweep, asked_for)


def _require_none_to_come(workspace: Workspace, sweep: Sweep, numbers: Sequence[int]) -> None:
    """Raise UserError while repeats of these points wait or run: who asks twice mostly means them once."""
    repeats = [run for run in _members(workspace, sweep) if run.role == Role.CONFIRM and run.point in numbers]
    to_come = [run for run in repeats if not run.status.is_ended]
    if to_come:
        points = ", ".join(map(str, sorted({run.point for run in to_come if run.point is not None})))
        waiting = sum(run.status is Status.QUEUED for run in to_come)
        raise UserError(
            f"{sweep.id}: repeats of point {points} are asked for already, {waiting} queued and "
            f"{len(to_come) - waiting} running: wait for them; 'grpotui confirm {sweep.id} --force' adds more"
        )


def _fresh(taken: set[int], times: int) -> tuple[int, ...]:
    """Return seeds that are not taken: those above, or the lowest free ones where there is no room."""
    most = int(LIMITS["seed"].high or 0)
    above = range(max(taken, default=0) + 1, most + 1)
    if len(above) >= times:
        return tuple(above[:times])
    free = (seed for seed in range(most + 1) if seed not in taken)
    return tuple(next(free) for _ in range(times))


def wait_for(
    workspace: Workspace, sweep: Sweep, only: Sequence[str], on_change: Callable[[Progress], None]
) -> Progress:
    """Wait until runs of a sweep have ended (``only`` these, or all) and return how they did.

    Keeps the queue going meanwhile; ``on_change`` gets them whenever the status of one changes.
    """
    last: list[Status] = []
    with closing(connect(workspace)) as connection:
        while True:
            tick(workspace)
            sync(connection, workspace)
            runs = Registry(connection, workspace).members(sweep.id)
            now = Progress(tuple(run for run in runs if not only or run.id in only))
            statuses = [run.status for run in now.runs]
            if statuses != last:
                last = statuses
                on_change(now)
            if now.over:
                return now
            time.sleep(_POLL)
