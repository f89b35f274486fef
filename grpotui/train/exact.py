"""``python -m grpotui.train.exact RUN_DIR``: two small steps of a run, and what they tell of the whole one.

The real model, tokenizer, data, rewards and GRPOConfig; only batch and length of the run are cut. The folder
gets ``exact.json``, whatever happens. For ``grpotui check --exact``.
"""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import lcm
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grpotui.errors import UserError
from grpotui.presets.accelerate import processes
from grpotui.presets.code import prepare_imports, require_same
from grpotui.presets.resolve import rollout_settings
from grpotui.records import Group, RunKind
from grpotui.stream import Tail, read_json, write_json
from grpotui.tasks import Example, Reward
from grpotui.tasks.accuracy import Share, is_right, tells_right
from grpotui.train import device, failure
from grpotui.train.outcome import Progress
from grpotui.train.stopping import StopSignal
from grpotui.workspace import RunDir

if TYPE_CHECKING:
    from grpotui.train.session import Experiment, Session

GROUPS = 4
"""Groups that are generated at once, where the preset's batch holds as many."""
STEPS = 2
"""The first one also warms up: it is not timed."""
_TEXTS = 2000
"""Prompts whose tokens are counted."""


def main(folder: str) -> int:
    """Try it; return 0 when both steps were made, 1 when something went wrong."""
    run = RunDir(Path(folder).absolute())
    try:
        report = _report(run, read_json(run.run_json) or {})
    except BaseException as error:  # exit() in a reward ends it too
        traceback.print_exc()
        report = {"error": failure.describe(error, None)}
    write_json(run.exact_json, report)
    return 1 if "error" in report else 0


def _report(run: RunDir, asked: Mapping[str, Any]) -> dict[str, Any]:
    wanted = str(asked.get("device") or "auto")
    device.prepare_environment(wanted)
    from grpotui.train.session import Experiment, Session

    config: dict[str, Any] = dict(asked["config"])
    root = run.root
    if require_same(asked.get("code"), config, root):
        prepare_imports(root, run.path)
    began = time.monotonic()
    where = device.resolve(wanted)
    experiment = Experiment.from_run(asked, run)
    session = Session(run, 1, where, StopSignal(run), Progress())
    return {"device": where.label, **_try(session, experiment, began)}


def _try(session: Session, experiment: Experiment, began: float) -> dict[str, Any]:
    """Make the steps. Raises UserError in TRL's words when it refuses the preset as it is."""
    from grpotui.train.config import build_config
    from grpotui.train.recorder import Recorder
    from grpotui.train.rollouts.run import generating_only

    if experiment.config.get("kind") == RunKind.ROLLOUTS:
        experiment = generating_only(experiment)
    ranks = processes(experiment.config)
    grpo = alone(experiment.config.get("grpo") or {}, ranks)
    weights = [reward.weight for reward in experiment.rewards]
    whole = build_config(grpo, session.run, session.device, experiment.seed, weights)
    small = {key: value for key, value in grpo.items() if key not in _SIZES} | _cut(whole)
    config = {**experiment.config, "grpo": small, "curriculum": [], "eval": {"every": 0}}
    examples = experiment.examples
    recorder = Recorder(session.run, None)
    trainer = session.build_trainer(replace(experiment, config=config, stages=()), recorder)
    loaded = time.monotonic()
    watch = _Watch(trainer, session.device)
    trainer.train()
    recorder.close()
    groups = [Group.from_json(line.data) for line in Tail(session.run.completions).read()]
    made = trainer.args.per_device_train_batch_size * trainer.args.gradient_accumulation_steps
    batch = whole.per_device_train_batch_size
    asked = batch * whole.gradient_accumulation_steps // ranks
    if experiment.config.get("kind") == RunKind.ROLLOUTS:
        asked = batch = rollout_settings(experiment.config).batch
    return {
        **_judged(groups, experiment.rewards),
        **watch.measured(groups, asked / made, batch),
        "load_seconds": loaded - began,
        "facts": {**_model(trainer.model), **_texts(trainer, examples)},
        "probes": _probes(experiment.rewards, examples),
    }


_SIZES = ("generation_batch_size", "steps_per_generation", "num_train_epochs", "max_steps", "num_iterations")


