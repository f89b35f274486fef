"""Verbs that begin, stop and repeat sweeps: sweep, probe, confirm."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from grpotui.cli.control import INTERRUPTED, trusting
from grpotui.cli.options import device_option, json_option, model_option, set_option, trust_preset_option
from grpotui.cli.output import finding_line, print_json
from grpotui.cli.session import Session
from grpotui.cli.sweep_show import SHOW_VERBS, show_sweep
from grpotui.errors import UserError
from grpotui.presets import apply_overrides
from grpotui.presets.loader import load
from grpotui.records import Status
from grpotui.records.sweeps import MOST_SEEDS, Sweep
from grpotui.text import clean

if TYPE_CHECKING:
    from grpotui.launch.sweeps.control import Progress
    from grpotui.launch.sweeps.plan import Plan
    from grpotui.preflight import Finding

START = "start"


class SweepGroup(click.Group):
    """``sweep PRESET ...`` is ``sweep start PRESET ...``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the verb there where the first word is none of them."""
        if args and args[0] not in self.commands and args[0] not in ("-h", "--help"):
            args = [START, *args]
        return super().parse_args(ctx, args)


def begin_options(verb: Callable[..., None]) -> Callable[..., None]:
    """Add the options of a verb that begins a sweep."""
    grid = (
        "Values of a field, such as grpo.beta=0,0.01,0.02 or grpo.learning_rate='1e-6..1e-4 x5 log'; repeat."
    )
    options = (
        click.option("--grid", multiple=True, metavar="FIELD=A,B", help=grid),
        click.option("--random", type=click.IntRange(1), help="So many points, drawn from the grid."),
        click.option("--seeds", type=click.IntRange(1, MOST_SEEDS), help="Runs of each point."),
        click.option("--seed", type=int, help="The first of the seeds; default: grpo.seed."),
        set_option,
        click.option("--max-parallel", type=click.IntRange(1), help="Most of its runs at once."),
        click.option("--name", help="Its id begins with it."),
        click.option("--tag", "tags", multiple=True, help="For each run; may be repeated."),
        model_option,
        device_option("your settings', else the GPU if there is one"),
        trust_preset_option,
        click.option("--force", is_flag=True, help="Launch it though the preflight finds errors."),
        click.option("--dry-run", is_flag=True, help="Check all points, list them, and launch nothing."),
        click.option("--wait", "waits", is_flag=True, help="Until all have ended; exit code 1 unless well."),
        json_option,
    )
    for option in reversed(options):
        verb = option(verb)
    return verb


def begin(
    session: Session,
    preset: str,
    probe: bool,
    rollouts: int | None = None,
    *,
    overrides: tuple[str, ...],
    device: str | None,
    trust_code: bool,
    dry_run: bool,
    waits: bool,
    as_json: bool,
    force: bool,
    **asked: Any,
) -> None:
    """Plan a sweep, check every point, and launch it unless it is only to be shown."""
    from grpotui.launch.sweeps import start
    from grpotui.launch.sweeps.plan import SweepRequest, plan

    found = load(preset, session.workspace)
    if device is None:
        device = session.settings.device_for(apply_overrides(found, overrides).data)
    request = SweepRequest(
        found, overrides=overrides, device=device, probe=probe, rollouts=rollouts, force=force, **asked
    )
    planned = plan(session.workspace, request)
    for note in planned.notes:
        click.echo(clean(note), err=True)
    refusing(
        lambda: trusting(
            lambda: start.check(session.workspace, planned, force, warn), trust_code, asks=not as_json
        )
    )
    if dry_run:
        _show_plan(planned, as_json)
        return
    sweep = planned.sweep
    click.echo(f"{sweep.id}: {_size(planned)}", err=True)
    made = start.begin(session.workspace, planned)
    report(session, sweep, made, (), waits, as_json)


def refusing(deed: Callable[[], None]) -> None:
    """Do it; print a line for each point that cannot be launched."""
    from grpotui.launch.sweeps.preflight import RefusedError

    try:
        deed()
    except RefusedError as error:
        for line in error.lines:
            click.echo(line, err=True)
        raise


def warn(finding: Finding, where: str) -> None:
    """Print what the preflight found and does not refuse."""
    click.echo(finding_line(finding) + (f" ({clean(where)})" if where else ""), err=True)


def _size(planned: Plan) -> str:
    sweep = planned.sweep
    points = f"{len(sweep.points)} point{'' if len(sweep.points) == 1 else 's'}"
    return f"{points} x {len(sweep.seeds)} seeds = {planned.runs} runs" if len(sweep.seeds) > 1 else points


def _show_plan(planned: Plan, as_json: bool) -> None:
    from grpotui.launch.sweeps.pairs import run_name, wanted

    sweep = planned.sweep
    if as_json:
        print_json({key: value for key, value in sweep.to_json().items() if key not in ("asked", "sweep")})
        return
    for pair in wanted(sweep):
        click.echo(clean(run_name(sweep, pair)))
    click.echo(f"{_size(planned)}: nothing was launched", err=True)


def report(
    session: Session, sweep: Sweep, made: Sequence[str], only: Sequence[str], waits: bool, as_json: bool
) -> None:
    """Wait if asked to, then print the sweep's id and its runs, or what it found."""
    ended = wait(session, sweep, only) if waits else None
    if as_json:
        print_json({"id": sweep.id, "runs": list(made)})
    else:
        click.echo(sweep.id)
        if ended is not None:
            click.get_current_context().invoke(show_sweep, sweep=sweep.id, form=None)
    if ended is not None:
        from grpotui.launch.sweeps.control import went_well

        if not all(went_well(session.workspace, run) for run in ended.runs):
            raise click.exceptions.Exit(1)


