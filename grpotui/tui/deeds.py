"""What a person does to a run, from any screen: stop, resume, note, bin, clone."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from grpotui.errors import UserError
from grpotui.records import RunSummary, Status
from grpotui.registry import connect, index_run
from grpotui.tui.screens.prompt import Confirm, Prompt
from grpotui.workspace import Workspace

if TYPE_CHECKING:
    from grpotui.tui.app import GrpoTui

Done = Callable[[], None]


def _nothing() -> None:
    """Follow nothing up."""


def stop(app: GrpoTui, run: RunSummary, done: Done = _nothing) -> None:
    """Ask for one line of reason, then ask the run to stop; a queued run is cancelled."""
    if run.status is Status.STOPPING:
        app.say(f"{run.name} is stopping already: it finishes its step and saves")
        return
    if not (run.status.is_live or run.status is Status.QUEUED):
        app.say(f"{run.name} is {run.status}: nothing to stop", "warning")
        return

    def answered(reason: str | None) -> None:
        if reason is None:
            return
        from grpotui.launch import submit

        def finished(_: object) -> None:
            app.say(f"{run.name}: {'cancelled' if run.status is Status.QUEUED else 'stop requested'}")
            done()

        app.do(lambda: submit.stop(app.workspace, run.id, reason), finished)

    queued = run.status is Status.QUEUED
    app.push_screen(
        Prompt(
            f"{'Cancel' if queued else 'Stop'} {run.name}?",
            "It has not started." if queued else f"At step {run.step}. It finishes its step and saves.",
            placeholder="reason, one line (may stay empty)",
        ),
        answered,
    )


def resume(app: GrpoTui, run: RunSummary, done: Done = _nothing) -> None:
    """Queue the next attempt of an ended run, or again a run that was queued before a reboot."""
    from grpotui.launch import submit

    def finished(_: object) -> None:
        app.say(f"{run.name} is queued: it goes on from its last checkpoint")
        done()

    app.do(lambda: submit.resume(app.workspace, run.id), finished)


def delete(app: GrpoTui, run: RunSummary, done: Done = _nothing) -> None:
    """Ask, then move an ended run to the bin."""
    if run.status.is_live or run.status is Status.QUEUED:
        app.say(f"{run.name} is {run.status}: stop it first", "warning")
        return

    def answered(yes: bool | None) -> None:
        if not yes:
            return
        from grpotui.launch import submit

        def finished(_: object) -> None:
            app.say(f"{run.id} is in {app.workspace.bin}")
            done()

        app.do(lambda: submit.delete(app.workspace, run.id), finished)

    app.push_screen(
        Confirm(f"Move {run.name} to the bin?", f"{run.id}: its folder goes to {app.workspace.bin}"), answered
    )


def note(app: GrpoTui, run: RunSummary, done: Done = _nothing) -> None:
    """Ask for one line, and write it to the run."""

    def answered(text: str | None) -> None:
        if text is None or text == run.note:
            return
        app.do(lambda: write_note(app.workspace, run.id, text), lambda _: done())

    app.push_screen(
        Prompt(f"Note on {run.name}", initial=run.note, placeholder="what you saw, what you think"), answered
    )


def write_note(workspace: Workspace, run_id: str, text: str) -> None:
    """Append a note event and index it. Raises UserError when the disk refuses."""
    run = workspace.run(run_id)
    if not run.append_event({"time": time.time(), "type": "note", "text": text}):
        raise UserError(f"cannot write to {run.events}: is the disk full?")
    connection = connect(workspace)
    try:
        index_run(connection, run)
    finally:
        connection.close()


def clone(app: GrpoTui, run: RunSummary) -> None:
    """Open Launch with the run's preset and changes."""
    from grpotui.tui.launch_data import Draft, clone_of
    from grpotui.tui.screens.launch import LaunchScreen

    def made(draft: Draft) -> None:
        app.push_screen(LaunchScreen(draft))

    app.do(lambda: clone_of(app.workspace, run.id), made)
