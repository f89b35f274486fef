"""Which prompts an evaluation asks. Free of torch, and the same for every run of a task."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from grpotui.presets import eval_settings
from grpotui.presets.stages import tasks_of
from grpotui.tasks import Example
from grpotui.train import data

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Question:
    """An example, and the stage of a curriculum that it is from; empty where there is none."""

    stage: str
    example: Example


@dataclass(frozen=True, slots=True)
class Questions:
    """What one evaluation asks. ``held_out`` and ``watch`` share no prompt with any training set."""

    held_out: tuple[Question, ...] = ()
    train: tuple[Question, ...] = ()
    watch: tuple[Question, ...] = ()

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Questions:
        """Choose the prompts for a config. Raises TaskError.

        Each stage's task holds out prompts of its own; what another stage trains on is left out of them.
        """
        settings = eval_settings(config)
        held_out: list[Question] = []
        train: list[Question] = []
        for stage, task in tasks_of(config):
            both = data.load(task)
            train += [Question(stage, e) for e in both.train]
            held_out += [Question(stage, e) for e in both.held_out]
        trained = {question.example.prompt for question in train}
        fresh = [q for q in held_out if q.example.prompt not in trained]
        asked = evenly(fresh, settings.n)
        return cls(
            tuple(asked), tuple(evenly(train, settings.n_train)), tuple(_watched(fresh, settings.watch))
        )


def row_of(example: Example) -> dict[str, Any]:
    """Return an example as TRL takes it; all columns but the prompt travel to the rewards."""
    prompt = list(example.messages) or example.prompt
    return {**example.columns, "prompt": prompt, "answer": example.answer, "task": example.task}


def evenly(items: Sequence[T], n: int) -> list[T]:
    """Return at most ``n`` items, spread over all of them."""
    if len(items) <= n:
        return list(items)
    return [items[i * len(items) // n] for i in range(n)]


def _watched(questions: Sequence[Question], n: int) -> list[Question]:
    """Return the first ``n`` of each task and stage, whatever ``eval.n`` is and however many are held out."""
    kept: dict[tuple[str, str], list[Question]] = defaultdict(list)
    for question in questions:
        same = kept[question.stage, question.example.task]
        if len(same) < n:
            same.append(question)
    return [question for same in kept.values() for question in same]
