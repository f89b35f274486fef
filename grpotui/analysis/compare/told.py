"""The same prompt in several runs, as it is shown."""

from __future__ import annotations

from dataclasses import dataclass

from grpotui.records import Group, Mode, Visit


@dataclass(frozen=True, slots=True)
class SharedPrompts:
    """Prompts that every run has: watch prompts where there are some, else training prompts."""

    mode: str = Mode.TRAIN
    prompts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """One prompt in one run."""

    group: Group | None
    visits: tuple[Visit, ...] = ()
    """Every time that the run had the prompt."""
