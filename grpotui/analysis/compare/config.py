"""What differs between runs, and whether one thing can be the cause of what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from grpotui.analysis.compare.subject import Subject

SEED = "grpo.seed"
OWNED = ("summary", "kind", "grpo.output_dir", "grpo.logging_dir", "grpo.run_name", "extends")
"""Fields that never matter to what is learned, or that the tool sets."""
WEIGHTS = "model weights"
BESIDE = (
    "launch.",
    "health.",
    "notify.",
    "contract.",
    "eval.",
    "grpo.save_",
    "grpo.logging_",
    "grpo.report_to",
)
"""Fields that do not change the training itself: shown, but no cause."""
NAMED = 4
"""Causes that a sentence names one by one."""
NUMBERS = ("no", "one", "two", "three", "four")


class Missing:
    """Stands where a run has no such field."""

    def __repr__(self) -> str:
        return "-"


MISSING = Missing()


@dataclass(frozen=True, slots=True)
class Difference:
    """A field and its value in each run, in the order of the runs; MISSING where one has none."""

    field: str
    values: tuple[Any, ...]
    cause: bool
    """True when it was asked for and can change what is learned."""

    @property
    def name(self) -> str:
        """The field as people call it: GRPOConfig's are known without their table."""
        return short(self.field)


def short(field: str) -> str:
    """Return a field's name without ``grpo.``."""
    return field.removeprefix("grpo.")


def differences(subjects: Sequence[Subject]) -> list[Difference]:
    """Return every field whose values differ, causes first. False, 0 and empty are values."""
    fields = dict.fromkeys(name for subject in subjects for name in subject.config)
    found = []
    for name in fields:
        if name.startswith(OWNED):
            continue
        values = tuple(subject.config.get(name, MISSING) for subject in subjects)
        if any(not same(value, values[0]) for value in values):
            named = any(name in subject.asked for subject in subjects) or name == SEED
            found.append(Difference(name, values, named and not name.startswith(BESIDE)))
    for name in dict.fromkeys(name for subject in subjects for name in subject.identity):
        values = tuple(subject.identity.get(name, MISSING) for subject in subjects)
        if any(not same(value, values[0]) for value in values):
            # Weights are hashed as a run starts: those of a draft are not known, which is no difference.
            known = name != WEIGHTS or None not in values
            found.append(Difference(name, values, known and name.startswith(("model", "code", "kind"))))
    return sorted(found, key=lambda one: (not one.cause, one.field == SEED))


def same(one: Any, other: Any) -> bool:
    """True for equal values; 1 and 1.0 are equal, 1 and true are not."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def causes(found: Sequence[Difference], place: int) -> list[str]:
    """Return the fields in which the run at ``place`` differs from the first one and that can be a cause."""
    return [one.field for one in found if one.cause and not same(one.values[place], one.values[0])]


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
    listed = ", ".join(names[: NAMED - 1 if len(names) > NAMED else -1])
    last = "…" if len(names) > NAMED else names[-1]
    joined = f"{listed}, {last}" if len(names) > NAMED else f"{listed} and {last}"
    return f"{letter} changes {count}: {joined}, so no single cause."


def confounded_by_seed(changed: Sequence[str]) -> bool:
    """True when the seed differs beside something else: only a repeat would tell them apart."""
    return SEED in changed and len(changed) > 1
