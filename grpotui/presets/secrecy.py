"""Presets are copied into every run and shown on screens: no secret may stand in one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from grpotui.presets.preset import Problem

_SECRET_KEY = re.compile(r"(^|_)(token|key|apikey|secret|password|passwd|credentials?)$")
_VOCABULARY = re.compile(r"(^|_)(bos|eos|pad|unk|sep|cls|mask|stop|image|video|audio)_token$")
_SECRET_VALUE = re.compile(
    r"\b(hf_[A-Za-z0-9]{20,}|sk-[A-Za-z0-9_-]{20,}|gh[opsu]_[A-Za-z0-9]{20,}|github_pat_\w{20,})"
)
_ADVICE = "a preset is no place for secrets: set it in the environment, such as HF_TOKEN or WANDB_API_KEY"


def secrets_in(path: str, value: Any) -> Iterator[Problem]:
    """Yield every field in ``value`` that is a secret by its name or its look; never its value."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from secrets_in(f"{path}.{key}" if path else str(key), inner)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from secrets_in(f"{path}.{index}", inner)
    elif isinstance(value, str) and value and (_named_secret(path) or _SECRET_VALUE.search(value)):
        yield Problem(path, _ADVICE)


def _named_secret(path: str) -> bool:
    """True for the names that hold secrets in ``[grpo]``; other sections' names are the tool's own."""
    name = path.rpartition(".")[2].lower()
    return path.startswith("grpo.") and bool(_SECRET_KEY.search(name)) and not _VOCABULARY.search(name)
