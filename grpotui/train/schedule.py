"""What is due at which step beside training: evaluations, and the beginnings of stages."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from transformers import TrainerCallback

from grpotui.presets.stages import Stage
from grpotui.train.curriculum import stage_at
from grpotui.train.recorder import Recorder
from grpotui.train.trainer import RecordedTrainer
from grpotui.workspace import RunDir


class Evaluations(TrainerCallback):  # type: ignore[misc]  # transformers has no types
    """Has the model evaluated before step 1, every ``every`` steps and after the last one."""

    def __init__(self, trainer: RecordedTrainer, every: int) -> None:
        self._trainer = trainer
        self._every = every

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Measure what training begins with; an attempt that goes on has its measure already."""
        if state.global_step == 0:
            self._trainer.evaluate()

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Ask for an evaluation, unless the run was told to stop in the middle."""
        last = state.global_step >= state.max_steps
        stopping = control.should_training_stop and not last
        control.should_evaluate = (last or state.global_step % self._every == 0) and not stopping


class Stages(TrainerCallback):  # type: ignore[misc]  # transformers has no types
    """Says in the run's events when a stage of the curriculum begins."""

    def __init__(self, run: RunDir, stages: Sequence[Stage], recorder: Recorder) -> None:
        self._run = run
        self._stages = stages
        self._recorder = recorder

    def on_step_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Write the event of a stage whose first step this is."""
        step = state.global_step + 1
        place = stage_at(self._stages, step)
        if place is None or self._stages[place].first != step or not state.is_world_process_zero:
            return
        event = {"type": "stage", "step": step, "stage": place + 1, "stages": len(self._stages)}
        with self._recorder.guard("a stage"):
            self._run.append_event({"time": time.time(), **event, "name": self._stages[place].name})
