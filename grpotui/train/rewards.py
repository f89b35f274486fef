"""The preset's rewards in the form that TRL calls."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from grpotui.records import prompt_text
from grpotui.tasks import Reward
from grpotui.train import own
from grpotui.train.console import complain
from grpotui.train.failure import RewardError


class RewardFunction:
    """One reward as a TRL reward function.

    ``last`` keeps what it returned: TRL goes on with 32-bit floats, in which 0.7 is no longer 0.7.
    """

    def __init__(self, reward: Reward) -> None:
        self.__name__ = reward.name
        self.reward = reward
        self.last: list[float | None] = []
        self._warned = False

    def __call__(
        self, prompts: Sequence[Any], completions: Sequence[Any], **columns: Any
    ) -> list[float | None]:
        """Return one reward per completion; None where the reward does not apply.

        Raises RewardError for whatever goes wrong in the reward, except for MemoryError.
        """
        tasks = columns.get("task") or [""] * len(completions)
        try:
            scores = [_checked(score) for score in self._scores(prompts, completions, columns)]
            if len(scores) != len(completions):
                raise ValueError(f"it returned {len(scores)} rewards for {len(completions)} completions")
        except MemoryError:
            raise
        except Exception as error:
            raise RewardError(self.__name__, error, own.place(error, self.reward)) from error
        if not self._warned and (score := own.outside(self.reward, scores)) is not None:
            self._warned = True
            complain(f"reward {self.__name__} gave {score:g}, outside the range that it declares")
        only = self.reward.tasks
        self.last = [s if not only or t in only else None for s, t in zip(scores, tasks, strict=True)]
        return self.last

    def _scores(self, prompts: Sequence[Any], completions: Sequence[Any], columns: Mapping[str, Any]) -> Any:
        if self.reward.call is not None:
            return own.call(self.reward.call, prompts=prompts, completions=completions, **columns)
        answers = columns.get("answer") or [None] * len(completions)
        texts = [completion_text(completion) for completion in completions]
        return self.reward.score(texts, answers, list(map(prompt_text, prompts)))


def score_rows(
    functions: Sequence[RewardFunction],
    rows: Sequence[Mapping[str, Any]],
    completions: Sequence[Any],
    token_ids: Sequence[Sequence[int]],
    state: Any,
) -> list[Mapping[str, float | None]]:
    """Return each completion's rewards by name, called as TRL calls them; ``rows`` as TRL takes examples."""
    columns = {key: [row.get(key) for row in rows] for key in rows[0] if key != "prompt"}
    prompts = [row["prompt"] for row in rows]
    more = {"trainer_state": state, "log_extra": _ignored, "log_metric": _ignored}
    for function in functions:
        function(prompts, completions, completion_ids=token_ids, **columns, **more)
    return [{f.__name__: f.last[index] for f in functions} for index in range(len(rows))]


def _ignored(*values: object) -> None:
    """Stand in for TRL's ``log_extra`` and ``log_metric``, which are about training."""


def _checked(score: Any) -> float | None:
    value = math.nan if score is None else float(score)
    if math.isinf(value):
        raise ValueError(f"it returned {value}")
    return None if math.isnan(value) else value


def reweighted(rewards: Sequence[Reward], weights: object) -> list[Reward]:
    """Return the rewards with the weights of ``grpo.reward_weights``, which go before their own.

    Weights that do not fit are left for TRL to refuse.
    """
    if not isinstance(weights, list) or len(weights) != len(rewards):
        return list(rewards)
    return [replace(reward, weight=float(weight)) for reward, weight in zip(rewards, weights, strict=True)]


def total(scores: Mapping[str, float | None], weights: Sequence[float]) -> float | None:
    """Return the weighted sum of the scores that there are; None when there is none."""
    found = [w * s for s, w in zip(scores.values(), weights, strict=True) if s is not None]
    return sum(found) if found else None


def completion_text(completion: Any) -> str:
    """Return the text of a completion: a string, or the messages of a conversation."""
    if isinstance(completion, str):
        return completion
    return "\n".join(str(message.get("content") or "") for message in completion)
