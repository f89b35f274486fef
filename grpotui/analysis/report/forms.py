"""A report as Markdown, as CSV and as JSON."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import Any

from grpotui.analysis.compare.config import SEED
from grpotui.analysis.compare.document import inert
from grpotui.analysis.compare.noise import Estimate
from grpotui.analysis.report import cells
from grpotui.analysis.report.build import Report
from grpotui.analysis.report.columns import causes
from grpotui.analysis.report.entry import Accuracy, Entry, Measured
from grpotui.analysis.report.statement import Block, Code, Section, Source, Statement, Table
from grpotui.records.keys import ROLLOUTS
from grpotui.secrecy import redact
from grpotui.text import clean

_ACTS = re.compile(r"[\\`*<|]|(?<![^\W_])_|_(?![^\W_])|\[(?=[^\]]*\][(\[])|~(?=~)|&(?=#?\w+;)")
"""What Markdown would take for more than a letter."""
_BEGINS = re.compile(r"^(?:[#>+-]|\d+(?=[.)](?:\s|$)))")
"""What it would take for a heading, a quote or a list at the beginning of a paragraph."""


def plain(text: str) -> str:
    """Return one harmless line in which no Markdown is."""
    return _ACTS.sub(r"\\\g<0>", clean(text))


def beginning(text: str) -> str:
    """Return a harmless line that begins a paragraph."""
    return _BEGINS.sub(lambda m: f"{m[0]}\\" if m[0].isdigit() else f"\\{m[0]}", plain(text))


def to_markdown(report: Report) -> str:
    """Return the report for a log book."""
    lines = [f"# {plain(report.title)}", "", f"Made by {plain(report.chosen.command)}", ""]
    for part in report.sections:
        lines += section_lines(part)
    return redact("\n".join(lines).rstrip("\n") + "\n")


def section_lines(part: Section, deeper: int = 0) -> list[str]:
    """Return a section as lines; ``deeper`` lowers its heading by so many levels."""
    lines = [f"{'#' * (part.level + deeper)} {plain(part.title)}", ""]
    for block in part.blocks:
        lines += [*_block(block), ""]
    return lines


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Table):
        yield from _table(block)
    elif isinstance(block, Code):
        yield from ("```", *(clean(line.text) for line in block.lines), "```")
    else:
        for number, item in enumerate(block.items, 1):
            sign = {"-": "- ", "1": f"{number}. ", "": ""}[block.style]
            yield f"{sign}{_sentence(item)}"


def _sentence(item: Statement) -> str:
    return f"**{plain(item.label)}:** {plain(item.text)}" if item.label else beginning(item.text)


def _table(table: Table) -> Iterator[str]:
    yield _row([plain(name) for name in table.headers])
    yield "|" + "---|" * len(table.headers)
    for place, row in enumerate(table.rows):
        loud = place in table.loud
        yield _row([f"**{plain(cell)}**" if loud and cell else plain(cell) for cell in row])


def _row(row: Sequence[str]) -> str:
    return "| " + " | ".join(row) + " |"


def to_csv(report: Report) -> str:
    """Return the tables for a spreadsheet; with several, a line between them."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    tables = [block for part in report.sections for block in part.blocks if isinstance(block, Table)]
    for place, table in enumerate(tables):
        if place:
            writer.writerow([])
        writer.writerow([inert(clean(name)) for name in table.headers])
        writer.writerows([inert(clean(cell)) for cell in row] for row in table.rows)
    return redact(file.getvalue())


def to_json(report: Report) -> dict[str, Any]:
    """Return the public JSON form; each sentence with the runs and steps that it is read from."""
    fields = [one.field for one in causes(report.entries)]
    return {
        "title": report.title,
        "command": redact(report.chosen.command),
        "runs": [_entry(entry, fields) for entry in report.entries],
        "sections": [
            {
                "title": part.title,
                "level": part.level,
                "statements": [_statement(one) for one in part.statements],
                "tables": [_table_json(block) for block in part.blocks if isinstance(block, Table)],
            }
            for part in report.sections
        ],
    }


def _statement(one: Statement) -> dict[str, Any]:
    label = {"label": one.label} if one.label else {}
    return {**label, "text": redact(one.text), "sources": _sources(one.sources)}


def _sources(found: Sequence[Source]) -> list[dict[str, object]]:
    return [one.to_json() for one in found]


def _table_json(table: Table) -> dict[str, Any]:
    rows = [dict(zip(table.headers, map(redact, row), strict=True)) for row in table.rows]
    return {"rows": rows, "sources": [_sources(found) for found in table.sources]}


def _entry(entry: Entry, fields: Sequence[str]) -> dict[str, Any]:
    run = entry.run
    config = entry.subject.config
    return {
        "number": entry.number,
        "id": run.id,
        "name": run.name,
        "kind": str(run.kind),
        "preset": run.preset,
        "status": str(run.status),
        "step": run.step,
        "max_steps": run.max_steps,
        "seed": config.get(SEED, run.seed),
        "differs": {field: config.get(field) for field in fields},
        "came": str(entry.came),
        "reward": entry.end and _measured(entry.end),
        "reward_at_start": entry.start and _measured(entry.start),
        "pass_rate": entry.pass_rate and _estimate(entry.pass_rate),
        "held_out": _held_out(entry.accuracy),
        "rollouts": {key.removeprefix(ROLLOUTS): value for key, value in entry.rollouts.items()} or None,
        "degenerate": cells.degenerate(entry),
        "verdict": None if run.verdict is None else str(run.verdict),
        "cause": run.cause,
        "human_verdict": None if run.human is None else str(run.human),
        "notes": [redact(note) for note in entry.notes],
        "hypothesis": redact(entry.hypothesis),
        "contract": entry.contract.get("outcome"),
        "commands": [redact(line) for line in entry.command],
    }


def _held_out(found: Accuracy | None) -> dict[str, Any] | None:
    return None if found is None else {**_measured(found.now), "n": found.n, "before": found.before}


def _measured(found: Measured) -> dict[str, Any]:
    return {**_estimate(found.estimate), "steps": [found.first, found.last]}


def _estimate(found: Estimate) -> dict[str, Any]:
    return {"value": found.value, "low": found.low, "high": found.high}
