"""How much of the stated form does the poem meet? 0 without a closing ``</think>`` before it."""

from __future__ import annotations

from grpotui.records import RewardRange
from grpotui.tasks.model import Reward, RewardKind, RewardSettings, each
from grpotui.tasks.verse import FORMS, met, poem, syllables


def _score(text: str, answer: str | None) -> float:
    lines, form = poem(text), FORMS.get((answer or "").strip().lower())
    return met(lines, form) if lines and form else 0.0


def _measured(text: str) -> str | None:
    """Return the syllables of the poem's lines, "5 7 5"; None without one."""
    lines = poem(text)
    return " ".join(str(syllables(line)) for line in lines[:20]) if lines else None


def _build(name: str, settings: RewardSettings) -> Reward:
    return Reward(name, settings.weight, RewardRange(0.0, 1.0), each(_score), _measured)


REWARD = RewardKind(
    "verse_form",
    "Share of the stated form of verse that is met",
    RewardSettings,
    _build,
    only_for=("verse", "dataset"),
)
