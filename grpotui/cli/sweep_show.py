"""What a sweep shows: its points, ranked, and what may be concluded."""

from __future__ import annotations

import time

import click

from grpotui import format as fmt
from grpotui.analysis.sweep.records import Study
from grpotui.cli.options import form_options, json_option
from grpotui.cli.output import print_json, print_table
from grpotui.cli.session import Session
from grpotui.text import clean


@click.command("show")
@click.argument("sweep")
@form_options("For a spreadsheet, a row for each point.")
@click.option("--rows", metavar="FIELD", default="", help="The map's rows; default: the first axis.")
@click.option("--columns", metavar="FIELD", default="", help="The map's columns; default: the second axis.")
@click.option("--pool", is_flag=True, help="The map shows means over the other axes, not one value of each.")
@click.pass_obj
def show_sweep(session: Session, sweep: str, form: str | None, rows: str, columns: str, pool: bool) -> None:
    """Show what a sweep or probe found so far: points, ranking, sentences.

    SWEEP is an id, a unique prefix, the unique last part of an id, or @last.
    """
    from grpotui.analysis.sweep.document import to_csv, to_json, to_markdown
    from grpotui.analysis.sweep.study import study

    found = study(session.registry, session.registry.sweep(sweep))
    if form == "json":
        print_json(to_json(found))
    elif form in ("markdown", "csv"):
        click.echo((to_markdown if form == "markdown" else to_csv)(found), nl=False)
    else:
        _print(found, rows, columns, pool)


def _print(found: Study, rows: str, columns: str, pool: bool) -> None:
    from grpotui.analysis.sweep.axes import axis_named
    from grpotui.analysis.sweep.document import heat_table, table
    from grpotui.analysis.sweep.heat import LEGEND, heat_of

    for sentence in found.sentences:
        click.echo(clean(sentence.text))
    wanted = [axis_named(found.sweep.axes, name) if name else "" for name in (rows, columns)]
    heat = heat_of(found, wanted[0], wanted[1], pool) if len(found.sweep.axes) > 1 else None
    if heat is not None:
        click.echo()
        if heat.others:
            click.echo(clean(heat.others))
        print_table(*heat_table(heat))
    click.echo()
    print_table(*table(found))
    click.echo(LEGEND)


@click.command("ls")
@json_option
@click.pass_obj
def list_sweeps(session: Session, as_json: bool) -> None:
    """List sweeps and probes, newest first, with how far they got and what is best."""
    from grpotui.analysis.sweep.axes import label, name_of
    from grpotui.analysis.sweep.document import progress, sample_text
    from grpotui.analysis.sweep.study import study

    found = [study(session.registry, sweep) for sweep in reversed(session.registry.sweeps())]
    if as_json:
        from grpotui.analysis.sweep.document import to_json

        print_json([to_json(one) for one in found])
        return
    if not found:
        click.echo("no sweeps yet: 'grpotui sweep' and 'grpotui probe' begin one")
        return
    rows = []
    for one in found:
        best = one.best
        told = f"{sample_text(best.standing)} at {label(best.values, one.sweep.axes)}" if best else "-"
        state = "confirmed" if one.ranking.confirmed else "done" if one.over else "so far"
        axes = " x ".join(f"{name_of(axis)} {len(values)}" for axis, values in one.sweep.axes.items())
        points = f"{one.covered}/{len(one.points)}"
        when = fmt.age(time.time() - one.sweep.created_at)
        rows.append([one.sweep.id, one.sweep.preset, axes, points, progress(one.counts), told, state, when])
    print_table(["sweep", "preset", "axes", "points", "runs", "best", "", "age"], rows)


SHOW_VERBS = (show_sweep, list_sweeps)
"""Verbs of the group ``sweep`` that only look."""
