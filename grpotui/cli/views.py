"""The public JSON forms of runs: a contract, fields are only ever added."""

from __future__ import annotations

from typing import Any

from grpotui.analysis.account import account
from grpotui.analysis.rollout_reader import rollouts_of
from grpotui.launch.policy import read_policy
from grpotui.launch.runner import pledge
from grpotui.records import RunSummary
from grpotui.records.lineage import parent_of
from grpotui.registry.queries import Registry


def public_summary(run: RunSummary) -> dict[str, Any]:
    """Return a run as ``ls --json`` lists it."""
    return {
        "id": run.id,
        "name": run.name,
        "kind": str(run.kind),
        "status": str(run.status),
        "verdict": None if run.verdict is None else str(run.verdict),
        "cause": run.cause,
        "preset": run.preset,
        "step": run.step,
        "max_steps": run.max_steps,
        "epoch": run.epoch,
        "max_epochs": run.max_epochs,
        "reward": run.reward,
        "zero_std": run.zero_std,
        "jaccard": run.jaccard,
        "device": run.device,
        "seed": run.seed,
        "attempt": run.attempt,
        "reason": run.reason,
        "stage": run.stage,
        "eval_accuracy": run.eval_accuracy,
        "parent": _parent(run),
        "sweep": {"id": run.sweep, "point": run.point, "role": run.role} if run.sweep else None,
        "tags": list(run.tags),
        "note": run.note,
        "human_verdict": None if run.human is None else str(run.human),
        "created_at": run.created_at,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
    }


def public_detail(registry: Registry, run_id: str) -> dict[str, Any]:
    """Return a run as ``show --json`` prints it."""
    summary = registry.run(run_id)
    folder = registry.workspace.run(run_id)
    process = registry.document(run_id, "process")
    span = registry.reward_range(run_id)
    rolled = rollouts_of(registry, run_id)
    return {
        **public_summary(summary),
        "reward_range": [span.low, span.high] if span else None,
        "pass_rate": span.pass_rate(summary.reward) if span else None,
        "verdict_step": summary.verdict_step,
        "verdict_message": summary.verdict_message,
        "config": registry.config(run_id),
        "model": registry.model(run_id),
        "last": registry.last(run_id),
        "rollouts": None if rolled is None else rolled.to_json(),
        "account": account(registry, run_id).lines,
        "retries": [retry.to_json() for retry in registry.retries(run_id)],
        "flags": [flag.to_json() for flag in registry.flags(run_id)],
        "contract": contract_state(registry, summary),
        "policy": read_policy(folder).to_json(),
        "stages": [mark.to_json() for mark in registry.stages(run_id)],
        "children": [
            {
                "run": child.id,
                "kind": str(child.kind),
                "relation": child.relation,
                "step": child.parent_step,
                "status": str(child.status),
            }
            for child in registry.children(run_id)
        ],
        "exit": registry.exit(run_id),
        "process": {
            "runner_pid": (process.get("runner") or {}).get("pid"),
            "trainer_pid": (process.get("trainer") or {}).get("pid"),
        },
        "paths": {
            "folder": str(folder.path),
            "metrics": str(folder.metrics),
            "completions": str(folder.completions),
            "signals": str(folder.signals),
            "events": str(folder.events),
            "output": str(folder.output_log),
            "checkpoints": str(folder.checkpoints),
        },
    }


def contract_state(registry: Registry, run: RunSummary) -> dict[str, Any]:
    """Return how a run's contract stands, or how it ended; empty without one."""
    folder = registry.workspace.run(run.id)
    return pledge.look(registry.workspace, folder, run.attempt, run.status)


def _parent(run: RunSummary) -> dict[str, Any] | None:
    parent = parent_of(run)
    return None if parent is None else parent.to_json()
