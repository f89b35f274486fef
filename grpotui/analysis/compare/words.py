"""The same prompt in every run, at the same step or the nearest one that had it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from grpotui.analysis.compare.subject import Subject, steps_of
from grpotui.analysis.compare.told import Excerpt, SharedPrompts, Told
from grpotui.records import Mode
from grpotui.registry import prompts
from grpotui.registry.queries import Registry

APART = 0.25
"""Difference of mean rewards, as a share of the reward's range, from which a prompt tells runs apart."""
AROUND = 0.1
"""Share of a run around a step whose groups tell how a prompt does there."""


def shared_prompts(registry: Registry, run_ids: Sequence[str]) -> SharedPrompts:
    """Return the prompts that the runs have in common."""
    for mode in (Mode.WATCH, Mode.TRAIN, Mode.EVAL):
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


def apart(registry: Registry, steps: Mapping[str, int], shared: SharedPrompts) -> dict[int, float]:
    """Return how far apart the mean rewards of each prompt are around ``steps``; only prompts of all."""
    tables = []
    for run_id, step in steps.items():
        reach = max(int(registry.run(run_id).step * AROUND), 1)
        table = prompts.means(registry, run_id, step - reach, step + reach, shared.mode)
        if not table:  # evaluations may be farther apart than that
            steps_known = registry.group_steps(run_id, shared.mode)
            nearest = min(steps_known, key=partial(_distance, step), default=step)
            table = prompts.means(registry, run_id, nearest, nearest, shared.mode)
        tables.append(table)
    found = {}
    for prompt in shared.prompts:
        values = [table[prompt] for table in tables if prompt in table]
        if len(values) == len(tables):
            found[prompt] = max(values) - min(values)
    return found


def _distance(one: int, other: int) -> int:
    return abs(one - other)


def that_differ(
    registry: Registry, steps: Mapping[str, int], shared: SharedPrompts, width: float
) -> tuple[int, ...]:
    """Return the prompts whose mean rewards around ``steps`` are apart; ``width`` is the reward's range."""
    return tuple(prompt for prompt, by in apart(registry, steps, shared).items() if by >= APART * width)


def excerpts(
    registry: Registry, subjects: Sequence[Subject], most: int, at: int | None = None
) -> list[Excerpt]:
    """Return ``most`` of the prompts that the runs share, those first on which they differ most."""
    shared = shared_prompts(registry, [subject.run.id for subject in subjects])
    steps = steps_of(subjects, at)
    found = apart(registry, steps, shared)
    order = sorted(shared.prompts, key=lambda prompt: -found.get(prompt, -1.0))[:most]
    return [Excerpt(shared.mode, tuple(tell(registry, steps, shared.mode, one).values())) for one in order]
