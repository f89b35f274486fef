"""What a task and a reward are. New ones are one file each in ``problems/`` or ``rewards/``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from grpotui.errors import UserError
from grpotui.records import RewardRange
from grpotui.text import clean

MAX_EXAMPLES = 100_000
"""Prompts that one task may hold, held-out ones included."""


class TaskError(UserError):
    """One harmless line about ``[task]`` or ``[[rewards]]``: which field, what is wrong, what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(clean(message))


@dataclass(frozen=True, slots=True)
class Example:
    """One prompt with its expected answer (None when the task has none) and its task's name."""

    prompt: str
    answer: str | None
    task: str


@dataclass(frozen=True)
class Settings:
    """Base of every table's settings: declared fields with defaults, read by ``settings.read``.

    Fields may be str, bool, int, float, ``tuple[int, int]`` or ``tuple[str, ...]``.
    """

    def problem(self) -> tuple[str, str] | None:
        """Return (field, what is wrong) for values that fit their types but not each other, else None."""
        return None


@dataclass(frozen=True)
class TaskSettings(Settings):
    """What every task takes."""

    n: int = 100
    """Different prompts to train on."""
    held_out: int = 0
    """Further prompts, none of them trained on."""
    seed: int = 0
    """Of the data alone: a run's seed never changes it."""


@dataclass(frozen=True)
class Problems:
    """Every problem that a task can pose, made one by one: ``at(i)`` for ``i`` in ``range(size)``."""

    size: int
    at: Callable[[int], Example]


@dataclass(frozen=True)
class Task:
    """A kind of problems. ``problems`` gets the task's own settings."""

    name: str
    summary: str
    settings: type[TaskSettings]
    problems: Callable[[Any], Problems]
    has_answers: bool = True


@dataclass(frozen=True)
class RewardSettings(Settings):
    """What every reward takes."""

    weight: float = 1.0
    """Factor of this reward in the total; negative for a penalty, 0 to only record it."""


Score = Callable[[Sequence[str], Sequence[str | None]], list[float]]
"""(completions without their prompts, expected answers) -> rewards, unweighted, in the same order."""


def nothing(text: str) -> str | None:
    """Parse nothing: for rewards that judge a completion as a whole."""
    return None


@dataclass(frozen=True)
class Reward:
    """A reward as one run uses it."""

    name: str
    weight: float
    range: RewardRange
    """Lowest and highest value of ``score``, before ``weight``."""
    score: Score
    parse: Callable[[str], str | None] = nothing
    """What ``score`` reads out of a completion, to be shown beside it; None when there is nothing."""
    needs_answer: bool = False
    """True when it compares with the expected answer."""


@dataclass(frozen=True)
class RewardKind:
    """A family of rewards. ``build`` gets (name in the preset, settings)."""

    name: str
    """As listed and suggested; a capital N stands for a number."""
    summary: str
    settings: type[RewardSettings]
    build: Callable[[str, Any], Reward]
    pattern: str = ""
    """Regular expression that a whole name must match; by default the name itself."""
    needs_answer: bool = False


def each(score: Callable[[str, str | None], float]) -> Score:
    """Return the batch form of a function that scores one (completion, answer)."""

    def batch(texts: Sequence[str], answers: Sequence[str | None]) -> list[float]:
        return [score(text, answer) for text, answer in zip(texts, answers, strict=True)]

    return batch
