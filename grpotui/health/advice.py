"""One thing to try next, as overrides of the preset."""

from __future__ import annotations

from grpotui.health.rules import Cause, Facts
from grpotui.records import Verdict, is_trouble

_BETAS = (0.02, 0.05, 0.1, 0.2, 0.5)
_WARM = 1.0
"""Temperature at which completions are sampled as the model has learnt them."""
_COOL = 0.7
_SMALLER = 3.0
"""What a learning rate that was too large is divided by."""


def next_step(verdict: Verdict, cause: str, facts: Facts) -> tuple[str, ...]:
    """Return overrides such as ``grpo.beta=0.1``; nothing where no setting of the trainer would help."""
    if not is_trouble(verdict):
        return ()
    match cause:
        case Cause.TEMPLATE | Cause.REPETITION:
            return (*_more_beta(facts), *_warmer(facts, _COOL))
        case Cause.LOW_DIVERSITY:
            return _warmer(facts, _WARM) or _more_beta(facts)
        case Cause.LOW_TEMPERATURE:
            return (f"grpo.temperature={_WARM}",)
        case Cause.LENGTH:
            return ("grpo.mask_truncated_completions=true",)
        case Cause.KL | Cause.CRASH | Cause.NON_FINITE:
            return _slower(facts) or _more_beta(facts)
    return ()


def _more_beta(facts: Facts) -> tuple[str, ...]:
    """Hold the policy closer to the model that it began as; with no penalty at all begin in the middle."""
    beta = facts.context.grpo.get("beta", 0.0)
    more = 0.1 if beta <= 0 else next((step for step in _BETAS if step >= 2 * beta), None)
    return () if more is None else (f"grpo.beta={more}",)


def _warmer(facts: Facts, below: float) -> tuple[str, ...]:
    temperature = facts.temperature
    return (f"grpo.temperature={_WARM}",) if temperature is not None and temperature < below else ()


def _slower(facts: Facts) -> tuple[str, ...]:
    rate = facts.context.grpo.get("learning_rate") or facts.course.start("learning_rate")
    return (f"grpo.learning_rate={rate / _SMALLER:.1e}",) if rate else ()
