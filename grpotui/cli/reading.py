"""Verbs that read: ls, show, metrics, completions, logs."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import islice
from typing import Any

import click

from grpotui import format as fmt
from grpotui.analysis.promises import headline, marks_of
from grpotui.analysis.rollout_reader import rollouts_of
from grpotui.cli.follow import print_log
from grpotui.cli.history import print_history
from grpotui.cli.options import json_option
from grpotui.cli.output import print_fields, print_json, print_table
from grpotui.cli.rollouts import print_rollouts
from grpotui.cli.session import Session
from grpotui.cli.views import public_detail, public_summary
from grpotui.errors import UserError
from grpotui.records import Group, Hit, Mode, RunSummary
from grpotui.records.retries import Retry
from grpotui.registry.search import Condition, Wanted, pattern_of
from grpotui.text import clean


@click.command("ls")
@click.option("--reference", is_flag=True, help="Past experiments instead, that runs are compared with.")
@json_option
@click.pass_obj
def list_runs(session: Session, reference: bool, as_json: bool) -> None:
    """List the runs, newest first."""
    if reference:
        print_history(session, as_json)
        return
    runs = session.registry.runs()
    if as_json:
        print_json([public_summary(run) for run in runs])
        return
    if not runs:
        click.echo("no runs yet: 'grpotui presets' lists what 'grpotui launch' can start")
        return
    headers = ["id", "status", "verdict", "step", "epoch", "reward", "zero-std", "jaccard", "preset", "age"]
    rows = [
        [
            run.id,
            run.status,
            run.verdict or "-",
            fmt.part_of(run.step, run.max_steps),
            fmt.number(run.epoch),
            fmt.number(run.reward),
            fmt.number(run.zero_std),
            fmt.number(run.jaccard),
            run.preset,
            fmt.age(time.time() - run.created_at),
        ]
        for run in runs
    ]
    print_table(headers, rows)
    if any(run.status == "queued" for run in runs):
        _print_waiting(session)


def _print_waiting(session: Session) -> None:
    from grpotui.launch.queue import waiting

    for run_id, reason in waiting(session.workspace).items():
        click.echo(f"{run_id} waits: {clean(reason)}")


@click.command("show")
@click.argument("run")
@json_option
@click.pass_obj
def show_run(session: Session, run: str, as_json: bool) -> None:
    """Show one run: state, verdict, last values, flags, config, paths."""
    run_id = session.registry.resolve(run)
    detail = public_detail(session.registry, run_id)
    if as_json:
        print_json(detail)
        return
    summary = session.registry.run(run_id)
    reason = detail["exit"].get("reason") or summary.reason
    print_fields(
        [
            ("run", summary.id if summary.name in ("", summary.id) else f"{summary.id}  {summary.name}"),
            ("preset", summary.preset),
            ("status", f"{summary.status}: {reason}" if reason else summary.status),
            ("verdict", f"{summary.verdict or '-'}: {summary.verdict_message}".rstrip(": ")),
            ("step", fmt.part_of(summary.step, summary.max_steps) + _stage(summary)),
            ("reward", _reward(summary, detail["pass_rate"])),
            *_retries(detail["retries"]),
            ("from", _origin(summary)),
            ("children", ", ".join(f"{c['run']} ({_came(c)})" for c in detail["children"])),
            ("device", summary.device),
            ("model", _model(detail["model"])),
            ("tags", " ".join(summary.tags)),
            ("note", summary.note),
            ("folder", detail["paths"]["folder"]),
        ]
    )
    for line in detail["account"]:
        click.echo(clean(f"  {line}"))
    _print_contract(detail["contract"])
    if rolled := rollouts_of(session.registry, run_id):
        print_rollouts(rolled)
    elif detail["last"]:
        click.echo()
        print_fields([(key, fmt.number(value)) for key, value in sorted(detail["last"].items())])
    if detail["flags"]:
        click.echo()
        for flag in detail["flags"]:
            click.echo(clean(f"step {flag['step']}  {flag['kind']} {flag['level']}  {flag['message']}"))


def _retries(found: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield what was changed after memory ran out, each time."""
    for retry in filter(None, map(Retry.from_json, found)):
        yield "retried", f"after attempt {retry.attempt} ran out of memory: {retry.words}"


def _stage(run: RunSummary) -> str:
    return f"  stage {run.stage}" if run.stage else ""


def _print_contract(content: dict[str, Any]) -> None:
    told = marks_of(content)
    if not told:
        return
    click.echo()
    ended = headline(content)
    click.echo(f"contract: {ended}" if ended else "contract: the run goes on")
    print_table(
        ["", "", "state", "of", "measured"],
        [[mark.sign, mark.name, mark.state, mark.text, mark.numbers] for mark in told],
    )


def _origin(run: RunSummary) -> str:
    """Return ``study-x3f2 (fork of step 40)``."""
    return (
        f"{run.parent} ({_came({'relation': run.relation, 'step': run.parent_step})})" if run.parent else ""
    )


