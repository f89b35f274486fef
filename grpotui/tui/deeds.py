"""What a person does to a run, from any screen: stop, resume, note, tag, judge, pin, bin, clone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from grpotui.errors import UserError
from grpotui.records import RunSummary, Status
from grpotui.registry.desk import write_pin
from grpotui.registry.summary import NO_HUMAN
from grpotui.settings import Settings
from grpotui.text import clean
from grpotui.tui.screens.prompt import Choice, Confirm, Prompt
from grpotui.tui.style import HUMAN_WORDS
from grpotui.workspace import Workspace

if TYPE_CHECKING:
    from grpotui.launch.trust import Untrusted
    from grpotui.tui.app import GrpoTui
    from grpotui.tui.launch_data import Draft

Done = Callable[[], None]
TAG_LENGTH = 80


def _nothing() -> None:
    """Follow nothing up."""


def stop(app: GrpoTui, run: RunSummary, done: Done = _nothing) -> None:
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
            "It has not started." if queued else f"At step {run.step}. It finishes its step and saves.",
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


def resume(app: GrpoTui, run: RunSummary, done: Done = _nothing) -> None:
    """Queue the next attempt of an ended run, or again a run that was queued before a reboot."""
    from grpotui.launch import control, descent

    def deed() -> list[str]:
        control.resume(app.workspace, run.id)
        folder = app.workspace.run(run.id)
        checkpoint = folder.last_checkpoint()
        start = f"goes on from {checkpoint.name}" if checkpoint else "has no checkpoint yet and starts over"
        return [f"{run.name} is queued: it {start}", *descent.caveats(folder)]

    def finished(said: list[str]) -> None:
        app.say("; ".join(said))
        done()

    app.do(deed, finished)


def start(app: GrpoTui, run: RunSummary, done: Done = _nothing) -> None:
    """Queue a draft."""
    if run.status is not Status.DRAFT:
        app.say(f"{run.name} is {run.status}: L launches drafts; r resumes, e clones", "warning")
        return
    from grpotui.launch import control

    def finished(_: object) -> None:
        app.say(f"{run.name} is queued")
        done()

    app.do(lambda: control.resume(app.workspace, run.id), finished)


def delete(app: GrpoTui, run: RunSummary, done: Done = _nothing) -> None:
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


def note(app: GrpoTui, run: RunSummary, done: Done = _nothing) -> None:
    """Ask for one line, and write it to the run."""

    def answered(text: str | None) -> None:
        if text is None or text == run.note:
            return
        from grpotui.launch import remarks

        app.do(lambda: remarks.note(app.workspace, run.id, text), lambda _: done())

    app.push_screen(
        Prompt(f"Note on {run.name}", initial=run.note, placeholder="what you saw, what you think"), answered
    )


def tag(app: GrpoTui, run: RunSummary, done: Done = _nothing) -> None:
    """Ask for tags to add and to take away."""

    def answered(text: str | None) -> None:
        add, remove = tags_of(text or "")
        if add or remove:
            from grpotui.launch import remarks

            app.do(lambda: remarks.tag(app.workspace, run.id, add, remove), lambda _: done())

    now = " ".join(run.tags) or "none yet"
    app.push_screen(Prompt(f"Tags of {run.name}", f"now: {now}", placeholder="keep  +keep  -keep"), answered)


def tags_of(text: str) -> tuple[list[str], list[str]]:
    """Return the tags that ``+a -b c`` adds and takes away."""
    add: list[str] = []
    remove: list[str] = []
    for word in text.replace(",", " ").split():
        name = clean(word.lstrip("+-#"), TAG_LENGTH)
        if name:
            (remove if word.startswith("-") else add).append(name)
    return add, remove


def judge(app: GrpoTui, run: RunSummary, done: Done = _nothing) -> None:
    """Ask what a person says of the run, and write it to the run."""

    def answered(verdict: str | None) -> None:
        if verdict is not None:
            from grpotui.launch import remarks

            app.do(lambda: remarks.judge(app.workspace, run.id, verdict), lambda _: done())

    choices = {str(verdict)[0]: (str(verdict), means) for verdict, means in HUMAN_WORDS.items()}
    choices["n"] = (NO_HUMAN, "take it back")
    said = f"now: {run.human}" if run.human else f"the rules say: {run.verdict or 'nothing yet'}"
    app.push_screen(Choice(f"What do you say of {run.name}?", choices, said), answered)


def pin(app: GrpoTui, run: RunSummary, pinned: bool, done: Done = _nothing) -> None:
    """Make the run the baseline that others are compared with; unpin it if it is that already."""

    def finished(_: object) -> None:
        app.say(f"{run.name} is {'no longer ' if pinned else ''}the baseline")
        done()

    app.do(lambda: write_pin(app.workspace, "" if pinned else run.id), finished)


def launch(
    workspace: Workspace, draft: Draft, as_draft: bool, settings: Settings, force: bool = False
) -> list[str]:
    """Queue or write down every run that a draft makes; return their ids. Raises UserError.

    ``force`` launches what the preflight calls an error.
    """
    from grpotui.launch import descent, submit

    made: list[str] = []
    wanted = draft.variants
    for one in wanted:
        try:
            asked = one.request(settings.device_for(one.edited.data), as_draft, force)
            if one.origin:
                asked = descent.adopted(workspace, asked, one.origin, one.step)
            made.append(submit.launch(workspace, asked))
        except UserError as error:
            if not made:
                raise
            raise UserError(f"{len(made)} of {len(wanted)} runs were made, then: {error}") from error
    return made


def ask_trust(app: GrpoTui, files: Sequence[Untrusted], again: Done) -> None:
    """Show code that would run, and do the thing again when a person says yes to it."""
    from grpotui.launch.trust import trust

    def answered(yes: bool | None) -> None:
        if yes:
            app.do(lambda: trust([untrusted.file for untrusted in files]), lambda _: again())

    more = f" and {len(files) - 1} more" if len(files) > 1 else ""
    lines = [line for untrusted in files for line in (untrusted.summary, *untrusted.head(), "")]
    app.push_screen(
        Confirm(f"Trust {files[0].name}{more}?", "It will run as you. Read it first.", lines), answered
    )


def clone(app: GrpoTui, run: RunSummary, seed: int | None = None) -> None:
    """Open Launch with the run's preset and changes, with another seed if one is given."""
    from grpotui.tui.clones import clone_of
    from grpotui.tui.screens.launch import LaunchScreen

    try:
        draft = clone_of(app.workspace, run.id)
    except (UserError, OSError) as error:
        app.complain(error)
        return
    if seed is not None:
        draft = replace(draft, edits={**draft.edits, "grpo.seed": str(seed)})
    app.push_screen(LaunchScreen(draft))
