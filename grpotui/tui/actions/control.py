"""Stop, resume, start, bin a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grpotui.records import RunSummary, Status
from grpotui.tui.actions import Done, nothing
from grpotui.tui.screens.prompt import Confirm, Prompt

if TYPE_CHECKING:
    from grpotui.tui.app import GrpoTui


def stop(app: GrpoTui, run: RunSummary, done: Done = nothing) -> None:
    """Ask for one line of reason, then ask the run to stop; a queued run is cancelled.

    A run that is stopping already can be killed.
    """
    if run.status is Status.STOPPING:
        _kill(app, run, done)
        return
    if not (run.status.is_live or run.status is Status.QUEUED):
        app.say(f"{run.name} is {run.status}: nothing to stop", "warning")
        return

    def answered(reason: str | None) -> None:
        if reason is None:
            return
        from grpotui.launch import control

        def finished(_: object) -> None:
            app.say(f"{run.name}: {'cancelled' if run.status is Status.QUEUED else 'stop requested'}")
            done()

        app.do(lambda: control.stop(app.workspace, run.id, reason), finished)

    queued = run.status is Status.QUEUED
    app.push_screen(
        Prompt(
            f"{'Cancel' if queued else 'Stop'} {run.name}?",
            "It has not started. Enter cancels it; esc leaves it in the queue."
            if queued
            else f"At step {run.step}. It finishes its step and saves.",
            placeholder="reason, one line (may stay empty)",
        ),
        answered,
    )


def _kill(app: GrpoTui, run: RunSummary, done: Done) -> None:
    def answered(yes: bool | None) -> None:
        if not yes:
            return
        from grpotui.launch import control

        def finished(_: object) -> None:
            app.say(f"{run.name}: killed")
            done()

        app.do(lambda: control.stop(app.workspace, run.id, force=True), finished)

    waits = "It finishes its step and saves. Killed now, it keeps what its last checkpoint holds."
    app.push_screen(Confirm(f"{run.name} is stopping: kill it now?", waits), answered)


def resume(app: GrpoTui, run: RunSummary, done: Done = nothing) -> None:
    """Queue the next attempt of an ended run, or again a run that was queued before a reboot."""
    from grpotui.launch import control, lineage

    def deed() -> list[str]:
        control.resume(app.workspace, run.id)
        folder = app.workspace.run(run.id)
        checkpoint = folder.last_checkpoint()
        start = f"goes on from {checkpoint.name}" if checkpoint else "has no checkpoint yet and starts over"
        return [f"{run.name} is queued: it {start}", *lineage.caveats(folder)]

    def finished(said: list[str]) -> None:
        app.say("; ".join(said))
        done()

    app.do(deed, finished)


def start(app: GrpoTui, run: RunSummary, done: Done = nothing) -> None:
    """Queue a draft."""
    if run.status is not Status.DRAFT:
        app.say(f"{run.name} is {run.status}: L launches drafts; r resumes, e clones", "warning")
        return
    from grpotui.launch import control

    def finished(_: object) -> None:
        app.say(f"{run.name} is queued")
        done()

    app.do(lambda: control.resume(app.workspace, run.id), finished)


def delete(app: GrpoTui, run: RunSummary, done: Done = nothing) -> None:
    """Ask, then move an ended run to the bin."""
    if run.status.is_live or run.status is Status.QUEUED:
        app.say(f"{run.name} is {run.status}: stop it first", "warning")
        return

    def answered(yes: bool | None) -> None:
        if not yes:
            return
        from grpotui.launch import control

        def finished(_: object) -> None:
            app.say(f"{run.id} is in {app.workspace.bin}")
            done()

        app.do(lambda: control.delete(app.workspace, run.id), finished)

    app.push_screen(
        Confirm(f"Move {run.name} to the bin?", f"{run.id}: its folder goes to {app.workspace.bin}"), answered
    )
