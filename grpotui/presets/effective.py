"""A config with every default filled in, so that two of them can be compared value by value."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from grpotui.presets.fields import GRPO_FIELDS
from grpotui.presets.sections import SECTIONS
from grpotui.tasks import TaskError
from grpotui.tasks.library import find_reward, find_task


def effective(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a run's config with the defaults of TRL, of its task and rewards, and of our own sections.

    What a config of an older version does not have gets today's default; what cannot be read stays as it is.
    """
    found = dict(config)
    for name, section in SECTIONS.items():
        found[name] = _filled(section, config.get(name, {}))
    trl = {name: field.default for name, field in GRPO_FIELDS.items()}
    if isinstance(config.get("grpo"), Mapping):
        found["grpo"] = {**trl, **config["grpo"]}
    task, rewards = config.get("task"), config.get("rewards")
    if isinstance(task, Mapping):
        found["task"] = _named(task, lambda name: find_task(name).settings)
    if isinstance(rewards, list):
        found["rewards"] = [
            _named(one, lambda name: find_reward(name, "").settings) if isinstance(one, Mapping) else one
            for one in rewards
        ]
    return found


def _named(table: Mapping[str, Any], settings: Callable[[object], type]) -> dict[str, Any]:
    """Fill in a table that says by its ``name`` which settings it takes."""
    try:
        return _filled(settings(table.get("name")), table)
    except TaskError:
        return dict(table)


def _filled(declared: type, values: object) -> dict[str, Any]:
    defaults = {}
    for field in dataclasses.fields(declared):
        if field.default is not dataclasses.MISSING:
            defaults[field.name] = field.default
        elif field.default_factory is not dataclasses.MISSING:
            defaults[field.name] = field.default_factory()
    plain = {name: list(value) if isinstance(value, tuple) else value for name, value in defaults.items()}
    return {**plain, **values} if isinstance(values, Mapping) else plain