def wait(session: Session, sweep: Sweep, only: Sequence[str]) -> Progress:
    """Wait for the ends of runs; print a line to stderr whenever one of them gets further."""
    from grpotui.launch.sweeps.control import wait_for

    said = [""]

    def tell(now: Progress) -> None:
        parts = [(now.count(Status.FINISHED), "finished"), (now.count(Status.STOPPED), "stopped")]
        parts += [(now.count(Status.FAILED), "failed"), (now.count(Status.LOST), "lost")]
        parts += [(now.count(Status.STARTING, Status.RUNNING, Status.STOPPING), "running")]
        parts += [(now.count(Status.QUEUED), "waiting")]
        told = ", ".join(f"{count} {word}" for count, word in parts if count)
        if told != said[0]:
            said[0] = told
            click.echo(f"{sweep.id}  {now.ended}/{len(now.runs)} ended: {told}", err=True)

    try:
        return wait_for(session.workspace, sweep, only, tell)
    except KeyboardInterrupt:
        click.echo(
            f"{sweep.id} goes on without you; 'grpotui sweep show {sweep.id}' tells how far it is, "
            f"'grpotui sweep stop {sweep.id}' stops it",
            err=True,
        )
        raise click.exceptions.Exit(INTERRUPTED) from None


@click.group("sweep", cls=SweepGroup)
def sweep_group() -> None:
    """Run a preset over values of fields: sweep PRESET --grid FIELD=A,B; show, ls, stop, resume."""


@sweep_group.command(START)
@click.argument("preset")
@begin_options
@click.pass_obj
def start_sweep(session: Session, /, preset: str, **options: Any) -> None:
    """Queue a run of PRESET for each point of a grid and each seed. The word start may be left out.

    Without --grid the points are those of the preset's [sweep].
    """
    begin(session, preset, False, **options)


@click.command("probe")
@click.argument("preset")
@click.option("--rollouts", type=click.IntRange(1), help="Completions of each point; default: [rollouts] n.")
@begin_options
@click.pass_obj
def start_probe(session: Session, /, preset: str, rollouts: int | None, **options: Any) -> None:
    """Generate and score without training, at one point or at each of a grid: which settings give signal.

    PRESET may be one for training; its [sweep] is used only where its kind is "rollouts".
    """
    begin(session, preset, True, rollouts, **options)


