"""What TRL and transformers refuse in a GRPOConfig, said before anything is started and without torch.

The messages are theirs; a test compares them with the installed versions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from grpotui.presets.fields import GRPO_FIELDS
from grpotui.presets.preset import Problem
from grpotui.presets.sections import Limit

LIMITS: Mapping[str, Limit] = {
    "dataloader_num_workers": Limit(low=0),
    "beta": Limit(low=0),
    "epsilon": Limit(0, above=True),
    "generation_batch_size": Limit(low=1),
    "gradient_accumulation_steps": Limit(low=1),
    "learning_rate": Limit(low=0),
    "max_completion_length": Limit(low=1),
    "max_grad_norm": Limit(low=0),
    "min_p": Limit(0, 1),
    "num_iterations": Limit(low=1),
    "num_train_epochs": Limit(0, above=True),
    "per_device_train_batch_size": Limit(low=1),
    "repetition_penalty": Limit(0, above=True),
    "save_total_limit": Limit(low=1),
    "seed": Limit(0, 2**32 - 1),
    "steps_per_generation": Limit(low=1),
    "temperature": Limit(0, above=True),
    "top_entropy_quantile": Limit(0, 1),
    "top_k": Limit(low=0),
    "top_p": Limit(0, 1, above=True),
    "torch_empty_cache_steps": Limit(low=1),
}
"""Values outside make TRL, transformers or torch fail late, naming no field, or train without effect."""

ONLY: Mapping[str, object] = {"eval_strategy": "no", "eval_on_start": False, "load_best_model_at_end": False}
"""Fields that stay at their default: the tool evaluates by itself, and keeps the best beside the last."""


class _Config(dict[str, Any]):
    """The values of ``[grpo]``, over TRL's defaults, on ``world`` processes."""

    world = 1

    def __missing__(self, name: str) -> Any:
        return GRPO_FIELDS[name].default


@dataclass(frozen=True, slots=True)
class Rule:
    """One check over fields that must agree. ``check`` returns TRL's message, or None."""

    fields: tuple[str, ...]
    check: Callable[[_Config], str | None]
    name: str = ""


def refusals(grpo: Mapping[str, Any], trains: bool = True, world: int = 1) -> Iterator[Problem]:
    """Yield what TRL would refuse; every value in ``grpo`` must already be of a kind that its field takes.

    A run that ``trains`` nothing divides no batches; ``world`` processes train together.
    """
    config = _Config(grpo)
    config.world = world
    for rule in RULES:
        if not trains and set(rule.fields) & set(_BATCH):
            continue
        message = rule.check(config)
        if message is not None:
            set_ = [name for name in rule.fields if config[name] is not None]
            values = ", ".join(f"{name} = {_toml(config[name])}" for name in set_)
            yield Problem(f"grpo.{rule.fields[0]}", f"TRL refuses {values}: {message}", rule.name)


def weights_refusal(weights: int, rewards: int) -> Problem:
    """Return TRL's refusal of ``reward_weights`` that are not one for each reward."""
    message = f"Number of reward weights ({weights}) must match number of reward functions ({rewards})"
    return Problem("grpo.reward_weights", f"TRL refuses it: {message}")


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def _hub_repo(c: _Config) -> str | None:
    if c["log_completions_hub_repo"] is None or c["log_completions"]:
        return None
    return (
        "log_completions_hub_repo is set, but log_completions is False. Enable log_completions to upload "
        "completions to the Hub, or unset log_completions_hub_repo."
    )


def _auto_batch(c: _Config) -> str | None:
    if not c["auto_find_batch_size"]:
        return None
    return (
        "auto_find_batch_size is not supported by GRPO, because the generation batch must contain full "
        "prompt groups of num_generations completions, and reducing the batch size on out-of-memory breaks "
        "this invariant. Set auto_find_batch_size=False and lower per_device_train_batch_size instead."
    )


def _both_generation(c: _Config) -> str | None:
    if c["generation_batch_size"] is None or c["steps_per_generation"] is None:
        return None
    return "'generation_batch_size' and 'steps_per_generation' can not be both configured at the same time"


def _global_batch(c: _Config) -> str | None:
    size, batch = c["generation_batch_size"], c["per_device_train_batch_size"] * c.world
    if size is None or c["steps_per_generation"] is not None or size % batch == 0:
        return None
    return f"generation_batch_size ({size}) must be divisible by the global batch size ({batch})."


