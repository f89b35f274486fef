"""The verb that judges a log once more: a run, or any folder that TRL wrote."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grpotui.analysis.format import number
from grpotui.cli.output import print_json, print_table
from grpotui.cli.reading import json_option
from grpotui.cli.session import Session
from grpotui.errors import UserError
from grpotui.text import clean

if TYPE_CHECKING:
    from grpotui.analysis.logs import Report

SHOWN = ("reward", "zero_std", "jaccard_cross", "template_share", "repetition", "unique", "entropy", "kl")


@click.command("health")
@click.argument("source")
@click.option(
    "--completions",
    type=click.Path(path_type=Path),
    help="JSON lines or parquet, where they are not beside the metrics.",
)
@json_option
@click.pass_obj
def judge_log(session: Session, source: str, completions: Path | None, as_json: bool) -> None:
    """Judge a log once more: RUN, metrics.jsonl, or an output folder of TRL."""
    from grpotui.analysis.logs import find, replay

    report = replay(find(_place(session, source), completions))
    if as_json:
        print_json(report.to_json())
    else:
        _print(report, source)
    for what in report.unjudged:
        click.echo(clean(f"cannot be judged: {what}"), err=as_json)


def _place(session: Session, source: str) -> Path:
    """Return the file or folder that is meant; a path goes before a run's id."""
    path = Path(source)
    if path.exists():
        return path
    if any(sign in source for sign in "/\\") or path.suffix:
        raise UserError(f"{source}: there is no such file or folder")
    return session.workspace.run(session.registry.resolve(source)).path


def _print(report: Report, source: str) -> None:
    cause = f" ({report.cause})" if report.cause else ""
    click.echo(clean(f"{report.verdict}{cause} after {report.lines} logged steps of {source}"))
    if report.changes:
        click.echo()
    for change in report.changes:
        named = f" ({change.cause})" if change.cause else ""
        click.echo(clean(f"step {change.step}  {change.old} -> {change.new}{named}: {change.message}"))
    for quote in report.changes[-1].quotes if report.changes else ():
        click.echo(clean(f"  {_quoted(quote)}"))
    rows = [[name, *_ends(report.signals[name])] for name in SHOWN if name in report.signals]
    if rows:
        click.echo()
        print_table(["signal", "first", "last", "lowest", "highest"], rows)


def _ends(points: list[tuple[int, float]]) -> list[str]:
    values = [value for _, value in points]
    return [number(value) for value in (values[0], values[-1], min(values), max(values))]


def _quoted(quote: Mapping[str, Any]) -> str:
    """Return a quoted completion with what was read in it."""
    told = f'"{quote.get("text", "")}" after "{quote.get("prompt", "")}"'
    known = [name for name in ("parsed", "answer", "reward") if quote.get(name) is not None]
    parts = [f"{name} {quote[name]}" for name in known]
    if quote.get("answer") is not None and quote.get("parsed") is None:
        parts.insert(0, "nothing parsed")
    return f"{told}: {', '.join(parts)}" if parts else told


VERBS = (judge_log,)
