"""What the tool says in the journal: the hypotheses, then a block for each sweep and each other run."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from hashlib import blake2s

from grpotui.analysis.compare.comparison import compare
from grpotui.analysis.compare.document import to_markdown
from grpotui.analysis.compare.outcome import KEYS
from grpotui.analysis.compare.reading import load
from grpotui.analysis.compare.subject import MOST_RUNS
from grpotui.analysis.journal.hypotheses import OPEN, Finding, Hypothesis, hypotheses
from grpotui.analysis.journal.merge import Block
from grpotui.analysis.report.build import SHORT, build
from grpotui.analysis.report.chapters import chapter
from grpotui.analysis.report.forms import plain, section_lines
from grpotui.analysis.report.reading import read_entries
from grpotui.analysis.report.selecting import Chosen
from grpotui.analysis.report.statement import Section, Source, Statement, Words
from grpotui.errors import UserError
from grpotui.records import RunSummary
from grpotui.records.sweeps import Sweep
from grpotui.registry.queries import Registry
from grpotui.secrecy import redact

FORM = 1
"""Counts up when blocks are written in another way, so that all are written anew."""
HEAD = "hypotheses"
COMPARED = "compare:"


def blocks(
    registry: Registry, found: Sequence[Finding], compared: Iterable[str] = (), listed: bool = False
) -> list[Block]:
    """Return every block, the list of hypotheses first, then the newest.

    ``compared`` holds ids of comparisons, as :func:`comparison_id` makes them. With ``listed`` there is a
    list of hypotheses also when there are none any more.
    """
    told = {one.id: one for one in found}
    entries: list[tuple[float, Block]] = []
    for run in registry.runs():
        if not run.sweep:
            entries.append((run.created_at, _run_block(registry, run, told)))
    for sweep in registry.sweeps():
        entries.append((sweep.created_at, _sweep_block(registry, sweep, told)))
    for block_id in dict.fromkeys(compared):
        entries += _comparison(registry, block_id)
    entries.sort(key=lambda item: -item[0])
    known = hypotheses(found)
    lines = _overview(known)
    head = Block(HEAD, _stamp(lines), lambda: lines, first=True)
    return [*([head] if known or listed else []), *(block for _, block in entries)]


def _stamp(*parts: object) -> str:
    return blake2s(repr((FORM, *parts)).encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def _overview(known: Sequence[Hypothesis]) -> list[str]:
    """Return open and settled hypotheses, newest first."""
    lines = ["## Hypotheses", "", *([] if known else ["No run has one.", ""])]
    for title, some in (
        ("Open", [one for one in known if one.state == OPEN]),
        ("Settled", [one for one in known if one.state != OPEN]),
    ):
        if some:
            lines += [f"### {title}", ""]
            for one in some:
                lines.append(f"- **{one.state}:** {plain(one.text)}")
                lines += [f"  - {_finding(finding)}" for finding in one.findings]
            lines.append("")
    return [redact(line) for line in lines]


def _finding(one: Finding) -> str:
    later = f"; superseded by {plain(one.superseded)}" if one.superseded else ""
    return f"{_date(one.created_at)} {plain(one.name)}: {one.said}{later}"


def _date(then: float) -> str:
    return time.strftime("%Y-%m-%d", time.localtime(then))


def _run_block(registry: Registry, run: RunSummary, told: Mapping[str, Finding]) -> Block:
    block_id = f"run:{run.id}"
    finding = told.get(block_id)
    later = finding.superseded if finding else ""
    return Block(block_id, _stamp(run, later), partial(_run_lines, registry, run, later))


def _run_lines(registry: Registry, run: RunSummary, later: str) -> list[str]:
    (entry,) = read_entries(registry, [run])
    title = f"{_date(run.created_at)} {run.name}" + (f" ({run.id})" if run.name != run.id else "")
    return _lines([Section(title, (*chapter(entry), *_superseded(run.id, later)))])


def _superseded(name: str, later: str) -> tuple[Words, ...]:
    return (Words((Statement(later, (Source(name),), "Superseded by"),)),) if later else ()


def _sweep_block(registry: Registry, sweep: Sweep, told: Mapping[str, Finding]) -> Block:
    block_id = f"sweep:{sweep.id}"
    finding = told.get(block_id)
    later = finding.superseded if finding else ""
    members = registry.members(sweep.id)
    return Block(
        block_id, _stamp(sweep, members, later), partial(_sweep_lines, registry, sweep, members, later)
    )


def _sweep_lines(registry: Registry, sweep: Sweep, members: Sequence[RunSummary], later: str) -> list[str]:
    chosen = Chosen(f"Sweep {sweep.id}", tuple(members), sweep, ("--sweep", sweep.id))
    report = build(registry, chosen, only=SHORT)
    head = Section(f"{_date(sweep.created_at)} {report.title}", _superseded(sweep.id, later))
    return _lines([head], 0) + _lines(report.sections, 1)


def comparison_id(run_ids: Sequence[str]) -> str:
    """Return the id of the block that compares runs, the first of which the others are measured against."""
    return COMPARED + "+".join(run_ids)


def _comparison(registry: Registry, block_id: str) -> list[tuple[float, Block]]:
    """Return the block that compares runs, dated by the newest; none when one of them is gone."""
    ids = block_id.removeprefix(COMPARED).split("+")
    try:
        runs = [registry.run(run_id) for run_id in ids]
    except UserError:
        return []
    if not 2 <= len(set(ids)) == len(ids) <= MOST_RUNS:
        return []
    newest = max(run.created_at for run in runs)
    return [(newest, Block(block_id, _stamp(runs), partial(_comparison_lines, registry, ids, newest)))]


def _comparison_lines(registry: Registry, ids: Sequence[str], newest: float) -> list[str]:
    found = compare(load(registry, ids, KEYS))
    names = " and ".join(f"{one.letter} {one.run.name}" for one in found.subjects)
    head = [f"## {_date(newest)} Compared: {plain(names)}", ""]
    return [redact(line) for line in (*head, *to_markdown(found).rstrip("\n").split("\n"), "")]


def _lines(sections: Sequence[Section], deeper: int = 0) -> list[str]:
    lines = [line for part in sections for line in section_lines(part, deeper)]
    return [redact(line) for line in lines]
