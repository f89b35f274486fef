"""Is the completion as long as it should be? Form alone: combine it with a reward of content."""

from __future__ import annotations

from dataclasses import dataclass

from grpotui.records import RewardRange
from grpotui.tasks.model import Reward, RewardKind, RewardSettings, each

UNITS = ("words", "characters")


@dataclass(frozen=True)
class LengthSettings(RewardSettings):
    """How long, counted how."""

    limits: tuple[int, int] = (1, 50)
    """Shortest and longest length that gets 1; the same number twice for one target."""
    unit: str = "words"
    """words or characters."""

    def problem(self) -> tuple[str, str] | None:
        """Return (field, what is wrong), or None."""
        low, high = self.limits
        if not 1 <= low <= high:
            return "limits", f"expected two whole numbers from 1, the smaller first, got [{low}, {high}]"
        return None if self.unit in UNITS else ("unit", f"expected one of {', '.join(UNITS)}")


def closeness(length: int, low: int, high: int) -> float:
    """Return 1 from ``low`` to ``high``, falling evenly to 0 at nothing and at twice ``high``."""
    if length < low:
        return length / low
    return max(0.0, 1.0 - (length - high) / high) if length > high else 1.0


def _build(name: str, settings: LengthSettings) -> Reward:
    def count(text: str) -> int:
        return len(text.split()) if settings.unit == "words" else len(text.strip())

    def score(text: str, answer: str | None) -> float:
        return closeness(count(text), *settings.limits)

    span = RewardRange(0.0, 1.0)
    return Reward(name, settings.weight, span, each(score), lambda text: f"{count(text)} {settings.unit}")


REWARD = RewardKind("length", "Is it as long as it should be?", LengthSettings, _build, structural=True)
