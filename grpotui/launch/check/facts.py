"""What the preflight must know of machine, model and data. No torch; well under half a second."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

from grpotui.errors import UserError
from grpotui.launch.check.model_facts import model_facts
from grpotui.launch.machine import leases, sharing
from grpotui.launch.machine.device import Device
from grpotui.launch.machine.memory import main_memory
from grpotui.launch.machine.wanted import lacking, wanted
from grpotui.preflight import DataFacts, DeviceFacts, Facts, Peak, Probe, Tokens, probe_rewards
from grpotui.presets import Preset, check_model, launch_settings
from grpotui.presets.grpo_rules import with_defaults
from grpotui.presets.sections import LaunchSettings
from grpotui.presets.stages import tasks_of
from grpotui.registry import connect, earlier, history
from grpotui.registry.past import PastRun, past_runs
from grpotui.tasks import (
    DeferredError,
    Example,
    TaskError,
    build_rewards,
    duplicates,
    prompt_count,
    split_task,
)
from grpotui.tasks.tables import read_quickly
from grpotui.workspace import Workspace

_READ = 300
"""Prompts that are made to see how long they are; the tasks make them in random order."""
_PIECE = re.compile(r"\d|[^\W\d]+|[^\w\s]|\s{2,}")
_PER_TOKEN = 5
"""Letters of a word that a token holds, roughly."""
_MOST_PER_TOKEN = 12
"""Characters that hardly any token goes beyond."""
_MOST_DIGITS = 4
_USUAL = LaunchSettings()


def gather(preset: Preset, workspace: Workspace | None, device: str = "auto") -> Facts:
    """Return the facts for a preset, as far as they can be had; ``device`` goes before the preset's own."""
    data, probes = data_facts(preset.data)
    model = preset.data.get("model")
    name = model if isinstance(model, str) else ""
    where = device_facts(device, launch_settings(preset.data))
    past = _past(workspace, name)
    return Facts(
        data=data,
        model=model_facts(name, workspace),
        device=where,
        disk_free=_disk(workspace),
        peaks=tuple(_peaks(past, where.is_cpu)),
        pass_rate=_pass_rate(past, preset.data),
        probes=probes,
        vllm=find_spec("vllm") is not None,
        tried=_tried(workspace, preset.data),
    )


