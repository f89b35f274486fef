"""From rows to records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from grpotui.records import HumanVerdict, RunKind, RunSummary, Status, Verdict

TAG_SEPARATOR = "\x1f"  # char(31)

SUMMARY_COLUMNS = (
    "id, name, kind, status, verdict, preset, created_at, cause, verdict_step, verdict_message, started_at, "
    "ended_at, step, max_steps, epoch, max_epochs, reward, zero_std, jaccard, eval_accuracy, step_time, "
    "device, seed, attempt, reason, note, human, stage, "
    "parent, relation, parent_step, sweep, point, role, "
    "(SELECT group_concat(tag, char(31)) FROM tags WHERE run = rid)"
)
"""What :func:`summary_of` wants, of the table ``runs``."""


def summary_of(row: Sequence[Any]) -> RunSummary:
    """Return the record of one row of SUMMARY_COLUMNS."""
    run_id, name, kind, status, verdict, preset, created_at, *rest = row
    *rest, note, human, stage, parent, relation, parent_step, sweep, point, role, tags = rest
    cause, verdict_step, message, started_at, ended_at, step, max_steps, epoch, max_epochs, *values = rest
    reward, zero_std, jaccard, eval_accuracy, step_time, device, seed, attempt, reason = values
    return RunSummary(
        id=run_id,
        name=name,
        kind=RunKind(kind),
        status=Status(status),
        verdict=Verdict(verdict) if verdict else None,
        preset=preset,
        created_at=created_at,
        cause=cause,
        verdict_step=verdict_step,
        verdict_message=message,
        started_at=started_at,
        ended_at=ended_at,
        step=step,
        max_steps=max_steps,
        epoch=epoch,
        max_epochs=max_epochs,
        reward=reward,
        zero_std=zero_std,
        jaccard=jaccard,
        eval_accuracy=eval_accuracy,
        step_time=step_time,
        device=device,
        seed=seed,
        attempt=attempt,
        reason=reason,
        note=note,
        human=HumanVerdict(human) if human else None,
        stage=stage,
        parent=parent,
        relation=relation,
        parent_step=parent_step,
        sweep=sweep,
        point=point,
        role=role,
        tags=tuple(sorted(tags.split(TAG_SEPARATOR))) if tags else (),
    )
