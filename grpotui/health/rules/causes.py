"""Why a verdict is what it is: a closed list."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Cause(StrEnum):
    """Why a verdict is what it is."""

    TEMPLATE = "template"
    """Answers to different prompts are alike."""
    REPETITION = "repetition"
    """Completions go round in circles."""
    LOW_DIVERSITY = "low-diversity"
    """Completions of a group have become the same, and so their rewards."""
    LOW_TEMPERATURE = "low-temperature"
    """Completions of a group are the same, and were from the first step on."""
    LENGTH = "length"
    """Completions grow until they are cut off, or shrink to nothing."""
    KL = "kl"
    """The policy has left the reference model far behind, at a loss of reward."""
    CRASH = "crash"
    """The reward fell and stays down."""
    NON_FINITE = "non-finite"
    """Loss, gradients or rewards are not numbers any more."""
    FLOOR = "floor"
    """Rewards are the lowest possible."""
    CONSTANT_REWARD = "constant-reward"
    """The reward does not differ within a group, though completions do."""
    NO_REWARD = "no-reward"
    """No completion has a reward: every function returned None or nan."""


class Caution(StrEnum):
    """What to know of a run that is solved."""

    IGNORES_PROMPT = "answers ignore the prompt"
    NEAR_IDENTICAL = "outputs near-identical"


@dataclass(frozen=True, slots=True)
class Signs:
    """What one evaluation says; at most one of bad, no-signal and solved."""

    bad: Cause | None = None
    warn: Cause | None = None
    no_signal: Cause | None = None
    solved: bool = False
    caution: Caution | None = None

    @property
    def clean(self) -> bool:
        """True when nothing speaks against the run."""
        return self.bad is None and self.warn is None and self.no_signal is None
