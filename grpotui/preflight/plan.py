"""What a preset's numbers come to: completions and prompts of a step, steps of an epoch and of the run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grpotui.presets import Preset
from grpotui.presets.accelerate import processes
from grpotui.presets.grpo_rules import generation_size, with_defaults
from grpotui.presets.rollouts import Amount, amount
from grpotui.presets.stages import Stage, stages
from grpotui.presets.steps import epoch_steps
from grpotui.records import RunKind


@dataclass(frozen=True, slots=True)
class Plan:
    """A preset as TRL would run it. Every value in ``grpo`` is of a kind that its field takes."""

    data: Mapping[str, Any]
    grpo: Mapping[str, Any]
    rows: int | None
    """Training prompts; None while they are not counted."""
    world: int
    """Processes that train together."""

    @property
    def trains(self) -> bool:
        """False for a preset that only generates."""
        return self.data.get("kind") != RunKind.ROLLOUTS

    @property
    def rollouts(self) -> Amount | None:
        """How much such a preset generates; None while its prompts are not counted."""
        return amount(self.data, self.rows)

    @property
    def batch(self) -> int:
        """Completions on one device in one pass."""
        return int(self.grpo["per_device_train_batch_size"])

    @property
    def accumulation(self) -> int:
        """Passes that make one optimizer step."""
        return int(self.grpo["gradient_accumulation_steps"])

    @property
    def pass_tokens(self) -> int:
        """Completion tokens of one pass on one device, at most."""
        return self.batch * int(self.grpo["max_completion_length"])

    @property
    def group(self) -> int:
        """Completions of one prompt."""
        return int(self.grpo["num_generations"])

    @property
    def generation_size(self) -> int:
        """Completions that are generated at once, over all devices."""
        return generation_size(self.grpo, self.world)

    @property
    def whole(self) -> bool:
        """True when each generation is made of whole groups and whole passes."""
        return (
            self.group > 1
            and self.generation_size % self.group == 0
            and self.generation_size % (self.batch * self.world) == 0
        )

    @property
    def prompts(self) -> int:
        """Prompts of one generation; TRL takes them from one epoch, each once."""
        return max(1, self.generation_size // max(1, self.group))

    @property
    def dropped(self) -> int:
        """Prompts that each epoch leaves out, because they fill no generation; others each time."""
        return (self.rows or 0) % self.prompts

    @property
    def steps_per_epoch(self) -> int:
        """Optimizer steps of one pass over the prompts; 0 when they fill no generation."""
        return epoch_steps(self.grpo, self.rows or 0, self.world)

    @property
    def steps(self) -> int:
        """Optimizer steps of the whole run, or batches of rollouts; 0 when they are not known."""
        if not self.trains:
            return self.rollouts.batches if self.rollouts else 0
        if self.stages:
            return self.stages[-1].last
        wanted = int(self.grpo["max_steps"])
        if not self.steps_per_epoch:
            return max(0, wanted) if self.rows is None else 0
        return wanted if wanted > 0 else math.ceil(self.grpo["num_train_epochs"] * self.steps_per_epoch)

    @property
    def stages(self) -> list[Stage]:
        """The stages of a curriculum; none without one."""
        return stages(self.data)

    @property
    def epochs(self) -> float:
        """Passes over the prompts of the whole run."""
        return self.steps / self.steps_per_epoch if self.steps_per_epoch else 0.0

    @property
    def warmup(self) -> int:
        """Steps until the learning rate is at its peak: below 1 it is a share of all steps."""
        asked = float(self.grpo["warmup_steps"])
        return math.ceil(self.steps * asked) if asked < 1 else int(asked)

    def describe(self) -> str:
        """Return all of it in one line."""
        if not self.trains:
            return self._describe_rollouts()
        if not self.whole or not self.steps:
            return "no whole step can be made of these numbers"
        each = f"{self.prompts} prompts x {self.group} completions a generation"
        length = f"{self.steps_per_epoch} steps an epoch, {self.steps} steps = {self.epochs:.3g} epochs"
        if self.stages or not self.steps_per_epoch:
            parts = " + ".join(str(stage.steps) for stage in self.stages)
            length = f"{self.steps} steps" + (f" = {parts} of {len(self.stages)} stages" if parts else "")
        warm = f", warm-up {self.warmup} steps" if self.warmup else ""
        return f"{each}; {length}{warm}"

    def _describe_rollouts(self) -> str:
        if self.rollouts is None:
            return f"{self.group} completions of every prompt"
        size, batches = self.rollouts, self.rollouts.batches
        each = f"{size.completions} rollouts: {size.prompts} prompts x {self.group} completions"
        return f"{each}, in {batches} {'batch' if batches == 1 else 'batches'}"


def plan_of(preset: Preset, rows: int | None) -> Plan:
    """Return the plan of a preset whose fields have the right kinds; ``rows`` are its training prompts."""
    world = processes(preset.data)
    return Plan(preset.data, with_defaults(preset.data.get("grpo") or {}), rows, world)
