"""What a preset that only generates asks for, and whether it fits."""

from __future__ import annotations

from collections.abc import Iterator

from grpotui import format as fmt
from grpotui.preflight.facts import Facts
from grpotui.preflight.finding import Finding, Fix, Severity
from grpotui.preflight.plan import Plan
from grpotui.preflight.units import width
from grpotui.presets import eval_settings
from grpotui.presets.resolve import rollout_settings
from grpotui.presets.rollouts import asked_prompts, too_few
from grpotui.records.rollouts import ENOUGH


def rollouts(plan: Plan, facts: Facts) -> Iterator[Finding]:
    """Find prompts that are not there, and what nobody will look at."""
    if plan.rows is not None and (text := too_few({**plan.data, "grpo": plan.grpo}, plan.rows)):
        more: Fix = {"task.n": asked_prompts(plan.data)}
        yield Finding("enough-prompts", Severity.ERROR, ("rollouts.n", "task.n"), text, "", (more,))
    if plan.group < ENOUGH:
        yield Finding(
            "few-generations",
            Severity.WARNING,
            ("grpo.num_generations",),
            f"{plan.group} completions a prompt are too few to tell which prompts can be learnt from",
            f"From {ENOUGH} on the share of such prompts is told; more make it surer.",
            ({"grpo.num_generations": 2 * ENOUGH},),
        )
    if eval_settings(plan.data).every:
        yield Finding(
            "eval-ignored",
            Severity.INFO,
            ("eval.every",),
            "[eval] is left out: a run of kind rollouts asks the prompts of the task itself",
        )


def rollout_memory(plan: Plan, facts: Facts) -> Iterator[Finding]:
    """Find weights that do not fit, and a batch that will be halved."""
    model, device = facts.model, facts.device
    if model.parameters is None or not device.total:
        return
    weights = model.parameters * width(plan)
    at_once = min(rollout_settings(plan.data).batch, plan.rollouts.completions if plan.rollouts else 10**9)
    tokens = facts.data.longest_prompt.guess + int(plan.grpo["max_completion_length"])
    # Keys and values, as wide as the weights, as if all heads had their own.
    each = tokens * (model.layers or 0) * (model.width or 0) * 2 * width(plan)
    if weights > device.free:
        yield Finding(
            "memory",
            Severity.ERROR if weights > device.total else Severity.WARNING,
            ("model",),
            f"the weights alone take {fmt.size(weights)}; {device.label} has {fmt.size(device.total)}, "
            f"{fmt.size(device.free)} of it free",
            "",
            ({"model": "tiny"},),
        )
    elif each and weights + at_once * each > device.free:
        fits = max(1, (device.free - weights) // each)
        yield Finding(
            "rollout-batch",
            Severity.INFO,
            ("rollouts.batch",),
            f"{at_once} completions at once take about {fmt.size(weights + at_once * each)}, and "
            f"{fmt.size(device.free)} are free",
            "When memory runs out, half as many are generated at once, and nothing is lost but that batch.",
            ({"rollouts.batch": fits},),
        )
