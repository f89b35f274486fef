"""How much a preset of kind ``rollouts`` generates: prompts, batches, and what cannot be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from grpotui.presets.grpo_rules import group_size
from grpotui.presets.preset import Problem
from grpotui.presets.resolve import rollout_settings
from grpotui.tasks import prompt_count


@dataclass(frozen=True, slots=True)
class Amount:
    """``prompts`` with a whole group of completions for each, in ``batches`` of nearly equal size."""

    prompts: int
    group: int
    batches: int

    @property
    def completions(self) -> int:
        """All that is generated."""
        return self.prompts * self.group

    def edges(self) -> list[int]:
        """Return the place of the first prompt of each batch, and the end: batches + 1 numbers."""
        return [self.prompts * number // self.batches for number in range(self.batches + 1)]


def asked_prompts(config: Mapping[str, Any]) -> int:
    """Return how many prompts ``rollouts.n`` means; 0 for every one that the task has."""
    return rollout_settings(config).n // group_size(config.get("grpo") or {})


def amount(config: Mapping[str, Any], there: int | None) -> Amount | None:
    """Return how much is generated of a task that has ``there`` prompts; None where nobody counted them.

    A batch has as many whole groups as ``rollouts.batch`` holds, at least one.
    """
    group = group_size(config.get("grpo") or {})
    prompts = asked_prompts(config) or there
    if not prompts:
        return None
    at_once = max(1, rollout_settings(config).batch // group)
    return Amount(prompts, group, -(-prompts // at_once))


def planned_batches(config: Mapping[str, Any]) -> int | None:
    """Return the batches of a valid config, known before anything is loaded; None where nobody can know."""
    found = amount(config, prompt_count(config.get("task") or {}))
    return found.batches if found else None


def too_few(config: Mapping[str, Any], there: int) -> str:
    """Return what is wrong with ``rollouts.n`` for a task of ``there`` prompts; empty when nothing is."""
    n, group, wanted = rollout_settings(config).n, group_size(config["grpo"]), asked_prompts(config)
    if wanted <= there:
        return ""
    return (
        f"{n} completions are {wanted} prompts with {group} each, and the task has {there}: set task.n to "
        f"{wanted}, or rollouts.n to {there * group} at most"
    )


def problems(data: Mapping[str, Any], task: Mapping[str, Any] | None) -> Iterator[Problem]:
    """Yield what a preset of this kind cannot have; its ``[grpo]`` is fine, ``task`` None when it is not."""
    if data.get("curriculum"):
        yield Problem("curriculum", 'kind "rollouts" trains nothing, so it has no stages: unset it')
    launch = data.get("launch")
    if isinstance(launch, Mapping) and launch.get("processes", 1) != 1:
        yield Problem("launch.processes", 'kind "rollouts" generates on one process: set it to 1')
    n, group = rollout_settings(data).n, group_size(data.get("grpo") or {})
    if n % group:
        near = max(group, n // group * group)
        text = f"{n} is no multiple of num_generations = {group}: {near} makes {near // group} whole groups"
        yield Problem("rollouts.n", text)
        return
    there = None if task is None else prompt_count(task)
    if there is not None and (text := too_few({**data, "grpo": data.get("grpo") or {}}, there)):
        yield Problem("rollouts.n", text)
