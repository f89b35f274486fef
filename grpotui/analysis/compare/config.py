"""What differs between runs, and whether one thing can be the cause of what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from grpotui.analysis.compare.subject import Subject
from grpotui.records import RunKind

SEED = "grpo.seed"
REWARDS = "rewards"
OWNED = ("summary", "kind", "grpo.output_dir", "grpo.logging_dir", "grpo.run_name", "extends")
"""Fields that never matter to what is learned, or that the tool sets."""
WEIGHTS = "model weights"
DATA = "data"
KIND = "kind of run"
MEASURED = "measures"
"""What identifies a run beside its config: hashes, and for an evaluation the checkpoint."""
FOLLOWS: dict[str, tuple[str, ...]] = {WEIGHTS: ("model", MEASURED), DATA: ("task.", "curriculum.")}
"""What is no cause of its own where one of these is: other weights of another model."""
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


CAUSES = (WEIGHTS, DATA, KIND, MEASURED)
CODE = "code "
"""What names of the hashes of users' own code begin with."""


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
    found = []
    only_measured = all(subject.run.kind is RunKind.EVAL for subject in subjects)
    for name, values in _differing([subject.config for subject in subjects]):
        named = any(name in subject.asked for subject in subjects) or name == SEED
        trains = not name.startswith(BESIDE) and not (only_measured and name.startswith("grpo."))
        if not name.startswith(OWNED):
            found.append(Difference(name, values, named and trains))
    for name, values in _differing([subject.identity for subject in subjects]):
        # What is hashed as a run starts is not known of a draft, which is no difference.
        known = name not in (WEIGHTS, DATA) or not any(value in (None, MISSING) for value in values)
        found.append(Difference(name, values, known and (name in CAUSES or name.startswith(CODE))))
    apart = {field for place in range(len(subjects)) for field in causes(found, place)}
    found = [replace(one, cause=one.field in apart) for one in found]
    return sorted(found, key=lambda one: (not one.cause, one.field == SEED))


def _differing(tables: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Yield the names whose values are not the same in all tables, with these values."""
    for name in dict.fromkeys(name for table in tables for name in table):
        values = tuple(table.get(name, MISSING) for table in tables)
        if any(not same(value, values[0]) for value in values):
            yield name, values


def same(one: Any, other: Any) -> bool:
    """True for equal values; 1 and 1.0 are equal, 1 and true are not."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def same_rewards(one: Subject, other: Subject) -> bool:
    """True for the same reward functions with the same settings, and where a run's are not known."""
    tables = [
        {name: value for name, value in subject.config.items() if name.partition(".")[0] == REWARDS}
        for subject in (one, other)
    ]
    return not all(tables) or not list(_differing(tables))


def causes(found: Sequence[Difference], place: int) -> list[str]:
    """Return the fields in which the run at ``place`` differs from the first one and that can be a cause."""
    changed = [one.field for one in found if one.cause and not same(one.values[place], one.values[0])]
    return [field for field in changed if not _follows(field, changed)]


def _follows(field: str, changed: Sequence[str]) -> bool:
    """True for what another change brings with it."""
    reasons = FOLLOWS.get(field, ())
    return any(other != field and other.startswith(reasons) for other in changed)
