"""What a parameter takes."""

from __future__ import annotations

from collections.abc import Mapping

from grpotui.preflight.plan import Plan

WEIGHTS, GRADIENTS, ADAM = 1, 1, 2
"""Numbers that are kept for each parameter."""
_HALF = ("bfloat16", "float16", "half")


def width(plan: Plan) -> int:
    """Return the bytes of such a number: TRL loads 32-bit weights unless ``model_init_kwargs`` say so."""
    asked = plan.grpo["model_init_kwargs"]
    kinds = [asked.get("dtype"), asked.get("torch_dtype")] if isinstance(asked, Mapping) else []
    return 2 if any(str(kind).removeprefix("torch.") in _HALF for kind in kinds) else 4
