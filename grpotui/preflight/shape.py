"""Do batch, generations and processes go into each other, and does a group have enough answers?"""

from __future__ import annotations

from collections.abc import Iterator

from grpotui.preflight.batches import whole_batches
from grpotui.preflight.facts import Facts
from grpotui.preflight.finding import Finding, Fix, Severity
from grpotui.preflight.plan import Plan

FEW = 8
"""Below it a group is often all right or all wrong."""
ENOUGH = 16
_UNKNOWN_RATE = 0.1


def shape(plan: Plan, facts: Facts) -> Iterator[Finding]:
    """Find what does not divide, and groups that are too small."""
    yield from _parts(plan)
    if plan.group < 2:
        yield _one_generation(plan)
        return
    if plan.group < FEW:
        yield _few(plan, facts)
    yield from _evaluation(plan)


def _parts(plan: Plan) -> Iterator[Finding]:
    size, on_devices = plan.generation_size, plan.batch * plan.world
    fixes = tuple(whole_batches(plan, max(plan.group, 1), plan.rows))
    if size % on_devices:
        yield Finding(
            "global-batch",
            Severity.ERROR,
            ("grpo.generation_batch_size", "grpo.per_device_train_batch_size"),
            f"generation_batch_size {size} is not divisible by the {on_devices} completions of one pass",
            "TRL refuses it: a generation is used up in whole passes.",
            fixes,
        )
    elif plan.group > 1 and size % plan.group:
        fields = ["grpo.num_generations", "grpo.per_device_train_batch_size"]
        for name in ("gradient_accumulation_steps", "steps_per_generation", "generation_batch_size"):
            if plan.grpo.get(name) is not None:
                fields.append(f"grpo.{name}")
        yield Finding(
            "full-groups",
            Severity.ERROR,
            tuple(fields),
            f"a generation of {size} completions is not divisible by num_generations {plan.group}",
            "TRL refuses it. Change the batch, not num_generations: that would be another experiment.",
            fixes,
        )


def _one_generation(plan: Plan) -> Finding:
    size = plan.generation_size
    most = size if plan.rows is None else plan.rows
    sizes = [count for count in (ENOUGH, 12, 10, FEW) if size % count == 0 and size // count <= most]
    fixes: list[Fix] = [{"grpo.num_generations": count} for count in sizes[:1]]
    if not fixes:
        batches = whole_batches(plan, ENOUGH, plan.rows)
        fixes = [{"grpo.num_generations": ENOUGH, **batch} for batch in batches]
    return Finding(
        "two-generations",
        Severity.ERROR,
        ("grpo.num_generations",),
        f"num_generations is {plan.group}: a completion is compared with others of the same prompt",
        "TRL refuses it: the advantage of a single completion is always 0.",
        tuple(fixes),
    )


def silent(rate: float, group: int) -> float:
    """Return the share of groups of ``group`` that are all right or all wrong at a pass rate."""
    return float(rate**group + (1 - rate) ** group)


def _few(plan: Plan, facts: Facts) -> Finding:
    rate = _UNKNOWN_RATE if facts.pass_rate is None else facts.pass_rate
    known = "" if facts.pass_rate is None else " (measured before training)"
    shares = (
        f"{silent(rate, plan.group):.0%} of groups have no spread; with {ENOUGH}, {silent(rate, ENOUGH):.0%}"
    )
    return Finding(
        "few-generations",
        Severity.WARNING,
        ("grpo.num_generations",),
        f"{plan.group} completions a prompt: at a pass rate of {rate:.0%}{known}, {shares}",
        "A group that is all right or all wrong has no advantage and teaches nothing.",
        tuple(_more(plan)),
    )


def _more(plan: Plan) -> Iterator[Fix]:
    """Yield larger groups: as many prompts as before, else as many completions."""
    if not plan.whole:
        return
    times = ENOUGH // plan.group
    size = "generation_batch_size"
    field, now = (
        (size, plan.generation_size)
        if plan.grpo[size] is not None
        else (
            "per_device_train_batch_size",
            plan.batch,
        )
    )
    yield {"grpo.num_generations": plan.group * times, f"grpo.{field}": now * times}
    if plan.generation_size % ENOUGH == 0:
        yield {"grpo.num_generations": ENOUGH}


def _evaluation(plan: Plan) -> Iterator[Finding]:
    """TRL's own evaluation generates whole groups too; grpotui's does not use these fields."""
    asked = {"per_device_eval_batch_size", "num_generations_eval", "eval_strategy"} & plan.grpo.keys()
    size = int(plan.grpo["per_device_eval_batch_size"]) * plan.world
    group = int(plan.grpo["num_generations_eval"] or plan.group)
    if not asked or group < 1 or size % group == 0:
        return
    evaluates = plan.grpo["eval_strategy"] != "no"
    yield Finding(
        "eval-batch",
        Severity.ERROR if evaluates else Severity.WARNING,
        ("grpo.per_device_eval_batch_size", "grpo.num_generations_eval"),
        f"an evaluation batch of {size} cannot hold whole groups of {group}",
        "TRL refuses it as soon as eval_strategy is not no.",
        ({"grpo.per_device_eval_batch_size": -(-size // group) * group // plan.world or group},),
    )
