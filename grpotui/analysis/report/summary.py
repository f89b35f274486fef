"""The head of a report: what came out best and how sure that is, and what became of all runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from grpotui import format as fmt
from grpotui.analysis.report import cells
from grpotui.analysis.report.columns import reward_text
from grpotui.analysis.report.entry import Entry
from grpotui.analysis.report.statement import Source, Statement
from grpotui.analysis.report.studies import Part, sentences
from grpotui.analysis.sweep.axes import key_of, label, text_of
from grpotui.analysis.sweep.records import Outcome, Point
from grpotui.analysis.sweep.trace import valued
from grpotui.records.sweeps import Role

NAMED = 3
"""Runs that a sentence names."""
OUTCOMES = {
    Outcome.GOOD: "learned",
    Outcome.COLLAPSED: "collapsed",
    Outcome.STUCK: "did not learn",
    Outcome.OPEN: "not judged",
}


def summary(part: Part) -> list[Statement]:
    """Return what came out best of runs whose rewards mean the same, a sentence each."""
    point = part.best
    if point is None or point.outcome is not Outcome.GOOD:
        return _no_winner(part)
    entry = _typical(part.winners)
    what = f"{label(point.values) if point.values else 'one setting'} ({_ids(part.winners)})"
    head = Statement(what, _read(part.winners), "Winner" if part.study.over else "Winner so far")
    doubts = [Statement(one.text, one.sources) for one in sentences(part, "ties", "confirm", "edge")]
    return [head, *(pooled := _pooled(part, point)), *_numbers(entry, bool(pooled)), *doubts]


def _pooled(part: Part, point: Point) -> list[Statement]:
    """Return what all runs of the best point together say; nothing where there is one."""
    which = [e for e in part.winners if point.confirmed is None or e.run.role == Role.CONFIRM]
    if len(which) < 2:
        return []
    what = f"{len(which)} {'repeats' if point.confirmed is not None else 'runs'}"
    return [Statement(f"{valued(point.standing)}, {part.study.metric}, over {what}", _read(which), "Reward")]


def _typical(entries: Sequence[Entry]) -> Entry:
    """Return the run whose reward is the middle one."""
    ends = sorted(
        (one for one in entries if one.end), key=lambda one: one.end.estimate.value if one.end else 0
    )
    return ends[len(ends) // 2] if ends else entries[0]


def _read(entries: Sequence[Entry]) -> tuple[Source, ...]:
    return tuple(entry.source for entry in entries)


def _numbers(entry: Entry, several: bool) -> list[Statement]:
    said = []
    if entry.end is not None:
        rate = f", pass rate {cells.pass_rate(entry)}" if entry.pass_rate else ""
        text = f"{cells.reward(entry)}{rate}, mean of {entry.end.steps} of {entry.id}"
        if entry.start is not None:
            text += f"; it began at {fmt.number(entry.start.estimate.value)}"
        said.append(Statement(text, (entry.source,), "Typical run" if several else "Reward"))
    if entry.accuracy is not None:
        now, before = entry.accuracy.now, entry.accuracy.before
        began = f"; {fmt.percent(before)} before training" if before is not None else ""
        text = f"{cells.held_out(entry)} at {now.steps}{began}"
        said.append(Statement(text, (Source(entry.id, now.first, now.last),), "Held-out"))
    yours = f"; yours: {entry.run.human}" if entry.run.human else ""
    return [*said, Statement(f"{cells.verdict(entry)}{yours}", (entry.verdict_source,), "Verdict")]


def _ids(entries: Sequence[Entry]) -> str:
    names = [entry.id for entry in entries]
    return ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")


def _no_winner(part: Part) -> list[Statement]:
    """Say that there is none, and which had the highest reward all the same."""
    known = [point for point in part.study.points if point.standing is not None]
    top = max(known, key=lambda point: point.standing.value if point.standing else 0.0, default=None)
    if top is None:
        return [Statement("none: no run has logged a reward", part.sources, "Winner")]
    everything = _read(part.entries)
    judged = [point for point in known if point.outcome is not Outcome.OPEN]
    why = "nothing learned without degenerating" if judged else "no run got far enough to be judged"
    return [
        Statement(f"none: {why}{'' if part.study.over else ' so far'}", everything, "Winner"),
        Statement(_of_point(part, top), _read(_runs(part, top)), "Highest"),
    ]


def _runs(part: Part, point: Point) -> list[Entry]:
    return [entry for entry in part.entries if entry.id in point.run_ids]


def _of_point(part: Part, point: Point) -> str:
    setting = f", {label(point.values)}" if point.values else ""
    came = OUTCOMES[point.outcome]
    return f"{valued(point.standing)}, {part.study.metric}{setting} ({_ids(_runs(part, point))}): {came}"


def key_finding(part: Part) -> Statement:
    """Return how many of the runs learned, collapsed or stood still."""
    known = [entry for entry in part.entries if not entry.planned]
    counts = Counter(_told(entry) for entry in known)
    told = ", ".join(f"{count} {came}" for came, count in counts.most_common())
    name = reward_text(part.entries[0].subject.config)
    text = f"{name}: {len(known)} run{'s' if len(known) != 1 else ''}, {told}"
    found = {entry.came for entry in known}
    if Outcome.COLLAPSED in found and Outcome.GOOD not in found:
        text += ": no configuration that was tried learned without degenerating"
    return Statement(text, tuple(entry.verdict_source for entry in known))


def _told(entry: Entry) -> str:
    if entry.came is Outcome.OPEN and not entry.run.step:
        return str(entry.run.status)
    return OUTCOMES[entry.came]


def by_value(part: Part) -> list[Statement]:
    """Return for each axis what became of the runs at each of its values."""
    said = []
    for axis, values in part.study.sweep.axes.items():
        came: dict[str, list[str]] = {}
        runs: list[Entry] = []
        for value in values:
            some = [entry for entry in _at(part, axis, value) if entry.came is not Outcome.OPEN]
            if some:
                words = " or ".join(dict.fromkeys(OUTCOMES[entry.came] for entry in some))
                came.setdefault(words, []).append(text_of(value))
                runs += some
        if sum(map(len, came.values())) > 1 and not all(" or " in words for words in came):
            told = "; ".join(f"{', '.join(texts)} {words}" for words, texts in came.items())
            beside = "" if _balanced(part, axis) else " (other fields differed too)"
            sources = tuple(entry.verdict_source for entry in runs)
            said.append(Statement(f"{axis.removeprefix('grpo.')}: {told}{beside}.", sources))
    return said


def _at(part: Part, axis: str, value: object) -> list[Entry]:
    points = [point for point in part.study.points if key_of(point.values.get(axis)) == key_of(value)]
    return [entry for point in points for entry in _runs(part, point)]


def _balanced(part: Part, axis: str) -> bool:
    return len(part.study.sweep.axes) < 2 or all(
        one.balanced for one in part.study.levels if one.axis == axis
    )
