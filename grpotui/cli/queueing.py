"""Verbs about the queue: queue and what it does, tick."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from grpotui import format as fmt
from grpotui.cli.options import json_option
from grpotui.cli.output import print_json, print_table
from grpotui.cli.session import Session
from grpotui.errors import UserError
from grpotui.text import clean

if TYPE_CHECKING:
    from grpotui.launch.queue import Entry, Standing


@click.group("queue", invoke_without_command=True)
@json_option
@click.pass_context
def queue_verbs(ctx: click.Context, as_json: bool) -> None:
    """List queued runs in the order in which they start: what each waits for, and when it is likely to run.

    Times come from measured step times, of the run itself or of earlier runs of its preset or model.
    """
    if ctx.invoked_subcommand is not None:
        return
    from grpotui.launch.queue import standing

    session: Session = ctx.obj
    found = standing(session.workspace, session.registry)
    if as_json:
        print_json(public_queue(found))
        return
    _print_queue(found)


def public_queue(found: Standing) -> dict[str, Any]:
    """Return the queue as ``queue --json`` prints it. Times are seconds from now."""
    return {
        "paused": found.paused,
        "ends_in": found.ends,
        "ends_known": found.complete,
        "runs": [_public_entry(place, entry) for place, entry in enumerate(found.entries, 1)],
    }


def _public_entry(place: int, entry: Entry) -> dict[str, Any]:
    return {
        "place": place,
        "run": entry.run.id,
        "name": entry.run.name,
        "priority": entry.priority,
        "held": entry.held,
        "waits_for": entry.waits_for,
        "starts_in": entry.starts,
        "ends_in": entry.ends,
        "sweep": entry.run.sweep or None,
    }


def _print_queue(found: Standing) -> None:
    rows = [
        [
            str(place),
            entry.run.id,
            str(entry.priority or "-"),
            fmt.duration(entry.starts) or "-",
            fmt.duration(entry.ends) or "-",
            entry.waits_for,
        ]
        for place, entry in enumerate(found.entries, 1)
    ]
    if rows:
        print_table(["", "run", "priority", "starts in", "ends in", "waits for"], rows)
    else:
        click.echo("nothing is queued")
    if found.paused:
        click.echo("paused: 'grpotui queue continue' lets it go on")
    elif found.ends is not None:
        click.echo(f"all done in {'' if found.complete else 'at least '}{fmt.duration(found.ends)}")


@queue_verbs.command("hold")
@click.argument("run")
@click.pass_obj
def hold_run(session: Session, run: str) -> None:
    """Keep a queued run from starting until it is released."""
    from grpotui.launch.queue.order import hold

    run_id = session.registry.resolve(run)
    hold(session.workspace, run_id)
    click.echo(f"{run_id}: held")


@queue_verbs.command("release")
@click.argument("run")
@click.pass_obj
def release_run(session: Session, run: str) -> None:
    """Let a held run start again when its turn comes."""
    from grpotui.launch.queue.order import hold

    run_id = session.registry.resolve(run)
    hold(session.workspace, run_id, held=False)
    click.echo(f"{run_id}: released")


@queue_verbs.command("move")
@click.argument("run")
@click.option("--up", "where", flag_value="up", help="Before the one ahead of it.")
@click.option("--down", "where", flag_value="down", help="After the next one.")
@click.option("--top", "where", flag_value="top", help="Before all others.")
@click.option("--bottom", "where", flag_value="bottom", help="After all others.")
@click.pass_obj
def move_run(session: Session, run: str, where: Any) -> None:
    """Move a queued run; it takes the priority of the runs that it goes between."""
    from grpotui.launch.queue.order import WHERE, move

    if where not in WHERE:
        raise click.UsageError("say where: --up, --down, --top or --bottom")
    run_id = session.registry.resolve(run)
    click.echo(f"{run_id}: place {move(session.workspace, run_id, where)}")


@queue_verbs.command("priority", context_settings={"ignore_unknown_options": True})
@click.argument("run")
@click.argument("priority", type=click.IntRange(-1000, 1000))
@click.pass_obj
def set_priority(session: Session, run: str, priority: int) -> None:
    """Give a queued run another priority: runs of a higher one start first, usual is 0."""
    from grpotui.launch.queue.order import prioritize

    run_id = session.registry.resolve(run)
    prioritize(session.workspace, run_id, priority)
    click.echo(f"{run_id}: priority {priority}")


@queue_verbs.command("cancel")
@click.argument("run")
@click.option("--reason", default="", help="One line for the log book.")
@click.pass_obj
def cancel_run(session: Session, run: str, reason: str) -> None:
    """Take a queued run out of the queue; 'resume' puts it back."""
    from grpotui.launch.control import stop
    from grpotui.records import Status

    run_id = session.registry.resolve(run)
    if (status := session.registry.run(run_id).status) is not Status.QUEUED:
        raise UserError(f"{run_id} is {status}: only a queued run can be cancelled")
    stop(session.workspace, run_id, reason)
    click.echo(f"{run_id}: cancelled")


@queue_verbs.command("pause")
@click.pass_obj
def pause_queue(session: Session) -> None:
    """Start nothing more; what runs goes on."""
    from grpotui.launch.queue.order import pause

    pause(session.workspace)
    click.echo("the queue is paused; 'grpotui queue continue' lets it go on")


@queue_verbs.command("continue")
@click.pass_obj
def continue_queue(session: Session) -> None:
    """Let a paused queue go on."""
    from grpotui.launch.queue.order import pause

    _print_started(pause(session.workspace, paused=False))


@click.command("tick")
@json_option
@click.pass_obj
def tick_once(session: Session, as_json: bool) -> None:
    """Move the queue on once: settle what ended, start what can start, what a reboot left queued, too.

    What it leaves queued is said on stderr, with what that waits for.

    For a crontab: @reboot /path/to/grpotui --workspace /path/to/workspace tick
    """
    from grpotui.launch.control import requeue
    from grpotui.launch.queue import PATIENCE, STARTING, tick, waiting

    started = tick(session.workspace, PATIENCE)
    again, refused = requeue(session.workspace)
    for problem in refused:
        click.echo(clean(problem), err=True)
    started += again
    waits = {run: why for run, why in waiting(session.workspace).items() if why != STARTING}
    for line in _waiting_lines(waits):
        click.echo(line, err=True)
    if as_json:
        left = [{"run": run, "waits_for": why} for run, why in waits.items()]
        print_json({"started": started, "waiting": left})
    else:
        _print_started(started)


def _waiting_lines(waits: Mapping[str, str]) -> Iterator[str]:
    """Yield a line for each reason: a sweep may have hundreds of runs that wait for the same."""
    for why in dict.fromkeys(waits.values()):
        first, *more = (run for run, reason in waits.items() if reason == why)
        yield clean(f"{first} and {len(more)} more wait: {why}" if more else f"{first} waits: {why}")


def _print_started(started: list[str]) -> None:
    for run_id in started:
        click.echo(run_id)


VERBS = (queue_verbs, tick_once)
