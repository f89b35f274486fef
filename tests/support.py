"""Helpers of the command line's tests."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from grpotui.stream import LineWriter, write_json
from grpotui.workspace import RunDir, Workspace


@dataclass(frozen=True)
class Output:
    """What one command line printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Cli = Callable[..., Output]


def write_run(workspace: Workspace, run_id: str = "study-ab2c", steps: int = 12) -> RunDir:
    """Write the folder of a finished run as launch, trainer and runner leave it."""
    run = workspace.run(run_id)
    run.path.mkdir()
    config = {"model": "tiny", "task": {"name": "arithmetic"}, "grpo": {"beta": 0.1}}
    asked = {
        "id": run_id,
        "name": run_id,
        "kind": "train",
        "created_at": 1.75e9,
        "preset": "study",
        "config": config,
    }
    write_json(run.run_json, asked)
    effective = {**config, "grpo": {"beta": 0.1, "max_steps": steps, "learning_rate": 1e-06}}
    attempt = {
        "attempt": 1,
        "config": effective,
        "max_steps": steps,
        "max_epochs": 1.0,
        "reward_range": [0.0, 1.0],
    }
    write_json(run.attempt_json(1), {**attempt, "device": "cpu", "seed": 7})
    metrics, groups = LineWriter(run.metrics), LineWriter(run.completions)
    for step in range(1, steps + 1):
        for group in range(2):
            texts = [
                {"text": f"{step}{n}", "tokens": 2, "reward": n / 2, "rewards": {"exact": n / 2}}
                for n in range(3)
            ]
            groups.append(
                {"step": step, "group": group, "mode": "train", "prompt": "1 + 1 =", "completions": texts}
            )
        metrics.append(
            {"step": step, "time": 1.75e9 + step, "reward": step / steps, "epoch": step / steps, "kl": 0.1}
        )
    events = LineWriter(run.events)
    events.append({"time": 1.75e9, "type": "status", "status": "queued", "attempt": 1})
    flag = {
        "step": 5,
        "kind": "threshold",
        "level": "warn",
        "signal": "zero_std",
        "value": 0.3,
        "threshold": 0.25,
    }
    events.append({"time": 1.75e9, "type": "flag", **flag, "message": "zero-std 0.30 over 0.25"})
    events.append({"time": 1.75e9, "type": "note", "text": "read me"})
    exit_ = {"code": 0, "signal": None, "reason": "finished"}
    events.append({"time": 1.75e9 + 20, "type": "status", "status": "finished", "attempt": 1, "exit": exit_})
    write_json(run.exit_json, {**exit_, "attempt": 1, "status": "finished", "time": 1.75e9 + 20})
    write_json(
        run.process_json,
        {"attempt": 1, "boot_id": "x", "runner": {"pid": 11, "ticks": 1}, "trainer": {"pid": 12, "ticks": 2}},
    )
    run.output_log.write_text("step 1\nstep 2 \x1b[31mred\n")
    for writer in (metrics, groups, events):
        writer.close()
    return run
