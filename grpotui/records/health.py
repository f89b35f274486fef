"""What health is told, and what it finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from grpotui.records.groups import RewardRange
from grpotui.records.numbers import as_float, as_int
from grpotui.records.words import FlagKind, Level


@dataclass(frozen=True, slots=True)
class Flag:
    """A finding at a step, with its evidence."""

    step: int
    kind: FlagKind
    level: Level
    signal: str
    value: float | None
    threshold: float | None
    message: str

    def to_json(self) -> dict[str, Any]:
        """Return the public form, as in ``show --json``."""
        return {
            "step": self.step,
            "kind": str(self.kind),
            "level": str(self.level),
            "signal": self.signal,
            "value": self.value,
            "threshold": self.threshold,
            "message": self.message,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Flag:
        """Read a flag event; unknown kinds and levels become a threshold's ``info``."""
        kind, level = data.get("kind"), data.get("level")
        return cls(
            step=as_int(data.get("step")),
            kind=FlagKind(kind) if kind in list(FlagKind) else FlagKind.THRESHOLD,
            level=Level(level) if level in list(Level) else Level.INFO,
            signal=str(data.get("signal") or ""),
            value=as_float(data.get("value")),
            threshold=as_float(data.get("threshold")),
            message=str(data.get("message") or ""),
        )


@dataclass(frozen=True, slots=True)
class HealthSettings:
    """The preset's ``[health]`` table."""

    window_groups: int = 64
    """Groups that are pooled before a share is judged."""
    zero_std_warn: float = 0.25
    """Share of groups without reward spread that is worth a look."""
    zero_std_bad: float = 0.50
    """Share of groups without reward spread at which little is learned."""
    jaccard_warn: float = 0.50
    """Cross-prompt Jaccard similarity of completions' word sets that is worth a look."""
    jaccard_bad: float = 0.70
    """Cross-prompt Jaccard similarity at which answers have become one template."""
    gap_warn: float = 0.20
    """Accuracy on training prompts less that on held-out ones that is worth a look."""
    gap_bad: float = 0.40
    """Gap at which the model has learnt its prompts by heart."""
    patience: int = 5
    """Logged steps in a row before a verdict changes."""
    on_collapsed: str = "flag"
    """What the runner does when the verdict stays: "flag" nothing, "stop", "checkpoint-and-stop"."""
    on_no_signal: str = "flag"
    """The same for no-signal."""
    on_solved: str = "flag"
    """The same for solved."""
    grace: int = 20
    """Steps that such a verdict has to last before the runner acts."""


POLICIES = ("flag", "stop", "checkpoint-and-stop")
"""What may follow from a verdict: nothing; the end without a further checkpoint; the end with one."""


@dataclass(frozen=True, slots=True)
class HealthContext:
    """What the health rules must know about a run beside its streams."""

    reward_range: RewardRange | None
    num_generations: int
    groups_per_step: int
    settings: HealthSettings = HealthSettings()
    grpo: Mapping[str, float] = field(default_factory=dict)
    """The trainer's settings, numbers only: verdicts depend on some, and advice is about them."""
