"""All runs as one table: settings that differ, what came of each; planned runs as open rows."""

from __future__ import annotations

from collections.abc import Sequence

from grpotui.analysis.report import cells
from grpotui.analysis.report.columns import columns
from grpotui.analysis.report.entry import Entry
from grpotui.analysis.report.statement import Table
from grpotui.text import clean

OUTCOME = (
    ("Steps", cells.steps),
    ("Final reward", cells.reward),
    ("Pass rate", cells.pass_rate),
    ("Held-out", cells.held_out),
    ("Degenerate?", cells.degenerate),
    ("Verdict", cells.verdict),
)
ALWAYS = ("Steps", "Final reward", "Degenerate?")
"""Columns that stand there though no run has anything in them."""


def all_runs(entries: Sequence[Entry], loud: Sequence[str] = ()) -> Table:
    """Return the table; the runs of the ids ``loud`` stand out. Columns that hold nothing are left out."""
    shown, others = columns(entries)
    outcome = [
        (name, texts)
        for name, cell in OUTCOME
        if (texts := [cell(entry) for entry in entries]) and (name in ALWAYS or set(texts) != {cells.NONE})
    ]
    names = [clean(run.name) if (run := entry.run).name != run.id else "" for entry in entries]
    humans = [str(entry.run.human or "") for entry in entries]
    extra = [("Other", list(others))] if any(others) else []
    said = [("Yours", humans)] if any(humans) else []
    all_columns = [
        ("#", [str(entry.number) for entry in entries]),
        ("Run", [entry.id for entry in entries]),
        *([("Name", names)] if any(names) else []),
        *((column.name, list(column.texts)) for column in shown),
        *extra,
        *outcome,
        *said,
        ("Notes", [cells.notes(entry) for entry in entries]),
    ]
    return Table(
        tuple(name for name, _ in all_columns),
        tuple(zip(*(texts for _, texts in all_columns), strict=True)),
        tuple((entry.source,) for entry in entries),
        frozenset(place for place, entry in enumerate(entries) if entry.id in loud),
    )
