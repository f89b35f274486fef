"""The root command: opens the TUI, holds the verbs, turns errors into one line and exit code 2."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import click

from grpotui import __version__
from grpotui.cli import (
    checking,
    comparing,
    control,
    health,
    history,
    lineage,
    logbook,
    promoting,
    queueing,
    reading,
    serve,
    setup,
    steering,
    sweeping,
)
from grpotui.cli.session import Session, open_app
from grpotui.errors import UserError
from grpotui.text import clean


class Cli(click.Group):
    """A group whose verbs end in one clear line when something the user can mend goes wrong."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Read the command line; what click says of it repeats arguments, which may hold anything."""
        try:
            return super().make_context(*args, **kwargs)
        except click.ClickException as error:
            error.message = clean(error.message)  # type: ignore[misc]  # final for subclasses, not for us
            raise

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; errors of user, database and file system exit with 2."""
        try:
            return super().invoke(ctx)
        except click.ClickException as error:
            error.message = clean(error.message)  # type: ignore[misc]  # final for subclasses, not for us
            raise
        except UserError as error:
            message = str(error)
        except sqlite3.Error as error:
            message = f"runs.db: {error}: try again; if it stays, run 'grpotui rebuild'"
        except BrokenPipeError:
            raise
        except OSError as error:
            message = f"{error.strerror or error}: {error.filename}" if error.filename else str(error)
        click.echo(f"grpotui: {clean(message)}", err=True)
        raise click.exceptions.Exit(2)


@click.group(cls=Cli, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="grpotui")
@click.option(
    "--workspace", "folder", type=click.Path(path_type=Path), help="Default: found from here upward."
)
@click.option("--no-mouse", is_flag=True, help="Leave the mouse to the terminal.")
@click.pass_context
def cli(ctx: click.Context, folder: Path | None, no_mouse: bool) -> None:
    """Launch, watch and judge GRPO runs. Without a verb: open the app.

    RUN is an id, a unique prefix, the unique last part of an id, or @last.
    """
    session = ctx.obj = Session(folder, mouse=not no_mouse)
    if ctx.invoked_subcommand is None:
        open_app(session)


VERBS = (
    *setup.VERBS,
    *checking.VERBS,
    *control.VERBS,
    *queueing.VERBS,
    *lineage.VERBS,
    *steering.VERBS,
    *sweeping.VERBS,
    *promoting.VERBS,
    *reading.VERBS,
    *health.VERBS,
    *comparing.VERBS,
    *logbook.VERBS,
    *history.VERBS,
    *serve.VERBS,
)
for verb in VERBS:
    cli.add_command(verb)
