"""Verbs about what a run does by itself, and what becomes of one that went wrong: policy, rescue."""

from __future__ import annotations

import sys
from typing import Any

import click

from grpotui.cli.lineage import finish
from grpotui.cli.options import changes_options, end_options, json_option
from grpotui.cli.output import print_fields, print_json
from grpotui.cli.session import Session
from grpotui.errors import UserError
from grpotui.records import POLICIES
from grpotui.text import clean


@click.command("policy")
@click.argument("run")
@click.option("--on-collapsed", type=click.Choice(POLICIES), help="When the verdict collapsed lasts.")
@click.option("--on-no-signal", type=click.Choice(POLICIES), help="When no-signal lasts.")
@click.option("--on-solved", type=click.Choice(POLICIES), help="When solved lasts.")
@click.option("--grace", type=click.IntRange(0), help="Steps that it has to last.")
@click.option("--kill", metavar="CONDITION", help="Such as 'step > 200 and reward < 0'; '' for none.")
@json_option
@click.pass_obj
def show_policy(session: Session, /, run: str, as_json: bool, **wanted: Any) -> None:
    """Show what the runner of RUN does by itself, or change it, while the run goes on too."""
    from grpotui.launch.policy import read_policy, write_policy

    run_id = session.registry.resolve(run)
    changes = {name: value for name, value in wanted.items() if value is not None}
    if changes:
        policy = write_policy(session.workspace, run_id, changes)
    else:
        policy = read_policy(session.workspace.run(run_id))
    if as_json:
        print_json({"run": run_id, **policy.to_json()})
        return
    shown = policy.to_json()
    print_fields([(name.replace("_", "-"), str(value)) for name, value in shown.items()])


@click.command("rescue")
@click.argument("run")
@click.option("--yes", is_flag=True, help="Launch it without asking.")
@changes_options
@end_options
@click.pass_obj
def rescue_run(
    session: Session,
    /,
    run: str,
    yes: bool,
    trust_code: bool,
    waits: bool,
    as_json: bool,
    overrides: tuple[str, ...],
    **changes: Any,
) -> None:
    """Fork RUN from before its trouble began, with the change that the verdict suggests; shows it first."""
    from grpotui.launch import rescue
    from grpotui.launch.lineage import Changes

    run_id = session.registry.resolve(run)
    planned = rescue.plan(session.workspace, run_id, overrides)
    for line in (f"{run_id}: {planned.verdict}; {planned.start}", *planned.lines):
        click.echo(clean(line), err=True)
    if not yes and not _agreed():
        raise click.exceptions.Exit(1)
    finish(
        session,
        lambda: rescue.rescue(session.workspace, planned, Changes(**changes)),
        trust_code,
        waits,
        as_json,
    )


def _agreed() -> bool:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UserError("nothing was launched: say --yes")
    return click.confirm("Launch it?", default=False, err=True)


VERBS = (show_policy, rescue_run)
