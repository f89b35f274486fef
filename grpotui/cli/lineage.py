"""Verbs that make runs from runs: extend, fork, clone, evaluate."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from grpotui.cli.control import trusting, wait_and_report, warn
from grpotui.cli.options import changes_options, end_options
from grpotui.cli.output import print_fields, print_json
from grpotui.cli.session import Session
from grpotui.cli.views import public_detail
from grpotui.records import Status
from grpotui.text import clean

if TYPE_CHECKING:
    from grpotui.launch.lineage import Made

RESULT = ("eval_accuracy", "eval_sampled_accuracy", "eval_train_accuracy")


def finish(
    session: Session,
    deed: Callable[[], Made],
    trust_code: bool,
    waits: bool,
    as_json: bool,
    measures: bool = False,
) -> None:
    """Do it, say what there is to know on stderr, wait if asked to, and print the run's id or its result."""
    made = trusting(deed, trust_code, asks=not as_json)
    for note in made.notes:
        click.echo(f"{made.run_id}: {clean(note)}", err=True)
    ended = wait_and_report(session, made.run_id) if waits else None
    detail = public_detail(session.registry, made.run_id) if ended is not None and measures else {}
    last = detail.get("last") or {}
    if as_json:
        print_json({"id": made.run_id, **({"step": detail["step"], "result": last} if detail else {})})
    else:
        click.echo(made.run_id)
        print_fields([(key, _measured(last, key)) for key in (*RESULT, *_parts(last)) if key in last])
    if ended is not None and ended.status is not Status.FINISHED:
        raise click.exceptions.Exit(1)


def _parts(last: dict[str, Any]) -> list[str]:
    return sorted(key for key in last if key.startswith("eval_accuracy/"))


def _measured(last: dict[str, Any], key: str) -> str:
    """Return ``0.830 (0.772-0.876)``."""
    ends = [last.get(f"{key}_{end}") for end in ("low", "high")]
    interval = f" ({ends[0]:.3f}-{ends[1]:.3f})" if None not in ends else ""
    return f"{last[key]:.3f}{interval}"


@click.command("extend")
@click.argument("run")
@click.option("--steps", type=int, help="So many optimizer steps more.")
@click.option("--epochs", type=float, help="So many epochs more.")
@end_options
@click.pass_obj
def extend_run(
    session: Session,
    run: str,
    steps: int | None,
    epochs: float | None,
    trust_code: bool,
    waits: bool,
    as_json: bool,
) -> None:
    """Let an ended run go on past its planned end; says what happens to the learning rate."""
    from grpotui.launch.lineage import extend

    run_id = session.registry.resolve(run)
    finish(session, lambda: extend(session.workspace, run_id, steps, epochs), trust_code, waits, as_json)


@click.command("fork")
@click.argument("run")
@click.option("--step", type=int, help="Of the checkpoint; default: the last one.")
@changes_options
@end_options
@click.pass_obj
def fork_run(
    session: Session,
    /,
    run: str,
    step: int | None,
    trust_code: bool,
    waits: bool,
    as_json: bool,
    **changes: Any,
) -> None:
    """Start a new run with the weights of a checkpoint, and with changes."""
    from grpotui.launch.lineage import Changes, fork

    run_id, wanted = session.registry.resolve(run), Changes(**changes, tell=warn)
    finish(session, lambda: fork(session.workspace, run_id, step, wanted), trust_code, waits, as_json)


@click.command("clone")
@click.argument("run")
@changes_options
@end_options
@click.pass_obj
def clone_run(
    session: Session, /, run: str, trust_code: bool, waits: bool, as_json: bool, **changes: Any
) -> None:
    """Start a new run that asks for what another one asked for, but for the changes."""
    from grpotui.launch.lineage import Changes, clone

    run_id, wanted = session.registry.resolve(run), Changes(**changes, tell=warn)
    finish(session, lambda: clone(session.workspace, run_id, wanted), trust_code, waits, as_json)


@click.command("evaluate")
@click.argument("run")
@click.option("--checkpoint", type=int, help="Its step; 0 is what the run began with. Default: the last one.")
@click.option("--task", help="Ask another task than the run was trained on.")
@click.option("--n", type=click.IntRange(1), help="Held-out prompts; default: eval.n of the run.")
@changes_options
@end_options
@click.pass_obj
def evaluate_run(
    session: Session,
    /,
    run: str,
    checkpoint: int | None,
    task: str | None,
    n: int | None,
    trust_code: bool,
    waits: bool,
    as_json: bool,
    **changes: Any,
) -> None:
    """Measure a checkpoint on held-out prompts, as a run of its own."""
    from grpotui.launch.lineage import Changes, evaluate

    run_id, wanted = session.registry.resolve(run), Changes(**changes)

    def deed() -> Made:
        return evaluate(session.workspace, run_id, checkpoint, task, n, wanted)

    finish(session, deed, trust_code, waits, as_json, measures=True)


VERBS = (extend_run, fork_run, clone_run, evaluate_run)
