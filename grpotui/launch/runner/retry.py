"""What follows when an attempt ran out of memory: the next one, in smaller parts, by ``[launch] on_oom``."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from grpotui.launch.journal import asked_of, config_of, events
from grpotui.presets import launch_settings
from grpotui.presets.ladder import MOST, CannotLowerError, lowered
from grpotui.records import Flag, FlagKind, Level, RunKind
from grpotui.records.retries import Retry
from grpotui.workspace import RunDir, checkpoint_step

SIGNAL = "out-of-memory"
Changes = Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class NextTry:
    """What shall be changed, or why there is no further try; neither where nobody asked for one."""

    changes: Changes = field(default_factory=dict)
    """Dotted field -> (value before, value of the next attempt)."""
    refused: str = ""


def next_try(run: RunDir) -> NextTry:
    """Return what follows for a run whose last attempt ran out of memory, from its files alone."""
    config = config_of(run)
    wanted = launch_settings(config).on_oom
    if not wanted or asked_of(run).get("kind", RunKind.TRAIN) != RunKind.TRAIN:
        return NextTry()
    before = _retries(run)
    if len(before) >= MOST:
        return NextTry(refused=f"{MOST} attempts were made with less already")
    grpo = dict(config.get("grpo") or {})
    for retry in before:
        grpo |= retry.grpo
    try:
        changes = lowered(grpo, wanted)
    except CannotLowerError as error:
        return NextTry(refused=str(error))
    return NextTry({f"grpo.{name}": values for name, values in changes.items()})


def was_retried(run: RunDir, attempt: int) -> bool:
    """True when the attempt that follows this one was queued already."""
    return any(retry.attempt == attempt for retry in _retries(run))


def _retries(run: RunDir) -> list[Retry]:
    return [retry for event in events(run) if (retry := Retry.from_json(event)) and retry.grpo]


def told(run: RunDir, attempt: int, changes: Changes, reason: str) -> list[dict[str, Any]]:
    """Return the events that tell of a further try: the retry itself, and a flag where it goes on from.

    A flag of a later step would be taken back as soon as that step is trained again.
    """
    checkpoint = run.last_checkpoint()
    step = checkpoint_step(checkpoint.name) if checkpoint else 0
    now = {"time": time.time(), "attempt": attempt}
    retry = Retry(attempt, step, changes, reason)
    flag = Flag(step, FlagKind.THRESHOLD, Level.WARN, SIGNAL, None, None, retry.told)
    return [{**now, **retry.to_json()}, {**now, "type": "flag", **flag.to_json()}]
