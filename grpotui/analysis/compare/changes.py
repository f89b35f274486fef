"""What a run changes against the first one, in a sentence: whether one thing can be the cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grpotui.analysis.compare.config import KIND, MEASURED, SEED, WEIGHTS, short
from grpotui.analysis.compare.subject import Subject
from grpotui.records import RunKind

NAMED = 4
"""Causes that a sentence names one by one."""
NUMBERS = ("no", "one", "two", "three", "four")


@dataclass(frozen=True, slots=True)
class Change:
    """What one run changes."""

    letter: str
    sentence: str
    confounded: bool = False
    """True when its seed differs beside something else: the same seed would tell them apart."""


def change(subjects: Sequence[Subject], place: int, changed: Sequence[str], repeats: Sequence[int]) -> Change:
    """Return what the run at ``place`` changes, the fields ``changed``.

    ``repeats`` are the places of the first run and of those that repeat it.
    """
    subject, first = subjects[place], subjects[0]
    if RunKind.EVAL in (subject.run.kind, first.run.kind):
        return Change(subject.letter, _measuring(subject, first, changed))
    confounded = SEED in changed and len(changed) > 1
    twin = next((subjects[at] for at in repeats if at and subjects[at].seed == subject.seed), None)
    if confounded and twin is not None:
        who = f"{subject.letter} beside {twin.letter} ({first.letter} with its seed)"
        return Change(subject.letter, sentence(who, first.letter, [f for f in changed if f != SEED]))
    return Change(subject.letter, sentence(subject.letter, first.letter, changed), confounded)


def sentence(letter: str, first: str, changed: Sequence[str]) -> str:
    """Return what a run changes against the first one, and whether that can be told apart."""
    names = [short(field) for field in changed]
    if not names:
        return f"{letter} is {first} again: nothing that was asked for differs."
    if list(changed) == [SEED]:
        return f"{letter} repeats {first} with another seed."
    if len(names) == 1:
        return f"{letter} changes one thing: {names[0]}."
    count = NUMBERS[len(names)] if len(names) <= NAMED else f"{len(names)} fields"
    return f"{letter} changes {count}: {_listed(names)}, so no single cause."


def _listed(names: Sequence[str]) -> str:
    """Return ``a, b and c``; of many the seed, which is the one to take away, and the first others."""
    if len(names) > NAMED:
        seed = short(SEED)
        return ", ".join([*sorted(names, key=lambda name: name != seed)[: NAMED - 1], "…"])
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _measuring(subject: Subject, first: Subject, changed: Sequence[str]) -> str:
    """Say which checkpoints are measured, where one of both does nothing else."""
    told = [
        f"{one.letter} measures {one.identity[MEASURED]}"
        if one.run.kind is RunKind.EVAL
        else f"{one.letter} trains"
        for one in (subject, first)
    ]
    others = [short(field) for field in changed if field not in (KIND, MEASURED, SEED, WEIGHTS)]
    return ", ".join(told) + (f"; they also differ in {_listed(others)}." if others else ".")
