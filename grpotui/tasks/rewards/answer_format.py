"""Is there an answer of the right kind, whether right or wrong: a number, yes or no?"""

from __future__ import annotations

from dataclasses import dataclass

from grpotui.records import RewardRange
from grpotui.tasks.answers import first_number, has_form_of
from grpotui.tasks.model import Reward, RewardKind, RewardSettings, each


@dataclass(frozen=True)
class AnswerFormatSettings(RewardSettings):
    """How clean it must be."""

    alone: bool = False
    """Nothing may follow the answer."""


def _build(name: str, settings: AnswerFormatSettings) -> Reward:
    def score(text: str, answer: str | None) -> float:
        return 1.0 if has_form_of(text, answer, settings.alone) else 0.0

    return Reward(name, settings.weight, RewardRange(0.0, 1.0), each(score), first_number, binary=True)


REWARD = RewardKind(
    "answer_format",
    "Does it begin with an answer of the right kind?",
    AnswerFormatSettings,
    _build,
    needs_answer=True,
    structural=True,
)
