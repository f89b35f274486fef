"""After a reboot: resume every run that it took and that has a checkpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grpotui.records import Status
from grpotui.registry.opening import opened
from grpotui.tui.actions import Done
from grpotui.tui.screens.prompt import Confirm
from grpotui.workspace import Workspace

if TYPE_CHECKING:
    from grpotui.tui.app import GrpoTui


def resume_lost(app: GrpoTui, done: Done) -> None:
    """Ask, then queue the next attempt of every lost run that has a checkpoint to go on from."""

    def found(lost: list[tuple[str, str]]) -> None:
        ready = {run_id: name for run_id, name in lost if name}
        rest = [run_id for run_id, name in lost if not name]
        if not ready:
            none = f"{len(rest)} lost, none with a checkpoint: r starts one over"
            app.say(none if rest else "No run is lost", "warning" if rest else "information")
            return
        said = ", ".join(f"{run_id} from {name}" for run_id, name in ready.items())
        left = f"; left alone, no checkpoint: {', '.join(rest)}" if rest else ""
        many = f"{len(ready)} lost run{'s' if len(ready) > 1 else ''}"
        app.push_screen(Confirm(f"Resume {many}?", said + left), lambda yes: answered(bool(yes), list(ready)))

    def answered(yes: bool, ready: list[str]) -> None:
        if not yes:
            return
        from grpotui.launch import control

        def queued(_: object) -> None:
            app.say(f"{len(ready)} queued")
            done()

        def resume_all() -> None:
            for run_id in ready:
                control.resume(app.workspace, run_id)

        app.do(resume_all, queued)

    app.ask(lambda: _lost(app.workspace), found)


def _lost(workspace: Workspace) -> list[tuple[str, str]]:
    """Return the lost runs, newest first, each with the name of its last checkpoint or nothing."""
    with opened(workspace) as registry:
        runs = registry.runs()
    lost = [run.id for run in runs if run.status is Status.LOST]
    found = ((run_id, workspace.run(run_id).last_checkpoint()) for run_id in lost)
    return [(run_id, checkpoint.name if checkpoint else "") for run_id, checkpoint in found]
