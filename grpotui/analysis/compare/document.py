"""A comparison as JSON, as Markdown and as CSV: three forms of the same content."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from grpotui import format as fmt
from grpotui.analysis.compare.comparison import Comparison
from grpotui.analysis.compare.config import MISSING, Difference
from grpotui.analysis.compare.excerpts import excerpt_json, excerpt_rows
from grpotui.analysis.compare.noise import Estimate
from grpotui.analysis.compare.pools import Pooled
from grpotui.analysis.compare.rows import Cell, Row
from grpotui.analysis.compare.subject import steps_of
from grpotui.analysis.compare.told import Excerpt
from grpotui.text import clean

SAME = "="


def to_json(found: Comparison, words: Sequence[Excerpt] = ()) -> dict[str, Any]:
    """Return the public JSON form; fields are only ever added."""
    letters = [subject.letter for subject in found.subjects]
    return {
        "runs": [
            {
                "letter": subject.letter,
                "id": subject.run.id,
                "name": subject.run.name,
                "status": str(subject.run.status),
                "verdict": None if subject.run.verdict is None else str(subject.run.verdict),
                "seed": subject.run.seed,
                "samples_per_step": subject.per_step,
            }
            for subject in found.subjects
        ],
        "differences": [
            {
                "field": one.field,
                "values": {
                    letter: None if value is MISSING else value
                    for letter, value in zip(letters, one.values, strict=True)
                },
                "cause": one.cause,
            }
            for one in found.differences
        ],
        "changes": list(found.changes),
        "confounded": list(found.confounded),
        "outcome": [
            {
                "name": row.name,
                "values": {letter: _cell_json(cell) for letter, cell in zip(letters, row.cells, strict=True)},
            }
            for row in found.rows
        ],
        "pools": [
            {
                "runs": list(pool.letters),
                "seeds": pool.seeds,
                "reward": _estimate_json(pool.reward),
                "held_out": _estimate_json(pool.held_out),
            }
            for pool in found.pools
        ],
        "conclusions": list(found.conclusions),
        "aligned_by": "samples" if found.by_samples else "step",
        "aligned_at": same_samples(found),
        "prompts": [excerpt_json(one, found.subjects) for one in words],
    }


def same_samples(found: Comparison) -> dict[str, int]:
    """Return the step of each run, by its letter, after the samples that all of them reached; else nothing.

    Nothing, too, where runs are not aligned by samples or one has no step yet.
    """
    steps = steps_of(found.subjects) if found.by_samples else {}
    if not steps or not all(steps.values()):
        return {}
    return {subject.letter: steps[subject.run.id] for subject in found.subjects}


def sentences(found: Comparison) -> list[str]:
    """Return the sentences above the table: what each run changes, and which of their steps are beside."""
    steps = same_samples(found)
    if not steps:
        return list(found.changes)
    places = ", ".join(f"step {step} of {letter}" for letter, step in steps.items())
    return [*found.changes, f"Batches differ, so runs are aligned by samples: {places} are after as many."]


def _estimate_json(one: Pooled | None) -> dict[str, Any] | None:
    if one is None:
        return None
    ends = {"value": one.estimate.value, "low": one.estimate.low, "high": one.estimate.high}
    return ends | ({"mark": str(one.mark)} if one.mark else {})


def _cell_json(cell: Cell) -> dict[str, Any]:
    found: dict[str, Any] = {"text": cell.text} if cell.text else {}
    if cell.estimate is not None:
        found |= {"value": cell.estimate.value, "low": cell.estimate.low, "high": cell.estimate.high}
    if cell.mark:
        found["mark"] = str(cell.mark)
    numbers = {"step": cell.step, "samples": cell.samples, "seconds": cell.seconds}
    return found | {name: value for name, value in numbers.items() if value is not None}


def value_text(value: Any) -> str:
    """Return a config value as it is written in a preset: ``true``, ``0``, ``""``; ``-`` for none there."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "none"
    if isinstance(value, float):
        return f"{value:g}"
    return '""' if value == "" else clean(str(value), 200)


def difference_texts(one: Difference) -> list[str]:
    """Return the values of a difference, ``=`` where one is that of the first run."""
    first = value_text(one.values[0])
    return [first, *(SAME if (text := value_text(v)) == first else text for v in one.values[1:])]


def estimate_text(estimate: Estimate, percent: bool) -> str:
    """Return ``89.7 % [87 to 92]``, as far as the interval is known."""
    if percent:
        text = f"{estimate.value * 100:.1f} %"
        ends = [f"{end * 100:.0f}" for end in (estimate.low, estimate.high) if end is not None]
    else:
        text = fmt.number(estimate.value)
        ends = [fmt.number(end) for end in (estimate.low, estimate.high) if end is not None]
    return f"{text} [{' to '.join(ends)}]" if len(ends) == 2 else text


def cell_text(cell: Cell, row: Row) -> str:
    """Return one run's value in a row: mark, value, interval, step."""
    parts = [str(cell.mark)] if cell.mark else []
    if cell.estimate is not None:
        parts.append(estimate_text(cell.estimate, row.percent))
        if cell.step is not None:
            parts.append(f"at {cell.step}")
    parts.append(clean(cell.text, 200))
    return " ".join(filter(None, parts)) or "-"


def table(found: Comparison, words: Sequence[Excerpt] = ()) -> tuple[list[str], list[list[str]]]:
    """Return (headers, rows): differences, the outcome, then prompts; for people."""
    headers = ["", *(f"{subject.letter} {clean(subject.run.id)}" for subject in found.subjects)]
    rows = [
        [clean(one.name, 200) + ("" if one.cause else " (beside)"), *difference_texts(one)]
        for one in found.differences
    ]
    rows += [[clean(row.name, 200), *(cell_text(cell, row) for cell in row.cells)] for row in found.rows]
    rows += [row for one in words for row in excerpt_rows(one, found.subjects)]
    return headers, rows


def to_markdown(found: Comparison, words: Sequence[Excerpt] = ()) -> str:
    """Return headline sentences, one table, conclusions."""
    headers, rows = table(found, words)
    lines = [f"- {clean(sentence)}" for sentence in sentences(found)]
    lines += ["", markdown_row(headers), "|".join(["", *("---" for _ in headers), ""])]
    lines += [markdown_row(row) for row in rows]
    return "\n".join([*lines, "", *(f"- {clean(sentence)}" for sentence in found.conclusions)]) + "\n"


def markdown_row(cells: Sequence[str]) -> str:
    """Return cells as a row of a Markdown table."""
    return "|" + "|".join(f" {cell.replace('|', '&#124;')} " for cell in cells) + "|"


def to_csv(found: Comparison, words: Sequence[Excerpt] = ()) -> str:
    """Return the table as CSV; sentences come as rows of their own."""
    headers, rows = table(found, words)
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["what", *headers[1:]])
    writer.writerows([inert(cell) for cell in row] for row in rows)
    for sentence in (*sentences(found), *found.conclusions):
        writer.writerow([clean(sentence)])
    return file.getvalue()


def inert(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "@")) and cell != SAME else cell
