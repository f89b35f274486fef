"""One attempt of a training run, from what was asked to its outcome. Imports torch: see ``entry``."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import transformers
from datasets import Dataset
from transformers import PrinterCallback
from trl import GRPOConfig

from grpotui.errors import UserError
from grpotui.records import Status
from grpotui.secrecy import without_secrets
from grpotui.stream import write_json
from grpotui.tasks import Example, Reward, build_rewards, total_range
from grpotui.train import data, own, provenance
from grpotui.train.callbacks import AlreadyTrainedError, Supervision
from grpotui.train.config import build_config, config_json, model_path, plain
from grpotui.train.device import Device
from grpotui.train.fingerprint import identify, model_folder
from grpotui.train.outcome import Outcome, Progress
from grpotui.train.recorder import Recorder
from grpotui.train.rewards import RewardFunction, reweighted
from grpotui.train.stopping import StopSignal
from grpotui.train.trainer import RecordedTrainer
from grpotui.workspace import RunDir


@dataclass(frozen=True, slots=True)
class Experiment:
    """What a run trains: ``config`` is the preset, ``examples`` and ``rewards`` are made from it."""

    config: Mapping[str, Any]
    model: str
    examples: Sequence[Example]
    rewards: Sequence[Reward]
    seed: int | None = None

    @classmethod
    def from_run(cls, asked: Mapping[str, Any]) -> Experiment:
        """Build task, rewards and model path from the contents of ``run.json``. Raises UserError."""
        config = asked.get("config")
        if not isinstance(config, Mapping):
            raise UserError("run.json holds no config: launch the run again")
        task = config.get("task") or {}
        grpo = config.get("grpo") or {}
        rewards = [own.loaded(reward) for reward in build_rewards(config.get("rewards") or [])]
        return cls(
            config=config,
            model=model_path(str(config.get("model") or ""), str(task.get("name") or "")),
            examples=data.load(task).train,
            rewards=reweighted(rewards, grpo.get("reward_weights")),
            seed=asked.get("seed"),
        )


@dataclass(frozen=True, slots=True)
class Session:
    """An attempt and what it works with."""

    run: RunDir
    attempt: int
    device: Device
    stop: StopSignal
    progress: Progress

    def train(self, experiment: Experiment) -> Outcome:
        """Train until the end or until asked to stop.

        Raises UserError before training for what cannot work, and whatever TRL, a reward or torch raise.
        """
        transformers.utils.logging.disable_progress_bar()
        # TRL and transformers warn of each other's use of the old name of activation_checkpointing.
        warnings.filterwarnings("ignore", message=".*gradient_checkpointing.*", category=FutureWarning)
        weights = [reward.weight for reward in experiment.rewards]
        grpo = experiment.config.get("grpo") or {}
        config = build_config(grpo, self.run, self.device, experiment.seed, weights)
        require_prompts(config, len(experiment.examples))
        tasks = {example.task for example in experiment.examples}
        recorder = Recorder(self.run, total_range(experiment.rewards), self.attempt, tasks)
        trainer = RecordedTrainer(
            model=experiment.model,
            functions=[RewardFunction(reward) for reward in experiment.rewards],
            args=config,
            train_dataset=dataset(experiment.examples),
            recorder=recorder,
        )
        trainer.remove_callback(PrinterCallback)
        supervision = Supervision(
            trainer,
            self.stop,
            self.progress,
            partial(self._describe, trainer, recorder, experiment),
        )
        trainer.add_callback(supervision)
        checkpoint = self.run.last_checkpoint() if self.attempt > 1 else None
        try:
            trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
        except AlreadyTrainedError:
            step = self.progress.step
            return Outcome(Status.FINISHED, step, f"nothing left to do: step {step} was the last")
        finally:
            recorder.close()
        return self._outcome(supervision.stopped, recorder)

    def _outcome(self, stopped: bool, recorder: Recorder) -> Outcome:
        step = self.progress.step
        details = {"lost_lines": recorder.lost, "recorder_errors": recorder.errors}
        if stopped:
            return Outcome(Status.STOPPED, step, self.stop.reason, details=details)
        if step == 0:
            raise UserError("0 steps trained: TRL found no whole generation batch in the task's prompts")
        return Outcome(Status.FINISHED, step, f"finished at step {step}", details=details)

    def _describe(
        self, trainer: RecordedTrainer, recorder: Recorder, experiment: Experiment, loader: Any
    ) -> None:
        """Write ``attempt-N.json``: all that the run really uses."""
        if not trainer.is_world_process_zero():
            return
        span = total_range(experiment.rewards)
        identity = None
        with recorder.guard("which model it is"):
            folder = model_folder(experiment.model)
            identity = identify(folder) if folder else None
        with recorder.guard("the attempt's description"):
            description = {
                "config": without_secrets({**plain(experiment.config), "grpo": config_json(trainer.args)}),
                "model": experiment.model,
                "model_identity": identity,
                "device": self.device.label,
                "seed": trainer.args.seed,
                "num_generations": trainer.num_generations,
                "reward_range": [span.low, span.high] if span else None,
                "reward_binary": span is not None and span.binary,
                **extent(trainer, loader),
                **provenance.describe(self.run.path),
            }
            write_json(self.run.attempt_json(self.attempt), {"attempt": self.attempt, **description})


def dataset(examples: Sequence[Example]) -> Dataset:
    """Return the examples as TRL takes them; all columns but the prompt travel to the rewards."""
    return Dataset.from_list(
        [
            {**e.columns, "prompt": list(e.messages) or e.prompt, "answer": e.answer, "task": e.task}
            for e in examples
        ]
    )


def require_prompts(config: GRPOConfig, prompts: int) -> None:
    """Raise UserError when no generation batch can be filled: TRL would train 0 steps and call it done."""
    needed = config.generation_batch_size // config.num_generations
    if prompts < needed:
        raise UserError(
            f"0 steps trained: the task has {prompts} prompts, each generation needs {needed}: raise task.n, "
            "or lower grpo.per_device_train_batch_size or grpo.gradient_accumulation_steps"
        )


def extent(trainer: RecordedTrainer, loader: Any) -> dict[str, Any]:
    """Return how long the attempt is: steps, epochs, and groups that one optimizer step uses (at least 1)."""
    args, steps = trainer.args, trainer.state.max_steps
    accumulated = args.gradient_accumulation_steps
    per_epoch = max(1, -(-len(loader) // accumulated))
    completions = args.per_device_train_batch_size * args.world_size * accumulated
    groups = completions / trainer.num_generations / trainer.num_iterations
    return {
        "max_steps": steps,
        "max_epochs": round(steps / per_epoch, 6),
        "groups_per_step": max(1, round(groups)),
    }
