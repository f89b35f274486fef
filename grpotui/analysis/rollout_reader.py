"""Reads what a run that only generates has written."""

from __future__ import annotations

from dataclasses import replace

from grpotui.analysis.rollouts import Rollouts
from grpotui.records import Group, Mode, RunKind
from grpotui.records.rollouts import PromptRate
from grpotui.registry.queries import Registry
from grpotui.stream import Tail
from grpotui.workspace import RunDir

_PROMPT = 300
"""Characters of a prompt that are kept."""
_CHUNK = 1024 * 1024


def rollouts_of(registry: Registry, run_id: str) -> Rollouts | None:
    """Return what a run has generated; None for one of another kind. Raises UserError."""
    if registry.run(run_id).kind is not RunKind.ROLLOUTS:
        return None
    prompts = RolloutReader(registry.workspace.run(run_id)).read()
    return Rollouts.of(prompts, registry.reward_range(run_id), registry.last(run_id))


class RolloutReader:
    """Reads a run's groups as they come; texts are let go of."""

    def __init__(self, run: RunDir) -> None:
        self._tail = Tail(run.completions)
        self._found: dict[tuple[int, int], PromptRate] = {}

    def read(self) -> tuple[PromptRate, ...]:
        """Return all prompts so far; a batch that was asked again counts as it was asked last."""
        while self._tail.changed():
            before = self._tail.offset
            for line in self._tail.read(_CHUNK):
                if line.data.get("mode") == Mode.ROLLOUT:
                    self._take(Group.from_json(line.data))
            if self._tail.offset == before:
                break
        return tuple(self._found.values())

    def _take(self, group: Group) -> None:
        place = (group.step, group.group)
        if group.group == 0:
            for later in [known for known in self._found if known >= place]:
                del self._found[later]
        self._found[place] = PromptRate.of(replace(group, prompt=group.prompt[-_PROMPT:]))
