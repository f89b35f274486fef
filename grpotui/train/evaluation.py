"""Evaluation: fixed prompts asked between two steps, outside step time and without a trace in training."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from accelerate.utils import gather_object

from grpotui.presets.sections import EvalSettings
from grpotui.records import Completion, Mode
from grpotui.records.keys import GAP
from grpotui.tasks import Example
from grpotui.tasks.accuracy import Share, is_right
from grpotui.train.generation import complete
from grpotui.train.questions import Question, Questions, row_of
from grpotui.train.randomness import own_random_state
from grpotui.train.recorder import Recorder, Row
from grpotui.train.rewards import RewardFunction, completion_text, score_rows
from grpotui.train.trainer import RecordedTrainer

KEPT = 64
"""Held-out prompts of one evaluation whose completions are written down."""
EVERY = 100_000
"""All of them, for a run that does nothing else."""
WATCH_SAMPLES = 4
"""Completions of each watch prompt."""


class InterruptedEvaluationError(Exception):
    """The run shall stop: what was answered so far measures nothing."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One completion of one question, and whether it is right."""

    completion: Completion
    right: bool


class Evaluator:
    """Measures accuracy on held-out and on training prompts: the share of answers that are right.

    Right means that the rewards which compare with the answer give their highest value, or, where a task has
    no answers, that the total reward is at its highest (see :func:`grpotui.tasks.accuracy.is_right`).
    """

    def __init__(
        self,
        trainer: RecordedTrainer,
        settings: EvalSettings,
        questions: Questions,
        recorder: Recorder,
        stopping: Callable[[], bool],
        kept: int = KEPT,
    ) -> None:
        self.settings = settings
        self._trainer = trainer
        self._questions = questions
        self._recorder = recorder
        self._stopping = stopping
        self._kept = kept
        # Functions of its own: the trainer's remember what training was given.
        self._functions = [RewardFunction(function.reward) for function in trainer.functions]
        self._batch = trainer.args.per_device_train_batch_size * trainer.args.steps_per_generation

    def measure(self) -> dict[str, float]:
        """Ask everything, record it, and return the metrics; none when a stop came in between."""
        trainer, began = self._trainer, time.monotonic()
        training = trainer.model.training
        seed = (
            trainer.state.global_step * trainer.accelerator.num_processes + trainer.accelerator.process_index
        )
        trainer.model.eval()
        try:
            with own_random_state(seed, trainer.accelerator.device):
                found = self._measure()
            found["eval_runtime"] = round(time.monotonic() - began, 3)
            trainer.log(dict(found))
        except InterruptedEvaluationError:
            return {}
        finally:
            trainer.model.train(training)
        return found

    def _measure(self) -> dict[str, float]:
        settings, asked = self.settings, self._questions
        everything = [*asked.held_out, *asked.train]
        answers = {
            name: self._ask(everything, greedy)
            for name, greedy, wanted in (("", True, settings.greedy), ("sampled_", False, settings.sampled))
            if wanted
        }
        self._record(Mode.EVAL, asked.held_out[: self._kept], list(answers.values()))
        watched = [self._ask(asked.watch, greedy=False) for _ in range(WATCH_SAMPLES if asked.watch else 0)]
        self._record(Mode.WATCH, asked.watch, watched)
        found: dict[str, float] = {}
        for name, given in reversed(answers.items()):
            found |= self._shares(name if len(answers) > 1 else "", given)
        return found

    def _shares(self, name: str, answers: Sequence[Answer]) -> dict[str, float]:
        """Return the metrics of one way to answer; ``name`` parts them from those of the first way."""
        asked = self._questions
        held_out, train = answers[: len(asked.held_out)], answers[len(asked.held_out) :]
        found: dict[str, float] = {}
        if held_out:
            found |= _share(f"eval_{name}accuracy", held_out)
            rewards = [a.completion.reward for a in held_out if a.completion.reward is not None]
            if rewards:
                found[f"eval_{name}reward"] = statistics.fmean(rewards)
            found |= _by_part(f"eval_{name}accuracy", asked.held_out, held_out)
            found["eval_n"] = len(held_out)
        if train and not name:
            found |= _share("eval_train_accuracy", train)
            found["eval_train_n"] = len(train)
            if held_out:
                found[GAP] = found["eval_train_accuracy"] - found["eval_accuracy"]
        return found

    def _ask(self, questions: Sequence[Question], greedy: bool) -> list[Answer]:
        """Return one answer to each question. Every rank asks its part, all of them the same number.

        Raises InterruptedEvaluationError on all ranks when the run shall stop.
        """
        if not questions:
            return []
        ranks, rank = self._trainer.accelerator.num_processes, self._trainer.accelerator.process_index
        count = -(-len(questions) // ranks)
        mine = [(rank + ranks * i) % len(questions) for i in range(count)]
        done: list[tuple[int, Answer]] = []
        for start in range(0, count, self._batch):
            if self._trainer.any_rank(self._stopping())[0]:
                raise InterruptedEvaluationError
            part = mine[start : start + self._batch]
            done += zip(part, self._answers([questions[i].example for i in part], greedy), strict=True)
            self._recorder.alive()
        found = dict(gather_object(done))
        return [found[index] for index in range(len(questions))]

    def _answers(self, examples: Sequence[Example], greedy: bool) -> list[Answer]:
        """Return the answers of one batch on this rank."""
        rows = [row_of(example) for example in examples]
        completions, token_ids = complete(self._trainer, [row["prompt"] for row in rows], greedy)
        scores = score_rows(self._functions, rows, completions, token_ids, self._trainer.state)
        answers = []
        for index, (example, ids) in enumerate(zip(examples, token_ids, strict=True)):
            text = completion_text(completions[index])
            record = self._trainer.completion(text, ids, scores[index])
            rewards = [function.reward for function in self._functions]
            answers.append(Answer(record, is_right(rewards, scores[index], example)))
        return answers

    def _record(self, mode: Mode, questions: Sequence[Question], ways: Sequence[Sequence[Answer]]) -> None:
        """Write a group for each question, with its answer in each of the ways."""
        if not (questions and ways and self._trainer.is_world_process_zero()):
            return
        rows = [
            Row(row_of(q.example)["prompt"], q.example.task, q.example.answer, way[index].completion)
            for index, q in enumerate(questions)
            for way in ways
        ]
        with self._recorder.guard("an evaluation"):
            self._recorder.groups(mode, self._trainer.state.global_step, rows, len(ways))


def _share(key: str, answers: Sequence[Answer]) -> dict[str, float]:
    """Return the share of right answers under ``key``, and its 95 % interval."""
    share = Share(sum(answer.right for answer in answers), len(answers))
    low, high = share.interval
    return {key: share.value, f"{key}_low": round(low, 6), f"{key}_high": round(high, 6)}


def _by_part(key: str, questions: Sequence[Question], answers: Sequence[Answer]) -> dict[str, float]:
    """Return the share of right answers for each task, and for each stage, where there are several."""
    found: dict[str, float] = {}
    for names in ([q.example.task for q in questions], [q.stage for q in questions]):
        for name in sorted(set(names)) if len(set(names)) > 1 else ():
            rights = [answer.right for own, answer in zip(names, answers, strict=True) if own == name]
            found[f"{key}/{name}"] = statistics.fmean(rights)
    return found
