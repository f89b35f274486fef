"""A preset with our own defaults filled in: what ``run.json`` keeps as its config."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Mapping
from typing import Any

from grpotui.contract import CRITERIA, parted
from grpotui.presets.accelerate import config_file
from grpotui.presets.kinds import fits
from grpotui.presets.preset import Preset
from grpotui.presets.searching import (
    SEARCH_SECTIONS,
    ConfirmSettings,
    PromoteSettings,
    RolloutSettings,
    SweepSettings,
)
from grpotui.presets.sections import SECTIONS, EvalSettings, LaunchSettings, annotated_kinds
from grpotui.presets.stages import with_stage_files
from grpotui.records import HealthSettings, RunKind
from grpotui.tasks.files import rewards_with_files, with_files


def resolve(preset: Preset) -> dict[str, Any]:
    """Return the whole config of a valid preset: summary, model, kind, task, rewards, grpo and each section.

    Tables about many runs, and lines of the contract about them, are left out. TRL's defaults are left to
    TRL; files get absolute paths. ``grpo.reward_weights`` moves to the rewards' own ``weight``, so that the
    range of the total reward is known wherever rewards are read. Raises TaskError for a file that is gone.
    """
    data = copy.deepcopy(preset.data)
    config: dict[str, Any] = {
        "summary": "",
        "model": "",
        "kind": "train",
        "task": {},
        "rewards": [],
        "grpo": {},
    }
    config.update({name: value for name, value in data.items() if name not in SEARCH_SECTIONS})
    if config.get("curriculum"):
        config["curriculum"] = with_stage_files(config, preset.folders)
    config["task"] = with_files(config["task"], preset.folders)
    config["rewards"] = rewards_with_files(config["rewards"], preset.folders)
    weights = config["grpo"].pop("reward_weights", None)
    for reward, weight in zip(config["rewards"], weights or (), strict=False):
        reward["weight"] = weight
    sections = dict(SECTIONS)
    if config["kind"] == RunKind.ROLLOUTS:
        sections["rollouts"] = RolloutSettings
    else:
        config.pop("rollouts", None)
    for name, section in sections.items():
        defaults = {key: _plain(value) for key, value in dataclasses.asdict(section()).items()}
        config[name] = {**defaults, **data.get(name, {})}
    if "sweep" in data:
        config["contract"] = {
            **config["contract"],
            **dict.fromkeys(CRITERIA, ""),
            **parted(config["contract"])[0],
        }
    if name := config["launch"]["accelerate"]:
        config["launch"]["accelerate"] = str(config_file(name, preset.folders) or name)
    return config


def health_settings(data: Mapping[str, Any]) -> HealthSettings:
    """Return the ``[health]`` table of a config; missing or unreadable fields are defaults."""
    return HealthSettings(**_readable(HealthSettings, data.get("health")))


def eval_settings(data: Mapping[str, Any]) -> EvalSettings:
    """Return the ``[eval]`` table of a config; missing or unreadable fields are defaults."""
    return EvalSettings(**_readable(EvalSettings, data.get("eval")))


def launch_settings(data: Mapping[str, Any]) -> LaunchSettings:
    """Return the ``[launch]`` table of a config; missing or unreadable fields are defaults."""
    return LaunchSettings(**_readable(LaunchSettings, data.get("launch")))


def rollout_settings(data: Mapping[str, Any]) -> RolloutSettings:
    """Return the ``[rollouts]`` table of a config; missing or unreadable fields are defaults."""
    return RolloutSettings(**_readable(RolloutSettings, data.get("rollouts")))


def sweep_settings(data: Mapping[str, Any]) -> SweepSettings:
    """Return the ``[sweep]`` table of a preset; missing or unreadable fields are defaults."""
    return SweepSettings(**_readable(SweepSettings, data.get("sweep")))


def confirm_settings(data: Mapping[str, Any]) -> ConfirmSettings:
    """Return the ``[confirm]`` table of a preset or sweep; missing or unreadable fields are defaults."""
    return ConfirmSettings(**_readable(ConfirmSettings, data.get("confirm")))


def promote_settings(data: Mapping[str, Any]) -> PromoteSettings:
    """Return the ``[promote]`` table of a preset or sweep; missing or unreadable fields are defaults."""
    return PromoteSettings(**_readable(PromoteSettings, data.get("promote")))


def _readable(section: type, values: object) -> dict[str, Any]:
    if not isinstance(values, Mapping):
        return {}
    kept = {}
    for field in dataclasses.fields(section):
        kinds, items = annotated_kinds(field.type)
        if field.name in values and fits(values[field.name], kinds, items):
            value = values[field.name]
            kept[field.name] = tuple(value) if isinstance(value, list) else value
    return kept


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
