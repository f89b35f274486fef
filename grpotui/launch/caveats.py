"""What goes on differently after a resume or an extension, in words: facts of TRL, seen in tests."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from grpotui.records import as_float, as_int

_FLAT = ("constant", "constant_with_warmup")


def not_restored(effective: Mapping[str, Any], step: int) -> Iterator[str]:
    """Yield what TRL does not bring back from a checkpoint at ``step``.

    ``effective`` is the content of ``attempt-N.json``.
    """
    grpo = (effective.get("config") or {}).get("grpo") or {}
    steps, epochs = as_int(effective.get("max_steps")), as_float(effective.get("max_epochs")) or 0.0
    if epochs > 0 and step >= steps / epochs and grpo.get("shuffle_dataset", True):
        yield (
            f"step {step} is past the first epoch: prompts come in the first epoch's order again, since TRL "
            "does not save where its sampler was"
        )
    lasts = as_int(grpo.get("steps_per_generation"), 1) * max(1, as_int(grpo.get("num_iterations"), 1))
    if lasts > 0 and step * as_int(grpo.get("gradient_accumulation_steps"), 1) % lasts:
        yield (
            f"step {step} is within a generation: TRL does not save its completions and generates at once, "
            "so the steps are no longer those of a run that was never stopped"
        )


def after_extension(grpo: Mapping[str, Any], step: int, planned: int, total: int) -> str:
    """Return what becomes of the learning rate when a run of ``planned`` steps goes on from ``step``.

    Transformers lays a schedule out anew over ``total`` steps. The optimizer comes back with the rate that it
    had, so that one step is made with that.
    """
    kind = str(grpo.get("lr_scheduler_type") or "linear").rpartition(".")[2].lower()
    rate = as_float(grpo.get("learning_rate")) or 0.0
    if kind in _FLAT:
        return f"the learning rate stays {rate:g}: its schedule is {kind}"
    shape = {"linear": _linear, "cosine": _cosine}.get(kind)
    if shape is None:
        return f"the {kind} schedule of the learning rate is laid out anew over {total} steps"
    warmup = as_float(grpo.get("warmup_steps")) or 0.0
    old = rate * shape(step, _warmup(warmup, planned), planned)
    new = rate * shape(step + 1, _warmup(warmup, total), total)
    return (
        f"the {kind} schedule is laid out anew over {total} steps: after one step at {old:.3g} the learning "
        f"rate goes on at {new:.3g}"
    )


def _warmup(asked: float, total: int) -> int:
    """Return the steps of warm-up: below 1 a share of all steps, as transformers reads it."""
    return math.ceil(total * asked) if asked < 1 else int(asked)


def _linear(step: int, warmup: int, total: int) -> float:
    if step < warmup:
        return step / max(1, warmup)
    return max(0.0, (total - step) / max(1, total - warmup))


def _cosine(step: int, warmup: int, total: int) -> float:
    if step < warmup:
        return step / max(1, warmup)
    return max(0.0, 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, total - warmup))))