def tokens(text: str) -> Tokens:
    """Return about how many tokens a text has in a tokenizer that writes numbers digit by digit."""
    pieces = (max(1, -(-len(piece) // _PER_TOKEN)) for piece in _PIECE.findall(text))
    digits = sum(char.isdigit() for char in text)
    return Tokens(max(-(-len(text) // _MOST_PER_TOKEN), -(-digits // _MOST_DIGITS)), sum(pieces))


def data_facts(data: Mapping[str, Any]) -> tuple[DataFacts, tuple[Probe, ...]]:
    """Return what the prompts are, and what the rewards give for texts that are known beforehand."""
    try:
        tasks = [task for _, task in tasks_of(data)]
        return _data(json.dumps(tasks), json.dumps(data.get("rewards")))
    except (TypeError, ValueError, KeyError, AttributeError, RecursionError):
        # Validation refuses it, and says why.
        return DataFacts(None, None, error="[task] or [[rewards]] cannot be read"), ()


@lru_cache(maxsize=32)
def _data(tasks: str, rewards: str) -> tuple[DataFacts, tuple[Probe, ...]]:
    stages, deferred = json.loads(tasks), ""
    try:
        made = build_rewards(json.loads(rewards))
        own = [reward.source for reward in made if reward.source]
        deferred = f"{', '.join(own)} is loaded by the trainer only" if own else ""
        found = [_examples(stage) for stage in stages]
    except DeferredError as error:
        return DataFacts(prompt_count(stages[0]), None, deferred=str(error)), ()
    except TaskError as error:
        return DataFacts(None, None, error=str(error)), ()
    facts = _describe([example for part in found for example in part], *_counts(stages[0], found[0]))
    return replace(facts, deferred=deferred), probe_rewards(made, [e for part in found for e in part])


def _examples(task: Mapping[str, Any]) -> list[Example]:
    """Return the training examples of a task, at most about _READ where it can pose any number."""
    count = prompt_count(task)
    if count is None:  # all rows of a dataset that are not held out
        return split_task(task, read_quickly).train
    some = {**task, "n": min(count, _READ), "held_out": min(task.get("held_out") or 0, _READ)}
    return split_task(some, read_quickly).train


def _counts(task: Mapping[str, Any], examples: Sequence[Example]) -> tuple[int, int]:
    """Return (prompts, different prompts) of a task; where they repeat in what was read, those in there."""
    rows, repeated = max(prompt_count(task) or 0, len(examples)), duplicates(examples)
    return rows, len(examples) - repeated if repeated else rows


def _describe(examples: Sequence[Example], rows: int, distinct: int) -> DataFacts:
    return DataFacts(
        rows=rows,
        distinct=distinct,
        longest_prompt=_longest([example.prompt for example in examples]),
        longest_answer=_longest([example.gold for example in examples if example.gold is not None]),
    )


def _longest(texts: Sequence[str]) -> Tokens:
    return max(map(tokens, texts), key=lambda found: found.guess, default=Tokens())


def device_facts(policy: str, settings: LaunchSettings = _USUAL) -> DeviceFacts:
    """Return the device that a run would get, and its memory; of several GPUs, the one with most of it free.

    A device that a run of ours has counts as free: the queue waits for it. ``policy`` goes before that of
    the settings unless it is "auto". Raises UserError when the fake devices cannot be read.
    """
    found, need = wanted(settings.device if policy == "auto" else policy, settings)
    lacks = lacking(found, need)
    gpus = [device for device in found if device.is_gpu and not device.is_fake]
    if not gpus:
        total, free = main_memory()
        return DeviceFacts(True, "the CPU", total, free, lacks)
    kept = [DeviceFacts(False, device.label, device.memory, _free(device), lacks) for device in gpus]
    return max(kept, key=lambda facts: facts.free)


def _free(device: Device) -> int:
    try:
        ours = leases.holders(device)
    except (UserError, OSError):
        ours = []
    return device.memory if ours else max(0, sharing.free_memory(device, sharing.look(device), ()))


def _disk(workspace: Workspace | None) -> int | None:
    try:
        return shutil.disk_usage(workspace.logs).free if workspace else None
    except OSError:
        return None


def _past(workspace: Workspace | None, model: str) -> list[PastRun]:
    if workspace is None:
        return []
    try:
        model = check_model(model, workspace)  # as runs keep it
        connection = connect(workspace)
    except (UserError, sqlite3.Error, OSError):
        return []
    try:
        return past_runs(connection, model)
    except sqlite3.Error:
        return []
    finally:
        connection.close()


def _peaks(past: Sequence[PastRun], is_cpu: bool) -> list[Peak]:
    found = []
    for run in past:
        grpo = run.config.get("grpo") or {}
        batch, length = grpo.get("per_device_train_batch_size"), grpo.get("max_completion_length")
        if run.peak_memory and run.is_cpu is is_cpu and isinstance(batch, int) and isinstance(length, int):
            found.append(Peak(run.id, run.peak_memory, batch * length))
    return found


def _pass_rate(past: Sequence[PastRun], data: Mapping[str, Any]) -> float | None:
    """Return what the newest run of the same task and rewards began with."""
    same = (run for run in past if run.config.get("task") == data.get("task"))
    rates = (run.first_reward for run in same if _names(run.config) == _names(data))
    return next((rate for rate in rates if rate is not None), None)


def _tried(workspace: Workspace | None, data: Mapping[str, Any]) -> tuple[str, ...]:
    """Return past experiments that a preset is like, with what became of them."""
    grpo = data.get("grpo")
    settings = earlier.settings_of({"grpo": with_defaults(grpo if isinstance(grpo, Mapping) else {})})
    found = earlier.tried(earlier.reward_name(data), settings, history.known(workspace))
    return tuple(f"{run}: {run.came}" for run in found)


def _names(data: Mapping[str, Any]) -> list[str]:
    rewards = data.get("rewards")
    return [str(reward.get("name")) for reward in rewards if isinstance(reward, Mapping)] if rewards else []
