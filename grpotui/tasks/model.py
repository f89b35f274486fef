"""What a task and a reward are. New ones are one file each in ``problems/`` or ``rewards/``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

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
    sample: str | None = None
    """A completion that deserves the highest reward, where that is not the answer itself."""
    columns: Mapping[str, Any] = field(default_factory=dict)
    """Further columns of a dataset, for users' own rewards."""
    messages: Sequence[Mapping[str, str]] = ()
    """The prompt as a conversation, each message with ``role`` and ``content``; empty when it is text."""

    @property
    def gold(self) -> str | None:
        """A completion that deserves the highest reward; None when no single one does."""
        return self.answer if self.sample is None else self.sample


@dataclass(frozen=True)
class Settings:
    """Base of every table's settings: declared fields with defaults, read by ``settings.read``.

    Fields may be of the types that ``settings.EXPECTED`` lists.
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
    allow_duplicates: bool = False
    """Repeat prompts where there are fewer than n; none of them is held out."""


@dataclass(frozen=True)
class Problems:
    """Every problem that a task can pose, made one by one: ``at(i)`` for ``i`` in ``range(size)``."""

    size: int
    at: Callable[[int], Example]


@dataclass(frozen=True)
class Part:
    """Problems that take their share of a task. ``name`` is what their examples are filed under."""

    name: str
    weight: float
    problems: Problems
    held_out: Problems | None = None
    """Where held-out examples come from instead of the end of ``problems``."""


Row = tuple[int, Mapping[str, Any]]
"""A row of a dataset with its number, as a person counts lines or rows."""
Load = Callable[[str, str], Sequence[Row]]
"""(path or hub id, split) -> the rows of a dataset. TaskError, DeferredError for what it leaves alone."""


class DeferredError(TaskError):
    """What only the trainer reads or loads: large data, other formats, users' own functions."""


@dataclass(frozen=True)
class Task:
    """A kind of problems. ``problems`` and ``parts`` get the task's own settings; one of them is there."""

    name: str
    summary: str
    settings: type[TaskSettings]
    problems: Callable[[Any], Problems] | None = None
    parts: Callable[[Any, Load], Sequence[Part]] | None = None
    """For a task of several parts, and for one that reads its examples."""
    answers: Callable[[Any], Mapping[str, bool]] | None = None
    """Which names of examples have an answer to compare with; by default the task's own has."""
    has_answers: bool = True

    def parts_of(self, settings: TaskSettings, load: Load) -> Sequence[Part]:
        """Return the parts; a task of one kind of problems is one part. Raises TaskError."""
        if self.parts is not None:
            return self.parts(settings, load)
        assert self.problems is not None  # noqa: S101 - see the class
        return [Part(self.name, 1.0, self.problems(settings))]

    def answers_of(self, settings: TaskSettings) -> Mapping[str, bool]:
        """Return for each name that examples are filed under whether they have an answer to compare with."""
        return self.answers(settings) if self.answers else {self.name: self.has_answers}


@dataclass(frozen=True)
class RewardSettings(Settings):
    """What every reward takes."""

    weight: float = 1.0
    """Factor of this reward in the total; negative for a penalty, 0 to only record it."""
    tasks: tuple[str, ...] = ()
    """In a mixed task the parts that it scores; empty for all."""


class Score(Protocol):
    """Scores completions."""

    def __call__(
        self, texts: Sequence[str], answers: Sequence[str | None], prompts: Sequence[str] = (), /
    ) -> list[float]:
        """Return one unweighted reward per completion, in the same order.

        ``texts`` do not hold their prompts. Without ``prompts`` a reward does without them.
        """


def nothing(text: str) -> str | None:
    """Parse nothing: for rewards that judge a completion as a whole."""
    return None


@dataclass(frozen=True)
class Reward:
    """A reward as one run uses it."""

    name: str
    weight: float
    range: RewardRange | None
    """Lowest and highest value of ``score``, before ``weight``; None when nobody said."""
    score: Score
    parse: Callable[[str], str | None] = nothing
    """What ``score`` reads out of a completion, to be shown beside it; None when there is nothing."""
    binary: bool = False
    """True when it only gives the two ends of its range: then a mean is a pass rate, too."""
    tasks: tuple[str, ...] = ()
    """Names of the examples that it scores; empty for all."""
    source: str = ""
    """Where a user's own function is, ``file.py:name`` or ``module:name``; only the trainer loads it."""
    call: Callable[..., Any] | None = None
    """That function, once the trainer has loaded it; called as TRL calls rewards, instead of ``score``."""
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
    only_for: tuple[str, ...] = ()
    """Names of the only tasks that it can judge; empty for all."""
    structural: bool = False
    """True for one of form alone, which a template satisfies as well as anything."""


def each(score: Callable[[str, str | None], float]) -> Score:
    """Return the batch form of a function that scores one (completion, answer)."""

    def batch(
        texts: Sequence[str], answers: Sequence[str | None], prompts: Sequence[str] = (), /
    ) -> list[float]:
        return [score(text, answer) for text, answer in zip(texts, answers, strict=True)]

    return batch
