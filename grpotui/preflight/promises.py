"""What the contract of a run asks for, and the run will never tell."""

from __future__ import annotations

from collections.abc import Iterator

from grpotui import contract
from grpotui.preflight.facts import Facts
from grpotui.preflight.finding import Finding, Severity
from grpotui.preflight.plan import Plan
from grpotui.presets import eval_settings


def promises(plan: Plan, facts: Facts) -> Iterator[Finding]:
    """Find criteria that stay inconclusive whatever happens. Names and signs are the preset's validation."""
    every = plan.grpo.get("logging_steps")
    often = every if isinstance(every, (int, float)) and every >= 1 else 1
    prospect = contract.Prospect(
        steps=plan.steps or None,
        values=int(plan.steps // often) if plan.steps else None,
        evaluates=eval_settings(plan.data).every > 0,
        has_kl=bool(plan.grpo.get("beta")),
    )
    for path, doubt in contract.doubts(contract.read(plan.data.get("contract")), prospect):
        yield Finding(
            "contract",
            Severity.WARNING,
            (path,),
            f"{path.split('.')[1]}: {doubt}",
            "It would tell nothing at the end.",
        )
