"""Verbs of the log book: report, journal."""

from __future__ import annotations

import click

from grpotui.cli.options import json_option
from grpotui.cli.output import print_json
from grpotui.cli.session import Session
from grpotui.errors import UserError
from grpotui.text import clean


@click.command("report")
@click.argument("runs", nargs=-1)
@click.option("--tag", help="The runs that have this tag.")
@click.option("--sweep", help="The runs of this sweep.")
@click.option("--since", metavar="DATE", help="Newer runs: 2025-06-14, '2025-06-14 23:40', or 7d.")
@click.option(
    "--window", type=click.IntRange(1), help="Last logged steps; default: 50, at most half of a run."
)
@click.option("--format", "form", type=click.Choice(["md", "csv", "json"]), default="md", show_default=True)
@click.pass_obj
def report_runs(
    session: Session,
    runs: tuple[str, ...],
    tag: str | None,
    sweep: str | None,
    since: str | None,
    window: int | None,
    form: str,
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


@click.command("journal")
@click.option("--write", "writes", is_flag=True, help="Bring logs/journal.md up to date; your words stay.")
@click.option("--again", is_flag=True, help="Bring back blocks that you took out, too.")
@click.option("--edit", "edits", is_flag=True, help="Open it in $EDITOR.")
@json_option
@click.pass_obj
def show_journal(session: Session, writes: bool, again: bool, edits: bool, as_json: bool) -> None:
    """Print the log book logs/journal.md, bring it up to date, or edit it.

    --json lists hypotheses, open and settled, with the runs that speak for or against them.
    """
    from grpotui.analysis.journal import book, editor
    from grpotui.analysis.journal.hypotheses import hypotheses, read_findings
    from grpotui.analysis.journal.write import write

    if edits:
        editor.command()
    if writes or again or (edits and not session.workspace.journal.exists()):
        done = write(session.registry, again)
        click.echo(clean(f"{session.workspace.journal}: {done}"), err=True)
    if edits:
        book.read(session.workspace)  # an editor makes nothing of what cannot be read
        editor.edit(session.workspace.journal)
    text = book.read(session.workspace)
    if as_json:
        found = hypotheses(read_findings(session.registry, text))
        path = str(session.workspace.journal)
        print_json({"path": path, "hypotheses": [one.to_json() for one in found]})
    elif not (writes or again or edits):
        if not text:
            raise UserError("no journal yet: 'grpotui journal --write' begins one")
        for line in book.shown(text):
            click.echo(clean(line, len(line)))


VERBS = (report_runs, show_journal)
