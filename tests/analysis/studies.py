"""Runs for reports and journals: settings, a course of rewards, a verdict, a contract."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from grpotui.registry import connect, sync
from grpotui.registry.queries import Registry
from grpotui.workspace import Workspace
from tests.writing import BORN, RunWriter, sample

GRPO = {"beta": 0.1, "learning_rate": 5e-6, "seed": 42, "per_device_train_batch_size": 16}
STEPS = 120
CONTRACT = {
    "hypothesis": "A little KL is enough.",
    "forecast": {"mean(reward, last=50)": [0.5, 0.7]},
    "primary": "mean(reward, last=50) >= 0.6",
}


def study(
    workspace: Workspace,
    run_id: str,
    grpo: Mapping[str, Any] | None = None,
    level: float = 0.8,
    *,
    day: float = 0,
    status: str = "finished",
    verdict: str = "healthy",
    cause: str = "",
    contract: Mapping[str, Any] | None = None,
    reward: str = "exact",
    start: float = 0.1,
    binary: bool = False,
    note: str = "",
    human: str = "",
    tags: tuple[str, ...] = (),
    accuracy: float | None = None,
    texts: tuple[str, ...] = (),
    **asked: Any,
) -> None:
    """Write a run of STEPS steps whose rewards rise from ``start`` to ``level``.

    A failed one has 50, a queued one or a draft none.
    """
    rng = random.Random(run_id)
    born = BORN + 86400 * day
    fields = {**GRPO, **(grpo or {})}
    config: dict[str, Any] = {"model": "tiny", "task": {"name": "arithmetic"}, "grpo": fields}
    config["rewards"] = [{"name": reward}]
    if contract is not None:
        config["contract"] = dict(contract)
    writer = RunWriter(workspace.run(run_id), born)
    writer.asked(config=config, seed=fields["seed"], tags=list(tags), planned_steps=STEPS, **asked)
    if status in ("queued", "draft"):
        writer.status(status, 0, at=born)
        writer.close()
        return
    writer.process()
    span = {"reward_range": [0.0, 1.0], "reward_binary": binary}
    writer.attempt(config=config, max_steps=STEPS, seed=fields["seed"], versions={"trl": "1.16.0"}, **span)
    writer.status("running", at=born)
    for step in range(1, 51 if status == "failed" else STEPS + 1):
        value = start + min(step / 60, 1.0) * (level - start) + rng.gauss(0, 0.02)
        shown = texts or tuple(f"{run_id} {step} {n}" for n in range(4))
        writer.group(0, [sample(text, value) for text in shown], prompt="1 + 1 =", step=step, answer="2")
        writer.log_step(reward=value, kl=0.1, step_time=1.0)
    if accuracy is not None:
        evaluated = {"eval_accuracy": accuracy, "eval_accuracy_low": accuracy - 0.1}
        writer.metrics.append({"step": STEPS, "time": born + STEPS, "attempt": 1, **evaluated})
        writer.metrics.append(
            {
                "step": STEPS,
                "time": born + STEPS,
                "attempt": 1,
                "eval_accuracy_high": accuracy + 0.1,
                "eval_n": 100,
            }
        )
    if verdict:
        writer.verdict(80, verdict, f"it is {verdict} since step 80: with evidence", cause, at=born + 80)
    if note:
        writer.note(note, born + 200)
    if human:
        writer.event("human_verdict", born + 200, verdict=human)
    if status in ("finished", "stopped", "failed"):
        writer.ended(status, "" if status == "finished" else "said so", at=born + 300)
    writer.close()


def registry(workspace: Workspace) -> Registry:
    connection = connect(workspace)
    sync(connection, workspace)
    return Registry(connection, workspace)
