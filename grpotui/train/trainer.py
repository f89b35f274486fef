"""TRL's GRPOTrainer, with every generation batch recorded where it is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
from accelerate.utils import gather_object
from trl import GRPOTrainer

from grpotui.records import Completion, Mode
from grpotui.tasks import parse_first
from grpotui.train.failure import LossError
from grpotui.train.recorder import Recorder, Row
from grpotui.train.rewards import RewardFunction, completion_text, total

if TYPE_CHECKING:
    from grpotui.train.evaluation import Evaluator


class RecordedTrainer(GRPOTrainer):  # type: ignore[misc]  # TRL has no types
    """A GRPOTrainer that records groups as they are scored and metrics as they are logged.

    ``loss_failed`` tells that a loss since the last step was no finite number; all ranks must agree on it
    before metrics are logged.

    Reading ``_logs`` at step end would miss batches when steps_per_generation is below
    gradient_accumulation_steps, and repeat them above.
    """

    def __init__(self, *, functions: list[RewardFunction], recorder: Recorder, **kwargs: Any) -> None:
        super().__init__(reward_funcs=functions, **kwargs)
        self.functions = functions
        self.evaluator: Evaluator | None = None
        """Makes the evaluations that are due; set by whoever made the trainer."""
        self._rewards = [function.reward for function in functions]
        self._recorder = recorder
        self._weights = [float(weight) for weight in self.args.reward_weights]
        self._sampled: tuple[Any, Any, Any] = ([], [], [])
        self.loss_failed = False

    def _calculate_rewards(
        self, inputs: Any, prompts: Any, completions: Any, completion_ids_list: Any
    ) -> torch.Tensor:
        """Keep what was sampled: nowhere else do texts, token ids and dataset columns stand together."""
        self._sampled = (inputs, completions, completion_ids_list)
        return super()._calculate_rewards(inputs, prompts, completions, completion_ids_list)

    def _generate_and_score_completions(self, inputs: Any) -> Any:
        """Record the batch that TRL makes and scores; each is made exactly once."""
        output = super()._generate_and_score_completions(inputs)
        training = self.model.training
        rows: list[Row] = []
        with self._recorder.guard("completions"):
            rows = self._rows(output["advantages"].tolist())
        rows = gather_object(rows)
        if rows and self.is_world_process_zero():
            mode = Mode.TRAIN if training else Mode.EVAL
            step = self.state.global_step + (1 if training else 0)
            size = self.num_generations if training else self.num_generations_eval
            with self._recorder.guard("completions"):
                expected = len(inputs) * self.accelerator.num_processes
                if len(rows) != expected:
                    raise ValueError(f"{len(rows)} of {expected} completions came from the ranks")
                self._recorder.groups(mode, step, rows, size)
        return output

    def _rows(self, advantages: list[float]) -> list[Row]:
        """Return this rank's completions with their scores, in the order of the batch."""
        inputs, completions, token_ids = self._sampled
        rows = []
        for index, (example, completion, ids) in enumerate(zip(inputs, completions, token_ids, strict=True)):
            text = completion_text(completion)
            scores = {function.__name__: function.last[index] for function in self.functions}
            record = self.completion(text, ids, scores, round(advantages[index], 6))
            rows.append(Row(example["prompt"], str(example.get("task") or ""), example.get("answer"), record))
        return rows

    def completion(
        self,
        text: str,
        ids: Sequence[int],
        scores: Mapping[str, float | None],
        advantage: float | None = None,
    ) -> Completion:
        """Return the record of a completion from its token ids and the reward of each function."""
        # One without one of these at its end was cut off, as TRL's clipped_ratio counts it.
        ends = {*self.eos_token_ids, self._tokenizer.pad_token_id}
        return Completion(
            text=text,
            tokens=len(ids),
            truncated=not ids or ids[-1] not in ends,
            parsed=self._parsed(text),
            reward=total(scores, self._weights),
            rewards=scores,
            advantage=advantage,
        )

    def _parsed(self, text: str) -> str | None:
        """Return what the first reward that parses anything reads out of the text."""
        with self._recorder.guard("a parsed answer"):
            return parse_first(self._rewards, text)
        return None

    def training_step(self, *args: Any, **kwargs: Any) -> torch.Tensor:
        """Notice a loss that is no number; the step is still logged before training ends."""
        loss = super().training_step(*args, **kwargs)
        self.loss_failed = self.loss_failed or not bool(torch.isfinite(loss).all())
        return loss

    def evaluate(self, *args: Any, **kwargs: Any) -> dict[str, float]:
        """Measure in our own way where the preset has an evaluation; transformers calls it when it is due."""
        metrics = self.evaluator.measure() if self.evaluator is not None else {}
        self.control.should_evaluate = False
        return metrics

    def _determine_best_metric(self, metrics: dict[str, float], trial: Any) -> bool:
        """Save the best as soon as it is found; an evaluation that a stop cut short says nothing."""
        if not metrics or not super()._determine_best_metric(metrics, trial):
            return False
        self.control.should_save = self.control.should_save or self.args.save_strategy != "no"
        return True

    def log(self, logs: dict[str, Any], start_time: float | None = None) -> None:
        """Add our metrics, let TRL log, and write the line.

        Raises LossError when the loss is no finite number, before a checkpoint of such a model is saved.
        """
        writes = self.is_world_process_zero()
        if writes and self.model.training:
            with self._recorder.guard("metrics"):
                logs.update(self._recorder.flatness())
        super().log(logs, start_time)
        if writes:
            with self._recorder.guard("metrics"):
                self._recorder.metrics(self.state.global_step, self.state.max_steps, logs)
        if self.loss_failed:
            raise LossError(self.state.global_step, logs.get("loss"))

    def any_rank(self, *flags: bool) -> list[bool]:
        """Return for each flag whether it is set on any rank; all ranks must call this alike."""
        if self.accelerator.num_processes == 1:
            return list(flags)
        local = torch.tensor(flags, dtype=torch.int32, device=self.accelerator.device)
        return [bool(count) for count in self.accelerator.reduce(local, reduction="sum").tolist()]
