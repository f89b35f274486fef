from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from grpotui.launch.check.facts import data_facts
from grpotui.preflight import DeviceFacts, Facts, Finding, ModelFacts, check
from grpotui.presets import Preset, apply_overrides

GB = 10**9
QWEN = ModelFacts(parameters=494_032_768, context=32768, vocabulary=151_936, layers=24, width=896)
GPU = DeviceFacts(False, "GPU 0", 80 * GB, 79 * GB)
CPU = DeviceFacts(True, "the CPU", 25 * GB, 24 * GB)
STORIES = (
    "task={name='stories', n=200}",
    "rewards=[{name='sentence_length_10'}]",
    "grpo.beta=0.02",
    "grpo.max_completion_length=64",
)

BASE: dict[str, Any] = {
    "model": "Qwen/Qwen2-0.5B-Instruct",
    "task": {"name": "arithmetic", "operands": [0, 20], "n": 100},
    "rewards": [{"name": "exact"}],
    "grpo": {
        "num_generations": 16,
        "per_device_train_batch_size": 64,
        "num_train_epochs": 30,
        "learning_rate": 5e-6,
        "beta": 0.1,
        "temperature": 0.7,
        "max_completion_length": 16,
        "save_total_limit": 2,
        "save_steps": 125,
    },
}


def preset(*overrides: str) -> Preset:
    """The journal's baseline with something changed."""
    return apply_overrides(Preset("base", Path("base.toml"), BASE), overrides)


def facts(of: Preset, **known: Any) -> Facts:
    """What is known on a machine with one large GPU; the data is the preset's own."""
    data, probes = data_facts(of.data)
    toy = ModelFacts(parameters=260_000, context=4096, vocabulary=110, layers=2, width=96)
    model = toy if of.data["model"] == "tiny" else QWEN
    return Facts(
        **{"data": data, "probes": probes, "model": model, "device": GPU, "disk_free": 200 * GB, **known}
    )


def found(of: Preset, **known: Any) -> list[Finding]:
    return check(of, facts(of, **known))


@pytest.fixture
def base() -> Preset:
    return preset()
