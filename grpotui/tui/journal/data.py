"""Reads the journal for its screen, in a thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grpotui.analysis.journal import book
from grpotui.analysis.journal.hypotheses import OPEN, Finding, Hypothesis, hypotheses, read_findings
from grpotui.registry.opening import opened
from grpotui.tui.journal.view import JournalItem, JournalView
from grpotui.workspace import Workspace

WHOLE = "whole"
MOST_LINES = 3000
"""Lines of the whole file that are drawn; the editor has all."""
_NOT_YET = "Not in the log book yet: `W` writes it."


def read(workspace: Workspace) -> JournalView:
    """Return hypotheses and parts of the journal. Raises UserError, sqlite3.Error or OSError."""
    with opened(workspace, indexed=True) as registry:
        text = book.read(workspace)
        found = hypotheses(read_findings(registry, text))
        names = {f"run:{run.id}": (run.name, run.created_at) for run in registry.runs()}
        names |= {f"sweep:{one.id}": (f"Sweep {one.id}", one.created_at) for one in registry.sweeps()}
    return view(str(workspace.journal), text, found, names)


def view(
    path: str, text: str, found: Sequence[Hypothesis], names: Mapping[str, tuple[str, float]]
) -> JournalView:
    """Return what is shown of a journal's text; pure."""
    parts = book.parts(text)
    pages = {block: "\n".join(lines) for block, lines in parts}
    ordered = [one for one in found if one.state == OPEN] + [one for one in found if one.state != OPEN]
    items = [_hypothesis(one, pages) for one in ordered]
    told = {finding.id for one in found for finding in one.findings}
    rest = [block for block, _ in parts if block in names and block not in told]
    rest.sort(key=lambda block: -names[block][1])
    items += [JournalItem(block, "", *names[block], (pages[block],)) for block in rest]
    lines = book.shown(text)
    more = (
        ["", f"({len(lines) - MOST_LINES} more lines: `M` opens all of it)"]
        if len(lines) > MOST_LINES
        else []
    )
    if text:
        items.append(
            JournalItem(WHOLE, "", "the whole log book", 0.0, ("\n".join(lines[:MOST_LINES] + more),))
        )
    return JournalView(tuple(items), path, True)


def _hypothesis(one: Hypothesis, pages: Mapping[str, str]) -> JournalItem:
    told = tuple(pages.get(finding.id) or _missing(finding) for finding in one.findings)
    return JournalItem(f"hypothesis:{one.text}", one.state, one.text, one.newest, told)


def _missing(finding: Finding) -> str:
    return f"## {finding.name}\n\n{finding.said}. {_NOT_YET}"
