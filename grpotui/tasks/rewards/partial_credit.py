"""Graded credit for numbers near the answer, as one journal's table has it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from grpotui.records import RewardRange
from grpotui.tasks.answers import first_number, is_right
from grpotui.tasks.model import Reward, RewardKind, RewardSettings

_SUM = re.compile(r"(-?\d{1,18})\s*([-+*])\s*(-?\d{1,18})", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,40}", re.ASCII)
_ORDER = ("correct", "off_by_1", "off_by_5", "other_operator", "wrong")


@dataclass(frozen=True)
class PartialCreditSettings(RewardSettings):
    """What each grade is worth."""

    correct: float = 1.0
    off_by_1: float = 0.5
    """The number is one too small or too large."""
    off_by_5: float = 0.25
    """The number is two to five too small or too large."""
    other_operator: float = -0.5
    """The number is the result of another of + - * on the same operands."""
    wrong: float = -1.0
    """Any other number, and whatever is none."""

    def problem(self) -> tuple[str, str] | None:
        """Return (field, what is wrong), or None."""
        for better, worse in pairwise(_ORDER):
            if getattr(self, better) < getattr(self, worse):
                return better, f"{getattr(self, better):g} is less than {worse} = {getattr(self, worse):g}"
        if self.correct <= self.off_by_1:
            return "correct", f"{self.correct:g} is not more than off_by_1 = {self.off_by_1:g}"
        return None


def results_of_others(prompt: str, answer: int) -> set[int]:
    """Return what the operators that were not asked for make of the operands in ``prompt``."""
    if not (found := _SUM.search(prompt)):
        return set()
    a, b = int(found.group(1)), int(found.group(3))
    return {a + b, a - b, a * b} - {answer}


def grade(text: str, answer: str | None, prompt: str) -> str:
    """Return which of the settings' grades a completion gets."""
    if is_right(text, answer):
        return "correct"
    given = first_number(text) or ""
    if not (_NUMBER.fullmatch(given) and _NUMBER.fullmatch((answer or "").strip())):
        return "wrong"
    number, wanted = int(given), int(answer or "")
    distance = abs(number - wanted)
    if distance <= 1:
        return "off_by_1" if distance else "correct"
    if distance <= 5:
        return "off_by_5"
    return "other_operator" if number in results_of_others(prompt, wanted) else "wrong"


def _build(name: str, settings: PartialCreditSettings) -> Reward:
    def score(
        texts: Sequence[str], answers: Sequence[str | None], prompts: Sequence[str] = (), /
    ) -> list[float]:
        rows = zip(texts, answers, prompts or [""] * len(texts), strict=True)
        return [float(getattr(settings, grade(*row))) for row in rows]

    span = RewardRange(settings.wrong, settings.correct)
    return Reward(name, settings.weight, span, score, first_number)


REWARD = RewardKind(
    "partial_credit",
    "Graded: right, off by 1, off by 2-5, another operator's result, wrong",
    PartialCreditSettings,
    _build,
    needs_answer=True,
)
