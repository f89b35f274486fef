"""Prompts, answers, parsers and rewards. Standard library only."""

from grpotui.tasks.build import (
    build_held_out,
    build_rewards,
    build_task,
    parse_first,
    reward_names,
    task_names,
    total_range,
    validate_rewards,
    validate_task,
)
from grpotui.tasks.model import Example, Reward, TaskError

__all__ = [
    "Example",
    "Reward",
    "TaskError",
    "build_held_out",
    "build_rewards",
    "build_task",
    "parse_first",
    "reward_names",
    "task_names",
    "total_range",
    "validate_rewards",
    "validate_task",
]