def _came(child: dict[str, Any]) -> str:
    return str(child["relation"]) + ("" if child["step"] is None else f" of step {child['step']}")


def _reward(run: RunSummary, rate: float | None) -> str:
    """Return the mean of the last steps' rewards; with the share that passed, where it says so."""
    if run.reward is None:
        return ""
    return fmt.number(run.reward) + (f"  (pass rate {fmt.percent(rate)})" if rate is not None else "")


def _model(known: dict[str, Any]) -> str:
    """Return path and the beginning of the hash of the weights, enough to tell two models apart."""
    found = known.get("weights_sha256")
    return f"{known.get('path', '')}  {f'sha256 {found[:12]}' if isinstance(found, str) else ''}".strip()


@click.command("metrics")
@click.argument("run")
@click.option("--key", "keys", multiple=True, help="Only this metric; may be repeated.")
@json_option
@click.pass_obj
def show_metrics(session: Session, run: str, keys: tuple[str, ...], as_json: bool) -> None:
    """Print every logged value of a run's metrics, or their ranges."""
    registry = session.registry
    run_id = registry.resolve(run)
    known = registry.keys(run_id)
    for key in keys:
        if key not in known:
            near = get_close_matches(key, known, n=3) or known[:3]
            raise UserError(
                f"{run_id} has no metric {key!r}; nearest: {', '.join(near) or 'it has none yet'}"
            )
    series = registry.series(run_id, keys or None)
    if as_json:
        print_json(series)
        return
    rows = []
    for key, points in series.items():
        values = [value for _, value in points if value is not None]
        spread = [fmt.number(min(values)), fmt.number(max(values))] if values else ["-", "-"]
        rows.append([key, str(len(points)), fmt.number(points[-1][1]), *spread])
    print_table(["metric", "points", "last", "min", "max"], rows)


@click.command("completions")
@click.argument("run")
@click.option("--step", type=int, help="Only the groups of this optimizer step.")
@click.option(
    "--mode", type=click.Choice([str(mode) for mode in Mode]), help="Only the groups made for this."
)
@click.option("--task", help="Only completions of this task.")
@click.option("--search", "text", help="Only completions with this text; any case, unless it has a capital.")
@click.option("--regex", help="Only completions that this regular expression is found in.")
@click.option("--reward", help="Only completions with such a reward: '<0.1', '>=0.5', '=1'.")
@click.option("--limit", type=click.IntRange(1), help="At most so many of them.")
@json_option
@click.pass_obj
def show_completions(
    session: Session,
    run: str,
    step: int | None,
    mode: str | None,
    task: str | None,
    text: str | None,
    regex: str | None,
    reward: str | None,
    limit: int | None,
    as_json: bool,
) -> None:
    """Print the groups of completions of a run, or only those completions that are looked for.

    With a search, --json prints one object a line.
    """
    run_id = session.registry.resolve(run)
    if any(given is not None for given in (task, text, regex, reward, limit)):
        condition = Condition.parse(reward) if reward is not None else None
        pattern = pattern_of(regex) if regex else None
        wanted = Wanted(text or "", pattern, condition, step, step, task, mode)
        _print_hits(session.registry.search(run_id, wanted), limit, as_json)
        return
    objects = session.registry.group_lines(run_id, step, mode)
    if as_json:
        print_json(list(objects))
        return
    count = 0
    for count, data in enumerate(objects, 1):  # noqa: B007
        _print_group(data)
    if not count:
        click.echo("no completions" if step is None else f"no completions at step {step}", err=True)


def _print_hits(hits: Iterator[Hit], limit: int | None, as_json: bool) -> None:
    count = 0
    for count, hit in enumerate(islice(hits, limit), 1):  # noqa: B007
        if as_json:
            click.echo(json.dumps(hit.to_json()))
            continue
        at = f"step {hit.group.step} group {hit.group.group} {hit.group.mode}"
        click.echo(f"{at}  {fmt.number(hit.completion.reward):>6}  {clean(hit.completion.text)}")
    if not count:
        click.echo("no completion is like that", err=True)
    elif count == limit and next(hits, None) is not None:
        click.echo(f"the first {limit}: there are more", err=True)


def _print_group(data: dict[str, Any]) -> None:
    group = Group.from_json(data)
    click.echo(clean(f"step {group.step} group {group.group} {group.mode}  {group.prompt}"))
    for completion in group.completions:
        cut = " (truncated)" if completion.truncated else ""
        click.echo(f"  {fmt.number(completion.reward):>6}  {clean(completion.text)}{cut}")


@click.command("logs")
@click.argument("run")
@click.option("-f", "--follow", is_flag=True, help="Go on until the run ends.")
@click.pass_obj
def show_log(session: Session, run: str, follow: bool) -> None:
    """Print what the trainer wrote to stdout and stderr."""
    print_log(session.workspace, session.registry, session.registry.resolve(run), follow)


VERBS = (list_runs, show_run, show_metrics, show_completions, show_log)
