"""A user's own function, ``my_rewards.py:helpful`` or ``package.module:name``. Never loaded in here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grpotui.records import RewardRange
from grpotui.tasks.model import DeferredError, Reward, RewardKind, RewardSettings

PATTERN = r".*\.py:[^\W\d]\w*|[^\W\d][\w.]*:[^\W\d]\w*"


@dataclass(frozen=True)
class OwnSettings(RewardSettings):
    """What the function itself may not say."""

    range: tuple[float, float] | None = None
    """Lowest and highest value; else the function's attribute ``reward_range``, else it is unknown."""

    def problem(self) -> tuple[str, str] | None:
        """Return (field, what is wrong), or None."""
        if self.range is not None and self.range[0] >= self.range[1]:
            return "range", f"{self.range[1]:g} is not more than {self.range[0]:g}"
        return None


def _build(name: str, settings: OwnSettings) -> Reward:
    place, _, function = name.rpartition(":")

    def score(
        texts: Sequence[str], answers: Sequence[str | None], prompts: Sequence[str] = (), /
    ) -> list[float]:
        raise DeferredError(f"reward {function} of {place} is loaded by the trainer only")

    span = RewardRange(*settings.range) if settings.range is not None else None
    return Reward(function, settings.weight, span, score, source=name)


REWARD = RewardKind(
    "my_rewards.py:NAME", "A function of your own, as TRL calls it", OwnSettings, _build, pattern=PATTERN
)
