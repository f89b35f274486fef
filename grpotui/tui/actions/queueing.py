"""What a person does to the queue: hold, move, pause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grpotui.records import RunSummary, Status
from grpotui.tui.actions import Done, nothing

if TYPE_CHECKING:
    from grpotui.tui.app import GrpoTui


def hold(app: GrpoTui, run: RunSummary, done: Done = nothing) -> None:
    """Keep a queued run from starting, or release it."""
    from grpotui.launch.queue import order

    if not _is_queued(app, run):
        return

    def finished(held: bool) -> None:
        app.say(f"{run.name}: {'held, h releases it' if held else 'released'}")
        done()

    app.do(lambda: order.toggle_hold(app.workspace, run.id), finished)


def move(app: GrpoTui, run: RunSummary, by: int, done: Done = nothing) -> None:
    """Let a queued run change places with the one ahead (-1) or behind (1)."""
    from grpotui.launch.queue import order

    if not _is_queued(app, run):
        return

    def finished(place: int) -> None:
        app.say(f"{run.name}: place {place} in the queue")
        done()

    app.do(lambda: order.move(app.workspace, run.id, "up" if by < 0 else "down"), finished)


def pause(app: GrpoTui, done: Done = nothing) -> None:
    """Let nothing more start, or let the queue go on."""
    from grpotui.launch.queue import order

    def finished(paused: bool) -> None:
        app.say("The queue is paused: what runs goes on" if paused else "The queue goes on")
        done()

    app.do(lambda: order.toggle_pause(app.workspace), finished)


def _is_queued(app: GrpoTui, run: RunSummary) -> bool:
    queued = run.status is Status.QUEUED
    if not queued:
        app.say(f"{run.name} is {run.status}: only a queued run has a place in the queue", "warning")
    return queued
