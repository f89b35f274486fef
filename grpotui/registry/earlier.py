"""Earlier runs that one is like: of this registry, and of the tables of past experiments."""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grpotui.format import number
from grpotui.records import RunSummary, as_float

SETTINGS = ("beta", "learning_rate", "temperature", "num_generations")
"""What runs are compared by."""
NEAR = 1.0
"""Mean distance of settings, in factors of e, up to which a run was tried before, more or less."""
SHARED = 2
"""Settings that must be given of both runs and near: with one, such as beta 0, half of all runs are alike."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A run of before."""

    id: str
    verdict: str
    """One of Verdict's words; empty where what was said of it comes near to none."""
    cause: str = ""
    reward: str = ""
    """Name of its reward function."""
    settings: Mapping[str, float] = field(default_factory=dict)
    note: str = ""
    said: str = ""
    """The verdict in the words of whoever wrote it down; empty where they are ours."""

    def __str__(self) -> str:
        told = [f"{name} {number(self.settings[name])}" for name in SETTINGS if name in self.settings]
        known = ", ".join(part for part in (self.reward, *told[:3]) if part)
        return f"{self.id} ({known})" if known else self.id

    @property
    def came(self) -> str:
        """What became of it: ``collapsed (template)``, in our words where there are some."""
        if not self.verdict:
            return self.said
        return f"{self.verdict} ({self.cause})" if self.cause else self.verdict

    @property
    def told(self) -> str:
        """The run with what is known of it, in one line."""
        return f"{self}{f': {self.note}' if self.note else ''}"


def like(
    verdict: str, cause: str, reward: str, settings: Mapping[str, Any], runs: Iterable[Earlier], most: int = 2
) -> list[Earlier]:
    """Return at most ``most`` runs with the same verdict and cause, nearest in reward and settings first.

    Where no cause is known of an earlier run, its verdict is enough. Of equally near ones the first count.
    """
    same = [run for run in runs if run.verdict == verdict and run.cause in ("", cause)]
    return sorted(same, key=lambda run: (run.reward != reward, distance(settings, run.settings)))[:most]


def tried(reward: str, settings: Mapping[str, Any], runs: Iterable[Earlier], most: int = 2) -> list[Earlier]:
    """Return runs of the same reward with settings near to these, whatever became of them, nearest first.

    Of a run with fewer than SHARED settings that are near too little is known to name it.
    """
    same = [run for run in runs if reward and run.reward == reward and run.came]
    near = [
        (distance(settings, run.settings), run)
        for run in same
        if sum(apart <= NEAR for apart in _distances(settings, run.settings)) >= SHARED
    ]
    return [run for far, run in sorted(near, key=lambda item: item[0]) if far <= NEAR][:most]


def distance(one: Mapping[str, Any], other: Mapping[str, float]) -> float:
    """Return the mean distance of settings that both have, in factors of e; far when there is none."""
    parts = _distances(one, other)
    return sum(parts) / len(parts) if parts else 100.0


def _distances(one: Mapping[str, Any], other: Mapping[str, float]) -> list[float]:
    parts = []
    for name in SETTINGS:
        a, b = as_float(one.get(name)), other.get(name)
        if a is not None and b is not None:
            parts.append(abs(math.log(max(a, 1e-9)) - math.log(max(b, 1e-9))))
    return parts


def of_registry(
    runs: Sequence[tuple[RunSummary, Mapping[str, Any]]], but: Container[str | None] = ()
) -> list[Earlier]:
    """Return runs with their configs as earlier runs, but for some of them."""
    return [
        Earlier(
            id=run.id,
            verdict=str(run.verdict or ""),
            cause=run.cause,
            reward=reward_name(config),
            settings=settings_of(config),
        )
        for run, config in runs
        if run.id not in but and run.verdict is not None
    ]


def settings_of(config: Mapping[str, Any]) -> dict[str, float]:
    """Return those of SETTINGS that a run's config has."""
    grpo = config.get("grpo")
    found = {name: as_float(grpo.get(name)) for name in SETTINGS} if isinstance(grpo, Mapping) else {}
    return {name: value for name, value in found.items() if value is not None}


def reward_name(config: Mapping[str, Any]) -> str:
    """Return the name of a run's first reward."""
    rewards = config.get("rewards")
    first = rewards[0] if isinstance(rewards, list) and rewards else {}
    return str(first.get("name") or "") if isinstance(first, Mapping) else ""
