"""How many steps it will really be, and whether the learning rate gets to its peak."""

from __future__ import annotations

from collections.abc import Iterator

from grpotui.preflight.facts import Facts
from grpotui.preflight.finding import Finding, Severity
from grpotui.preflight.plan import Plan

_LONG_WARMUP = 0.5


def schedule(plan: Plan, facts: Facts) -> Iterator[Finding]:
    """Find lengths that contradict each other."""
    if not plan.whole or not plan.steps:
        return
    if not plan.stages:
        yield from _against_epochs(plan)
    if plan.warmup > _LONG_WARMUP * plan.steps:
        never = plan.warmup >= plan.steps
        yield Finding(
            "long-warmup",
            Severity.WARNING,
            ("grpo.warmup_steps",),
            f"{plan.warmup} of {plan.steps} steps are warm-up"
            + (": the peak is never reached" if never else ""),
            "Below 1, warmup_steps is a share of all steps; from 1 on it is a number of steps.",
            ({"grpo.warmup_steps": 0.1},),
        )


def _against_epochs(plan: Plan) -> Iterator[Finding]:
    asked = plan.data.get("grpo") or {}
    if plan.grpo["max_steps"] > 0 and "num_train_epochs" in asked:
        epochs = float(plan.grpo["num_train_epochs"])
        if plan.steps != round(epochs * plan.steps_per_epoch):
            yield Finding(
                "two-lengths",
                Severity.WARNING,
                ("grpo.max_steps", "grpo.num_train_epochs"),
                f"max_steps {plan.steps} goes before num_train_epochs {epochs:g}: the run ends after "
                f"{plan.epochs:.3g} epochs",
                "TRL looks at epochs only when max_steps is -1.",
                ({"grpo.max_steps": -1},),
            )
    if 0 < plan.epochs < 1:
        seen = round(plan.epochs * (plan.rows or 0))
        yield Finding(
            "part-of-an-epoch",
            Severity.INFO,
            ("grpo.max_steps", "task.n"),
            f"{plan.steps} steps see about {seen} of {plan.rows} prompts",
            "The others are never trained on.",
        )
