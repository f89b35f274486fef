"""Sweeps whose every number is known."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grpotui.analysis.sweep.records import Study
from grpotui.analysis.sweep.study import study
from grpotui.records import RunKind, keys
from grpotui.records.sweeps import Place, Repeats, Role, Sweep
from grpotui.registry import connect, sync
from grpotui.registry.queries import Registry
from grpotui.registry.sweeps import write_sweep
from grpotui.workspace import Workspace
from tests.writing import BORN, RunWriter, sample

LENGTH, PENALTY, BETA = "grpo.max_completion_length", "grpo.repetition_penalty", "grpo.beta"
STEPS = 150


def grid(**axes: Sequence[Any]) -> tuple[dict[str, tuple[Any, ...]], tuple[dict[str, Any], ...]]:
    """Return axes and points; ``beta=(0, 1)`` is the axis ``grpo.beta``."""
    named = {f"grpo.{name}": tuple(values) for name, values in axes.items()}
    return named, tuple(
        dict(zip(named, chosen, strict=True)) for chosen in itertools.product(*named.values())
    )


@dataclass
class Made:
    """Writes the runs of one sweep."""

    workspace: Workspace
    axes: Mapping[str, tuple[Any, ...]]
    points: tuple[Mapping[str, Any], ...]
    kind: RunKind = RunKind.TRAIN
    seeds: tuple[int, ...] = (1,)
    more: dict[str, Any] = field(default_factory=dict)
    """What else stands in the sweep's line."""
    config: dict[str, Any] = field(default_factory=dict)
    """Of every run."""

    def __post_init__(self) -> None:
        self.tell()

    def tell(self, *repeats: Repeats) -> None:
        """Write the line of the sweep, with what is asked to be repeated."""
        told = Sweep(
            "s-abcd",
            "words",
            self.kind,
            BORN,
            self.axes,
            self.points,
            self.seeds,
            repeats=repeats,
            **self.more,
        )
        write_sweep(self.workspace, told)

    def _begin(self, number: int, seed: int, role: Role) -> RunWriter:
        writer = RunWriter(self.workspace.run(f"p{number:02}-{role}-{seed}"))
        place = Place("s-abcd", number, self.points[number - 1], role)
        writer.asked(kind=str(self.kind), sweep=place.to_json(), seed=seed, config=self.config)
        return writer

    def waits(self, number: int, seed: int = 1, role: Role = Role.POINT) -> None:
        """Write a run that is queued."""
        writer = self._begin(number, seed, role)
        writer.status("queued")
        writer.close()

    def trains(
        self,
        number: int,
        ends: float,
        seed: int = 1,
        role: Role = Role.POINT,
        status: str = "finished",
        verdict: tuple[str, str] | None = None,
        starts: float = 0.1,
        steps: int = STEPS,
        **metrics: float,
    ) -> None:
        """Write a training: its reward rises for the first third, then is ``ends`` +-0.01 in turns."""
        writer = self._begin(number, seed, role)
        writer.attempt(max_steps=STEPS, seed=seed, config=self.config)
        for step in range(steps):
            level = starts + (ends - starts) * min(step / (STEPS / 3), 1.0)
            writer.log_step(reward=level + (0.01 if step % 2 else -0.01), **metrics)
        if verdict:
            writer.verdict(steps, verdict[0], verdict[1] or verdict[0], verdict[1])
        if status in ("running", "queued"):
            writer.status(status)
        else:
            writer.ended(status, at=BORN + 1000)
        writer.close()

    def climbs(self, number: int, rewards: Sequence[float], seed: int = 1) -> None:
        """Write a finished training with these rewards."""
        writer = self._begin(number, seed, Role.POINT)
        writer.attempt(max_steps=len(rewards), seed=seed, config=self.config)
        for value in rewards:
            writer.log_step(reward=value)
        writer.ended("finished", at=BORN + 1000)
        writer.close()

    def asks(
        self,
        number: int,
        rewards: Mapping[str, Sequence[float]],
        seed: int = 1,
        role: Role = Role.POINT,
        status: str = "finished",
        metrics: Mapping[str, float] | None = None,
    ) -> None:
        """Write a run of rollouts: the rewards of each prompt."""
        writer = self._begin(number, seed, role)
        writer.attempt(max_steps=1, seed=seed)
        for place, (prompt, values) in enumerate(rewards.items()):
            writer.group(place, [sample("a", value) for value in values], prompt, step=1, mode="rollout")
        flat = [value for values in rewards.values() for value in values]
        nonzero = sum(value != 0 for value in flat) / len(flat)
        writer.log_step(**{keys.ROLLOUTS_NONZERO: nonzero, **(metrics or {})})
        writer.status("running") if status == "running" else writer.ended(status, at=BORN + 9)
        writer.close()

    def registry(self) -> Registry:
        """Return what was written, indexed."""
        connection = connect(self.workspace)
        sync(connection, self.workspace)
        return Registry(connection, self.workspace)

    def study(self) -> Study:
        """Return what the sweep shows."""
        registry = self.registry()
        return study(registry, registry.sweep("s-abcd"))


def texts(found: Study, kind: str) -> list[str]:
    """Return the sentences of a kind."""
    return [sentence.text for sentence in found.sentences if sentence.kind == kind]
