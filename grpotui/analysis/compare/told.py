"""The same prompt in several runs, as it is shown."""

from __future__ import annotations

from dataclasses import dataclass

from grpotui.records import Group, Mode, Visit

KINDS = {Mode.WATCH: "watch prompt", Mode.TRAIN: "training prompt", Mode.EVAL: "held-out prompt"}


@dataclass(frozen=True, slots=True)
class SharedPrompts:
    """Prompts that every run has: watch prompts where there are some, else training or held-out prompts."""

    mode: str = Mode.TRAIN
    prompts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """One prompt in one run."""

    group: Group | None
    visits: tuple[Visit, ...] = ()
    """Every time that the run had the prompt."""

    @property
    def place(self) -> int:
        """Which of the visits ``group`` is."""
        at = (self.group.step, self.group.group) if self.group is not None else None
        return next((n for n, visit in enumerate(self.visits) if (visit.step, visit.group) == at), 0)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """One prompt in every run, in the order of the runs."""

    mode: str
    told: tuple[Told, ...]

    @property
    def first(self) -> Group | None:
        """A group that tells the prompt and its answer."""
        return next((one.group for one in self.told if one.group is not None), None)
