"""Keeps the weights from before the trouble: the trainer's rotation would take them before anybody looks."""

from __future__ import annotations

import shutil
from contextlib import suppress
from typing import Any

from grpotui.errors import UserError
from grpotui.launch.links import link_weights
from grpotui.records import as_int, is_trouble
from grpotui.workspace import RunDir


def keep_weights(run: RunDir, verdict: dict[str, Any]) -> None:
    """Link the last checkpoint before a verdict's onset into ``kept/``; let go of it once all is well again.

    A link costs nothing until the checkpoint goes away, then one model. What a full disk refuses, or the
    trainer deletes meanwhile, is left: half a model is never kept.
    """
    if not is_trouble(verdict.get("to")):
        shutil.rmtree(run.kept, ignore_errors=True)
        return
    onset = as_int(verdict.get("since")) or as_int(verdict.get("step"))
    whole = run.whole_checkpoints()
    step = max((step for step in whole if step < onset), default=None)
    if step is None or run.kept_weights():
        return
    with suppress(OSError, UserError):
        run.kept.mkdir(mode=0o700, exist_ok=True)
        part = run.kept / ".part"
        shutil.rmtree(part, ignore_errors=True)
        link_weights(whole[step], part)
        part.rename(run.kept / whole[step].name)
