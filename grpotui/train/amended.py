"""What a run is to do now: what was asked for at launch, and what its events changed since. Free of torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grpotui.records import as_int
from grpotui.records.retries import Retry
from grpotui.stream import Tail
from grpotui.train.console import say
from grpotui.workspace import RunDir


def amended(run: RunDir, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of ``run.json`` with the steps of its last extension and what retries lowered."""
    config = asked.get("config")
    if not isinstance(config, Mapping):
        return dict(asked)
    changed: dict[str, Any] = {}
    for line in Tail(run.events).read():
        event = line.data
        if event.get("type") == "extended" and as_int(event.get("max_steps")) > 0:
            changed["max_steps"] = as_int(event.get("max_steps"))
        elif (retry := Retry.from_json(event)) and retry.grpo:
            changed |= retry.grpo
            say(f"since attempt {retry.attempt} ran out of memory: {retry.words}")
    grpo = {**(config.get("grpo") or {}), **changed}
    return {**asked, "config": {**config, "grpo": grpo}} if changed else dict(asked)