def with_defaults(grpo: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a ``[grpo]`` table that has TRL's default for every field it does not name."""
    return _Config(grpo)


def generation_size(grpo: Mapping[str, Any], world: int = 1) -> int:
    """Return the completions of one generation over ``world`` processes, as TRL derives them."""
    c = _Config(grpo)
    steps = c["steps_per_generation"] or c["gradient_accumulation_steps"]
    return int(c["generation_batch_size"] or c["per_device_train_batch_size"] * world * steps)


def rhythm(grpo: Mapping[str, Any], world: int = 1) -> tuple[int, int, int]:
    """Return gradient_accumulation_steps, steps_per_generation and num_iterations, as TRL derives them."""
    c = _Config(grpo)
    accumulated = int(c["gradient_accumulation_steps"])
    derived = generation_size(grpo, world) // (int(c["per_device_train_batch_size"]) * world)
    return accumulated, int(c["steps_per_generation"] or derived), int(c["num_iterations"])


def group_size(grpo: Mapping[str, Any]) -> int:
    """Return the completions of one prompt."""
    return int(_Config(grpo)["num_generations"])


def _full_groups(c: _Config) -> str | None:
    size, group = generation_size(c, c.world), group_size(c)
    if group < 1 or size % group == 0 or _both_generation(c):
        return None
    return f"generation_batch_size ({size}) must be divisible by num_generations ({group})."


def _two_generations(c: _Config) -> str | None:
    if c["num_generations"] >= 2:
        return None
    return (
        "GRPO requires at least 2 generations per prompt to calculate the advantages. You provided "
        f"{c['num_generations']}, which is less than the minimum required."
    )


def _scheduler(c: _Config) -> str | None:
    scheduler = c["lr_scheduler_type"]
    if scheduler not in ("reduce_lr_on_plateau", "greedy") or c["eval_strategy"] != "no":
        return None
    return f"lr_scheduler_type {scheduler} requires an eval strategy"


def _half_precision(c: _Config) -> str | None:
    both = c["fp16"] and c["bf16"]
    return "At most one of fp16 and bf16 can be True, but not both" if both else None


def _whole_steps(name: str) -> Callable[[_Config], str | None]:
    def check(c: _Config) -> str | None:
        strategy = c[f"{name.removesuffix('_steps')}_strategy"]
        if strategy != "steps" or c[name] <= 1 or c[name] == int(c[name]):
            return None
        return f"--{name} must be an integer if bigger than 1: {c[name]}"

    return check


def _no_logging(c: _Config) -> str | None:
    if c["logging_strategy"] == "steps" and c["logging_steps"] == 0:
        return "logging strategy IntervalStrategy.STEPS requires non-zero --logging_steps"
    return None


def _warmup(c: _Config) -> str | None:
    steps = c["warmup_steps"]
    return f"Got warmup_steps = {steps}, Expected value warmup_steps >= 0" if steps < 0 else None


def _prefetch(c: _Config) -> str | None:
    if c["dataloader_num_workers"] or c["dataloader_prefetch_factor"] is None:
        return None
    return (
        "--dataloader_prefetch_factor can only be set when data is loaded in a different process, i.e. when "
        "--dataloader_num_workers > 0."
    )


def _reference_sync(c: _Config) -> str | None:
    if not c["sync_ref_model"] or c["beta"] != 0.0:
        return None
    return (
        "You passed `sync_ref_model=True` while `beta=0.0`, which means the reference model is not used "
        "during training. Consequently, GRPOTrainer does not create a `ref_model` instance, and there is "
        "nothing to synchronize. Please set `sync_ref_model=False`, or set `beta` to a non-zero value."
    )


def _clip_order(c: _Config) -> str | None:
    low, high = (c[f"vllm_importance_sampling_clip_{end}"] for end in ("min", "max"))
    if low is None or high is None or low < high:
        return None
    name = "vllm_importance_sampling_clip"
    return f"{name}_min ({low}) must be less than {name}_max ({high})."


_BATCH = (
    "per_device_train_batch_size",
    "gradient_accumulation_steps",
    "steps_per_generation",
    "generation_batch_size",
)
RULES = (
    Rule(("lr_scheduler_type",), _scheduler),
    Rule(("logging_steps",), _no_logging),
    Rule(("logging_steps",), _whole_steps("logging_steps")),
    Rule(("save_steps",), _whole_steps("save_steps")),
    Rule(("fp16", "bf16"), _half_precision),
    Rule(("warmup_steps",), _warmup),
    Rule(("dataloader_prefetch_factor", "dataloader_num_workers"), _prefetch),
    Rule(("log_completions_hub_repo", "log_completions"), _hub_repo),
    Rule(("auto_find_batch_size",), _auto_batch),
    Rule(("num_generations",), _two_generations, "two-generations"),
    Rule(("generation_batch_size", "per_device_train_batch_size"), _global_batch, "global-batch"),
    Rule(("generation_batch_size", "steps_per_generation"), _both_generation),
    Rule(("num_generations", *_BATCH), _full_groups, "full-groups"),
    Rule(("vllm_importance_sampling_clip_min", "vllm_importance_sampling_clip_max"), _clip_order),
    Rule(("sync_ref_model", "beta"), _reference_sync),
)
"""In the order in which they are told."""
