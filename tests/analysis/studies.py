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
    last = 50 if status == "failed" else STEPS
    _train(writer, last, (start, level), texts)
    if accuracy is not None:
        _evaluate(writer, born, accuracy)
    _judge(writer, born, (verdict, cause), note, human)
    if status in ("finished", "stopped", "failed"):
        writer.ended(status, "" if status == "finished" else "said so", at=born + 300)
    writer.close()


def _train(writer: RunWriter, last: int, ends: tuple[float, float], texts: tuple[str, ...]) -> None:
    """Write steps whose rewards rise from one end to the other by step 60."""
    run_id, (start, level) = writer.run.id, ends
    rng = random.Random(run_id)
    for step in range(1, last + 1):
        value = start + min(step / 60, 1.0) * (level - start) + rng.gauss(0, 0.02)
        shown = texts or tuple(f"{run_id} {step} {n}" for n in range(4))
        writer.group(0, [sample(text, value) for text in shown], prompt="1 + 1 =", step=step, answer="2")
        writer.log_step(reward=value, kl=0.1, step_time=1.0)


def _evaluate(writer: RunWriter, born: float, accuracy: float) -> None:
    """Write an evaluation of the last step, as two lines."""
    line = {"step": STEPS, "time": born + STEPS, "attempt": 1}
    low, high = accuracy - 0.1, accuracy + 0.1
    writer.metrics.append({**line, "eval_accuracy": accuracy, "eval_accuracy_low": low})
    writer.metrics.append({**line, "eval_accuracy_high": high, "eval_n": 100})


def _judge(writer: RunWriter, born: float, verdict: tuple[str, str], note: str, human: str) -> None:
    """Write what the rules say (verdict, cause) and what a person says; nothing for empty ones."""
    word, cause = verdict
    if word:
        writer.verdict(80, word, f"it is {word} since step 80: with evidence", cause, at=born + 80)
    if note:
        writer.note(note, born + 200)
    if human:
        writer.event("human_verdict", born + 200, verdict=human)


def registry(workspace: Workspace) -> Registry:
    connection = connect(workspace)
    sync(connection, workspace)
    return Registry(connection, workspace)
