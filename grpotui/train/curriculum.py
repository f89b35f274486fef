"""The stages of ``[[curriculum]]`` as one ordered data set, so that optimizer and schedule go on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from grpotui.presets.stages import Stage, generations
from grpotui.tasks import Example


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How TRL takes prompts: ``prompts`` different ones a generation, which lasts some optimizer steps."""

    prompts: int
    accumulated: int
    per_generation: int
    iterations: int

    @classmethod
    def of(cls, config: Any) -> Rhythm:
        """Read a GRPOConfig."""
        prompts = config.generation_batch_size // config.num_generations
        return cls(
            prompts, config.gradient_accumulation_steps, config.steps_per_generation, config.num_iterations
        )

    def generations(self, steps: int) -> int:
        """Return how many generations ``steps`` optimizer steps take."""
        return generations(steps, self.accumulated, self.per_generation, self.iterations)[0]


def ordered(stages: Sequence[tuple[Stage, Sequence[Example]]], rhythm: Rhythm, seed: int) -> list[Example]:
    """Return the examples of all stages in the order of training, each stage as long as its steps.

    Within a stage every pass is shuffled anew, and its last prompts that fill no generation are left out, as
    TRL does. Making the last stage longer changes nothing before. Each stage has at least one generation's
    prompts.
    """
    taken: list[Example] = []
    for stage, examples in stages:
        wanted = rhythm.generations(stage.steps) * rhythm.prompts
        whole = len(examples) // rhythm.prompts * rhythm.prompts
        for turn in range(-(-wanted // whole)):
            order = list(examples)
            Random(f"{seed}:{stage.name}:{turn}").shuffle(order)
            taken += order[:whole][: wanted - turn * whole]
    return taken


def grpo_of(grpo: Mapping[str, Any], stages: Sequence[Stage]) -> dict[str, Any]:
    """Return ``[grpo]`` with what a curriculum decides: how many steps, and that the order stays."""
    return {**grpo, "max_steps": stages[-1].last, "shuffle_dataset": False} if stages else dict(grpo)


def stage_at(stages: Sequence[Stage], step: int) -> int | None:
    """Return the place, from 0, of the stage that an optimizer step belongs to."""
    return next((i for i, stage in enumerate(stages) if stage.first <= step <= stage.last), None)
