"""The words of grpotui as frozen records: no I/O, standard library only.

``from_json`` methods accept whatever a stream may hold (wrong types, missing keys) and never raise.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

ZERO_STD_EPSILON = 1e-6
"""Rewards of a group that differ by less are equal. TRL tests std against 1e-8, which float error defeats."""


class Status(StrEnum):
    """What the process of a run did."""

    DRAFT = "draft"
    QUEUED = "queued"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    FINISHED = "finished"
    FAILED = "failed"
    STOPPED = "stopped"
    LOST = "lost"

    @property
    def is_live(self) -> bool:
        """True while a runner process is expected to exist."""
        return self in (Status.STARTING, Status.RUNNING, Status.STOPPING)

    @property
    def is_ended(self) -> bool:
        """True once an attempt has ended, well or not."""
        return self in (Status.FINISHED, Status.FAILED, Status.STOPPED, Status.LOST)


class Verdict(StrEnum):
    """What the learning of a run did. Never mixed with :class:`Status`."""

    WARMING_UP = "warming-up"
    HEALTHY = "healthy"
    WARNING = "warning"
    COLLAPSED = "collapsed"
    NO_SIGNAL = "no-signal"
    SOLVED = "solved"
    RECOVERED = "recovered"


class HumanVerdict(StrEnum):
    """What a person says the learning of a run did."""

    GOOD = "good"
    DEGENERATE = "degenerate"
    UNSURE = "unsure"


class RunKind(StrEnum):
    """What a run does: trains, only generates, or only evaluates."""

    TRAIN = "train"
    ROLLOUTS = "rollouts"
    EVAL = "eval"


class Mode(StrEnum):
    """Why a group was generated."""

    TRAIN = "train"
    EVAL = "eval"
    WATCH = "watch"
    ROLLOUT = "rollout"


class FlagKind(StrEnum):
    """``threshold``: a raw value crossed a line. ``verdict``: the judgement changed."""

    THRESHOLD = "threshold"
    VERDICT = "verdict"


class Level(StrEnum):
    """How a flag should be read. ``info`` also marks a value that went back under its line."""

    INFO = "info"
    WARN = "warn"
    BAD = "bad"


class Flat(StrEnum):
    """Where the reward of a group without spread sits within the declared reward range."""

    CEILING = "ceiling"
    FLOOR = "floor"
    OTHER = "other"


def as_float(value: object) -> float | None:
    """Return ``value`` as a finite float, or None when it is no number that a chart could show."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def as_int(value: object, default: int = 0) -> int:
    """Return ``value`` as an int that fits SQLite's 64 bits, else ``default``."""
    number = as_float(value)
    if number is None or abs(number) >= 2**63:
        return default
    return int(number)


@dataclass(frozen=True, slots=True)
class RewardRange:
    """Lowest and highest total reward that a completion can get."""

    low: float
    high: float

    def normalise(self, reward: float) -> float:
        """Map ``reward`` to [0, 1]; for a +-1 reward this is the pass rate."""
        width = self.high - self.low
        if width <= 0:
            return 0.0
        return min(1.0, max(0.0, (reward - self.low) / width))


@dataclass(frozen=True, slots=True)
class Completion:
    """One sampled answer to one prompt, with its total reward and the reward of each function."""

    text: str
    tokens: int = 0
    truncated: bool = False
    parsed: str | None = None
    reward: float | None = None
    rewards: Mapping[str, float | None] = field(default_factory=dict)
    advantage: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the object that stands in ``completions.jsonl``."""
        return {
            "text": self.text,
            "tokens": self.tokens,
            "truncated": self.truncated,
            "parsed": self.parsed,
            "reward": self.reward,
            "rewards": dict(self.rewards),
            "advantage": self.advantage,
        }

    @classmethod
    def from_json(cls, data: object) -> Completion:
        """Read one completion; anything unreadable becomes empty or None."""
        if not isinstance(data, Mapping):
            return cls(text="")
        rewards = data.get("rewards")
        parsed = data.get("parsed")
        return cls(
            text=str(data.get("text") or ""),
            tokens=as_int(data.get("tokens")),
            truncated=data.get("truncated") is True,
            parsed=None if parsed is None else str(parsed),
            reward=as_float(data.get("reward")),
            rewards={str(k): as_float(v) for k, v in rewards.items()} if isinstance(rewards, Mapping) else {},
            advantage=as_float(data.get("advantage")),
        )


@dataclass(frozen=True, slots=True)
class Group:
    """The ``num_generations`` completions of one prompt; one line of ``completions.jsonl``.

    ``step`` is the optimizer step that first uses the group, from 1; ``group`` counts from 0 within
    (mode, step).
    """

    step: int
    group: int
    mode: str
    prompt: str
    completions: tuple[Completion, ...]
    task: str = ""
    answer: str | None = None

    @property
    def rewards(self) -> list[float]:
        """Total rewards of the completions that have one."""
        return [c.reward for c in self.completions if c.reward is not None]

    def flat(self, span: RewardRange | None) -> Flat | None:
        """Return where a group without spread sits, or None when its rewards differ (or there are none)."""
        rewards = self.rewards
        if not rewards or max(rewards) - min(rewards) >= ZERO_STD_EPSILON:
            return None
        if span is None:
            return Flat.OTHER
        if abs(rewards[0] - span.high) < ZERO_STD_EPSILON:
            return Flat.CEILING
        if abs(rewards[0] - span.low) < ZERO_STD_EPSILON:
            return Flat.FLOOR
        return Flat.OTHER

    def to_json(self) -> dict[str, Any]:
        """Return the object that stands in ``completions.jsonl``."""
        return {
            "step": self.step,
            "group": self.group,
            "mode": self.mode,
            "prompt": self.prompt,
            "task": self.task,
            "answer": self.answer,
            "completions": [c.to_json() for c in self.completions],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Group:
        """Read one group; a conversational prompt becomes its last message's text."""
        completions = data.get("completions")
        answer = data.get("answer")
        return cls(
            step=as_int(data.get("step")),
            group=as_int(data.get("group")),
            mode=str(data.get("mode") or Mode.TRAIN),
            prompt=prompt_text(data.get("prompt")),
            completions=tuple(map(Completion.from_json, completions))
            if isinstance(completions, list)
            else (),
            task=str(data.get("task") or ""),
            answer=None if answer is None else str(answer),
        )


