"""Past experiments: the table that ships, and a user's own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from grpotui import format as fmt
from grpotui.cli.output import print_json, print_table
from grpotui.cli.session import Session, workspace_or_none
from grpotui.text import clean

SHOWN = ("beta", "lr", "num_generations", "temperature", "reward", "accuracy", "verdict")
"""Columns of the table, beside the names; --json has all."""


def print_history(session: Session, as_json: bool) -> None:
    """Print every past experiment that runs are compared with: a user's own first, then those that ship."""
    from grpotui.registry.history import rows

    found = rows(workspace_or_none(session))
    if as_json:
        print_json([row.to_json() for row in found])
        return
    table = [
        [row.row["run_id"], row.row["source"], row.row["reward_name"] or row.row["task"]]
        + [row.row[name] or "-" for name in SHOWN]
        + [row.row["note"]]
        for row in found
    ]
    print_table(["id", "source", "reward", *SHOWN, "note"], [[_short(cell) for cell in row] for row in table])


def _short(text: str) -> str:
    return fmt.middle(text, 60)


@click.command("import-history")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def import_history(session: Session, files: Sequence[Path]) -> None:
    """Add tables of past experiments (CSV), which verdicts, 'check' and 'compare' then know of.

    Columns as 'grpotui ls --reference --json' names them; run_id and verdict are needed. A row that is there
    already is replaced; one with the id of a run that ships gets its source in front.
    """
    from grpotui.registry.history import take_in

    for path in files:
        done = take_in(session.workspace, path)
        parts = [f"{done.new} new", f"{done.changed} changed", f"{done.same} as before"]
        parts += [f"{done.proposed} only proposed, left out"] if done.proposed else []
        click.echo(clean(f"{path}: {', '.join(parts)}; in {session.workspace.history}"))
        if done.renamed:
            click.echo(f"renamed, as runs that ship have these ids: {_some(done.renamed)}", err=True)
        if done.unknown:
            words = _some(done.unknown)
            click.echo(
                f"not among grpotui's verdicts: {words}; 'ls --reference' and 'check' show these rows, "
                "but no run is said to have ended like them",
                err=True,
            )


def _some(words: Sequence[str]) -> str:
    more = f" and {len(words) - 5} more" if len(words) > 5 else ""
    return clean(", ".join(words[:5]), 200) + more


VERBS = (import_history,)
