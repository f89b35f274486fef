"""One run as the journal tells it: hypothesis, expected, success criteria, actual outcome, conclusion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from grpotui import format as fmt
from grpotui.analysis.promises import Told, marks_of
from grpotui.analysis.report import cells
from grpotui.analysis.report.entry import Entry
from grpotui.analysis.report.statement import Block, Source, Statement, Words
from grpotui.records import RunKind, RunSummary, Status, Verdict, as_float
from grpotui.text import clean

_CRITERIA = ("primary", "secondary", "tertiary")
_ENDS = {
    "met": "supported: its first criterion was met",
    "not met": "not supported: its first criterion was not met",
    "inconclusive": "open: nobody can tell whether its first criterion was met",
}


def chapter(entry: Entry) -> tuple[Block, ...]:
    """Return what was expected of a run and what came of it."""
    said = []
    if entry.asked:
        said.append(Statement(entry.asked, (Source(entry.id),), "Configuration"))
    marks = marks_of(entry.contract)
    if entry.hypothesis:
        said.append(Statement(clean(entry.hypothesis, 1000), (Source(entry.id),), "Hypothesis"))
    forecasts = [mark for mark in marks if mark.name == "forecast"]
    if forecasts:
        said.append(Statement("; ".join(mark.text for mark in forecasts), (Source(entry.id),), "Expected"))
    criteria = [mark for mark in marks if mark.name in _CRITERIA]
    if criteria:
        listed = "; ".join(f"{mark.name} {mark.text}" for mark in criteria)
        said.append(Statement(listed, (Source(entry.id),), "Success criteria"))
    said += outcome(entry, marks)
    conclusion = concluded(entry, forecasts, criteria)
    return (Words((*said, *conclusion)),)


def outcome(entry: Entry, marks: Sequence[Told] = ()) -> list[Statement]:
    """Return what came of a run, a sentence each: nothing is open once it has ended."""
    label = "Actual outcome" if entry.run.status.is_ended else "Planned" if entry.planned else "So far"
    if entry.planned:
        waits = "a draft" if entry.run.status is Status.DRAFT else "queued"
        return [Statement(f"{waits}, not started", (Source(entry.id),), label)]
    said = [Statement(_parts(entry), (entry.source, entry.verdict_source), label)]
    if entry.run.verdict_message:
        said.append(Statement(_judged(entry.run), (entry.verdict_source,), "Verdict"))
    for mark in marks:
        if mark.name == "kill" and mark.state == "fired":
            said.append(Statement(f"{mark.text} ({mark.numbers})", (entry.source,), "Killed"))
    said += [Statement(clean(note, 2000), (Source(entry.id),), "Note") for note in entry.notes]
    return said


def _judged(run: RunSummary) -> str:
    """Return why the verdict is what it is; of a healthy run since when: its figures are of then."""
    if run.verdict is Verdict.HEALTHY and run.verdict_step is not None:
        return f"healthy since step {run.verdict_step}"
    return clean(run.verdict_message, 500)


def _parts(entry: Entry) -> str:
    run = entry.run
    process = cells.state(entry) or "finished"
    parts = [process if not run.status.is_ended else f"{process} after {_count(run.step)}"]
    if run.kind is RunKind.ROLLOUTS:
        parts += [run.reason] if run.status is Status.FINISHED else []
    elif entry.end is not None:
        rate = f" (pass rate {cells.pass_rate(entry)})" if entry.pass_rate else ""
        began = f", from {fmt.number(entry.start.estimate.value)}" if entry.start else ""
        parts.append(f"reward {cells.reward(entry)}{rate} over {entry.end.steps}{began}")
    elif entry.trains:
        parts.append("no reward was logged")
    if entry.accuracy is not None:
        parts.append(f"held-out {cells.held_out(entry)} at {entry.accuracy.now.steps}")
    if entry.run.verdict is not None:
        parts.append(f"{cells.verdict(entry)}; degenerate: {cells.degenerate(entry)}")
    if run.human is not None:
        parts.append(f"yours: {run.human}")
    return "; ".join(parts)


def _count(steps: int) -> str:
    return f"{steps} step{'s' if steps != 1 else ''}"


def concluded(entry: Entry, forecasts: Sequence[Told], criteria: Sequence[Told]) -> list[Statement]:
    """Return what follows for the hypothesis; nothing before the run has ended, or without a contract."""
    told = forecasts or criteria or (entry.hypothesis and entry.trains)
    if not entry.run.status.is_ended or not told:
        return []
    source = (entry.source,)
    said = [Statement(_verdict_on(entry, criteria), source, "Conclusion")]
    said += [
        Statement(
            f"{mark.text}: {mark.state}{f', {mark.numbers}' if mark.numbers else ''}",
            source,
            mark.name.capitalize(),
        )
        for mark in criteria
    ]
    raw = [
        mark
        for mark in entry.contract.get("marks") or ()
        if isinstance(mark, Mapping) and mark.get("name") == "forecast"
    ]
    said += [
        Statement(_forecast(told, mark), source, "Forecast")
        for told, mark in zip(forecasts, raw, strict=False)
    ]
    return said


def _verdict_on(entry: Entry, criteria: Sequence[Told]) -> str:
    if not criteria:
        return "the contract has no criterion to settle the hypothesis by"
    return _ENDS.get(str(entry.contract.get("outcome") or criteria[0].state), "open")


def _forecast(told: Told, mark: Mapping[str, Any]) -> str:
    off = as_float(mark.get("off"))
    beside = f" by {fmt.number(abs(off))}, too {'high' if off > 0 else 'low'}" if off else ""
    return f"{told.text}: {told.state}{beside}{f' ({told.numbers})' if told.numbers else ''}"


def settled(entry: Entry) -> bool | None:
    """Return whether a run's hypothesis was supported; None while it is open."""
    if not entry.run.status.is_ended:
        return None
    return {"met": True, "not met": False}.get(str(entry.contract.get("outcome") or ""))
