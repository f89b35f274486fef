"""Verbs of the log book: report."""

from __future__ import annotations

import click

from grpotui.cli.output import print_json
from grpotui.cli.session import Session


@click.command("report")
@click.argument("runs", nargs=-1)
@click.option("--tag", default="", help="The runs that have this tag.")
@click.option("--sweep", default="", help="The runs of this sweep.")
@click.option(
    "--since", default="", metavar="DATE", help="Newer runs: 2025-06-14, '2025-06-14 23:40', or 7d."
)
@click.option("--window", type=click.IntRange(1), default=50, show_default=True, help="Last logged steps.")
@click.option("--format", "form", type=click.Choice(["md", "csv", "json"]), default="md", show_default=True)
@click.pass_obj
def report_runs(
    session: Session, runs: tuple[str, ...], tag: str, sweep: str, since: str, window: int, form: str
) -> None:
    """Write up runs: the best one and whether that is confirmed, a table, what each setting did, samples.

    Without RUN, --tag, --sweep or --since: all runs. --format json names runs and steps of every sentence.
    """
    from grpotui.analysis.report.build import build
    from grpotui.analysis.report.forms import to_csv, to_json, to_markdown
    from grpotui.analysis.report.selecting import choose

    found = build(session.registry, choose(session.registry, runs, tag, sweep, since), window)
    if form == "json":
        print_json(to_json(found))
    else:
        click.echo((to_csv if form == "csv" else to_markdown)(found), nl=False)


VERBS = (report_runs,)
