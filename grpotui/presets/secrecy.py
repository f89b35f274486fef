"""Presets are copied into every run and shown on screens: no secret may stand in one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from grpotui.presets.preset import Problem
from grpotui.secrecy import holds_secret, names_secret

_ADVICE = "a preset is no place for secrets: set it in the environment, such as HF_TOKEN or WANDB_API_KEY"


def secrets_in(path: str, value: Any) -> Iterator[Problem]:
    """Yield every field in ``value`` that is a secret by its name or its look; never its value."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from secrets_in(f"{path}.{key}" if path else str(key), inner)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from secrets_in(f"{path}.{index}", inner)
    elif isinstance(value, str) and value and (names_secret(path.rpartition(".")[2]) or holds_secret(value)):
        yield Problem(path, _ADVICE)
