"""The verb promote: the winner of a sweep, written into a preset."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from grpotui.cli.options import json_option
from grpotui.cli.output import print_json
from grpotui.cli.session import Session
from grpotui.errors import UserError
from grpotui.text import clean

if TYPE_CHECKING:
    from grpotui.analysis.promotion import Promotion, Winner


@click.command("promote")
@click.argument("source", metavar="SWEEP|RUN")
@click.option(
    "--into", metavar="PRESET", help="Default: [promote] into, else the preset of the sweep or run."
)
@click.option("--as", "name", metavar="NAME", help="Make a new preset of it.")
@click.option("--point", type=click.IntRange(1), help="Another point than the best.")
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@click.option("--yes", is_flag=True, help="Write it without asking, unconfirmed or not.")
@click.option("--force", is_flag=True, help="The same, though runs of the sweep are still to come.")
@json_option
@click.pass_obj
def promote_winner(
    session: Session,
    source: str,
    into: str | None,
    name: str | None,
    point: int | None,
    dry_run: bool,
    yes: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Write the best point of a sweep, or what a run changed, into a preset; comments stay.

    Shows the difference first. A preset that ships with grpotui is copied into the workspace. Of a probe only
    what completions are sampled with is written.
    """
    from grpotui.analysis.promotion import NothingNewError, plan, promote

    winner = _winner(session, source, point, force or dry_run)
    try:
        planned = plan(session.workspace, winner, into, name)
    except NothingNewError as error:
        click.echo(clean(str(error)), err=True)
        if as_json:
            print_json({"preset": into or winner.into, "written": False, "values": {}})
        return
    for note in planned.notes:
        click.echo(clean(note), err=True)
    for line in planned.change.diff:
        click.echo(line, err=as_json)
    if dry_run:
        _print(planned, as_json, False)
        return
    if not (yes or force or _agreed(planned)):
        raise click.exceptions.Exit(1)
    promote(session.workspace, planned)
    _print(planned, as_json, True)


def _winner(session: Session, source: str, point: int | None, force: bool) -> Winner:
    from grpotui.analysis.promotion import winner_of, winner_of_run
    from grpotui.analysis.sweep.study import study

    registry = session.registry
    try:
        sweep = registry.sweep(source)
    except UserError as error:
        try:
            run_id = registry.resolve(source)
        except UserError:
            raise error from None
        if point is not None:
            raise UserError(f"{run_id} is a run: --point is for sweeps") from None
        return winner_of_run(registry, run_id)
    found = study(registry, sweep)
    if not found.over and not force:
        raise UserError(
            f"{sweep.id}: {found.counts.done} of {found.counts.planned} runs are done: wait for the others, "
            f"'grpotui sweep resume {sweep.id}' for what was left out, or say --force"
        )
    return winner_of(registry, found, point)


def _agreed(planned: Promotion) -> bool:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        why = "" if planned.winner.confirmed else " (it is unconfirmed)"
        raise UserError(f"nothing was written: say --yes{why}")
    return click.confirm(f"Write {clean(str(planned.change.path))}?", default=False, err=True)


def _print(planned: Promotion, as_json: bool, written: bool) -> None:
    change, winner = planned.change, planned.winner
    if as_json:
        print_json(
            {
                "preset": change.name,
                "file": str(change.path),
                "written": written,
                "values": dict(change.values),
                "before": dict(change.was),
                "sweep": winner.sweep or None,
                "point": winner.point,
                "runs": list(winner.runs),
                "confirmed": winner.confirmed,
                "notes": list(planned.notes),
            }
        )
    elif written:
        click.echo(clean(str(change.path)))
    else:
        click.echo("nothing was written", err=True)


VERBS = (promote_winner,)
