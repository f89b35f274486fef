"""Real training on a tiny model, many short runs in one process: ``python -m tests.train.scenes FOLDER``.

Importing TRL takes longer than such a run. Each leaves its folder; ``scenes.json`` tells how they ended.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from grpotui.records import RewardRange
from grpotui.stream import write_json
from grpotui.tasks import Example, Reward
from grpotui.tasks.model import Score
from grpotui.train import device, entry
from grpotui.train.outcome import Outcome, Progress
from grpotui.train.stopping import StopSignal
from grpotui.workspace import RunDir
from tests.train import evaluated, rolled, tiny

PROMPTS = 16
Texts = Sequence[str]
Answers = Sequence[str | None]


def spread(texts: Texts, answers: Answers, prompts: Texts = (), /) -> list[float]:
    return [sum(c.isdigit() for c in text) / 8 for text in texts]


def constant(value: float) -> Score:
    return lambda texts, answers, prompts=(), /: [value] * len(texts)


def by_prompt(texts: Texts, answers: Answers, prompts: Texts = (), /) -> list[float]:
    """Of four prompts one is at the ceiling, one at the floor, one in between; one differs in its group."""
    kinds: dict[int, Callable[[int], float]] = {
        0: lambda i: 1.0,
        1: lambda i: 0.0,
        2: lambda i: 0.7,
        3: lambda i: float(i % 2),
    }
    return [kinds[int(str(answer)) % 4](i) for i, answer in enumerate(answers)]


def reward(score: Score, name: str = "r", weight: float = 1.0, **more: Any) -> Reward:
    return Reward(name=name, weight=weight, range=RewardRange(0.0, 1.0), score=score, **more)


def raising(texts: Texts, answers: Answers, prompts: Texts = (), /) -> list[float]:
    raise ValueError("no such word")


def memory(texts: Texts, answers: Answers, prompts: Texts = (), /) -> list[float]:
    import torch

    return list(torch.empty(2**60))


def stopping(run: RunDir, batch: int) -> Score:
    """Ask for a stop when the given generation batch is scored."""
    batches = 0

    def score(texts: Texts, answers: Answers, prompts: Texts = (), /) -> list[float]:
        nonlocal batches
        batches += 1
        if batches == batch:
            write_json(run.request_json, {"action": "stop", "reason": "seen\n enough"})
        return spread(texts, answers)

    return score


def bad_parse(text: str) -> str | None:
    raise KeyError("parser")


class Stage:
    """Runs scenes in folders side by side and keeps how each ended."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.model = str(tiny.make(root / "model"))
        self.ends: dict[str, Any] = {}

    def run_dir(self, name: str) -> RunDir:
        run = RunDir(self.root / name)
        run.path.mkdir(exist_ok=True)
        return run

    def play(
        self,
        name: str,
        rewards: Sequence[Reward],
        grpo: Mapping[str, Any],
        prompts: int = PROMPTS,
        attempt: int = 1,
        prepare: Callable[[RunDir], object] = lambda run: None,
        end: str = "",
        sections: Mapping[str, Any] | None = None,
    ) -> None:
        from grpotui.train.session import Experiment, Session

        run = self.run_dir(name)
        prepare(run)
        batches = 0

        def counted(score: Score) -> Score:
            def call(texts: Texts, answers: Answers, prompts: Texts = (), /) -> list[float]:
                nonlocal batches
                batches += 1
                return score(texts, answers)

            return call

        first = Reward(**{**vars(rewards[0]), "score": counted(rewards[0].score)})
        examples = [Example(f"{i} + {i} = ", str(i), "sums") for i in range(prompts)]
        settings = {**BASE, **grpo}
        experiment = Experiment(
            {"model": "m", "grpo": settings, **(sections or {})}, self.model, examples, [first, *rewards[1:]]
        )
        progress = Progress()
        session = Session(run, attempt, device.resolve("cpu"), StopSignal(run), progress)
        try:
            outcome = session.train(experiment)
        except Exception as error:
            outcome = Outcome.failed(error, progress)
        self.ends[end or name] = {**outcome.to_json(attempt), "batches": batches}

    def main(self, name: str, asked: Mapping[str, Any], attempt: int = 1) -> None:
        """Run the real entry point on a run folder."""
        run = self.run_dir(name)
        write_json(run.run_json, asked)
        code = entry.main([str(run.path), "--attempt", str(attempt)])
        result = json.loads(run.result_json.read_text())
        self.ends[f"{name}-{attempt}"] = {**result, "code": code}


BASE = {
    "per_device_train_batch_size": 8,
    "num_generations": 4,
    "max_completion_length": 8,
    "max_steps": 4,
    "logging_steps": 1,
    "learning_rate": 1e-3,
    "save_strategy": "no",
    "seed": 3,
}

