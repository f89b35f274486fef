"""Completions of a batch of prompts, fewer at once when memory runs out."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from grpotui.errors import UserError
from grpotui.train.console import complain
from grpotui.train.failure import out_of_memory
from grpotui.train.generation import complete
from grpotui.train.randomness import own_random_state
from grpotui.train.rollouts.plan import seed_of
from grpotui.train.trainer import RecordedTrainer


@dataclass
class Sampled:
    """Completions in the order of their prompts, and how long it took."""

    completions: list[Any] = field(default_factory=list)
    token_ids: list[list[int]] = field(default_factory=list)
    seconds: float = 0.0


class Sampler:
    """Generates with the trainer's model and settings, ``at_once`` completions at a time.

    ``alive`` is called after each part; ``halved`` with the old and the new number when memory ran out.
    """

    def __init__(
        self,
        trainer: RecordedTrainer,
        seed: int,
        at_once: int,
        alive: Callable[[], None],
        halved: Callable[[int, int], None],
    ) -> None:
        self.at_once = at_once
        self._trainer = trainer
        self._seed = seed
        self._alive = alive
        self._halved = halved

    def sample(self, batch: int, prompts: Sequence[Any]) -> Sampled:
        """Return one completion for each prompt, texts or conversations. Raises UserError without memory."""
        found = Sampled()
        began = time.monotonic()
        while (start := len(found.completions)) < len(prompts):
            part = prompts[start : start + self.at_once]
            generated = self._part(seed_of(self._seed, batch, start), part)
            if generated is None:
                self._halve()
                continue
            found.completions += generated[0]
            found.token_ids += generated[1]
            self._alive()
        found.seconds = time.monotonic() - began
        return found

    def _part(self, seed: int, prompts: Sequence[Any]) -> tuple[list[Any], list[list[int]]] | None:
        """Return completions and token ids, or None when memory ran out."""
        trainer = self._trainer
        try:
            with own_random_state(seed, trainer.accelerator.device):
                return complete(trainer, prompts, greedy=False, engine=trainer.use_vllm)
        except Exception as error:
            if not out_of_memory(error):
                raise
        return None

    def _halve(self) -> None:
        """Take half as many from now on; what the failed part held is free by now."""
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        if self.at_once == 1:
            raise UserError(
                "out of memory with a single completion at once: lower grpo.max_completion_length, or take a "
                "smaller model"
            )
        before, self.at_once = self.at_once, self.at_once // 2
        complain(f"out of memory: {self.at_once} completions at once from now on, no longer {before}")
        self._halved(before, self.at_once)
