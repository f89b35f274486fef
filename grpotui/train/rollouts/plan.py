"""Which prompts are asked in which batch. Free of torch."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from grpotui.errors import UserError
from grpotui.presets.rollouts import Amount, amount, too_few
from grpotui.tasks import Example


@dataclass(frozen=True, slots=True)
class Batch:
    """Prompts that are asked together; ``number`` counts from 1 and is the step of what is recorded."""

    number: int
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a run asks, in order."""

    amount: Amount
    examples: tuple[Example, ...]
    """Every prompt once, as the task has them: the same ones whatever the seed of the run is."""
    batches: tuple[Batch, ...]
    seed: int

    def extent(self) -> dict[str, Any]:
        """Return what ``attempt-N.json`` says of how much it is."""
        return {
            "max_steps": len(self.batches),
            "groups_per_step": max(1, self.amount.prompts // len(self.batches)),
            "rollouts": {"prompts": self.amount.prompts, "completions": self.amount.completions},
        }

    @classmethod
    def of(cls, config: Mapping[str, Any], examples: Sequence[Example], seed: int) -> Plan:
        """Take the first prompts of the task, shuffled by ``seed``. Raises UserError for too few of them."""
        whole = {**config, "grpo": config.get("grpo") or {}}
        if wrong := too_few(whole, len(examples)):
            raise UserError(f"rollouts.n: {wrong}")
        size = amount(whole, len(examples))
        if size is None:
            raise UserError("the task has no prompts to ask")
        asked = tuple(examples[: size.prompts])
        order = list(asked)
        Random(f"rollouts:{seed}").shuffle(order)
        edges = size.edges()
        batches = (
            Batch(number + 1, tuple(order[edges[number] : edges[number + 1]]))
            for number in range(size.batches)
        )
        return cls(size, asked, tuple(batches), seed)


def seed_of(seed: int, batch: int, start: int) -> int:
    """Return the seed of the random numbers for the completions of ``batch`` from place ``start`` on.

    It depends on nothing that came before, so a run that goes on after a stop draws the same ones.
    """
    digest = hashlib.sha256(f"{seed}:{batch}:{start}".encode()).digest()
    return int.from_bytes(digest[:7], "big")
