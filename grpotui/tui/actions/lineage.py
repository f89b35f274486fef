"""Runs from runs: clone, extend, fork, evaluate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from grpotui.errors import UserError
from grpotui.records import RunSummary
from grpotui.tui.actions import Done
from grpotui.tui.screens.prompt import Prompt
from grpotui.workspace import checkpoint_step

if TYPE_CHECKING:
    from grpotui.tui.app import GrpoTui


def clone(app: GrpoTui, run: RunSummary, seed: int | None = None) -> None:
    """Open Launch with the run's preset and changes, with another seed if one is given."""
    from grpotui.tui.launch.clones import clone_of
    from grpotui.tui.screens.launch import LaunchScreen

    try:
        draft = clone_of(app.workspace, run.id)
    except (UserError, OSError) as error:
        app.complain(error)
        return
    if seed is not None:
        draft = replace(draft, edits={**draft.edits, "grpo.seed": str(seed)})
    app.push_screen(LaunchScreen(draft))


def extend(app: GrpoTui, run: RunSummary, done: Done) -> None:
    """Ask for how many steps more, and queue the next attempt."""
    if not run.status.is_ended:
        app.say(f"{run.name} is {run.status}: it can be extended once it has ended", "warning")
        return

    def wanted(steps: int) -> None:
        from grpotui.launch import lineage

        def finished(made: lineage.Made) -> None:
            app.say(f"{run.name} {'; '.join(made.notes)}")
            done()

        app.do(lambda: lineage.extend(app.workspace, run.id, steps), finished)

    end = "its end" if run.max_steps is None else f"step {run.max_steps}"
    _ask(app, f"Extend {run.name} past {end}", "steps more, such as 50", "", wanted)


def fork(app: GrpoTui, run: RunSummary) -> None:
    """Ask for a checkpoint, and open Launch with the run's preset and changes, to begin with its weights."""
    from grpotui.tui.launch.clones import clone_of
    from grpotui.tui.screens.launch import LaunchScreen

    def wanted(step: int) -> None:
        try:
            draft = replace(clone_of(app.workspace, run.id), step=step)
        except (UserError, OSError) as error:
            app.complain(error)
            return
        app.push_screen(LaunchScreen(draft))

    _ask(app, f"Fork {run.name} from the checkpoint of step", "a step", _last(app, run), wanted)


def evaluate(app: GrpoTui, run: RunSummary, done: Done) -> None:
    """Ask for a checkpoint, and queue its evaluation."""

    def wanted(step: int) -> None:
        from grpotui.launch import lineage

        def finished(made: lineage.Made) -> None:
            app.say("; ".join([f"{made.run_id} is queued", *made.notes]))
            done()

        app.do(lambda: lineage.evaluate(app.workspace, run.id, step), finished)

    _ask(
        app, f"Evaluate {run.name}: the checkpoint of step", "0: what it began with", _last(app, run), wanted
    )


def _last(app: GrpoTui, run: RunSummary) -> str:
    checkpoint = app.workspace.run(run.id).last_checkpoint()
    return str(checkpoint_step(checkpoint.name)) if checkpoint else ""


def _ask(app: GrpoTui, question: str, placeholder: str, initial: str, wanted: Callable[[int], None]) -> None:
    """Ask for a whole number."""

    def answered(text: str | None) -> None:
        if not text:
            return
        if text.isascii() and text.isdecimal() and len(text) < 10:
            wanted(int(text))
        else:
            app.say(f"{text}: expected a whole number", "warning")

    app.push_screen(Prompt(question, initial=initial, placeholder=placeholder), answered)
