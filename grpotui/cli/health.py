"""The verb that judges a log once more: a run, or any folder that TRL wrote."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grpotui.cli.options import json_option
from grpotui.cli.output import print_json, print_table
from grpotui.cli.session import Session
from grpotui.errors import UserError
from grpotui.format import number
from grpotui.health.present import quoted
from grpotui.records import is_bad
from grpotui.text import clean

if TYPE_CHECKING:
    from grpotui.analysis.logs import Report

SHOWN = (
    "reward",
    "zero_std",
    "jaccard_cross",
    "template_share",
    "repetition",
    "monotony",
    "unique",
    "entropy",
    "kl",
)


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

    place = _place(session, source)
    report = replay(find(place, completions))
    if as_json:
        print_json(report.to_json())
    else:
        _print(report, source)
        _print_earlier(session, report, None if Path(source).exists() else place.name)
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
        click.echo(clean(f"  {quoted(quote)}"))
    rows = [[name, *_ends(report.signals[name])] for name in SHOWN if name in report.signals]
    if rows:
        click.echo()
        print_table(["signal", "first", "last", "lowest", "highest"], rows)


def _print_earlier(session: Session, report: Report, run_id: str | None) -> None:
    """Name runs that ended alike: of this registry, where one of its runs is judged, and of the logs."""
    from grpotui.analysis.account import like

    if is_bad(report.verdict):
        for line in like(session.registry, run_id, report.verdict, report.cause):
            click.echo(clean(f"like {line}"))


def _ends(points: list[tuple[int, float]]) -> list[str]:
    values = [value for _, value in points]
    return [number(value) for value in (values[0], values[-1], min(values), max(values))]


VERBS = (judge_log,)
