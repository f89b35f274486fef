"""A group of completions, and where its rewards sit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from grpotui.records.numbers import as_float, as_int
from grpotui.records.words import Flat, Mode

ZERO_STD_EPSILON = 1e-6
"""Rewards of a group that differ by less are equal. TRL tests std against 1e-8, which float error defeats."""


@dataclass(frozen=True, slots=True)
class RewardRange:
    """Lowest and highest total reward that a completion can get."""

    low: float
    high: float
    binary: bool = field(default=False, compare=False)
    """True when a reward is always one of the two ends."""

    @classmethod
    def from_json(cls, ends: object, binary: bool = False) -> RewardRange | None:
        """Read ``[low, high]``, as ``attempt-N.json`` has it; None for anything else."""
        if not isinstance(ends, list) or len(ends) != 2:
            return None
        low, high = map(as_float, ends)
        return None if low is None or high is None else cls(low, high, binary)

    def normalise(self, reward: float) -> float:
        """Map ``reward`` to [0, 1]; for a +-1 reward this is the pass rate."""
        width = self.high - self.low
        if width <= 0:
            return 0.0
        return min(1.0, max(0.0, (reward - self.low) / width))

    def pass_rate(self, mean: float | None) -> float | None:
        """Return the share of completions that passed, 0 to 1, from a mean reward; None where none follows.

        A mean of 0.875 between -1 and 1 is a pass rate of 0.9375.
        """
        return self.normalise(mean) if self.binary and mean is not None else None


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
class Visit:
    """A group that a prompt had: where it stands and its mean reward."""

    step: int
    group: int
    mean: float | None


class Hit(NamedTuple):
    """One completion that was found: ``place`` is its number in the group."""

    group: Group
    place: int

    @property
    def completion(self) -> Completion:
        """The completion itself."""
        return self.group.completions[self.place]

    def to_json(self) -> dict[str, Any]:
        """Return the completion with what its group was asked: one line of an export."""
        group = self.group
        of = {"step": group.step, "group": group.group, "place": self.place, "mode": str(group.mode)}
        asked = {"task": group.task, "prompt": group.prompt, "answer": group.answer}
        return {**of, **asked, **self.completion.to_json()}
