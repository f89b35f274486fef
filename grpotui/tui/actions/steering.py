"""What a person says about runs that go wrong, from the screen of one: policy and rescue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grpotui.records import RunSummary
from grpotui.tui.actions import Done
from grpotui.tui.screens.policy import PolicyDialog
from grpotui.tui.screens.prompt import Confirm

if TYPE_CHECKING:
    from grpotui.launch.policy import Policy
    from grpotui.launch.rescue import Rescue
    from grpotui.tui.app import GrpoTui


def policy(app: GrpoTui, run: RunSummary, done: Done) -> None:
    """Show what the runner does by itself, and write what a person changes of it."""
    from grpotui.launch.policy import read_policy, write_policy

    def answered(changes: dict[str, object] | None) -> None:
        if changes:

            def finished(now: Policy) -> None:
                app.say(f"{run.name}: policy written")
                done()

            app.do(lambda: write_policy(app.workspace, run.id, changes), finished)

    def ask(now: Policy) -> None:
        app.push_screen(PolicyDialog(run.name, now.to_json()), answered)

    app.ask(lambda: read_policy(app.workspace.run(run.id)), ask)


def rescue(app: GrpoTui, run: RunSummary, done: Done) -> None:
    """Show what would be launched, and launch it when a person says yes."""
    from grpotui.launch import rescue as rescues
    from grpotui.launch.lineage import Changes, Made

    def ask(planned: Rescue) -> None:
        def answered(yes: bool | None) -> None:
            if yes:
                app.do(lambda: rescues.rescue(app.workspace, planned, Changes()), finished)

        question = f"Rescue {run.name}, which is {planned.verdict}?"
        app.push_screen(Confirm(question, f"A new run {planned.start}.", planned.lines), answered)

    def finished(made: Made) -> None:
        app.say(f"{made.run_id} is queued")
        done()

    app.ask(lambda: rescues.plan(app.workspace, run.id), ask)
