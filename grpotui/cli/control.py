"""Verbs that change something: launch, stop, resume, delete."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

import click

from grpotui.cli.follow import progress_line
from grpotui.cli.options import device_option, model_option, set_option, trust_preset_option
from grpotui.cli.output import finding_line, print_json
from grpotui.cli.session import Session
from grpotui.presets import apply_overrides
from grpotui.presets.loader import load
from grpotui.records import RunSummary, Status
from grpotui.text import clean

if TYPE_CHECKING:
    from grpotui.launch.trust import Untrusted
    from grpotui.preflight import Finding

T = TypeVar("T")

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it: the run that was waited for goes on."""


def wait_and_report(session: Session, run_id: str, every: int = 5) -> RunSummary:
    """Wait for a run's end; print a line to stderr at each change of status and every few steps.

    Also when memory ran out and another attempt follows.
    """
    from grpotui.launch.control import wait

    shown: list[tuple[str, str | None, int]] = []
    retried = [session.registry.retries(run_id)]

    def report(run: RunSummary) -> None:
        now = session.registry.retries(run_id)
        for retry in now[len(retried[0]) :]:
            click.echo(clean(f"{run.id}  {retry.told}"), err=True)
        retried[0] = now
        state = (run.status, run.verdict, run.step // every)
        if not shown or shown[-1] != state:
            shown.append(state)
            click.echo(progress_line(run), err=True)

    try:
        return wait(session.workspace, run_id, report)
    except KeyboardInterrupt:
        click.echo(f"{run_id} goes on without you; 'grpotui stop {run_id}' stops it", err=True)
        raise click.exceptions.Exit(INTERRUPTED) from None


def trusting(deed: Callable[[], T], trusts: bool, asks: bool) -> T:
    """Do something that may need code to be trusted: because the command line says so, or a person does."""
    from grpotui.launch.trust import UntrustedError, trust

    try:
        return deed()
    except UntrustedError as error:
        if not trusts and not (asks and _says_yes(error.files)):
            raise
        trust([untrusted.file for untrusted in error.files])
    return deed()


def _says_yes(files: Sequence[Untrusted]) -> bool:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    for untrusted in files:
        click.echo(clean(untrusted.summary), err=True)
        for line in untrusted.head():
            click.echo(f"  {line}", err=True)
    return click.confirm("It will run as you. Trust it?", default=False, err=True)


def warn(finding: Finding) -> None:
    """Print what the preflight found and does not refuse."""
    click.echo(finding_line(finding), err=True)


def tell_waiting(session: Session, run_id: str) -> None:
    """Say on stderr what a run that was queued waits for, unless it starts."""
    from grpotui.launch.queue import STARTING, waiting

    reason = waiting(session.workspace).get(run_id, STARTING)
    if reason != STARTING:
        click.echo(f"{run_id} waits: {clean(reason)}", err=True)


@click.command("launch")
@click.argument("preset")
@set_option
@click.option("--seed", type=int, help="Sets grpo.seed.")
@click.option("--name", help="Shown instead of the id.")
@click.option("--tag", "tags", multiple=True, help="May be repeated.")
@model_option
@device_option("your settings', else the GPU if there is one")
@click.option("--draft", is_flag=True, help="Only write it down; 'grpotui resume' or L in the app queues it.")
@trust_preset_option
@click.option("--force", is_flag=True, help="Launch it though the preflight finds errors.")
@click.option("--wait", "waits", is_flag=True, help="Until the run ends; exit code 1 unless it finished.")
@click.option("--json", "as_json", is_flag=True, help='Print {"id": ...} and nothing else.')
@click.pass_obj
def launch_run(
    session: Session,
    preset: str,
    overrides: tuple[str, ...],
    seed: int | None,
    name: str | None,
    tags: tuple[str, ...],
    model: str | None,
    device: str | None,
    draft: bool,
    trust_code: bool,
    force: bool,
    waits: bool,
    as_json: bool,
) -> None:
    """Queue a run of PRESET (a name or a file) and start it as soon as a device is free."""
    from grpotui.launch.request import LaunchRequest
    from grpotui.launch.submit import launch

    if draft and waits:
        raise click.UsageError("--draft starts nothing that --wait could wait for")
    found = load(preset, session.workspace)
    if device is None:
        device = session.settings.device_for(apply_overrides(found, overrides).data)
    request = LaunchRequest(
        preset=found,
        overrides=overrides,
        seed=seed,
        name=name,
        tags=tags,
        model=model,
        device=device,
        draft=draft,
        force=force,
    )
    run_id = trusting(lambda: launch(session.workspace, request, warn), trust_code, asks=not as_json)
    if not waits:
        tell_waiting(session, run_id)
    ended = wait_and_report(session, run_id) if waits else None
    if as_json:
        print_json({"id": run_id})
    else:
        click.echo(run_id)
    if ended is not None and ended.status is not Status.FINISHED:
        raise click.exceptions.Exit(1)


@click.command("stop")
@click.argument("run")
@click.option("--reason", default="", help="One line for the log book.")
@click.option("--force", is_flag=True, help="Kill it now; what it did not save is lost.")
@click.pass_obj
def stop_run(session: Session, run: str, reason: str, force: bool) -> None:
    """Let a run finish its step, save and end; a queued run is cancelled.

    It has two minutes for that; --force ends it at once.
    """
    from grpotui.launch.control import stop

    run_id = session.registry.resolve(run)
    before = session.registry.run(run_id).status
    stop(session.workspace, run_id, reason, force)
    if before is Status.STOPPING and not force:
        click.echo(f"{run_id} is stopping already; 'grpotui stop {run_id} --force' kills it")
    else:
        click.echo(f"{run_id}: {'killed' if force and before.is_live else 'stop requested'}")


@click.command("resume")
@click.argument("run")
@click.option("--trust-code", is_flag=True, help="Say yes to the run's Python files, which you have read.")
@click.pass_obj
def resume_run(session: Session, run: str, trust_code: bool) -> None:
    """Queue a draft, or the next attempt of a run; it goes on from its last checkpoint."""
    from grpotui.launch.control import resume
    from grpotui.launch.lineage import caveats

    run_id = session.registry.resolve(run)
    trusting(lambda: resume(session.workspace, run_id), trust_code, asks=True)
    for note in caveats(session.workspace.run(run_id)):
        click.echo(f"{run_id}: {clean(note)}", err=True)
    tell_waiting(session, run_id)
    click.echo(run_id)


@click.command("delete")
@click.argument("run")
@click.pass_obj
def delete_run(session: Session, run: str) -> None:
    """Move an ended run's folder to the bin (logs/.bin)."""
    from grpotui.launch.control import delete

    run_id = session.registry.resolve(run)
    delete(session.workspace, run_id)
    click.echo(clean(f"{run_id} is in {session.workspace.bin}"))


VERBS = (launch_run, stop_run, resume_run, delete_run)
