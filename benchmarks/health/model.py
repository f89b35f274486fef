"""A made-up run: what its policy does at each step, and the lines and groups that follow from it.

Rewards are drawn per completion, so that shares of flat groups are quantised as in life, and a reward
follows from its text: equal texts get equal rewards.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.health.texts import Task
from grpotui.records import Completion, Group, HealthContext, RewardRange

STEPS = 220
POOL = 120
"""Prompts of a run."""
SHAPES = ((1, 8), (1, 16), (2, 4), (2, 8), (4, 4), (4, 8), (4, 16), (8, 4), (8, 8), (16, 4))
"""Groups a step, completions a group."""


@dataclass(frozen=True)
class Now:
    """The policy at one step."""

    skill: float = 0.5
    """Chance of a right completion to a prompt of middling ease."""
    spread: float = 0.5
    """How much prompts differ in ease."""
    alike: float = 0.0
    """Chance that a completion repeats the first of its group."""
    broken: float = 0.0
    """Chance that a completion is what the run collapses to, instead of an answer."""
    broken_reward: float = 0.0
    """What that gets, 0 to 1."""
    words: float = 40.0
    """Mean length, in tokens."""
    clipped: float = 0.02
    kl: float | None = 0.05
    entropy: float = 1.0
    gradient: float | None = 0.4
    nonfinite: bool = False


@dataclass(frozen=True)
class Plan:
    """A kind of run with the dice thrown: how it goes, and what may be said of it."""

    at: Callable[[int], Now]
    ask: Callable[[random.Random], Task]
    collapse: Callable[[random.Random], str] = lambda rng: ""
    bounds: tuple[float, float] = (0.0, 1.0)
    """Of the reward."""
    parts: int = 1
    """Rewards are shares of so many parts."""
    score: Callable[[float], float] = lambda reward: reward
    shapes: tuple[tuple[int, int], ...] = SHAPES
    onset: int | None = None
    """First step of what is bad; None for a run with nothing bad in it."""
    before: str = ""
    """Put before each answer, such as a tag that the model learns to write..."""
    before_from: int = 0
    """...from this step on, over 30 steps."""
    temperature: float | None = None


@dataclass
class Run:
    """One made-up run."""

    kind: str
    plan: Plan
    seed: int

    def __post_init__(self) -> None:
        self._rng = random.Random(f"{self.kind} {self.seed}")
        self.groups, self.generations = self._rng.choice(self.plan.shapes)
        self._pool = [(self.plan.ask(self._rng), self._rng.random()) for _ in range(POOL)]
        span = RewardRange(*self.plan.bounds)
        declared = {} if self.plan.temperature is None else {"temperature": self.plan.temperature}
        self.context = HealthContext(span, self.generations, self.groups, grpo=declared)

    def steps(self, count: int = STEPS) -> Iterator[tuple[dict[str, Any], list[Group]]]:
        """Yield each step's line of metrics and its groups."""
        for step in range(1, count + 1):
            now = self.plan.at(step)
            groups = [self._group(step, number, now) for number in range(self.groups)]
            yield self._metrics(step, now, groups), groups

    def _group(self, step: int, number: int, now: Now) -> Group:
        rng = self._rng
        task, ease = rng.choice(self._pool)
        chance = min(1.0, max(0.0, now.skill + now.spread * (ease - 0.5) * 4 * now.skill * (1 - now.skill)))
        made: list[Completion] = []
        for _ in range(self.generations):
            if made and rng.random() < now.alike:
                made.append(made[0])
            else:
                made.append(self._completion(step, task, chance, now))
        return Group(step, number, "train", task.prompt, tuple(made), task.name, task.answer)

    def _completion(self, step: int, task: Task, chance: float, now: Now) -> Completion:
        rng, plan = self._rng, self.plan
        if rng.random() < now.broken:
            share = now.broken_reward
            if plan.parts == 1:
                share = float(rng.random() < share)
            text = plan.collapse(rng)
        else:
            right = [rng.random() < chance for _ in range(plan.parts)]
            share = sum(right) / plan.parts
            text = task.write(rng, share >= 0.5)
            if rng.random() < (step - plan.before_from) / 30:
                text = plan.before + text
        low, high = plan.bounds
        reward = plan.score(low + share * (high - low))
        return Completion(text, len(text.split()), rng.random() < now.clipped, reward=reward)

    def _metrics(self, step: int, now: Now, groups: list[Group]) -> dict[str, Any]:
        rng = self._rng
        rewards = [reward for group in groups for reward in group.rewards]
        flat = sum(group.flat(None) is not None for group in groups)
        line: dict[str, Any] = {
            "step": step,
            "reward": sum(rewards) / len(rewards),
            "frac_reward_zero_std": flat / len(groups),
            "entropy": max(0.0, now.entropy * rng.gauss(1, 0.06)),
            "completions/mean_length": now.words * rng.gauss(1, 0.06),
            "completions/clipped_ratio": min(1.0, max(0.0, now.clipped + rng.gauss(0, 0.02))),
            "grad_norm": None if now.gradient is None else now.gradient * rng.lognormvariate(0, 0.4),
            "loss": rng.gauss(0, 0.02),
            "step_time": rng.gauss(1.0, 0.05),
        }
        if now.kl is not None:
            line["kl"] = now.kl * rng.lognormvariate(0, 0.25)
        if now.nonfinite:
            line |= {"loss": None, "grad_norm": None, "nonfinite": ["loss", "grad_norm"]}
        return line
