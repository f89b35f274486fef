"""The whole comparison: differences, confounds, outcome and what may be concluded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grpotui import format as fmt
from grpotui.analysis.compare.config import (
    SEED,
    Difference,
    causes,
    confounded_by_seed,
    differences,
    sentence,
)
from grpotui.analysis.compare.noise import Estimate, Mark, mark, pooled, windowed
from grpotui.analysis.compare.outcome import WINDOW, Row, held_out, outcome
from grpotui.analysis.compare.subject import Subject
from grpotui.records.keys import REWARD

CONFIRM = 3
"""Seeds each that would tell a difference from luck."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Runs beside each other; the first one is what the others are measured against."""

    subjects: tuple[Subject, ...]
    differences: tuple[Difference, ...]
    changes: tuple[str, ...]
    """One sentence for each run but the first: what it changes, and whether that has a single cause."""
    confounded: tuple[str, ...]
    """Letters of runs whose seed differs beside something else."""
    rows: tuple[Row, ...]
    conclusions: tuple[str, ...]
    by_samples: bool
    """True when steps of these runs train on different numbers of completions."""


def compare(subjects: Sequence[Subject], window: int = WINDOW) -> Comparison:
    """Compare two or more runs over the last ``window`` logged steps of each."""
    found = differences(subjects)
    changed = [causes(found, place) for place in range(len(subjects))]
    first = subjects[0]
    pairs = list(zip(subjects, changed, strict=True))[1:]
    return Comparison(
        tuple(subjects),
        tuple(found),
        tuple(sentence(subject.letter, first.letter, fields) for subject, fields in pairs),
        tuple(subject.letter for subject, fields in pairs if confounded_by_seed(fields)),
        tuple(outcome(subjects, window)),
        tuple(_conclusions(subjects, changed, window)),
        len({subject.per_step for subject in subjects}) > 1,
    )


def _groups(subjects: Sequence[Subject], changed: Sequence[Sequence[str]]) -> list[list[int]]:
    """Return places of runs that repeat each other: equal but for the seed."""
    groups: dict[tuple[tuple[str, str], ...], list[int]] = {}
    for place, subject in enumerate(subjects):
        fields = sorted(set().union(*changed) - {SEED})
        key = tuple((name, repr(subject.config.get(name, subject.identity.get(name)))) for name in fields)
        groups.setdefault(key, []).append(place)
    return list(groups.values())


def _conclusions(subjects: Sequence[Subject], changed: Sequence[Sequence[str]], window: int) -> list[str]:
    groups = _groups(subjects, changed)
    if len(groups) == 1:
        return _repeats(subjects, window)
    rewards = any(field.startswith("rewards.") for fields in changed for field in fields)
    said = ["Rewards differ: their means say little beside each other."] if rewards else []
    base = groups[0]
    for group in groups[1:]:
        name = " ".join(subjects[place].letter for place in group)
        reward = _verdict(
            "reward", _pooled_reward(subjects, base, window), _pooled_reward(subjects, group, window)
        )
        one, other = held_out(subjects[base[0]]), held_out(subjects[group[0]])
        words = [reward] + ([_verdict("held-out", one, other)] if one and other else [])
        said.append(f"{name}: {'; '.join(words)}.")
    fewest = min(len(group) for group in groups)
    if fewest < CONFIRM:
        said.append(_confirm(subjects, groups, fewest))
    return said


def _pooled_reward(subjects: Sequence[Subject], group: Sequence[int], window: int) -> Estimate | None:
    """Return the reward of repeats over their seeds; of one run, over its window."""
    ends = [windowed(subjects[place].curve(REWARD).last(window)) for place in group]
    known = [end for end in ends if end is not None]
    return known[0] if len(known) == 1 else pooled([end.value for end in known])


def _verdict(what: str, one: Estimate | None, other: Estimate | None) -> str:
    if one is None or other is None:
        return f"{what}: not measured in both"
    sign = mark(one, other)
    delta = f"{other.value - one.value:+.2f}"
    if sign is Mark.WITHIN:
        return f"{what}: no difference shown ({delta}, within the noise)"
    if sign is Mark.NONE:
        return f"{what}: {delta}, too few steps to tell it from noise"
    way = "higher" if sign is Mark.HIGHER else "lower"
    return f"{what} {way} by {delta.lstrip('+-')}, beyond the noise of its steps"


def _repeats(subjects: Sequence[Subject], window: int) -> list[str]:
    found = _pooled_reward(subjects, range(len(subjects)), window)
    if found is None or found.low is None or found.high is None:
        return []
    interval = f"{fmt.number(found.low)} to {fmt.number(found.high)}"
    return [f"{len(subjects)} repeats: reward {fmt.number(found.value)}, 95 % interval {interval}."]


def _confirm(subjects: Sequence[Subject], groups: Sequence[Sequence[int]], fewest: int) -> str:
    seconds = 0.0
    for group in groups:
        run = subjects[group[0]].run
        took = (run.step_time or 0.0) * (run.max_steps or run.step)
        seconds += took * max(CONFIRM - len(group), 0)
    have = "One seed each" if fewest == 1 else f"{fewest} seeds at least"
    cost = f", about {fmt.duration(seconds)}" if seconds else ""
    return f"{have}: confirm = {CONFIRM} seeds each{cost}."
