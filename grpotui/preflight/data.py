"""Are there enough different prompts, and do prompt and answer fit?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from grpotui.preflight.batches import whole_batches
from grpotui.preflight.facts import Facts
from grpotui.preflight.finding import Finding, Fix, Severity
from grpotui.preflight.plan import Plan
from grpotui.tasks import TaskError, validate_task

_MUCH = 0.1
"""Share of the prompts that is worth a warning when no step sees it."""


def data(plan: Plan, facts: Facts) -> Iterator[Finding]:
    """Find what the prompts lack."""
    if facts.data.error:
        yield Finding("data", Severity.ERROR, ("task",), facts.data.error)
        return
    if facts.data.deferred:
        yield Finding(
            "deferred", Severity.INFO, ("task", "rewards"), f"{facts.data.deferred}; --exact tries it"
        )
    rows, distinct = facts.data.rows, facts.data.distinct
    if plan.trains and plan.whole and rows is not None and not plan.stages:
        yield from _enough(plan, rows)
    if rows is not None and distinct is not None and distinct < rows:
        yield _duplicates(plan, rows, distinct)
    yield from _answer_fits(plan, facts)
    yield from _context(plan, facts)


def _enough(plan: Plan, rows: int) -> Iterator[Finding]:
    if plan.prompts > rows:
        yield Finding(
            "enough-prompts",
            Severity.ERROR,
            ("task.n", "grpo.per_device_train_batch_size"),
            f"a generation takes {plan.prompts} prompts ({plan.generation_size} completions / {plan.group}), "
            f"and there are {rows}",
            "TRL leaves out what fills no generation: it would train no step.",
            (*whole_batches(plan, plan.group, rows), *_more_prompts(plan, plan.prompts)),
        )
    elif plan.dropped:
        share = plan.dropped / rows
        yield Finding(
            "dropped-prompts",
            Severity.WARNING if share >= _MUCH else Severity.INFO,
            ("task.n", "grpo.per_device_train_batch_size"),
            f"{plan.dropped} of {rows} prompts are left out of each epoch, as they fill no generation of "
            f"{plan.prompts}; others each time",
            "An epoch is a little shorter than it looks.",
            tuple(_more_prompts(plan, rows - plan.dropped + plan.prompts)),
        )


def _more_prompts(plan: Plan, count: int) -> Iterator[Fix]:
    """Yield a larger ``task.n`` when the task can pose as many problems."""
    task: dict[str, Any] = {**plan.data["task"], "n": count}
    try:
        validate_task(task)
    except TaskError:
        return
    yield {"task.n": count}


def _duplicates(plan: Plan, rows: int, distinct: int) -> Finding:
    # A curriculum's rows are those of all stages, a dataset's are never repeated.
    repeats = plan.data["task"].get("allow_duplicates") and not plan.stages and plan.prompts <= distinct
    once: Fix = {"task.n": distinct, "task.allow_duplicates": False}
    return Finding(
        "duplicate-prompts",
        Severity.WARNING,
        ("task",),
        f"only {distinct} of {rows} prompts are different",
        "A prompt that is there twice counts twice, and one generation may hold the same question twice.",
        (once,) if repeats else (),
    )


def _answer_fits(plan: Plan, facts: Facts) -> Iterator[Finding]:
    room = int(plan.grpo["max_completion_length"])
    need = facts.data.longest_answer
    if need.guess + 1 <= room:
        return
    sure = need.low > room
    words = f"{need.low} or more" if sure else f"about {need.guess}, and one that ends it"
    yield Finding(
        "answer-length",
        Severity.ERROR if sure else Severity.WARNING,
        ("grpo.max_completion_length",),
        f"max_completion_length is {room}, and the longest right answer has {words} tokens",
        "A right answer that is cut off earns nothing.",
        ({"grpo.max_completion_length": -(-(need.guess + 1) // 8) * 8},),
    )


def _context(plan: Plan, facts: Facts) -> Iterator[Finding]:
    context, room = facts.model.context, int(plan.grpo["max_completion_length"])
    need = facts.data.longest_prompt
    if context is None or need.guess + room <= context:
        return
    left = context - need.guess
    yield Finding(
        "context-length",
        Severity.ERROR if need.low + room > context else Severity.WARNING,
        ("grpo.max_completion_length",),
        f"the longest prompt (about {need.guess} tokens) and max_completion_length {room} are more than the "
        f"{context} tokens that the model takes in",
        "Beyond its context a model writes nonsense, or fails.",
        ({"grpo.max_completion_length": left},) if left > 0 else (),
    )
