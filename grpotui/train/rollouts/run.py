"""One attempt of a run that only generates, from its prompts to its figures."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from grpotui.presets.grpo_rules import with_defaults
from grpotui.presets.resolve import rollout_settings
from grpotui.records import Completion, Group, Mode, Status, keys
from grpotui.records.retries import Retry
from grpotui.records.rollouts import PromptRate, by_task, figures
from grpotui.tasks import total_range
from grpotui.train import data
from grpotui.train.device import limit_memory, peak_memory
from grpotui.train.outcome import Outcome
from grpotui.train.questions import row_of
from grpotui.train.randomness import own_random_state
from grpotui.train.recorder import Recorder, Row
from grpotui.train.rewards import RewardFunction, completion_text, score_rows
from grpotui.train.rollouts.past import Past
from grpotui.train.rollouts.plan import Batch, Plan, seed_of
from grpotui.train.rollouts.sampling import Sampled, Sampler
from grpotui.train.session import Experiment, Session
from grpotui.train.stopping import StopWhileLoadingError
from grpotui.train.trainer import RecordedTrainer

UNUSED: Mapping[str, Any] = {
    "beta": 0.0,
    "sync_ref_model": False,
    "gradient_accumulation_steps": 1,
    "steps_per_generation": None,
    "generation_batch_size": None,
    "num_iterations": 1,
    "use_transformers_continuous_batching": False,
    "report_to": "none",
    "save_strategy": "no",
}
"""Settings of training that would load a second model or refuse a batch; generation looks at none of them.

