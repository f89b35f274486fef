"""What happens at the edges of steps: the attempt is described, a wish to stop is heard, the end is saved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from transformers import TrainerCallback

from grpotui.train.outcome import Progress
from grpotui.train.stopping import StopSignal, StopWhileLoadingError
from grpotui.train.trainer import RecordedTrainer


class AlreadyTrainedError(Exception):
    """The checkpoint that a resumed attempt starts from is that of the last step."""


class Supervision(TrainerCallback):  # type: ignore[misc]  # transformers has no types
    """Calls ``begin`` when all is loaded, and stops at the end of a step when asked."""

    def __init__(
        self,
        trainer: RecordedTrainer,
        stop: StopSignal,
        progress: Progress,
        begin: Callable[[Any], None],
    ) -> None:
        self._stop = stop
        self._progress = progress
        self._begin = begin
        self.trainer = trainer
        self.stopped = False

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Describe the attempt; leave when there is nothing to do.

        Raises StopWhileLoadingError when a stop came while loading, AlreadyTrainedError after the last step.
        """
        self._progress.step = state.global_step
        self._stop.loaded()
        self._begin(kwargs["train_dataloader"])
        if self.trainer.any_rank(self._stop.asked())[0]:
            raise StopWhileLoadingError
        # Transformers would make one more step before it looks at max_steps.
        if state.global_step >= state.max_steps:
            raise AlreadyTrainedError
        self._progress.training = True

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Ask for a last log line, and for a checkpoint unless none is wanted, when the run shall stop."""
        self._progress.step = state.global_step
        asked = self._stop.asked()
        stop, failed, saves = self.trainer.any_rank(
            asked, self.trainer.loss_failed, asked and self._stop.saves
        )
        if failed:
            self.trainer.loss_failed = control.should_log = True
        if state.global_step >= state.max_steps:
            control.should_save = control.should_save or args.save_strategy != "no"
        elif stop:
            self.stopped = True
            control.should_log = control.should_training_stop = True
            control.should_save = control.should_save or saves

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """From here on an error is none of a step."""
        self._progress.training = False
