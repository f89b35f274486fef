"""A sweep as JSON, as Markdown, as CSV and as a table: forms of the same content."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from grpotui import format as fmt
from grpotui.analysis.compare.document import inert, markdown_row
from grpotui.analysis.sweep.axes import name_of, text_of
from grpotui.analysis.sweep.chance import Sample
from grpotui.analysis.sweep.heat import Cell, Heat, heat_of, sign_of
from grpotui.analysis.sweep.records import Counts, Edge, Level, Point, Reading, Study
from grpotui.text import clean


def to_json(study: Study) -> dict[str, Any]:
    """Return the public JSON form; fields are only ever added."""
    sweep, ranking = study.sweep, study.ranking
    return {
        "id": sweep.id,
        "preset": sweep.preset,
        "kind": str(sweep.kind),
        "created_at": sweep.created_at,
        "axes": {axis: list(values) for axis, values in sweep.axes.items()},
        "seeds": list(sweep.seeds),
        "overrides": list(sweep.overrides),
        "metric": study.metric,
        "over": study.over,
        "measured": study.covered,
        "runs": asdict(study.counts),
        "repeats": asdict(study.repeats),
        "best": ranking.best,
        "confirmed": ranking.confirmed,
        "ranking": list(ranking.order),
        "ties": list(ranking.ties),
        "degenerate": list(ranking.degenerate),
        "edges": [_edge(edge) for edge in ranking.edges],
        "points": [_point(study, point) for point in study.points],
        "levels": [_level(level) for level in study.levels],
        "hypothesis": str(sweep.contract.get("hypothesis") or ""),
        "contract": [mark.to_json() for mark in study.marks],
        "sentences": [sentence.to_json() for sentence in study.sentences],
    }


def _sample(sample: Sample | None) -> dict[str, float | None]:
    if sample is None:
        return {"value": None, "low": None, "high": None}
    found = sample.interval()
    return {"value": found.value, "low": found.low, "high": found.high}


def _edge(edge: Edge) -> dict[str, Any]:
    return {"axis": edge.axis, "value": edge.value, "sign": edge.sign, "try": edge.beyond}


def _level(level: Level) -> dict[str, Any]:
    told = {"axis": level.axis, "at": level.value, **_sample(level.sample)}
    return {**told, "points": list(level.points), "balanced": level.balanced}


def _point(study: Study, point: Point) -> dict[str, Any]:
    return {
        "number": point.number,
        "values": dict(point.values),
        **_sample(point.standing),
        "searched": _sample(point.found),
        "confirmed": None if point.confirmed is None else _sample(point.confirmed),
        "partial": point.partial,
        "best": point.number == study.ranking.best,
        "tie": point.number in study.ranking.ties,
        "outcome": str(point.outcome),
        "verdicts": list(point.verdicts),
        "counts": asdict(point.counts),
        "repeats": asdict(point.repeats),
        "columns": dict(point.columns),
        "runs": [_run(one) for one in point.runs],
    }


def _run(one: Reading) -> dict[str, Any]:
    run = one.run
    return {
        "id": run.id,
        "role": str(one.role),
        "seed": run.seed,
        "status": str(run.status),
        "verdict": None if run.verdict is None else str(run.verdict),
        "cause": run.cause,
        "step": run.step,
        "counts": one.counts,
        **_sample(one.sample),
    }


def sample_text(sample: Sample | None) -> str:
    """Return ``0.197 ±0.035``, as far as it is known; ``-`` for none."""
    if sample is None:
        return "-"
    found = sample.interval()
    if found.low is None or found.high is None:
        return fmt.number(found.value)
    reach = max(found.high - found.value, found.value - found.low)
    return f"{fmt.number(found.value)} ±{fmt.number(reach)}"


def progress(counts: Counts) -> str:
    """Return ``2/2``, ``1/2 1 running``, ``0/2 1 failed``."""
    parts = [(counts.running, "running"), (counts.failed, "failed")]
    told = [f"{count} {word}" for count, word in parts if count]
    return " ".join([f"{counts.done}/{counts.planned}", *told])


def table(study: Study) -> tuple[list[str], list[list[str]]]:
    """Return (headers, rows), a row for each point, best first, then those without a rank."""
    axes = list(study.sweep.axes)
    judged = any(point.verdicts for point in study.points)
    headers = ["#", *map(name_of, axes), "", _head(study), "runs"]
    headers += [*(["verdict"] if judged else []), *study.columns]
    rows = []
    for point in ordered(study):
        values = [text_of(point.values[axis]) if axis in point.values else "-" for axis in axes]
        columns = [fmt.number(point.columns.get(name)) for name in study.columns]
        row = [str(point.number), *values, sign_of(study, point), sample_text(point.standing)]
        row.append(progress(point.repeats if point.confirmed else point.counts))
        rows.append([*row, *([", ".join(point.verdicts)] if judged else []), *columns])
    return headers, rows


def ordered(study: Study) -> list[Point]:
    """Return the points in the order of the table: by rank, then those that have none."""
    place = {number: index for index, number in enumerate(study.ranking.order)}
    return sorted(study.points, key=lambda point: (place.get(point.number, len(place)), point.number))


def _head(study: Study) -> str:
    return clean(study.metric, 40)


def cell_text(cell: Cell) -> str:
    """Return a cell of a heat map in one line: value, interval, sign."""
    value = sample_text(cell.sample) if cell.sample is not None else ""
    return " ".join(filter(None, (value, cell.sign)))


def heat_table(heat: Heat) -> tuple[list[str], list[list[str]]]:
    """Return (headers, rows) of a sweep over two axes."""
    corner = " \\ ".join(name_of(axis) for axis in (heat.row_axis, heat.column_axis) if axis)
    headers = [corner, *(text_of(value) if heat.column_axis else "" for value in heat.columns)]
    rows = [
        [text_of(value), *map(cell_text, cells)] for value, cells in zip(heat.rows, heat.cells, strict=True)
    ]
    return headers, rows


def to_markdown(study: Study) -> str:
    """Return the sentences, the map of two axes, and the table of all points."""
    lines = [f"- {clean(sentence.text)}" for sentence in study.sentences]
    heat = heat_of(study) if len(study.sweep.axes) > 1 else None
    if heat is not None:
        lines += ["", *([f"{heat.others}:", ""] if heat.others else []), *_markdown(*heat_table(heat))]
    return "\n".join([*lines, "", *_markdown(*table(study))]) + "\n"


def _markdown(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [markdown_row(headers), "|".join(["", *("---" for _ in headers), ""]), *map(markdown_row, rows)]


def to_csv(study: Study) -> str:
    """Return a row for each point, numbers in full; sentences come as rows of their own."""
    axes = list(study.sweep.axes)
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    told = ["point", *axes, "rank", "sign", "value", "low", "high", "searched", "done", "planned", "outcome"]
    writer.writerow([*map(clean, told), "verdicts", *study.columns, "runs"])
    ranks = {number: str(index) for index, number in enumerate(study.ranking.order, 1)}
    for point in study.points:
        found = _sample(point.standing)
        row: list[object] = [point.number, *(point.values.get(axis, "") for axis in axes)]
        row += [ranks.get(point.number, ""), sign_of(study, point), *found.values()]
        row += [_sample(point.found)["value"], point.counts.done, point.counts.planned, point.outcome]
        row += [", ".join(point.verdicts), *(point.columns.get(name) for name in study.columns)]
        row.append(" ".join(point.run_ids))
        writer.writerow(["" if value is None else inert(clean(str(value), 2000)) for value in row])
    for sentence in study.sentences:
        writer.writerow([clean(sentence.text)])
    return file.getvalue()