Continuous batching is left out because it drops the repetition penalty.
"""


def generate(session: Session, experiment: Experiment) -> Outcome:
    """Ask every prompt and score the answers, until the end or until asked to stop.

    Goes on after the last batch that an earlier attempt finished. Raises UserError for what cannot be asked,
    and whatever TRL, a reward or torch raise.
    """
    grpo = with_defaults(experiment.config.get("grpo") or {})
    seed = int(grpo["seed"]) if experiment.seed is None else experiment.seed
    plan = Plan.of(experiment.config, experiment.examples, seed)
    experiment = replace(experiment, examples=plan.examples, stages=())
    data.require_same(session.run, session.attempt, plan.examples)
    recorder = Recorder(session.run, total_range(experiment.rewards), session.attempt, experiment.names)
    try:
        trainer = session.build_trainer(generating_only(experiment), recorder)
        trainer.accelerator.prepare_model(trainer.model, evaluation_mode=True)  # for its mixed precision
        trainer.model.eval()
        trainer.state.max_steps = len(plan.batches)
        rollouts = Rollouts(session, experiment, plan, trainer, recorder)
        session.stop.loaded()
        effective = {name: grpo[name] for name in (*UNUSED, "per_device_train_batch_size")}
        session.describe(trainer, recorder, experiment, plan.extent(), effective)
        limit_memory(session.device)
        return rollouts.run()
    finally:
        recorder.close()


class Rollouts:
    """The batches of one attempt."""

    def __init__(
        self,
        session: Session,
        experiment: Experiment,
        plan: Plan,
        trainer: RecordedTrainer,
        recorder: Recorder,
    ) -> None:
        self._session = session
        self._plan = plan
        self._trainer = trainer
        self._recorder = recorder
        self._span = total_range(experiment.rewards)
        self._functions = [RewardFunction(reward) for reward in experiment.rewards]
        past = Past.of(session.run) if session.attempt > 1 else Past()
        self._done = past.batches
        self._prompts = list(past.prompts)
        self._seconds = past.seconds
        self._first = self._done + 1
        at_once = min(rollout_settings(experiment.config).batch, plan.amount.completions)
        self._sampler = Sampler(trainer, plan.seed, at_once, recorder.alive, self._halved)

    def run(self) -> Outcome:
        """Make the batches that are left."""
        progress, stop = self._session.progress, self._session.stop
        progress.step, progress.training = self._done, True
        try:
            for batch in self._plan.batches[self._done :]:
                if stop.asked():
                    return self._outcome(Status.STOPPED)
                with stop.at_once():
                    rows, sampled, scores = self._answers(batch)
                self._record(batch, rows, sampled, scores)
                progress.step = self._done = batch.number
        except StopWhileLoadingError:
            return self._outcome(Status.STOPPED)
        return self._outcome(Status.FINISHED)

    def _answers(
        self, batch: Batch
    ) -> tuple[list[dict[str, Any]], Sampled, list[Mapping[str, float | None]]]:
        """Return the rows that were asked, one for each completion, the completions and their rewards."""
        rows = [row_of(example) for example in batch.examples for _ in range(self._plan.amount.group)]
        self._trainer.state.global_step = batch.number - 1
        sampled = self._sampler.sample(batch.number, [row["prompt"] for row in rows])
        with own_random_state(
            seed_of(self._plan.seed, batch.number, len(rows)), self._trainer.accelerator.device
        ):
            scores = score_rows(
                self._functions, rows, sampled.completions, sampled.token_ids, self._trainer.state
            )
        return rows, sampled, scores

    def _record(
        self,
        batch: Batch,
        rows: Sequence[Mapping[str, Any]],
        sampled: Sampled,
        scores: Sequence[Mapping[str, float | None]],
    ) -> None:
        """Write the groups of a batch, then its line of metrics."""
        texts = map(completion_text, sampled.completions)
        completions = list(map(self._trainer.completion, texts, sampled.token_ids, scores))
        size = self._plan.amount.group
        with self._recorder.guard("completions"):
            told = [
                Row(row["prompt"], row["task"], row["answer"], completion)
                for row, completion in zip(rows, completions, strict=True)
            ]
            self._recorder.groups(Mode.ROLLOUT, batch.number, told, size)
        groups = [completions[start : start + size] for start in range(0, len(completions), size)]
        self._prompts += [
            PromptRate.of(
                Group(batch.number, number, Mode.ROLLOUT, example.prompt, tuple(held), example.task)
            )
            for number, (example, held) in enumerate(zip(batch.examples, groups, strict=True))
        ]
        self._seconds += sampled.seconds
        with self._recorder.guard("metrics"):
            self._recorder.metrics(
                batch.number,
                len(self._plan.batches),
                {**of_batch(completions), **self._recorder.flatness(), "step_time": sampled.seconds}
                | self._figures(),
            )

    def _figures(self) -> dict[str, float]:
        """Return what all batches so far come to, those of earlier attempts among them."""
        tokens = sum(prompt.tokens for prompt in self._prompts)
        return {
            **figures(self._prompts, self._span),
            **by_task(self._prompts, self._span),
            keys.ROLLOUTS_TOKENS_PER_SECOND: tokens / max(self._seconds, 1e-9),
            keys.ROLLOUTS_SECONDS: self._seconds,
            keys.ROLLOUTS_BATCH: self._sampler.at_once,
        }

    def _halved(self, before: int, after: int) -> None:
        """Write down that memory ran out, and what was done about it."""
        changes = {"rollouts.batch": (before, after)}
        retry = Retry(self._session.attempt, self._done + 1, changes, "out of memory")
        with self._recorder.guard("an event"):
            self._session.run.append_event({"time": time.time(), **retry.to_json()})

    def _outcome(self, status: Status) -> Outcome:
        details = {
            "lost_lines": self._recorder.lost,
            "recorder_errors": self._recorder.errors,
            "peak_memory": peak_memory(self._session.device),
        }
        stopped = status is Status.STOPPED
        reason = self._session.stop.reason if stopped else told(self._figures())
        return Outcome(status, self._done, reason, details=details)


def of_batch(completions: Sequence[Completion]) -> dict[str, float]:
    """Return what TRL would log of a generation, under its own keys."""
    lengths = [completion.tokens for completion in completions]
    rewards = [completion.reward for completion in completions if completion.reward is not None]
    found: dict[str, float] = {
        "completions/mean_length": statistics.fmean(lengths),
        "completions/min_length": min(lengths),
        "completions/max_length": max(lengths),
        "completions/clipped_ratio": sum(c.truncated for c in completions) / len(completions),
    }
    for name in completions[0].rewards:
        if scores := [score for c in completions if (score := c.rewards[name]) is not None]:
            found[f"rewards/{name}/mean"] = statistics.fmean(scores)
    if rewards:
        found[keys.REWARD] = statistics.fmean(rewards)
    return found


def told(found: Mapping[str, float]) -> str:
    """Return the figures in a line."""
    n, prompts = found[keys.ROLLOUTS_N], found[keys.ROLLOUTS_PROMPTS]
    start = f"{n:.0f} rollouts of {prompts:.0f} prompts: "
    if keys.ROLLOUTS_REWARD not in found:
        return f"{start}no completion got a reward"
    low, high = found.get(keys.ROLLOUTS_REWARD_LOW), found.get(keys.ROLLOUTS_REWARD_HIGH)
    reach = "" if low is None or high is None else f" ({low:.3f} to {high:.3f})"
    shares = ((keys.ROLLOUTS_NONZERO, "not 0"), (keys.ROLLOUTS_TRUNCATED, "cut off"))
    rest = ", ".join(f"{found[key]:.0%} {word}" for key, word in shares)
    return f"{start}reward {found[keys.ROLLOUTS_REWARD]:.3f}{reach}, {rest}"


def generating_only(experiment: Experiment) -> Experiment:
    """Return an experiment for a trainer that only generates: any number of completions, no second model."""
    grpo = {**(experiment.config.get("grpo") or {}), **UNUSED}
    grpo["per_device_train_batch_size"] = with_defaults(grpo)["num_generations"]
    return replace(experiment, config={**experiment.config, "grpo": grpo, "eval": {}}, stages=())
