"""A run that was extended has more steps than it asked for at launch. Free of torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grpotui.records import as_int
from grpotui.stream import Tail
from grpotui.workspace import RunDir


def extended(run: RunDir, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of ``run.json`` with the steps of the last ``extended`` event, if there is one."""
    config = asked.get("config")
    ends = [as_int(line.data.get("max_steps")) for line in Tail(run.events).read() if _extends(line.data)]
    if not ends or not isinstance(config, Mapping):
        return dict(asked)
    grpo = {**(config.get("grpo") or {}), "max_steps": ends[-1]}
    return {**asked, "config": {**config, "grpo": grpo}}


def _extends(event: Mapping[str, Any]) -> bool:
    return event.get("type") == "extended" and as_int(event.get("max_steps")) > 0
