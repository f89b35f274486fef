"""The log book from any screen: written by the tool, edited by a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from grpotui.analysis.journal import editor
from grpotui.analysis.journal.write import Written, write
from grpotui.errors import UserError
from grpotui.registry.opening import opened
from grpotui.tui.actions import Done, nothing
from grpotui.workspace import Workspace

if TYPE_CHECKING:
    from grpotui.tui.app import GrpoTui


def renew(workspace: Workspace, compared: Sequence[str] = ()) -> Written:
    """Bring ``logs/journal.md`` up to date, with a comparison of runs if some are named.

    Raises UserError, sqlite3.Error or OSError.
    """
    with opened(workspace, indexed=True) as registry:
        return write(registry, compared=compared)


def write_it(app: GrpoTui, done: Done = nothing, compared: Sequence[str] = ()) -> None:
    """Write it in a thread, with a comparison if runs are named, and say what changed."""

    def finished(written: Written) -> None:
        app.say(f"Log book: {written}; B reads it, M edits it ({app.workspace.journal})")
        done()

    app.do(lambda: renew(app.workspace, compared), finished)


def edit_it(app: GrpoTui, done: Done = nothing) -> None:
    """Open it in the person's editor, in the app's place; begin it first where there is none."""
    try:
        editor.command()
    except UserError as error:
        app.complain(error)
        return

    def opened(_: object) -> None:
        try:
            with app.suspend():
                editor.edit(app.workspace.journal)
        except SuspendNotSupported:
            app.say(f"no terminal to edit in: open {app.workspace.journal} yourself", "error")
        except (UserError, OSError) as error:
            app.complain(error)
        app.refresh(layout=True)
        done()

    exists = app.workspace.journal.exists()
    app.ask(lambda: None if exists else renew(app.workspace), opened)
