"""The preflight before a launch: what is asked for, and whether it may be launched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from grpotui.errors import UserError
from grpotui.launch.check.facts import device_facts, gather
from grpotui.launch.request import LaunchRequest
from grpotui.preflight import Finding, Severity, check, refusal
from grpotui.presets import Preset, apply_overrides, launch_settings, problems, validate
from grpotui.records import RunKind
from grpotui.workspace import Workspace

Tell = Callable[[Finding], None]
"""Gets what was found and is not refused."""


def silent(finding: Finding) -> None:
    """Tell nobody."""


def wanted(request: LaunchRequest) -> Preset:
    """Return the preset with all that the request changes in it; not validated. Raises PresetError.

    A training preset that is asked for rollouts is one of kind rollouts from here on.
    """
    seed = () if request.seed is None else (f"grpo.seed={request.seed}",)
    preset = apply_overrides(request.preset, [*request.overrides, *seed])
    data = dict(preset.data)
    if request.kind is RunKind.ROLLOUTS:
        data["kind"] = str(RunKind.ROLLOUTS)
    if request.model is not None:
        data["model"] = _typed_model(request.model)
    return replace(preset, data=data)


def kind_of(request: LaunchRequest, preset: Preset) -> RunKind:
    """Return what the run is to do: what is asked for, else what the preset says."""
    kind = preset.data.get("kind", RunKind.TRAIN)
    return request.kind or (RunKind(kind) if kind in list(RunKind) else RunKind.TRAIN)


def checked(workspace: Workspace, request: LaunchRequest, tell: Tell) -> Preset:
    """Return the wanted preset. Raises UserError for errors of the preflight, unless they are forced.

    A run that goes on from another one was let through before; an evaluation has its parent's preset.
    """
    preset = wanted(request)
    if kind_of(request, preset) is RunKind.EVAL:
        validate(preset)
        _require_device(request, preset)
        return preset
    start = preset.data if request.weights is None else {**preset.data, "model": str(request.weights)}
    found = check(preset, gather(replace(preset, data=start), workspace, request.device))
    hopeless = next(problems(preset), None)
    if hopeless is not None and not hopeless.rule:
        validate(preset)
    forced = request.force or request.parent is not None
    if (hopeless or not forced) and (refused := refusal(found, forcible=hopeless is None)):
        raise UserError(refused)
    for finding in found:
        if finding.level is not Severity.INFO:
            tell(finding)
    return preset


def _require_device(request: LaunchRequest, preset: Preset) -> None:
    """Raise UserError when the machine has not what the run needs, unless that is forced."""
    lacks = device_facts(request.device, launch_settings(preset.data)).lacking
    if lacks and not request.force:
        raise UserError(f"device: {lacks}: it would wait in the queue for that (--force launches it anyway)")


def _typed_model(model: str) -> str:
    """Return a model as a person typed it; a folder is meant from where they are, not from the workspace."""
    folder = Path(model).expanduser()
    return str(folder.absolute()) if (folder / "config.json").is_file() else model
