"""``[launch] on_oom``: what the next attempt changes after memory ran out. The experiment stays the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from grpotui.presets.grpo_rules import with_defaults
from grpotui.presets.preset import Problem
from grpotui.tasks.settings import nearest, shown

BATCH = "per_device_train_batch_size"
PASSES = ("gradient_accumulation_steps", "steps_per_generation")
MOST = 5
"""Attempts that one run gets by itself: five halvings are a batch of 1 from 32."""
_CHANGE = re.compile(r"([/*])([1-9]\d{0,3})")


class CannotLowerError(ValueError):
    """There is no smaller batch to try; the message says why."""


def problems(changes: Mapping[str, Any], grpo: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with ``launch.on_oom``: it must make no other experiment of it."""
    path, known = "launch.on_oom", (BATCH, *PASSES)
    for name, value in changes.items():
        if name not in known:
            why = (
                nearest(name, known) or f"; it may change {', '.join(known)}: the same step in smaller parts"
            )
            yield Problem(f"{path}.{name}", f"cannot be changed by itself{why}")
            return
        if not (isinstance(value, str) and (found := _CHANGE.fullmatch(value)) and int(found[2]) > 1):
            yield Problem(f"{path}.{name}", f'expected "/2" or "*2", got {shown(value)}')
            return
    wanted = _wanted(changes, grpo)
    if wanted is None:
        yield Problem(path, f'{BATCH} = "/2" is missing: it is what takes less memory')
    elif dict(changes) != wanted:
        text = ", ".join(f'{name} = "{value}"' for name, value in wanted.items())
        yield Problem(path, f"steps and generations would be of another size: take {{ {text} }}")


def _wanted(changes: Mapping[str, Any], grpo: Mapping[str, Any]) -> dict[str, str] | None:
    """Return the changes that leave optimizer step and generation as they are."""
    found = _CHANGE.fullmatch(str(changes.get(BATCH)))
    if found is None or found[1] != "/":
        return None
    passes = PASSES if with_defaults(grpo)[PASSES[1]] else PASSES[:1]
    return {BATCH: changes[BATCH], **dict.fromkeys(passes, f"*{found[2]}")}


def lowered(grpo: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, tuple[int, int]]:
    """Return field -> (value now, value of the next attempt). Raises CannotLowerError.

    The completions of a step, of a generation and of a prompt stay as many as they are.
    """
    values = with_defaults(grpo)
    found = {}
    for name, change in changes.items():
        now, by = int(values[name]), int(change[1:])
        if change[0] == "/" and now % by:
            raise CannotLowerError(f"{name} {now} cannot be divided by {by}")
        found[name] = (now, now // by if change[0] == "/" else now * by)
    return found
