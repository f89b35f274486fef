"""Right or wrong: the first number of the completion against the expected answer."""

from __future__ import annotations

import re
from dataclasses import dataclass

from grpotui.records import RewardRange
from grpotui.tasks.model import Reward, RewardKind, RewardSettings, each

_NUMBER = re.compile(r"-?\d+", re.ASCII)


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


def first_number(text: str) -> str | None:
    """Return the number that the completion begins with, else its first word, else None.

    The completion must not hold the prompt. "23 is" gives "23", "-4." gives "-4", "about 23" gives "about".
    """
    text = text.strip()
    if match := _NUMBER.match(text):
        return match.group()
    return text.split(maxsplit=1)[0] if text else None


def _build(name: str, settings: ExactSettings) -> Reward:
    def score(text: str, answer: str | None) -> float:
        right = answer is not None and first_number(text) == answer
        return settings.correct if right else settings.wrong

    span = RewardRange(settings.wrong, settings.correct)
    return Reward(name, settings.weight, span, each(score), first_number)


REWARD = RewardKind("exact", "Is the first number the answer?", ExactSettings, _build, needs_answer=True)
