"""Made-up runs on disk, as trainer and runner leave them, in sizes that training would take days for."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator
from typing import Any

from grpotui.presets.fields import GRPO_FIELDS
from grpotui.workspace import RunDir, Workspace

NAMES = (
    "reward",
    "kl",
    "entropy",
    "completions/mean_length",
    "completions/clipped_ratio",
    "grad_norm",
    "learning_rate",
    "loss",
    "reward_std",
    "epoch",
)
BORN = 1_790_000_000.0
"""When the first run was made (unix seconds)."""
LONG = "long-0001"
STATUSES = ("finished", "finished", "finished", "failed", "stopped")
VERDICTS = ("healthy", "healthy", "solved", "warning", "collapsed")


def names(count: int) -> list[str]:
    """Return ``count`` names of metrics, those of TRL first."""
    return [*NAMES, *(f"aux/metric_{number:03d}" for number in range(count))][:count]


def values(step: int, metrics: int, rng: random.Random) -> dict[str, float]:
    """Return what is logged at a step: noise around a course that rises ever slower."""
    level = math.log(step + 1)
    return {name: rng.gauss(level, 0.3) for name in names(metrics)}


def lines(steps: int, metrics: int) -> Iterator[dict[str, float]]:
    """Yield lines of ``metrics.jsonl``."""
    rng = random.Random(0)
    for step in range(1, steps + 1):
        yield {"step": step, "time": BORN + step, **values(step, metrics, rng)}


def make(workspace: Workspace, run_id: str, asked: dict[str, Any]) -> RunDir:
    """Make the folder of a run."""
    run = workspace.run(run_id)
    run.path.mkdir(parents=True)
    run.run_json.write_text(json.dumps({"id": run_id, "name": run_id, **asked}))
    return run


def long_run(workspace: Workspace, steps: int, metrics: int) -> RunDir:
    """Write one foreign run with nothing but metrics."""
    run = make(workspace, LONG, {"created_at": BORN})
    with run.metrics.open("w") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines(steps, metrics))
    return run


def many_runs(workspace: Workspace, count: int, steps: int = 20) -> None:
    """Write ended runs with every file that one has."""
    rng = random.Random(1)
    defaults = {name: field.default for name, field in GRPO_FIELDS.items()}
    for number in range(count):
        _ended_run(workspace, number, steps, defaults, rng)


def _ended_run(
    workspace: Workspace, number: int, steps: int, defaults: dict[str, Any], rng: random.Random
) -> None:
    born = BORN + 60.0 * number
    status, verdict = rng.choice(STATUSES), rng.choice(VERDICTS)
    grpo = {"beta": rng.choice((0.0, 0.04, 0.1)), "learning_rate": rng.choice((1e-6, 1e-5))}
    config = {"model": "tiny", "task": {"name": "stories"}, "grpo": grpo}
    told = {"created_at": born, "preset": f"preset-{number % 20}", "seed": number % 5, "tags": ["sweep"]}
    run = make(workspace, f"run-{number:05d}", {**told, "config": config})
    whole = {**config, "grpo": {**defaults, **grpo, "output_dir": str(run.checkpoints), "run_name": run.id}}
    files = {
        run.attempt_json(1): {"attempt": 1, "time": born, "config": whole, "max_steps": steps},
        run.process_json: {"attempt": 1, "started_at": born},
        run.result_json: {"attempt": 1, "status": status, "step": steps},
        run.exit_json: {"attempt": 1, "code": 0, "signal": None, "reason": status, "time": born + steps},
    }
    for path, content in files.items():
        path.write_text(json.dumps(content))
    events = [{"type": "status", "status": word, "attempt": 1} for word in ("queued", "running", status)]
    events.append({"type": "verdict", "step": steps, "to": verdict, "message": "as it was made"})
    run.events.write_text("".join(json.dumps({"time": born, **event}) + "\n" for event in events))
    logged = [{"step": s, "time": born + s, **values(s, 10, rng)} for s in range(1, steps + 1)]
    signals = [{"step": s, "jaccard_cross": 0.3, "unique": 0.9} for s in range(1, steps + 1)]
    groups = [{"step": s, "group": 0, "completions": [_completion(rng)] * 8} for s in range(1, steps + 1)]
    for path, content in ((run.metrics, logged), (run.signals, signals), (run.completions, groups)):
        path.write_text("".join(json.dumps(line) + "\n" for line in content))


def _completion(rng: random.Random) -> dict[str, Any]:
    return {"text": "once upon a time there was a dog", "tokens": 8, "reward": rng.random(), "rewards": {}}