def prompt_text(prompt: object) -> str:
    """Return a prompt as text: conversational prompts read ``role: content``, a line per message."""
    if isinstance(prompt, list):
        messages = (m for m in prompt if isinstance(m, Mapping))
        return "\n".join(f"{m.get('role', '')}: {m.get('content', '')}" for m in messages)
    return "" if prompt is None else str(prompt)


@dataclass(frozen=True, slots=True)
class Flag:
    """A finding at a step, with its evidence."""

    step: int
    kind: FlagKind
    level: Level
    signal: str
    value: float | None
    threshold: float | None
    message: str

    def to_json(self) -> dict[str, Any]:
        """Return the public form, as in ``show --json``."""
        return {
            "step": self.step,
            "kind": str(self.kind),
            "level": str(self.level),
            "signal": self.signal,
            "value": self.value,
            "threshold": self.threshold,
            "message": self.message,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Flag:
        """Read a flag event; unknown kinds and levels become a threshold's ``info``."""
        kind, level = data.get("kind"), data.get("level")
        return cls(
            step=as_int(data.get("step")),
            kind=FlagKind(kind) if kind in list(FlagKind) else FlagKind.THRESHOLD,
            level=Level(level) if level in list(Level) else Level.INFO,
            signal=str(data.get("signal") or ""),
            value=as_float(data.get("value")),
            threshold=as_float(data.get("threshold")),
            message=str(data.get("message") or ""),
        )


@dataclass(frozen=True, slots=True)
class HealthSettings:
    """The preset's ``[health]`` table."""

    window_groups: int = 64
    """Groups that are pooled before a share is judged."""
    zero_std_warn: float = 0.25
    """Share of groups without reward spread that is worth a look."""
    zero_std_bad: float = 0.50
    """Share of groups without reward spread at which little is learned."""
    jaccard_warn: float = 0.50
    """Cross-prompt Jaccard similarity of completions' word sets that is worth a look."""
    jaccard_bad: float = 0.70
    """Cross-prompt Jaccard similarity at which answers have become one template."""
    patience: int = 5
    """Logged steps in a row before a verdict changes."""
    on_collapsed: str = "flag"
    """What the runner does when the verdict stays: "flag" nothing, "stop", "checkpoint-and-stop"."""
    on_no_signal: str = "flag"
    """The same for no-signal."""
    on_solved: str = "flag"
    """The same for solved."""
    grace: int = 20
    """Steps that such a verdict has to last before the runner acts."""


POLICIES = ("flag", "stop", "checkpoint-and-stop")
"""What may follow from a verdict: nothing; the end without a further checkpoint; the end with one."""


@dataclass(frozen=True, slots=True)
class HealthContext:
    """What the health rules must know about a run beside its streams."""

    reward_range: RewardRange | None
    num_generations: int
    groups_per_step: int
    settings: HealthSettings = HealthSettings()


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One row of the Runs table and of ``ls``: what the registry knows without reading streams."""

    id: str
    name: str
    kind: RunKind
    status: Status
    verdict: Verdict | None
    """None before the trainer has started."""
    preset: str
    created_at: float
    cause: str = ""
    """Why the verdict is what it is, such as ``template``; empty when it needs no cause."""
    verdict_step: int | None = None
    """First step of the present verdict."""
    verdict_message: str = ""
    started_at: float | None = None
    """Start of the current attempt."""
    ended_at: float | None = None
    step: int = 0
    max_steps: int | None = None
    epoch: float | None = None
    max_epochs: float | None = None
    reward: float | None = None
    """Mean of the last REWARD_WINDOW logged rewards."""
    zero_std: float | None = None
    """Share of groups without reward spread, last logged step."""
    jaccard: float | None = None
    """Cross-prompt Jaccard similarity, last logged step."""
    eval_accuracy: float | None = None
    step_time: float | None = None
    """Median seconds per step of the last REWARD_WINDOW logged steps."""
    device: str = ""
    seed: int | None = None
    attempt: int = 0
    """Starts so far; 0 while the run was never started."""
    reason: str = ""
    """Why the last attempt ended as it did, in one line."""
    tags: tuple[str, ...] = ()
    note: str = ""
    human: HumanVerdict | None = None
    """What a person said of the run; None while nobody did."""


REWARD_WINDOW = 20
"""Logged steps that a shown reward is the mean of: never the last value alone."""
