"""Rescue: a new run from before the onset of a bad verdict, with the one change that may mend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from grpotui.errors import UserError
from grpotui.launch import lineage
from grpotui.launch.journal import events
from grpotui.launch.lineage import Changes, Made
from grpotui.presets import Preset, apply_overrides
from grpotui.presets.rows import edit_text
from grpotui.records import Verdict, as_int, is_bad
from grpotui.text import clean
from grpotui.workspace import RunDir, Workspace

_HOLD = ("grpo.beta=0.1", "grpo.temperature=1.0")
_SLOW = ("grpo.beta=0.1", "grpo.max_grad_norm=0.5")
USUAL: Mapping[str, tuple[str, ...]] = {
    "template": _HOLD,
    "repetition": _HOLD,
    "low-diversity": ("grpo.temperature=1.0",),
    "low-temperature": ("grpo.temperature=1.0",),
    "length": ("grpo.mask_truncated_completions=true",),
    "kl": _SLOW,
    "crash": _SLOW,
    "non-finite": _SLOW,
}
"""What to try for a cause, where the verdict itself suggests nothing. No setting mends the other causes."""


@dataclass(frozen=True, slots=True)
class Rescue:
    """What would be launched. Steps are optimizer steps of the run that went wrong."""

    run_id: str
    verdict: str
    """With its cause, such as ``collapsed (template)``."""
    onset: int
    checkpoint: int | None
    """The last one before the onset; None for the model that the run began with."""
    overrides: tuple[str, ...]
    changes: tuple[tuple[str, str, str], ...]
    """Field, value before, value now."""

    @property
    def start(self) -> str:
        """Return where it begins, in words."""
        if self.checkpoint is None:
            return f"begins anew: no checkpoint is older than the onset at step {self.onset}"
        return f"begins with the weights of step {self.checkpoint}, before the onset at step {self.onset}"

    @property
    def lines(self) -> list[str]:
        """Return the diff for people: a line each."""
        return [f"{field}: {before} → {now}" for field, before, now in self.changes]


def plan(workspace: Workspace, run_id: str, overrides: Sequence[str] = ()) -> Rescue:
    """Return the rescue of a run; ``overrides`` come on top of what is suggested.

    Raises UserError when nothing is wrong with the run, or when no change is known that would help.
    """
    run = workspace.run(run_id)
    verdict, onset = _trouble(run)
    config = lineage.require_config(run)
    cause = str(verdict.get("cause") or "")
    named = f"{verdict.get('to')} ({cause})" if cause else str(verdict.get("to"))
    preset = Preset(run.id, run.run_json, config)
    suggested = tuple(text for text in _suggested(verdict, cause) if _differs(preset, text))
    wanted = (*suggested, *overrides)
    changes = tuple(_changes(preset, wanted))
    if not changes:
        raise UserError(
            f"{run.id} is {clean(named, 60)}, which no setting is known to mend: read its completions, then "
            "say the change with --set"
        )
    return Rescue(run.id, clean(named, 60), onset, _before(run, onset), wanted, changes)


def rescue(workspace: Workspace, planned: Rescue, changes: Changes) -> Made:
    """Launch it, as a fork of the run or as a clone with the model that it began with. Raises UserError."""
    name = changes.name or f"{planned.run_id} rescue"
    changed = replace(changes, name=name, overrides=(*planned.overrides, *changes.overrides))
    if planned.checkpoint is None:
        return lineage.clone(workspace, planned.run_id, changed)
    return lineage.fork(workspace, planned.run_id, planned.checkpoint, changed)


def _trouble(run: RunDir) -> tuple[dict[str, Any], int]:
    """Return the verdict that holds, and the step at which the trouble began. Raises UserError."""
    now: dict[str, Any] = {}
    onset = None
    for event in events(run):
        if event.get("type") == "verdict":
            now = event
            if not is_bad(event.get("to")):
                onset = None
            elif onset is None:
                onset = as_int(event.get("since")) or as_int(event.get("step"))
    if onset is None:
        said = clean(str(now.get("to") or Verdict.WARMING_UP), 60)
        raise UserError(f"{run.id} is {said}: there is nothing to rescue; 'grpotui fork' goes on from it")
    return now, onset


def _suggested(verdict: Mapping[str, Any], cause: str) -> tuple[str, ...]:
    told = verdict.get("next")
    if isinstance(told, list):
        return tuple(text for text in told if isinstance(text, str))
    return USUAL.get(cause, ())


def _differs(preset: Preset, override: str) -> bool:
    """True for a change that changes something, and does not lower a penalty that is higher already."""
    for field, before, now in _changes(preset, (override,)):
        old, new = _number(before), _number(now)
        held = field == "grpo.beta" and old is not None and new is not None and old > new
        return not held
    return False


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _changes(preset: Preset, overrides: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return what overrides change in a config: field, before, after."""
    after = apply_overrides(preset, overrides).data
    paths = dict.fromkeys(text.partition("=")[0].strip() for text in overrides)
    both = ((path, _shown(preset.data, path), _shown(after, path)) for path in paths)
    return [(path, before, now) for path, before, now in both if before != now]


def _shown(data: object, path: str) -> str:
    for part in path.split("."):
        data = data.get(part) if isinstance(data, Mapping) else None
    return "default" if data is None else clean(edit_text(data), 80)


def _before(run: RunDir, onset: int) -> int | None:
    """Return the step of the last whole checkpoint before the onset."""
    known = (*run.whole_checkpoints(), *run.kept_weights())
    return max((step for step in known if step < onset), default=None)
