"""One run as it is compared: its configuration, what identifies it, and its curves."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from grpotui.records import RewardRange, RunSummary
from grpotui.records.keys import REWARD

LETTERS = "ABCD"
MOST_RUNS = len(LETTERS)


@dataclass(frozen=True, slots=True, repr=False)
class Curve:
    """One metric: ``steps`` ascending, ``values`` beside them, nan where a value was no finite number."""

    steps: array[int] = field(default_factory=lambda: array("q"))
    values: array[float] = field(default_factory=lambda: array("d"))

    def __bool__(self) -> bool:
        return len(self.steps) > 0

    def last(self, window: int, until: int | None = None) -> list[float]:
        """Return the last ``window`` finite values, those up to step ``until`` if given, oldest first."""
        end = len(self.steps) if until is None else bisect_right(self.steps, until)
        found: list[float] = []
        while end and len(found) < window:
            end -= 1
            if not math.isnan(self.values[end]):
                found.append(self.values[end])
        return found[::-1]

    def finite(self) -> tuple[Sequence[int], Sequence[float]]:
        """Return the steps whose value is a finite number, and these values."""
        if not math.isnan(sum(self.values)):
            return self.steps, self.values
        known = [place for place, value in enumerate(self.values) if not math.isnan(value)]
        return [self.steps[place] for place in known], [self.values[place] for place in known]


@dataclass(frozen=True, slots=True)
class Subject:
    """One run of a comparison. ``letter`` names it in every table, chart and sentence."""

    letter: str
    run: RunSummary
    config: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """Effective values by dotted field, defaults included."""
    asked: frozenset[str] = frozenset()
    """Fields that preset or overrides name: the others follow from them, or are defaults."""
    identity: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """What a config does not tell: hashes of model and code, versions, git, device."""
    curves: Mapping[str, Curve] = field(default_factory=lambda: MappingProxyType({}))
    span: RewardRange | None = None
    per_step: int | None = None
    """Completions that one step trains on."""
    like: str = ""
    """A past experiment with the same reward and near settings, with what became of it; empty for none."""
    contract: str = ""
    """Outcome of its contract, with each criterion's; empty without one, or before it is scored."""

    @property
    def seed(self) -> object:
        """The seed that it trains with."""
        return self.config.get("grpo.seed", self.run.seed)

    @property
    def last_step(self) -> int:
        """The newest step that was logged; of an evaluation, the step of its checkpoint."""
        steps = self.curve(REWARD).steps
        return steps[-1] if steps else self.run.step

    def curve(self, key: str) -> Curve:
        """Return a metric; an empty one when it was never logged."""
        return self.curves.get(key, Curve())


def steps_of(subjects: Sequence[Subject], at: int | None = None) -> dict[str, int]:
    """Return a step of each run by its id, all after equally many samples where that is known, else equal.

    ``at`` is a step of the first run; without it, the last one that all runs reached.
    """
    sizes = [subject.per_step or 0 for subject in subjects]
    sizes = sizes if all(sizes) else [1] * len(subjects)
    ends = [subject.last_step * size for subject, size in zip(subjects, sizes, strict=True)]
    place = min(ends) if at is None else at * sizes[0]
    return {subject.run.id: place // size for subject, size in zip(subjects, sizes, strict=True)}


def flat(config: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Return nested tables as dotted fields; lists of tables get numbers: ``rewards.0.name``."""
    found: dict[str, Any] = {}
    for name, value in config.items():
        at = f"{before}{name}"
        if isinstance(value, Mapping):
            found.update(flat(value, f"{at}."))
        elif isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
            for number, item in enumerate(value):
                found.update(flat(item, f"{at}.{number}."))
        else:
            found[at] = value
    return found
