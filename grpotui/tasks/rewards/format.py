"""Does the whole completion match a pattern?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from grpotui.records import RewardRange
from grpotui.tasks.model import Reward, RewardKind, RewardSettings, each


@dataclass(frozen=True)
class FormatSettings(RewardSettings):
    """The pattern."""

    pattern: str = ""
    """Regular expression of the whole completion, blanks around it aside; a dot also means a newline."""

    def problem(self) -> tuple[str, str] | None:
        """Return (field, what is wrong), or None."""
        if not self.pattern:
            return "pattern", "expected a regular expression, such as '<think>.*</think>.*'"
        try:
            re.compile(self.pattern, re.DOTALL)
        except (re.error, RecursionError, OverflowError) as error:
            return "pattern", f"no regular expression: {error}"
        return None


def _build(name: str, settings: FormatSettings) -> Reward:
    pattern = re.compile(settings.pattern, re.DOTALL)

    def score(text: str, answer: str | None) -> float:
        return 1.0 if pattern.fullmatch(text.strip()) else 0.0

    return Reward(name, settings.weight, RewardRange(0.0, 1.0), each(score), binary=True)


REWARD = RewardKind("format", "Does all of it match a pattern?", FormatSettings, _build, structural=True)
