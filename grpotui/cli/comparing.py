"""The verb that puts runs beside each other."""

from __future__ import annotations

import click

from grpotui.cli.options import form_options
from grpotui.cli.output import print_json, print_table
from grpotui.cli.session import Session
from grpotui.errors import UserError
from grpotui.text import clean


@click.command("compare")
@click.argument("runs", nargs=-1, required=True)
@click.option(
    "--window", type=click.IntRange(1), help="Last logged steps; default: 50, at most half of a run."
)
@click.option("--prompts", type=click.IntRange(0), default=3, show_default=True, help="Prompts to quote.")
@click.option(
    "--step", type=click.IntRange(0), help="Step of the first RUN to quote at; default: the last of all."
)
@form_options("For a spreadsheet.")
@click.pass_obj
def compare_runs(
    session: Session,
    runs: tuple[str, ...],
    window: int | None,
    prompts: int,
    step: int | None,
    form: str | None,
) -> None:
    """Say what differs between 2 to 4 runs, what came of it, and what may be concluded.

    One RUN alone is compared with the pinned baseline. Prompts that all runs have stand below, watch prompts
    if there are any, where the runs differ most first, each at the step nearest to the one asked for.
    """
    from grpotui.analysis.compare.comparison import compare
    from grpotui.analysis.compare.document import sentences, table, to_csv, to_json, to_markdown
    from grpotui.analysis.compare.outcome import KEYS
    from grpotui.analysis.compare.reading import load
    from grpotui.analysis.compare.words import excerpts

    found = compare(load(session.registry, _with_baseline(session, runs), KEYS), window)
    words = excerpts(session.registry, found.subjects, prompts, step)
    if form == "json":
        print_json(to_json(found, words))
    elif form in ("markdown", "csv"):
        click.echo((to_markdown if form == "markdown" else to_csv)(found, words), nl=False)
    else:
        for sentence in sentences(found):
            click.echo(clean(sentence))
        click.echo()
        print_table(*table(found, words))
        click.echo()
        for sentence in found.conclusions:
            click.echo(clean(sentence))


def _with_baseline(session: Session, runs: tuple[str, ...]) -> tuple[str, ...]:
    if len(runs) > 1:
        return runs
    from grpotui.registry.desk import DeskReader

    pinned = DeskReader(session.workspace).read().pinned
    if not pinned:
        raise UserError("compare takes 2 to 4 runs, or one beside a pinned baseline: b in the app pins one")
    if not session.workspace.run(pinned).run_json.is_file():
        raise UserError(f"the pinned baseline {clean(pinned)} is gone: b in the app pins another one")
    if session.registry.resolve(runs[0]) == pinned:
        raise UserError(f"{clean(pinned)} is the baseline itself: name another run to compare with it")
    return (pinned, *runs)


VERBS = (compare_runs,)
