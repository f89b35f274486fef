"""A penalty for saying the same again: -1 when every few words stood there before, 0 when none did."""

from __future__ import annotations

from dataclasses import dataclass

from grpotui.records import RewardRange
from grpotui.tasks.model import Reward, RewardKind, RewardSettings, each

_MOST = 20


@dataclass(frozen=True)
class RepetitionSettings(RewardSettings):
    """What counts as the same."""

    words: int = 3
    """Words in a row that must not come again."""

    def problem(self) -> tuple[str, str] | None:
        """Return (field, what is wrong), or None."""
        if 1 <= self.words <= _MOST:
            return None
        return "words", f"expected 1 to {_MOST}, got the number {self.words}"


def repeated(text: str, words: int) -> float:
    """Return the share, 0 to 1, of runs of ``words`` words that stood in ``text`` before."""
    said = text.lower().split()
    runs = [tuple(said[start : start + words]) for start in range(len(said) - words + 1)]
    return 1.0 - len(set(runs)) / len(runs) if runs else 0.0


def _build(name: str, settings: RepetitionSettings) -> Reward:
    def score(text: str, answer: str | None) -> float:
        return -repeated(text, settings.words)

    return Reward(name, settings.weight, RewardRange(-1.0, 0.0), each(score))


REWARD = RewardKind(
    "repetition", "Penalty for words that come again", RepetitionSettings, _build, structural=True
)