COMBINATIONS: dict[str, dict[str, Any]] = {
    "equal": {"gradient_accumulation_steps": 2},
    "more": {"steps_per_generation": 4, "gradient_accumulation_steps": 1},
    "less": {"generation_batch_size": 16, "gradient_accumulation_steps": 4},
    "uneven": {"steps_per_generation": 3, "gradient_accumulation_steps": 2},
}

TRAP = {"0.6": 0.6, "0.7": 0.7, "third": 1 / 3}


def asked(model: str, **grpo: Any) -> dict[str, Any]:
    """Return what launch writes into run.json."""
    config = {
        "model": model,
        "task": {"name": "arithmetic", "n": PROMPTS, "operands": [0, 9]},
        "rewards": [{"name": "exact"}],
        "grpo": {**BASE, **grpo},
    }
    return {"id": "x", "created_at": 1.0, "device": "cpu", "seed": 11, "config": config}


def one_file(run: RunDir) -> None:
    """Let both streams write to the same file: their lines then stand in the order of writing."""
    run.metrics.touch()
    os.link(run.metrics, run.completions)


def record(stage: Stage) -> None:
    for name, grpo in COMBINATIONS.items():
        stage.play(name, [reward(spread)], grpo)
    stage.play("order", [reward(spread)], COMBINATIONS["uneven"], prepare=one_file)
    stage.play("sparse", [reward(spread)], {"logging_steps": 3, "max_steps": 5})
    for name, value in TRAP.items():
        for size in (8, 16):
            settings = {"num_generations": size, "per_device_train_batch_size": 2 * size, "max_steps": 1}
            stage.play(f"trap-{name}-{size}", [reward(constant(value))], settings)
    split = {"per_device_train_batch_size": PROMPTS * 4, "max_steps": 1}
    stage.play("split", [reward(by_prompt)], split)
    parsed = reward(spread, "a", parse=lambda text: text[:2] or None)
    stage.play("weights", [parsed, reward(constant(0.5), "b", weight=-2.0)], {"max_steps": 1})
    stage.play("long", [reward(spread)], {"max_completion_length": 64, "max_steps": 1})


def fail(stage: Stage) -> None:
    stage.play("raising", [reward(raising, "mine")], {})
    stage.play("memory", [reward(memory)], {})
    stage.play("infinite", [reward(constant(float("inf")))], {})
    wild = {"learning_rate": 1e30, "max_grad_norm": 0}
    stage.play("nan", [reward(spread)], {**wild, "steps_per_generation": 4})
    stage.play("nan-logits", [reward(spread)], wild)
    stage.play("few", [reward(spread)], {"gradient_accumulation_steps": 4}, prompts=4)
    stage.play("unwritable", [reward(spread)], {"max_steps": 2}, prepare=lambda run: run.completions.mkdir())
    stage.play("parser", [reward(spread, parse=bad_parse)], {"max_steps": 2})


def stop(stage: Stage) -> None:
    run = stage.run_dir("stopped")
    stage.play("stopped", [reward(stopping(run, 2))], {"logging_steps": 10})
    run.result_json.unlink(missing_ok=True)
    run.request_json.unlink()
    stage.play("stopped", [reward(spread)], {"logging_steps": 10}, attempt=2, end="resumed")


def processes(stage: Stage) -> None:
    gpu_preset = {"bf16": True, "gradient_checkpointing": True, "hub_token": "hf_" + "a" * 30}
    stage.main("whole", asked(stage.model, save_strategy="steps", save_steps=2, **gpu_preset))
    stage.main("whole", asked(stage.model, save_strategy="steps", save_steps=2), attempt=2)
    longer = asked(stage.model, save_strategy="steps", save_steps=2, max_steps=6)
    stage.main("whole", longer, attempt=3)
    stage.main("refused", asked(stage.model, num_generations=3))
    stage.main("unknown", asked(stage.model, no_such_field=3))
    stage.main("cuda", {**asked(stage.model), "device": "cuda"})
    stage.main("folder", asked("/no/such/model"))
    write_json(stage.run_dir("requested").request_json, {"action": "stop"})
    stage.main("requested", asked(stage.model))


def main() -> None:
    from tests.train.user_scenes import users

    root = Path(sys.argv[1])
    device.prepare_environment("cpu")
    stage = Stage(root)
    record(stage)
    fail(stage)
    stop(stage)
    evaluated.play(stage)
    rolled.play(stage)
    processes(stage)
    users(stage)
    write_json(root / "scenes.json", stage.ends)


if __name__ == "__main__":
    main()
