"""Right or wrong: the first number of the completion, else its first word, against the expected answer."""

from __future__ import annotations

from dataclasses import dataclass

from grpotui.records import RewardRange
from grpotui.tasks.answers import first_number, is_right
from grpotui.tasks.model import Reward, RewardKind, RewardSettings, each


@dataclass(frozen=True)
class ExactSettings(RewardSettings):
    """What right and wrong answers are worth."""

    correct: float = 1.0
    wrong: float = -1.0

    def problem(self) -> tuple[str, str] | None:
        """Return (field, what is wrong), or None."""
        if self.correct <= self.wrong:
            return "correct", f"{self.correct:g} is not more than wrong = {self.wrong:g}"
        return None


def _build(name: str, settings: ExactSettings) -> Reward:
    def score(text: str, answer: str | None) -> float:
        return settings.correct if is_right(text, answer) else settings.wrong

    span = RewardRange(settings.wrong, settings.correct)
    return Reward(name, settings.weight, span, each(score), first_number, binary=True)


REWARD = RewardKind(
    "exact", "Is the first number, or word, the answer?", ExactSettings, _build, needs_answer=True
)
