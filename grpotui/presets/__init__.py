"""Presets: TOML files that are whole experiments. Standard library only."""

from grpotui.presets.code import CodeFile, code_files
from grpotui.presets.loader import available, load, preset_text
from grpotui.presets.models import check_model
from grpotui.presets.overrides import apply_overrides, parse_value
from grpotui.presets.preset import Preset, PresetError, PresetInfo, Problem
from grpotui.presets.resolve import eval_settings, health_settings, launch_settings, resolve
from grpotui.presets.steps import planned_steps
from grpotui.presets.validate import problems, validate

__all__ = [
    "CodeFile",
    "Preset",
    "PresetError",
    "PresetInfo",
    "Problem",
    "apply_overrides",
    "available",
    "check_model",
    "code_files",
    "eval_settings",
    "health_settings",
    "launch_settings",
    "load",
    "parse_value",
    "planned_steps",
    "preset_text",
    "problems",
    "resolve",
    "validate",
]
