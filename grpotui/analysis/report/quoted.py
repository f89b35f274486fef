"""Completions of a run as a report shows them: folded, cleaned, few."""

from __future__ import annotations

from dataclasses import dataclass

from grpotui import format as fmt
from grpotui.analysis.folds import folded
from grpotui.analysis.report.statement import Source, Statement
from grpotui.records import Group, Mode
from grpotui.registry.queries import Registry
from grpotui.text import clean

PROMPTS = 2
"""Prompts of a run whose completions are shown."""
TEXTS = 3
"""Different completions of a prompt."""
LONG = 240
"""Characters of a prompt or completion."""
_ORDER = (Mode.WATCH, Mode.ROLLOUT, Mode.TRAIN, Mode.EVAL)


@dataclass(frozen=True, slots=True)
class Samples:
    """What a run wrote at a step."""

    step: int
    distinct: int
    """Different texts among all completions of that step."""
    count: int
    said: tuple[Statement, ...]


def samples(registry: Registry, run_id: str, mode: Mode | None = None) -> Samples | None:
    """Return what a run wrote at its last step, to watch prompts where it has some; None for nothing."""
    known = registry.modes(run_id)
    chosen = next((one for one in (_ORDER if mode is None else (mode,)) if one in known), None)
    steps = registry.group_steps(run_id, chosen) if chosen is not None else []
    if chosen is None or not steps:
        return None
    step = steps[-1]
    groups = registry.groups(run_id, step, chosen)
    texts = [completion.text for group in groups for completion in group.completions]
    source = (Source(run_id, step, step),)
    said = [
        Statement(_prompt(group) + ": " + _texts(group), source)
        for group in groups[:PROMPTS]
        if group.completions
    ]
    return Samples(step, len(set(texts)), len(texts), tuple(said)) if texts else None


def _prompt(group: Group) -> str:
    gold = f" (expected {_one_line(group.answer)})" if group.answer is not None else ""
    return f'"{_one_line(group.prompt, end=True)}"{gold}'


def _texts(group: Group) -> str:
    folds = folded(group)
    shown = [f'x{fold.count} {fmt.number(fold.reward)} "{_one_line(fold.text)}"' for fold in folds[:TEXTS]]
    more = len(folds) - TEXTS
    return "; ".join(shown) + (f"; and {more} more" if more > 0 else "")


def _one_line(text: str, end: bool = False) -> str:
    flat = " ".join(text[-4 * LONG :].split() if end else text[: 4 * LONG].split())
    if end and len(flat) > LONG:
        return clean("…" + flat[-LONG:])
    return clean(flat, LONG) or "(empty)"