@sweep_group.command("stop")
@click.argument("sweep")
@click.pass_obj
def stop_one(session: Session, sweep: str) -> None:
    """Cancel the runs of a sweep that wait, and let those that run finish their step, save and end."""
    from grpotui.launch.sweeps.control import stop_sweep

    found = session.registry.sweep(sweep)
    asked = stop_sweep(session.workspace, found)
    how_many = (
        f"{len(asked)} run{'' if len(asked) == 1 else 's'} asked to end" if asked else "nothing to stop"
    )
    go_on = f"; 'grpotui sweep resume {found.id}' goes on" if asked else ""
    click.echo(f"{found.id}: {how_many}{go_on}")


@sweep_group.command("resume")
@click.argument("sweep")
@click.option("--failed", is_flag=True, help="Those that failed, too.")
@click.option("--trust-code", is_flag=True, help="Say yes to the runs' Python files, which you have read.")
@click.option("--wait", "waits", is_flag=True, help="Until all have ended; exit code 1 unless well.")
@json_option
@click.pass_obj
def resume_one(
    session: Session, sweep: str, failed: bool, trust_code: bool, waits: bool, as_json: bool
) -> None:
    """Queue what is left out of a sweep: runs that are not there, that were stopped with it, or lost."""
    from grpotui.launch.sweeps.control import resume_sweep

    found = session.registry.sweep(sweep)
    queued = trusting(lambda: resume_sweep(session.workspace, found, failed), trust_code, asks=not as_json)
    click.echo(f"{found.id}: {len(queued)} queued", err=True)
    report(session, found, queued, (), waits, as_json)


@click.command("confirm")
@click.argument("sweep")
@click.option(
    "--top", type=click.IntRange(1), help="So many of the best points; default: [confirm] top, else 2."
)
@click.option(
    "--repeat",
    "times",
    type=click.IntRange(1, MOST_SEEDS),
    help="Runs of each; default: [confirm] repeat, else 3.",
)
@click.option("--point", "points", type=click.IntRange(1), multiple=True, help="This point instead; repeat.")
@click.option("--trust-code", is_flag=True, help="Say yes to the runs' Python files, which you have read.")
@click.option("--force", is_flag=True, help="Though runs of the sweep, or repeats, are still to come.")
@click.option("--wait", "waits", is_flag=True, help="Until they have ended; exit code 1 unless well.")
@json_option
@click.pass_obj
def confirm_sweep(
    session: Session,
    sweep: str,
    top: int | None,
    times: int | None,
    points: tuple[int, ...],
    trust_code: bool,
    force: bool,
    waits: bool,
    as_json: bool,
) -> None:
    """Repeat the best points of a sweep with seeds that none of its runs had: only those confirm a winner.

    The best of many looks better than it is. Points that collapsed have no rank and are not repeated.
    """
    from grpotui.analysis.sweep.study import study
    from grpotui.launch.sweeps.control import repeat
    from grpotui.launch.sweeps.pairs import point_name
    from grpotui.presets.resolve import confirm_settings

    found = session.registry.sweep(sweep)
    settings, known = confirm_settings({"confirm": found.confirm}), study(session.registry, found)
    if not known.over and not force:
        raise UserError(
            f"{found.id}: {known.counts.done} of {known.counts.planned} runs are done: wait for the others, "
            f"'grpotui sweep resume {found.id}' for what was left out, or say --force"
        )
    chosen = list(dict.fromkeys(points)) or list(known.ranking.order[: top or settings.top])
    if not chosen:
        raise UserError(f"{found.id} has no point with a rank to confirm: 'grpotui sweep show {found.id}'")
    wanted = times or settings.repeat
    made = trusting(
        lambda: repeat(session.workspace, found, chosen, wanted, force), trust_code, asks=not as_json
    )
    for number in chosen:
        click.echo(clean(f"{found.id}: {wanted} x point {number} {point_name(found, number)}"), err=True)
    report(session, found, made, made, waits, as_json)


for verb in SHOW_VERBS:
    sweep_group.add_command(verb)

VERBS = (sweep_group, start_probe, confirm_sweep)
