"""Whatever batch, groups and prompts somebody writes: what is proposed works, and TRL's own rules agree."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from grpotui.preflight import Severity, check, overrides
from grpotui.presets import apply_overrides, problems
from tests.preflight.conftest import facts, preset

SHAPE = ("two-generations", "full-groups", "global-batch", "enough-prompts")
CONFIGS = 400


def shape(rng: Random) -> list[str]:
    """Numbers as people and searches write them, many of which do not fit."""
    made = [
        f"grpo.num_generations={rng.choice((1, 2, 3, 4, 6, 7, 8, 12, 16, 32, 64))}",
        f"grpo.per_device_train_batch_size={rng.choice((1, 3, 4, 8, 12, 16, 60, 64, 100, 256, 1024))}",
        f"grpo.gradient_accumulation_steps={rng.choice((1, 1, 2, 3, 4, 8))}",
        f"task.n={rng.choice((1, 3, 10, 16, 100, 500))}",
    ]
    extra = rng.random()
    if extra < 0.2:
        made.append(f"grpo.steps_per_generation={rng.choice((1, 2, 3, 4))}")
    elif extra < 0.4:
        made.append(f"grpo.generation_batch_size={rng.choice((16, 48, 64, 96, 256, 1000))}")
    return made


def test_every_fix_of_every_shape_mends_what_it_says() -> None:
    rng, broken, mended = Random(0), 0, 0
    for _ in range(CONFIGS):
        asked = preset(*shape(rng))
        known = replace(facts(asked), disk_free=None)
        errors = {f.rule: f for f in check(asked, known) if f.level is Severity.ERROR}
        assert set(errors) <= set(SHAPE)
        refused = {problem.rule for problem in problems(asked)}
        assert bool(errors) == bool(refused), asked.data
        broken += bool(errors)
        for rule, finding in errors.items():
            for fix in finding.fixes:
                better = apply_overrides(asked, overrides(fix))
                left = {
                    f.rule
                    for f in check(better, replace(facts(better), disk_free=None))
                    if f.level is Severity.ERROR
                }
                assert rule not in left, (asked.data["grpo"], fix)
                assert left <= set(errors), (asked.data["grpo"], fix)
                mended += not left and not list(problems(better))
                if rule != "two-generations":
                    assert "grpo.num_generations" not in fix
    assert broken > CONFIGS / 3
    assert mended > broken
