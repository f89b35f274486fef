"""Scenes with evaluation, a curriculum, and runs that go on: played by ``tests.train.scenes``."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from grpotui.launch.links import link_weights
from grpotui.records import RewardRange
from grpotui.stream import write_json
from grpotui.tasks import Reward

if TYPE_CHECKING:
    from tests.train.scenes import Stage

TASK = {"name": "arithmetic", "n": 16, "held_out": 12, "operands": [0, 9]}
EVAL = {"every": 2, "n": 8, "n_train": 6, "sampled": True, "watch": 3}
STAGES = [
    {"name": "plus", "steps": 3, "task": {"operators": ["+"]}},
    {"name": "minus", "steps": 3, "task": {"operators": ["-"]}},
]


def noisy(texts: Sequence[str], answers: Sequence[str | None], prompts: Sequence[str] = ()) -> list[float]:
    """A reward that draws from Python's random numbers, as a user's may."""
    return [sum(c.isdigit() for c in text) / 16 + random.random() / 2 for text in texts]


def falling() -> Any:
    """A reward that is higher the earlier it is asked about eight completions, which only evaluation has."""
    asked = 0

    def score(
        texts: Sequence[str], answers: Sequence[str | None], prompts: Sequence[str] = ()
    ) -> list[float]:
        nonlocal asked
        asked += len(texts) == 8
        return [1 / (1 + asked) for _ in texts]

    return score


def config(model: str, grpo: Mapping[str, Any], **sections: Any) -> dict[str, Any]:
    """Return the content of run.json."""
    from tests.train.scenes import BASE

    plan = {
        "model": model,
        "task": TASK,
        "rewards": [{"name": "exact"}],
        "grpo": {**BASE, **grpo},
        **sections,
    }
    return {"id": "x", "created_at": 1.0, "device": "cpu", "seed": 11, "config": plan}


def play(stage: Stage) -> None:
    """Play every scene."""
    saved = {"save_strategy": "steps", "save_steps": 2, "max_steps": 6, "lr_scheduler_type": "constant"}
    drawn = Reward("noisy", 1.0, RewardRange(0.0, 1.0), noisy)
    for name, sections in (("eval-off", {}), ("eval-on", {"eval": EVAL})):
        random.seed(5)
        stage.play(name, [drawn], saved, sections={"task": TASK, **sections})
    best = {**EVAL, "sampled": False, "n_train": 0, "watch": 0, "best": "eval_reward"}
    limited = {**saved, "save_total_limit": 1, "generation_batch_size": 16}
    early = Reward("early", 1.0, RewardRange(0.0, 1.0), falling())
    stage.play("eval-best", [early], limited, sections={"task": TASK, "eval": best})
    staged = {"curriculum": STAGES, "eval": {**EVAL, "every": 3}}
    stage.main("stages", config(stage.model, {**saved, "max_steps": -1}, **staged))
    stage.main("stages-cut", config(stage.model, {**saved, "max_steps": 4}, **staged))
    stage.main("stages-cut", config(stage.model, {**saved, "max_steps": 8}, **staged), attempt=2)
    interrupt(stage)
    descend(stage)


def interrupt(stage: Stage) -> None:
    """Stop a run in the middle of its first evaluation, and one that does nothing else."""
    run = stage.run_dir("interrupted")
    asked = 0

    def score(
        texts: Sequence[str], answers: Sequence[str | None], prompts: Sequence[str] = ()
    ) -> list[float]:
        nonlocal asked
        asked += 1
        if asked == 1:
            write_json(run.request_json, {"action": "stop", "reason": "no more"})
        return [0.5 for _ in texts]

    asking = Reward("asking", 1.0, RewardRange(0.0, 1.0), score)
    stage.play("interrupted", [asking], {}, sections={"task": TASK, "eval": {**EVAL, "n": 12, "n_train": 12}})
    write_json(stage.run_dir("unmeasured").request_json, {"action": "stop", "reason": "never mind"})
    measured = config(stage.model, {}, eval={**EVAL, "every": 1})
    stage.main("unmeasured", {**measured, "kind": "eval", "parent": None})


def descend(stage: Stage) -> None:
    """Runs that go on past their end, past an epoch or from within a generation, and one that measures."""
    saved = {"save_strategy": "steps", "save_steps": 50, "max_steps": 10}
    for name, grpo in (("linear", {"lr_scheduler_type": "linear", "warmup_steps": 0.2}), ("cosine", COSINE)):
        go_on(stage, name, config(stage.model, {**saved, **grpo}), 20)
    flat = {**saved, "lr_scheduler_type": "constant"}
    go_on(stage, "rounds", config(stage.model, flat), 14)
    stage.main("rounds-whole", config(stage.model, {**flat, "max_steps": 14}))
    slow = {**flat, "steps_per_generation": 4, "max_steps": 6}
    go_on(stage, "within", config(stage.model, slow), 8)
    measured = config(stage.model, saved, curriculum=STAGES, eval={**EVAL, "every": 1})
    parent = {"run": "stages", "relation": "evaluation", "step": 6}
    run = stage.run_dir("measured")
    link_weights(stage.run_dir("stages").checkpoints / "checkpoint-6", run.start)
    stage.main("measured", {**measured, "kind": "eval", "parent": parent})


COSINE = {"lr_scheduler_type": "cosine"}


def go_on(stage: Stage, name: str, asked: Mapping[str, Any], steps: int) -> None:
    """Play a run to its end, and then as ``extend`` lets it go on."""
    stage.main(name, asked)
    stage.run_dir(name).append_event({"time": 1.0, "type": "extended", "max_steps": steps})
    stage.main(name, asked, attempt=2)
