"""One attempt of a training run, from what was asked to its outcome. Imports torch: see ``entry``."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import transformers
from datasets import Dataset
from transformers import PrinterCallback
from trl import GRPOConfig

from grpotui.errors import UserError
from grpotui.presets import eval_settings
from grpotui.presets.accelerate import processes
from grpotui.presets.grpo_rules import generation_size, group_size
from grpotui.presets.stages import Stage, stages
from grpotui.records import Status
from grpotui.secrecy import without_secrets
from grpotui.stream import write_json
from grpotui.tasks import Example, Reward, build_rewards, total_range
from grpotui.train import data, own, provenance, ranks
from grpotui.train.callbacks import AlreadyTrainedError, Supervision
from grpotui.train.config import build_config, config_json, keeping_best, model_path, plain
from grpotui.train.curriculum import Rhythm, grpo_of, ordered
from grpotui.train.device import Device, limit_memory, peak_memory
from grpotui.train.evaluation import EVERY, Evaluator
from grpotui.train.fingerprint import identify, model_folder
from grpotui.train.outcome import Outcome, Progress
from grpotui.train.questions import Questions, row_of
from grpotui.train.recorder import Recorder
from grpotui.train.rewards import RewardFunction, reweighted
from grpotui.train.schedule import Evaluations, Stages
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
    stages: Sequence[tuple[Stage, Sequence[Example]]] = ()
    """Those of a curriculum, each with its examples; ``examples`` are then those of the first."""

    @classmethod
    def from_run(cls, asked: Mapping[str, Any], run: RunDir) -> Experiment:
        """Build task, rewards and model path from the contents of ``run.json``. Raises UserError."""
        config = asked.get("config")
        if not isinstance(config, Mapping):
            raise UserError("run.json holds no config: launch the run again")
        task = config.get("task") or {}
        grpo = config.get("grpo") or {}
        rewards = [own.loaded(reward) for reward in build_rewards(config.get("rewards") or [])]
        staged = [(stage, data.load(stage.task).train) for stage in stages(config)]
        model = str(run.start) if run.start.is_dir() else str(config.get("model") or "")
        return cls(
            config=config,
            model=model_path(model, str(task.get("name") or "")),
            examples=staged[0][1] if staged else data.load(task).train,
            rewards=reweighted(rewards, grpo.get("reward_weights")),
            seed=asked.get("seed"),
            stages=staged,
        )

    @property
    def spans(self) -> list[Stage]:
        """The stages without their examples."""
        return [stage for stage, _ in self.stages]

    @property
    def names(self) -> set[str]:
        """What the examples of all stages are filed under."""
        return {example.task for example in self.every_example}

    @property
    def every_example(self) -> list[Example]:
        """The examples of all stages, one stage after the other."""
        sets = [examples for _, examples in self.stages] or [self.examples]
        return [example for examples in sets for example in examples]


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
        data.require_same(self.run, self.attempt, experiment.every_example)
        ranks.require(processes(experiment.config), ranks.world_size())
        recorder = Recorder(self.run, total_range(experiment.rewards), self.attempt, experiment.names)
        trainer = self.build_trainer(experiment, recorder)
        ranks.require(ranks.world_size(), trainer.accelerator.num_processes)
        supervision = Supervision(
            trainer,
            self.stop,
            self.progress,
            lambda loader: self.describe(trainer, recorder, experiment, extent(trainer, loader)),
        )
        trainer.add_callback(supervision)
        settings = eval_settings(experiment.config)
        if settings.every:
            questions = Questions.of(experiment.config)
            trainer.evaluator = Evaluator(trainer, settings, questions, recorder, self.stop.asked)
            trainer.add_callback(Evaluations(trainer, settings.every))
        trainer.add_callback(Stages(self.run, experiment.spans, recorder))
        checkpoint = self.run.last_checkpoint() if self.attempt > 1 else None
        limit_memory(self.device)
        try:
            trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
        except AlreadyTrainedError:
            step = self.progress.step
            return Outcome(Status.FINISHED, step, f"nothing left to do: step {step} was the last")
        finally:
            recorder.close()
        return self._outcome(supervision.stopped, recorder)

    def evaluate(self, experiment: Experiment, step: int) -> Outcome:
        """Measure the model that the run begins with, which is that of ``step`` of the run it came from.

        Raises UserError when there is nothing to ask, and whatever TRL, a reward or torch raise.
        """
        questions = Questions.of(experiment.config)
        if not (questions.held_out or questions.train):
            raise UserError(
                "nothing to ask: the task holds out no prompts: set task.held_out, or ask with --n"
            )
        recorder = Recorder(self.run, total_range(experiment.rewards), self.attempt)
        trainer = self.build_trainer(measured_only(experiment), recorder)
        trainer.state.global_step = trainer.state.max_steps = self.progress.step = step
        settings = eval_settings(experiment.config)
        evaluator = Evaluator(trainer, settings, questions, recorder, self.stop.asked, kept=EVERY)
        self.stop.loaded()
        try:
            self.describe(trainer, recorder, experiment, {"max_steps": step})
            found = evaluator.measure()
        finally:
            recorder.close()
        if not found:
            return Outcome(Status.STOPPED, step, self.stop.reason)
        return Outcome(Status.FINISHED, step, told(found), details={"recorder_errors": recorder.errors})

    def build_trainer(self, experiment: Experiment, recorder: Recorder) -> RecordedTrainer:
        """Load the model. Raises UserError for what cannot be trained, and whatever TRL raises."""
        transformers.utils.logging.disable_progress_bar()
        # TRL and transformers warn of each other's use of the old name of activation_checkpointing.
        warnings.filterwarnings("ignore", message=".*gradient_checkpointing.*", category=FutureWarning)
        weights = [reward.weight for reward in experiment.rewards]
        grpo = grpo_of(experiment.config.get("grpo") or {}, experiment.spans)
        grpo = keeping_best(grpo, eval_settings(experiment.config).best)
        config = build_config(grpo, self.run, self.device, experiment.seed, weights)
        for examples in [examples for _, examples in experiment.stages] or [experiment.examples]:
            require_prompts(config, len(examples))
        examples = experiment.examples
        if experiment.stages:
            examples = ordered(experiment.stages, Rhythm.of(config), config.seed)
        trainer = RecordedTrainer(
            model=experiment.model,
            functions=[RewardFunction(reward) for reward in experiment.rewards],
            args=config,
            train_dataset=dataset(examples),
            recorder=recorder,
        )
        trainer.remove_callback(PrinterCallback)
        return trainer

    def _outcome(self, stopped: bool, recorder: Recorder) -> Outcome:
        step = self.progress.step
        details = {
            "lost_lines": recorder.lost,
            "recorder_errors": recorder.errors,
            "peak_memory": peak_memory(self.device),
        }
        if stopped:
            return Outcome(Status.STOPPED, step, self.stop.reason, details=details)
        if step == 0:
            raise UserError("0 steps trained: TRL found no whole generation batch in the task's prompts")
        return Outcome(Status.FINISHED, step, f"finished at step {step}", details=details)

    def describe(
        self,
        trainer: RecordedTrainer,
        recorder: Recorder,
        experiment: Experiment,
        length: Mapping[str, Any],
        unused: Mapping[str, Any] | None = None,
    ) -> None:
        """Write ``attempt-N.json``: all that the run really uses, and how long it is.

        ``unused`` are fields of ``[grpo]`` that the trainer was given other values of, since nothing looks at
        them.
        """
        if not trainer.is_world_process_zero():
            return
        span = total_range(experiment.rewards)
        identity = None
        with recorder.guard("which model it is"):
            folder = model_folder(experiment.model)
            identity = identify(folder) if folder else None
        with recorder.guard("the attempt's description"):
            grpo = {**config_json(trainer.args), **(unused or {})}
            description = {
                "config": without_secrets({**plain(experiment.config), "grpo": grpo}),
                "model": experiment.model,
                "model_identity": identity,
                "device": self.device.label,
                "processes": trainer.accelerator.num_processes,
                "seed": trainer.args.seed,
                "data": data.told(experiment.every_example),
                "num_generations": trainer.num_generations,
                "reward_range": [span.low, span.high] if span else None,
                "reward_binary": span is not None and span.binary,
                **length,
                "stages": [stage.to_json() for stage in experiment.spans],
                **provenance.describe(self.run.path),
            }
            write_json(self.run.attempt_json(self.attempt), {"attempt": self.attempt, **description})


def measured_only(experiment: Experiment) -> Experiment:
    """Return an experiment for a trainer that trains nothing: one generation of prompts, no second model."""
    grpo = {**(experiment.config.get("grpo") or {}), "beta": 0.0, "sync_ref_model": False, "use_vllm": False}
    config = {**experiment.config, "grpo": grpo, "eval": {}}
    enough = generation_size(grpo, ranks.world_size()) // group_size(grpo)
    examples = (list(experiment.examples) * enough)[:enough]
    return replace(experiment, config=config, examples=examples, stages=())


def told(found: Mapping[str, float]) -> str:
    """Return the result of an evaluation in a few words."""
    name = "" if "eval_accuracy" in found else "train_"
    value, low, high = (found[f"eval_{name}accuracy{end}"] for end in ("", "_low", "_high"))
    where = "training prompts" if name else "held-out prompts"
    return f"accuracy {value:.3f} ({low:.3f}-{high:.3f}) on {found[f'eval_{name}n']:.0f} {where}"


def dataset(examples: Sequence[Example]) -> Dataset:
    """Return the examples as TRL takes them."""
    return Dataset.from_list([row_of(example) for example in examples])


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
