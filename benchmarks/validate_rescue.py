"""Have demo-collapse stopped by its policy with no app open, rescue it, and say how the rescue ended.

    make validate                                      # seeds 0, 1, 2; about five minutes on two quiet cores
    python -m benchmarks.validate_rescue --seeds 0 1   # other seeds

Checkpoints are kept every five steps, so that one is older than the onset. Each run has the same contract, so
that both ends are scored alike. What the rescue is called in the end is told, not promised. Exit code 1 when
a promise does not hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.seeds import validate
from grpotui.launch import rescue
from grpotui.launch.control import wait
from grpotui.launch.journal import events
from grpotui.launch.lineage import Changes
from grpotui.launch.request import LaunchRequest
from grpotui.launch.rescue import Rescue
from grpotui.launch.submit import launch
from grpotui.presets.loader import load
from grpotui.records import RunSummary
from grpotui.registry import connect, sync
from grpotui.registry.queries import Registry
from grpotui.workspace import Workspace

OVERRIDES = (
    "health.on_collapsed=stop",
    "health.grace=20",
    "grpo.save_steps=5",
    "grpo.save_total_limit=40",
    "contract.primary=mean(reward, last=10) >= 0.5 and mean(jaccard, last=10) < 0.5",
    'contract.forecast={ "mean(reward, last=10)" = [0.5, 1.0] }',
)
EDGE = 10  # logged steps that an end is the mean of


@dataclass(frozen=True)
class End:
    """How one run ended."""

    run: RunSummary
    reward: float
    jaccard: float
    score: dict[str, Any]
    act: dict[str, Any] | None

    def __str__(self) -> str:
        summary = self.run
        verdict = f"{summary.verdict} ({summary.cause})" if summary.cause else str(summary.verdict)
        how = f"{summary.status} at {summary.step} of {summary.max_steps}"
        return f"{how} | {verdict} | {self.reward:.2f} | {self.jaccard:.2f} | {self.score.get('outcome')}"


def ended(workspace: Workspace, run_id: str) -> End:
    summary = wait(workspace, run_id, lambda _: None)
    connection = connect(workspace)
    sync(connection, workspace)
    series = Registry(connection, workspace).series(run_id, ["reward", "grpotui/jaccard_cross"])
    connection.close()
    reward, jaccard = (mean_of_end(points) for points in series.values())
    said = events(workspace.run(run_id))
    scores = [event for event in said if event["type"] == "contract"]
    acts = [event for event in said if event["type"] == "act"]
    return End(summary, reward, jaccard, scores[-1], acts[-1] if acts else None)


def mean_of_end(points: list[tuple[int, float | None]]) -> float:
    known = [value for _, value in points if value is not None][-EDGE:]
    return sum(known) / len(known) if known else float("nan")


def rescued(workspace: Workspace, seed: int, run: End) -> tuple[Rescue, End]:
    """Rescue a run, print the row, and return what was planned and how it ended."""
    planned = rescue.plan(workspace, run.run.id)
    child = ended(workspace, rescue.rescue(workspace, planned, Changes()).run_id)
    start = "the base model" if planned.checkpoint is None else f"step {planned.checkpoint}"
    print(f"| {seed} | rescue from {start}: {', '.join(planned.lines)} | {child} |", flush=True)
    return planned, child


def one_seed(workspace: Workspace, seed: int) -> list[str]:
    """Print a row for the run and one for its rescue; return the promises that do not hold."""
    preset = load("demo-collapse", workspace)
    run = ended(workspace, launch(workspace, LaunchRequest(preset, OVERRIDES, seed=seed, device="cpu")))
    print(f"| {seed} | demo-collapse | {run} |", flush=True)
    planned, child = rescued(workspace, seed, run)
    act = run.act or {}
    promises = {
        "the run is stopped by its policy": run.run.status == "stopped" and act.get("by") == "policy",
        "long before its end": run.run.step < (run.run.max_steps or 0) / 2,
        "no checkpoint is saved for it": not (checkpoint(workspace, run.run)).exists(),
        "the rescue begins before the onset": planned.checkpoint is None
        or planned.checkpoint < planned.onset,
        "its answers stay more different": child.jaccard < run.jaccard,
    }
    return [promise for promise, holds in promises.items() if not holds]


def checkpoint(workspace: Workspace, run: RunSummary) -> Path:
    """Return where the checkpoint of a run's last step would be, unless its own rhythm made one there."""
    at = run.step if run.step % 5 else -1
    return workspace.run(run.id).checkpoints / f"checkpoint-{at}"


if __name__ == "__main__":
    validate(__doc__, "| seed | run | ended | verdict | reward | Jaccard | contract |", one_seed)
