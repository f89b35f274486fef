"""Single values that are known to end badly."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from grpotui.preflight.facts import Facts
from grpotui.preflight.finding import Finding, Severity
from grpotui.preflight.plan import Plan
from grpotui.presets.fields import GRPO_FIELDS
from grpotui.tasks.library import find_reward

COLD, HOT = 0.3, 1.2
SLOW, FAST = 1e-6, 1e-3
CLIFF = 0.05


def training(plan: Plan, facts: Facts) -> Iterator[Finding]:
    """Find values of training beyond what ever worked."""
    yield from _beta(plan)
    yield from _learning_rate(plan)
    yield from _loss(plan)


def sampling(plan: Plan, facts: Facts) -> Iterator[Finding]:
    """Find temperatures beyond what ever worked."""
    temperature = float(plan.grpo["temperature"])
    if temperature < COLD:
        yield Finding(
            "low-temperature",
            Severity.WARNING,
            ("grpo.temperature",),
            f"temperature {temperature:g} is below {COLD:g}",
            "All answers to a prompt become the same, and so do their rewards: nothing to learn from.",
            ({"grpo.temperature": 0.7},),
        )
    elif temperature > HOT:
        yield Finding(
            "high-temperature",
            Severity.WARNING,
            ("grpo.temperature",),
            f"temperature {temperature:g} is above {HOT:g}",
            "A model of this kind then writes what no reward can sort.",
            ({"grpo.temperature": 1.0},),
        )


def _beta(plan: Plan) -> Iterator[Finding]:
    beta = float(plan.grpo["beta"])
    kinds = [find_reward(reward["name"], "") for reward in plan.data["rewards"]]
    answers = any(kind.needs_answer and not kind.structural for kind in kinds)
    if beta == 0 and answers:
        yield Finding(
            "beta-zero",
            Severity.WARNING,
            ("grpo.beta",),
            "beta is 0 with a reward for exact answers",
            "Nothing holds the model to the language that it knows: it may end in texts that only parse.",
            ({"grpo.beta": 0.1},),
        )
    structural = [kind.name for kind in kinds if kind.structural]
    if beta >= CLIFF and structural and not answers:  # form beside answers is not what the log's cliff was of
        yield Finding(
            "beta-cliff",
            Severity.WARNING,
            ("grpo.beta",),
            f"beta {beta:g} with a reward of form ({', '.join(structural)})",
            "From about 0.05 on the penalty is stronger than what the form pays.",
            ({"grpo.beta": 0.02},),
        )


def _learning_rate(plan: Plan) -> Iterator[Finding]:
    rate = float(plan.grpo["learning_rate"])
    if rate < SLOW:
        yield Finding(
            "low-learning-rate",
            Severity.WARNING,
            ("grpo.learning_rate",),
            f"learning_rate {rate:g} is below {SLOW:g}",
            "The model will hardly move in the steps that there are.",
            ({"grpo.learning_rate": 5e-6},),
        )
    elif rate >= FAST:
        yield Finding(
            "high-learning-rate",
            Severity.WARNING,
            ("grpo.learning_rate",),
            f"learning_rate {rate:g} is {FAST:g} or more",
            "All weights train: a few such steps are enough to forget the language.",
            ({"grpo.learning_rate": 1e-5},),
        )


def _loss(plan: Plan) -> Iterator[Finding]:
    loss, known = str(plan.grpo["loss_type"]), GRPO_FIELDS["loss_type"].choices
    if loss not in known:
        near = get_close_matches(loss.lower(), known, n=1, cutoff=0.5)
        yield Finding(
            "loss-type",
            Severity.ERROR,
            ("grpo.loss_type",),
            f"TRL knows no loss_type {loss[:40]!r}; known: {', '.join(known)}",
            "TRL itself finds it only at the first step, after the model was loaded.",
            ({"grpo.loss_type": near[0] if near else "grpo"},),
        )
    for field, wide, narrow in (
        ("scale_rewards", "batch", "group"),
        ("multi_objective_aggregation", "normalize_then_sum", "sum_then_normalize"),
    ):
        if plan.grpo[field] == wide:
            yield Finding(
                "batch-wide-zero-std",
                Severity.WARNING,
                (f"grpo.{field}",),
                f"with {field} = {wide!r} TRL's frac_reward_zero_std is 0 or 1 for the whole batch",
                "One group with spread hides all flat ones: read grpotui/zero_std, which stays right.",
                ({f"grpo.{field}": narrow},),
            )
