"""How much memory it takes: what earlier runs took, else an estimate."""

from __future__ import annotations

from collections.abc import Iterator

from grpotui import format as fmt
from grpotui.preflight.facts import Facts
from grpotui.preflight.finding import Finding, Fix, Severity
from grpotui.preflight.plan import Plan
from grpotui.preflight.units import ADAM, GRADIENTS, WEIGHTS, width

LOGIT_COPIES = 3
"""32-bit logits that a forward and a backward pass hold at once."""
_ESTIMATED = "estimated: weights, gradients, Adam, KL, logits and cache"


def states(plan: Plan, parameters: int) -> int:
    """Return the bytes of weights, gradients, Adam's moments and, with KL, of the reference model."""
    reference = WEIGHTS if float(plan.grpo["beta"]) else 0
    return parameters * width(plan) * (WEIGHTS + GRADIENTS + ADAM + reference)


def estimate(plan: Plan, facts: Facts, batch: int | None = None) -> int:
    """Return the bytes for ``batch`` completions in one pass; 0 when the model's size is not known."""
    model, length = facts.model, int(plan.grpo["max_completion_length"])
    if model.parameters is None:
        return 0
    logits = (batch or plan.batch) * length * (model.vocabulary or 0) * 4 * LOGIT_COPIES
    # Keys and values of every completion of a generation, 16 bit each, as if all heads had their own.
    tokens = plan.generation_size // plan.world * (facts.data.longest_prompt.guess + length)
    cache = tokens * (model.layers or 0) * (model.width or 0) * 2 * 2
    return states(plan, model.parameters) + logits + cache


def needed(plan: Plan, facts: Facts) -> tuple[int, str]:
    """Return (bytes, where the number comes from); (0, "") when nothing is known.

    A run of the same model with at least as many tokens in a pass goes before any formula.
    """
    tokens = plan.pass_tokens
    enough = [peak for peak in facts.peaks if peak.tokens >= tokens]
    size = estimate(plan, facts)
    if enough:
        best = min(enough, key=lambda peak: peak.size)
    else:
        smaller = max(facts.peaks, key=lambda peak: peak.size, default=None)
        if smaller is None or smaller.size <= size:
            return size, _ESTIMATED if size else ""
        best = smaller
    return best.size, f"run {best.run} took as much, with {best.tokens} tokens in a pass"


def memory(plan: Plan, facts: Facts) -> Iterator[Finding]:
    """Find a run that will not fit."""
    size, source = needed(plan, facts)
    device = facts.device
    if not device.total or size <= device.free:
        return
    # An estimate alone stops nobody: only what is needed whatever the batch does, or what was measured.
    least = states(plan, facts.model.parameters or 0) if source == _ESTIMATED else size
    yield Finding(
        "memory",
        Severity.ERROR if least > device.total else Severity.WARNING,
        ("grpo.per_device_train_batch_size", "grpo.max_completion_length", "model"),
        f"about {fmt.size(size)} are needed; {device.label} has {fmt.size(device.total)}, "
        f"{fmt.size(device.free)} of it free",
        f"{source[:1].upper()}{source[1:]}.",
        tuple(_smaller(plan, facts)),
    )


def _smaller(plan: Plan, facts: Facts) -> Iterator[Fix]:
    """Yield a smaller batch with more accumulation, the same generations, steps and groups; else the toy."""
    free, fixed = facts.device.free, plan.grpo["steps_per_generation"] is not None
    for times in (2, 4, 8, 16, 32):
        if fixed or facts.peaks or plan.batch % times:
            break
        if estimate(plan, facts, plan.batch // times) <= free:
            yield {
                "grpo.per_device_train_batch_size": plan.batch // times,
                "grpo.gradient_accumulation_steps": plan.accumulation * times,
            }
            return
    yield {"model": "tiny"}
