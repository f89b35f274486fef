"""What came of a run, as the cells of a table and the halves of a sentence."""

from __future__ import annotations

from grpotui import format as fmt
from grpotui.analysis.compare.document import estimate_text
from grpotui.analysis.report.entry import Entry
from grpotui.analysis.sweep.records import Outcome
from grpotui.records import HumanVerdict, Status, Verdict
from grpotui.text import clean

NONE = "-"
LONG = 300
"""Characters of a cell."""


def reward(entry: Entry) -> str:
    """Return ``0.95 [0.93 to 0.97]``; ``-`` for a run that logged none."""
    return estimate_text(entry.end.estimate, percent=False) if entry.end else NONE


def pass_rate(entry: Entry) -> str:
    """Return ``93.8 % [92 to 95]``; ``-`` where the reward is not binary."""
    return estimate_text(entry.pass_rate, percent=True) if entry.pass_rate else NONE


def held_out(entry: Entry) -> str:
    """Return ``35.0 % [26 to 45], n=100``; ``-`` where it was not measured."""
    found = entry.accuracy
    if found is None:
        return NONE
    return estimate_text(found.now.estimate, percent=True) + (f", n={found.n}" if found.n else "")


def degenerate(entry: Entry) -> str:
    """Return YES or NO with the cause, or N/A where nothing was learned, or nobody can tell."""
    run = entry.run
    if entry.came is Outcome.COLLAPSED:
        by_hand = run.human is HumanVerdict.DEGENERATE and run.verdict is not Verdict.COLLAPSED
        return f"YES ({'your verdict' if by_hand else run.cause or 'collapsed'})"
    if entry.came is Outcome.GOOD:
        warned = run.verdict is Verdict.WARNING and run.human is not HumanVerdict.GOOD
        return f"NO (warning: {run.cause})" if warned and run.cause else "NO"
    return "N/A"


def verdict(entry: Entry) -> str:
    """Return ``collapsed (template)``; ``-`` for none."""
    run = entry.run
    if run.verdict is None:
        return NONE
    return f"{run.verdict} ({run.cause})" if run.cause else str(run.verdict)


def steps(entry: Entry) -> str:
    """Return ``500``; ``120/500`` of a run that did not get to its end, nothing of one that did not begin."""
    run = entry.run
    if entry.planned:
        return fmt.part_of(0, run.max_steps) if run.max_steps else NONE
    return str(run.step) if run.step == run.max_steps else fmt.part_of(run.step, run.max_steps)


def state(entry: Entry) -> str:
    """Return what a run's process did, where that is more than that it finished."""
    run = entry.run
    if entry.planned:
        return "planned" if run.status is Status.DRAFT else "queued"
    if run.status is Status.FINISHED:
        return ""
    if not run.status.is_ended:
        return f"{run.status}, so far {steps(entry)}"
    return f"{run.status}: {run.reason}" if run.reason else str(run.status)


def notes(entry: Entry) -> str:
    """Return what a person wrote; else why the verdict is what it is; and how the process ended."""
    run = entry.run
    said = "; ".join(entry.notes)
    if not said and entry.came is not Outcome.GOOD and run.verdict is not Verdict.HEALTHY:
        said = run.verdict_message.partition(": ")[0]
    elif not said and entry.came is Outcome.STUCK:
        said = "its reward did not rise beyond the noise"
    return "; ".join(clean(part, LONG) for part in (state(entry), said) if part)
