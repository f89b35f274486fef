"""The same prompt in every run, at the same step or the nearest one that had it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grpotui.analysis.compare.told import SharedPrompts, Told
from grpotui.records import Mode
from grpotui.registry import prompts
from grpotui.registry.queries import Registry

APART = 0.25
"""Difference of mean rewards, as a share of the reward's range, from which a prompt tells runs apart."""
AROUND = 0.1
"""Share of a run around a step whose groups tell how a prompt does there."""


def shared_prompts(registry: Registry, run_ids: Sequence[str]) -> SharedPrompts:
    """Return the prompts that the runs have in common."""
    for mode in (Mode.WATCH, Mode.TRAIN):
        found = prompts.shared(registry, run_ids, mode)
        if found:
            return SharedPrompts(str(mode), tuple(found))
    return SharedPrompts()


def tell(registry: Registry, steps: Mapping[str, int], mode: str, prompt: int) -> dict[str, Told]:
    """Return a prompt in each run at the visit nearest to the run's step in ``steps``."""
    found = {}
    for run_id, step in steps.items():
        visits = prompts.visits(registry, run_id, prompt, mode)
        nearest = min(visits, key=lambda visit: abs(visit.step - step), default=None)
        groups = registry.groups(run_id, nearest.step, mode, nearest.group) if nearest else []
        found[run_id] = Told(groups[0] if groups else None, tuple(visits))
    return found


def that_differ(
    registry: Registry, steps: Mapping[str, int], shared: SharedPrompts, width: float
) -> tuple[int, ...]:
    """Return the prompts whose mean rewards around ``steps`` are apart; ``width`` is the reward's range."""
    tables = []
    for run_id, step in steps.items():
        reach = max(int(registry.run(run_id).step * AROUND), 1)
        tables.append(prompts.means(registry, run_id, step - reach, step + reach, shared.mode))
    apart = []
    for prompt in shared.prompts:
        values = [table[prompt] for table in tables if prompt in table]
        if len(values) == len(tables) and max(values) - min(values) >= APART * width:
            apart.append(prompt)
    return tuple(apart)
