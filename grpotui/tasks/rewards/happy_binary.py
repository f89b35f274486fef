"""1 when the word "happy" occurs: a reward with many different ways to get it."""

from __future__ import annotations

import re

from grpotui.records import RewardRange
from grpotui.tasks.model import Reward, RewardKind, RewardSettings, each

_HAPPY = re.compile(r"\bhappy\b", re.IGNORECASE)


def _score(text: str, answer: str | None) -> float:
    return 1.0 if _HAPPY.search(text) else 0.0


def _build(name: str, settings: RewardSettings) -> Reward:
    return Reward(name, settings.weight, RewardRange(0.0, 1.0), each(_score), binary=True)


REWARD = RewardKind("happy_binary", 'Does the word "happy" occur?', RewardSettings, _build)
