"""Will the checkpoints fit?"""

from __future__ import annotations

from collections.abc import Iterator

from grpotui import format as fmt
from grpotui.preflight.facts import Facts
from grpotui.preflight.finding import Finding, Fix, Severity
from grpotui.preflight.plan import Plan
from grpotui.preflight.units import ADAM, WEIGHTS, width

_FEW = 3
_NEARLY = 0.8
"""Share of the free space that checkpoints may take."""


def disk(plan: Plan, facts: Facts) -> Iterator[Finding]:
    """Find checkpoints without a limit, and those that will fill the disk."""
    count, limit = checkpoints(plan), plan.grpo["save_total_limit"]
    if limit is None and count > _FEW:
        yield Finding(
            "no-save-limit",
            Severity.WARNING,
            ("grpo.save_total_limit",),
            f"save_total_limit is missing: {count} checkpoints will be kept",
            "The disk fills over night. Resuming needs the last one alone.",
            ({"grpo.save_total_limit": 2},),
        )
    if facts.disk_free is None or facts.model.parameters is None or not count:
        return
    numbers = WEIGHTS if plan.grpo["save_only_model"] else WEIGHTS + ADAM
    each = facts.model.parameters * numbers * width(plan)
    kept = min(count, int(limit) + 1) if limit else count  # the new one is written before an old one goes
    if kept * each > _NEARLY * facts.disk_free:
        yield Finding(
            "disk",
            Severity.ERROR if kept * each > facts.disk_free else Severity.WARNING,
            ("grpo.save_total_limit", "grpo.save_steps"),
            f"{kept} checkpoints of {fmt.size(each)} are {fmt.size(kept * each)}, and "
            f"{fmt.size(facts.disk_free)} are free",
            "A full disk ends the run at a checkpoint.",
            tuple(_fewer(plan, int(_NEARLY * facts.disk_free) // each)),
        )


def _fewer(plan: Plan, room: int) -> Iterator[Fix]:
    """Yield fewer checkpoints; ``room`` is how many fit."""
    if room > 1:
        yield {"grpo.save_total_limit": min(room - 1, 2)}
    elif room == 1:
        yield {"grpo.save_strategy": "steps", "grpo.save_steps": plan.steps, "grpo.save_total_limit": 1}
    yield {"grpo.save_strategy": "no"}


def checkpoints(plan: Plan) -> int:
    """Return how many checkpoints the run writes, the one at its end included."""
    if plan.grpo["save_strategy"] == "no" or not plan.steps:
        return 0
    if plan.grpo["save_strategy"] == "epoch":
        return max(1, round(plan.epochs))
    every = float(plan.grpo["save_steps"])
    every = max(1.0, every * plan.steps if every < 1 else every)
    return -(-plan.steps // int(every))