def _cut(whole: Any) -> dict[str, Any]:
    """Return the fields of STEPS steps with few whole groups, never more at once than asked for.

    They teach nothing, so that all answers are those of the model as it is.
    """
    group, batch = whole.num_generations, whole.per_device_train_batch_size
    small = min(GROUPS, batch // group) * group or batch
    return {
        "per_device_train_batch_size": small,
        "gradient_accumulation_steps": lcm(group, small) // small,
        "max_steps": STEPS,
        "learning_rate": 0.0,
        "save_strategy": "no",
        "logging_steps": 1,
        "report_to": "none",
    }


def alone(grpo: Mapping[str, Any], ranks: int) -> dict[str, Any]:
    """Return ``[grpo]`` for one process that does in turn what ``ranks`` processes do at once."""
    found = dict(grpo)
    for name in ("gradient_accumulation_steps", "steps_per_generation"):
        if ranks > 1 and (name in grpo or name.startswith("gradient")):
            found[name] = int(grpo.get(name, 1)) * ranks
    return found


class _Watch:
    """Times generation and steps, and looks at memory."""

    def __init__(self, trainer: Any, where: device.Device) -> None:
        from transformers import TrainerCallback

        self.generation: list[float] = []
        self.steps: list[float] = []
        self._where = where
        self._before = device.peak_memory(where)
        self._batch = trainer.args.per_device_train_batch_size
        generate = trainer._generate_and_score_completions

        def timed(inputs: Any) -> Any:
            start = time.monotonic()
            output = generate(inputs)
            self.generation.append(time.monotonic() - start)
            return output

        watch = self

        class Steps(TrainerCallback):  # type: ignore[misc]  # transformers is not followed
            def on_step_begin(self, *args: Any, **kwargs: Any) -> None:
                watch.steps.append(time.monotonic())

            def on_step_end(self, *args: Any, **kwargs: Any) -> None:
                watch.steps[-1] = time.monotonic() - watch.steps[-1]

        trainer._generate_and_score_completions = timed
        trainer.add_callback(Steps())

    def measured(self, groups: Sequence[Group], times: float, batch: int) -> dict[str, Any]:
        """Return speed and memory; the whole run's step takes ``times`` as many completions, at most."""
        last = max(group.step for group in groups)
        tokens = sum(c.tokens for group in groups if group.step == last for c in group.completions)
        peak = device.peak_memory(self._where)
        return {
            "tokens_per_second": tokens / max(self.generation[-1], 1e-9),
            "step_seconds": self.steps[-1] * times,
            "peak_memory": peak,
            "memory": round(self._before + (peak - self._before) * max(1.0, batch / self._batch)),
        }


def _judged(groups: Sequence[Group], rewards: Sequence[Reward]) -> dict[str, Any]:
    right = n = truncated = tokens = 0
    for group in groups:
        example = Example(group.prompt, group.answer, group.task)
        for completion in group.completions:
            n += 1
            right += is_right(rewards, completion.rewards, example)
            truncated += completion.truncated
            tokens += completion.tokens
    share = Share(right, n) if tells_right(rewards) else None
    values = [c.reward for group in groups for c in group.completions if c.reward is not None]
    return {
        "prompts": len({group.prompt for group in groups}),
        "completions": n,
        "pass_rate": share and share.value,
        "pass_rate_interval": share and list(share.interval),
        "mean_reward": sum(values) / len(values) if values else None,
        "flat_groups": sum(group.flat(None) is not None for group in groups) / len(groups),
        "truncated": truncated / n,
        "mean_tokens": tokens / n,
    }


def _model(model: Any) -> dict[str, Any]:
    config = model.config.get_text_config()
    return {
        "parameters": sum(weight.numel() for weight in model.parameters()),
        "context": getattr(config, "max_position_embeddings", None),
        "vocabulary": config.vocab_size,
        "layers": getattr(config, "num_hidden_layers", None),
        "width": getattr(config, "hidden_size", None),
    }


def _texts(trainer: Any, examples: Sequence[Example]) -> dict[str, int]:
    """Count prompts, different ones, and the tokens of the longest ones."""
    some = examples[:_TEXTS]
    prompts = trainer._tokenize_prompts([list(example.messages) or example.prompt for example in some])[0]
    gold = [example.gold for example in some if example.gold is not None]
    answers = trainer.processing_class(gold, add_special_tokens=False)["input_ids"] if gold else []
    return {
        "rows": len(examples),
        "distinct": len({example.prompt for example in examples}),
        "longest_prompt": max(map(len, prompts), default=0),
        "longest_answer": max(map(len, answers), default=0),
    }


def _probes(rewards: Sequence[Reward], examples: Sequence[Example]) -> list[dict[str, Any]]:
    """Ask every reward about texts that are known beforehand, users' own functions too."""
    from grpotui.preflight import probe_rewards
    from grpotui.train.questions import row_of
    from grpotui.train.rewards import RewardFunction

    def ask(reward: Reward, text: str, example: Example) -> float | None:
        columns = {key: [value] for key, value in row_of(example).items()}
        prompt = columns.pop("prompt")
        completion: Any = [{"role": "assistant", "content": text}] if example.messages else text
        return RewardFunction(reward)(prompts=prompt, completions=[completion], **columns)[0]

    return [probe.to_json() for probe in probe_rewards(rewards, examples, ask)]


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    if len(sys.argv) != 2:
        raise UserError("usage: python -m grpotui.train.exact RUN_DIR")
    raise SystemExit(main(sys.argv[1]))
