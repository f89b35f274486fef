"""Which completions of a step are read: a fixed choice, spread over groups, bounded in number and length."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grpotui.records import Completion, Group

MAX_COMPLETIONS = 64
MAX_PER_GROUP = 8
MAX_CHARACTERS = 16_000
"""Of one completion that are looked at: bounds the time, and is beyond what GRPO runs write."""
MIN_PROMPTS = 4
"""Prompts to compare across; a step with fewer groups is compared with the groups before it, too."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A chosen completion."""

    place: int
    """Which of the groups it is of."""
    prompt: str
    task: str
    text: str
    words: tuple[str, ...]
    fresh: bool
    """False for one of an earlier step, that others are only compared with."""


def samples(groups: Sequence[Group], before: Iterable[Group] = ()) -> list[Sample]:
    """Return the chosen completions of a step, and those of ``before`` where the step has few groups."""
    missing = max(0, MIN_PROMPTS - sum(bool(group.completions) for group in groups))
    earlier = list(before)[-missing:] if missing else []
    every = [*earlier, *groups]
    return [
        Sample(
            place=place,
            prompt=every[place].prompt,
            task=every[place].task,
            text=(text := completion.text[:MAX_CHARACTERS]),
            words=tuple(text.lower().split()),
            fresh=place >= len(earlier),
        )
        for place, completion in choose(every)
    ]


def choose(groups: Sequence[Group]) -> list[tuple[int, Completion]]:
    """Return at most MAX_COMPLETIONS completions with the place of their group, the same ones every time.

    They are spread over all groups: the first completion of each, then the second, up to MAX_PER_GROUP.
    """
    filled = [i for i, group in enumerate(groups) if group.completions]
    if len(filled) > MAX_COMPLETIONS:
        filled = [filled[i * len(filled) // MAX_COMPLETIONS] for i in range(MAX_COMPLETIONS)]
    chosen: list[tuple[int, Completion]] = []
    for turn in range(MAX_PER_GROUP):
        for i in filled:
            if turn < len(groups[i].completions) and len(chosen) < MAX_COMPLETIONS:
                chosen.append((i, groups[i].completions[turn]))
    return chosen
