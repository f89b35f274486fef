"""What a person says of a run: note, tags, verdict, baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grpotui.records import NO_HUMAN, RunSummary
from grpotui.registry.desk import write_pin
from grpotui.text import clean
from grpotui.tui.actions import Done, nothing
from grpotui.tui.screens.prompt import Choice, Prompt
from grpotui.tui.style import HUMAN_WORDS

if TYPE_CHECKING:
    from grpotui.tui.app import GrpoTui

TAG_LENGTH = 80


def note(app: GrpoTui, run: RunSummary, done: Done = nothing) -> None:
    """Ask for one line, and write it to the run."""

    def answered(text: str | None) -> None:
        if text is None or text == run.note:
            return
        from grpotui.launch import remarks

        app.do(lambda: remarks.note(app.workspace, run.id, text), lambda _: done())

    app.push_screen(
        Prompt(f"Note on {run.name}", initial=run.note, placeholder="what you saw, what you think"), answered
    )


def tag(app: GrpoTui, run: RunSummary, done: Done = nothing) -> None:
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


def judge(app: GrpoTui, run: RunSummary, done: Done = nothing) -> None:
    """Ask what a person says of the run, and write it to the run."""

    def answered(verdict: str | None) -> None:
        if verdict is not None:
            from grpotui.launch import remarks

            app.do(lambda: remarks.judge(app.workspace, run.id, verdict), lambda _: done())

    choices = {str(verdict)[0]: (str(verdict), means) for verdict, means in HUMAN_WORDS.items()}
    choices["n"] = (NO_HUMAN, "take it back")
    said = f"now: {run.human}" if run.human else f"the rules say: {run.verdict or 'nothing yet'}"
    app.push_screen(Choice(f"What do you say of {run.name}?", choices, said), answered)


def pin(app: GrpoTui, run: RunSummary, pinned: bool, done: Done = nothing) -> None:
    """Make the run the baseline that others are compared with; unpin it if it is that already."""

    def finished(_: object) -> None:
        app.say(f"{run.name} is {'no longer ' if pinned else ''}the baseline")
        done()

    app.do(lambda: write_pin(app.workspace, "" if pinned else run.id), finished)
