"""What one command line works on: a workspace and its registry."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import click

from grpotui.errors import UserError
from grpotui.registry.queries import Registry
from grpotui.settings import Settings, load_settings
from grpotui.text import clean
from grpotui.workspace import Workspace


@dataclass
class Session:
    """What one command line works on."""

    folder: Path | None
    mouse: bool = True
    """False when the command line says so."""

    @cached_property
    def settings(self) -> Settings:
        """The settings file with the command line's wishes. Raises UserError when it cannot be right."""
        found = load_settings()
        return found if self.mouse else replace(found, mouse=False)

    @cached_property
    def workspace(self) -> Workspace:
        """The chosen workspace; raises UserError when there is none."""
        if self.folder is None:
            return Workspace.find()
        workspace = Workspace(self.folder.absolute())
        if not workspace.exists():
            raise UserError(
                f"{self.folder} is no workspace: run 'grpotui init {shlex.quote(str(self.folder))}'"
            )
        return workspace

    @cached_property
    def registry(self) -> Registry:
        """The registry, with ended runs noticed, the queue moved on and everything indexed.

        A queue that cannot move is said on stderr and keeps nobody from reading.
        """
        from grpotui.launch.queue import tick
        from grpotui.registry import connect, sync

        connection = connect(self.workspace)
        try:
            tick(self.workspace)
        except (UserError, OSError) as error:
            click.echo(f"grpotui: the queue cannot move: {clean(str(error))}", err=True)
        sync(connection, self.workspace)
        return Registry(connection, self.workspace)


def workspace_or_none(session: Session) -> Workspace | None:
    """Return the workspace; None where there is none and none was asked for. Raises UserError."""
    try:
        return session.workspace
    except UserError:
        if session.folder is not None:
            raise
        return None


def open_app(session: Session, run_id: str | None = None) -> None:
    """Open the TUI, on a run if one is named."""
    served = "TEXTUAL_DRIVER" in os.environ
    if not served and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UserError("no terminal to open the app in: 'grpotui ls' lists runs, 'grpotui --help' the verbs")
    settings = session.settings
    workspace = session.workspace
    from grpotui.tui.app import GrpoTui

    GrpoTui(workspace, run_id, settings).run()
