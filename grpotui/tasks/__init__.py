"""Prompts, answers, parsers and rewards. Standard library only."""

from grpotui.tasks.build import (
    build_held_out,
    build_rewards,
    build_task,
    duplicates,
    example_names,
    first_examples,
    parse_first,
    prompt_count,
    reward_names,
    split_task,
    task_names,
    total_range,
    validate_rewards,
    validate_task,
)
from grpotui.tasks.model import DeferredError, Example, Reward, TaskError
from grpotui.tasks.split import Split

__all__ = [
    "DeferredError",
    "Example",
    "Reward",
    "Split",
    "TaskError",
    "build_held_out",
    "build_rewards",
    "build_task",
    "duplicates",
    "example_names",
    "first_examples",
    "parse_first",
    "prompt_count",
    "reward_names",
    "split_task",
    "task_names",
    "total_range",
    "validate_rewards",
    "validate_task",
]
