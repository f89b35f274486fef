"""The head of a report: what came out best and whether that is confirmed, and what is true of all runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from grpotui import format as fmt
from grpotui.analysis.compare.comparison import CONFIRM
from grpotui.analysis.compare.config import Difference
from grpotui.analysis.compare.document import estimate_text
from grpotui.analysis.findings import Came
from grpotui.analysis.report import cells
from grpotui.analysis.report.columns import reward_text, setting_text
from grpotui.analysis.report.entry import Entry
from grpotui.analysis.report.settings import Setting, best, confirmed, highest, rivals
from grpotui.analysis.report.statement import Source, Statement, sources

NAMED = 3
"""Runs or settings that a sentence names."""


def summary(found: Sequence[Setting], differing: Sequence[Difference]) -> list[Statement]:
    """Return what came out best of settings whose rewards mean the same, a sentence each."""
    winner = best(found)
    if winner is None:
        return _no_winner(found, differing)
    entry = _typical(winner)
    over = all(one.run.status.is_ended for setting in found for one in setting.entries)
    said = [
        Statement(
            _named(winner, differing),
            winner.sources,
            "Winner" if over else "Winner so far",
        )
    ]
    said += _numbers(entry)
    return [*said, _confirmation(winner, found, differing)]


def _typical(setting: Setting) -> Entry:
    """Return the run of a setting whose reward is the middle one of its seeds."""
    ends = sorted(
        (one for one in setting.entries if one.end),
        key=lambda one: one.end.estimate.value if one.end else 0.0,
    )
    return ends[len(ends) // 2] if ends else setting.entries[0]


def _numbers(entry: Entry) -> list[Statement]:
    said = []
    if entry.end is not None:
        rate = f", pass rate {cells.pass_rate(entry)}" if entry.pass_rate else ""
        text = f"{cells.reward(entry)}{rate}, mean of {entry.end.steps} of {entry.id}"
        if entry.start is not None:
            text += f"; it began at {fmt.number(entry.start.estimate.value)}"
        said.append(Statement(text, (entry.source,), "Reward"))
    if entry.accuracy is not None:
        now = entry.accuracy.now
        before = entry.accuracy.before
        began = f"; before training {before * 100:.1f} %" if before is not None else ""
        said.append(
            Statement(
                f"{cells.held_out(entry)} at {now.steps}{began}",
                (Source(entry.id, now.first, now.last),),
                "Held-out",
            )
        )
    said.append(Statement(_judged(entry), (entry.verdict_source,), "Verdict"))
    return said


def _judged(entry: Entry) -> str:
    yours = f"; yours: {entry.run.human}" if entry.run.human else ""
    return f"{cells.verdict(entry)}{yours}"


def _confirmation(winner: Setting, found: Sequence[Setting], differing: Sequence[Difference]) -> Statement:
    near = rivals(winner, found)
    seen = sources(winner.sources, *(one.sources for one in near))
    if confirmed(winner, found):
        return Statement(
            f"yes: {_reward_over_seeds(winner)}, beyond the noise of every other setting", seen, "Confirmed"
        )
    parts = []
    if near:
        names = "; ".join(setting_text(differing, one.place) for one in near[:NAMED])
        more = f" and {len(near) - NAMED} more" if len(near) > NAMED else ""
        parts.append(f"not told apart from {names}{more}, by the noise of their rewards")
    if winner.seeds < CONFIRM:
        parts.append(f"{_seeds(winner.seeds)}, and {CONFIRM} are needed to tell it from luck")
    return Statement(f"no: {'; '.join(parts)}", seen, "Confirmed")


def _reward_over_seeds(setting: Setting) -> str:
    text = estimate_text(setting.reward, percent=False) if setting.reward else cells.NONE
    return f"reward {text} over {_seeds(setting.seeds)}"


def _seeds(count: int) -> str:
    return f"{count} seed{'s' if count != 1 else ''}"


def _named(setting: Setting, differing: Sequence[Difference]) -> str:
    """Return ``beta=0.02 (study-ab2c)``; of the only setting the runs alone."""
    text, ids = setting_text(differing, setting.place), _ids(setting.entries)
    return f"{text} ({ids})" if text else ids


def _ids(entries: Sequence[Entry]) -> str:
    names = [entry.id for entry in entries]
    return ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")


def _no_winner(found: Sequence[Setting], differing: Sequence[Difference]) -> list[Statement]:
    top = highest(found)
    if top is None or top.reward is None:
        runs = tuple(Source(entry.id) for setting in found for entry in setting.entries)
        return [Statement("none: no run has logged a reward", runs, "Winner")]
    came = top.came or "is too short to be judged"
    text = f"{estimate_text(top.reward, percent=False)}: {_named(top, differing)}, which {came}"
    everything = sources(*(one.sources for one in found))
    judged = any(one.came is not Came.OPEN for one in found)
    why = (
        "none: nothing learned without degenerating" if judged else "none: no run got far enough to be judged"
    )
    return [Statement(why, everything, "Winner"), Statement(text, top.sources, "Highest reward")]


def key_finding(entries: Sequence[Entry]) -> Statement:
    """Return how many of the runs, whose rewards mean the same, learned, collapsed or stood."""
    known = [entry for entry in entries if not entry.planned]
    name = reward_text(entries[0].subject.config)
    counts = Counter(_told(entry) for entry in known)
    told = ", ".join(f"{count} {came}" for came, count in counts.most_common())
    head = f"{name}: {len(known)} run{'s' if len(known) != 1 else ''}, {told}"
    if (
        known
        and not any(entry.came is Came.LEARNS for entry in known)
        and any(e.came.degenerate for e in known)
    ):
        head += ": no configuration that was tried learned without degenerating"
    return Statement(head, tuple(entry.verdict_source for entry in known))


def _told(entry: Entry) -> str:
    if entry.came.degenerate:
        return "collapsed"
    if entry.came is Came.OPEN:
        return "not judged" if entry.run.step else str(entry.run.status)
    return "learned" if entry.came is Came.LEARNS else "did not learn"
