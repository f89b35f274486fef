"""What a sweep will be: its points, seeds and what every run of it has; nothing is written yet."""

from __future__ import annotations

import copy
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from grpotui.contract import parted
from grpotui.contract.sweeps import without_baseline
from grpotui.launch.check.checked import wanted
from grpotui.launch.request import LaunchRequest
from grpotui.launch.sweeps.pairs import override
from grpotui.presets import Preset, PresetError, problems
from grpotui.presets.grid import axes_of, points_of, typed_axes
from grpotui.presets.grpo_rules import LIMITS, with_defaults
from grpotui.presets.resolve import sweep_settings
from grpotui.presets.search_rules import baseline_of
from grpotui.presets.searching import SEARCH_SECTIONS
from grpotui.records import RunKind
from grpotui.records.sweeps import Sweep
from grpotui.secrecy import redact
from grpotui.tasks.settings import shown
from grpotui.workspace import Workspace, new_id

MOST_RUNS = 2000
"""Of one sweep."""
STOP = "checkpoint-and-stop"
"""What follows from a verdict that ends the runs of a sweep early."""
_OF_TRAINING = ("curriculum", "eval", "notify")
"""Tables of a training preset that a probe of it has no use for."""


@dataclass(frozen=True, slots=True)
class SweepRequest:
    """A preset and what to make of it; None and empty leave it to the preset's ``[sweep]``."""

    preset: Preset
    grid: tuple[str, ...] = ()
    """``FIELD=A,B`` texts; they replace the preset's grid."""
    random: int | None = None
    seeds: int | None = None
    seed: int | None = None
    """The first of the seeds, and what random points are drawn with."""
    seed_values: tuple[int, ...] = ()
    """The seeds themselves where they are not so many in a row; they go before ``seeds`` and ``seed``."""
    overrides: tuple[str, ...] = ()
    model: str | None = None
    name: str | None = None
    tags: tuple[str, ...] = ()
    device: str = "auto"
    max_parallel: int | None = None
    probe: bool = False
    """Only generate, whatever kind the preset is of."""
    rollouts: int | None = None
    """Completions of each point of a probe."""
    force: bool = False
    """Launch it though the preflight finds errors."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A sweep that nothing was written of, and what a person should know of it, a line each."""

    sweep: Sweep
    base: Preset
    """With all changes that the points share."""
    notes: tuple[str, ...] = ()

    @property
    def runs(self) -> int:
        """How many runs it will be."""
        return len(self.sweep.points) * len(self.sweep.seeds)


def plan(workspace: Workspace, request: SweepRequest) -> Plan:
    """Return what a sweep will be. Raises PresetError for what cannot be, field by field."""
    notes: list[str] = []
    asked = wanted(LaunchRequest(request.preset, request.overrides, model=request.model))
    data = copy.deepcopy(asked.data)
    if request.probe:
        data = _probing(data, request, notes)
    _search_tables(data, request, notes)
    _require_tables(replace(asked, data=data))
    sweep = _sweep_of(asked.name, data, request)
    shared = {key: value for key, value in data.items() if key not in SEARCH_SECTIONS}
    if "contract" in data:
        shared["contract"] = parted(data["contract"])[0]
    settings = sweep_settings(data)
    if sweep.kind is RunKind.TRAIN and isinstance(data.get("health", {}), dict):
        shared["health"] = {**_policies(settings.stop), **_table(data, "health")}
    base = replace(asked, data=shared)
    named = replace(sweep, id=_fresh(workspace, sweep.name or asked.name))
    return Plan(replace(named, asked=_asked(base, request, settings.same_prompts)), base, tuple(notes))


def _require_tables(preset: Preset) -> None:
    """Raise PresetError for what is wrong with tables about many runs; the rest is checked by points."""
    for problem in problems(preset):
        if problem.path.partition(".")[0] in (*SEARCH_SECTIONS, "contract", "kind"):
            raise PresetError(f"{problem} (preset {preset.name})")


def _sweep_of(preset: str, data: Mapping[str, Any], request: SweepRequest) -> Sweep:
    """Return what a valid preset makes, without an id. Raises PresetError for none, or too much."""
    settings, axes = sweep_settings(data), axes_of(data["sweep"].get("grid"))
    kind = RunKind(data.get("kind", RunKind.TRAIN))
    if not axes and settings.seeds < 2 and kind is not RunKind.ROLLOUTS:
        raise PresetError(
            f"{preset} has no grid: say --grid FIELD=A,B, such as grpo.beta=0,0.01, or --seeds N"
        )
    baseline = baseline_of(data, axes)
    seeds = _seeds_of(data, request, settings.seeds)
    points = points_of(axes, settings.random, seeds[0], baseline or None)
    if (runs := len(points) * len(seeds)) > MOST_RUNS:
        raise PresetError(f"{len(points)} points x {len(seeds)} seeds are {runs} runs: at most {MOST_RUNS}")
    return Sweep(
        id="",
        preset=preset,
        kind=kind,
        created_at=time.time(),
        axes=axes,
        points=tuple(points),
        seeds=seeds,
        overrides=_overrides(data, request),
        metric=settings.metric,
        baseline=baseline,
        max_parallel=settings.max_parallel or None,
        contract=parted(data.get("contract"))[1],
        confirm=data.get("confirm") or {},
        promote=data.get("promote") or {},
        name=redact(request.name or ""),
        seed=seeds[0],
    )


def _seeds_of(data: Mapping[str, Any], request: SweepRequest, count: int) -> tuple[int, ...]:
    """Return the seeds of every point. Raises PresetError for what cannot be one, or is there twice."""
    first = with_defaults(_table(data, "grpo"))["seed"] if request.seed is None else request.seed
    if not isinstance(first, int):
        raise PresetError(f"grpo.seed: expected a whole number, got {shown(first)}")
    seeds = request.seed_values or tuple(range(first, first + count))
    for place, seed in enumerate(seeds):
        if wrong := LIMITS["seed"].broken(seed):
            raise PresetError(f"seed {seed}: {wrong}")
        if seed in seeds[:place]:
            raise PresetError(f"seed {seed} is given twice: each repeats a point once")
    return seeds


def _overrides(data: Mapping[str, Any], request: SweepRequest) -> tuple[str, ...]:
    """Return all changes to the preset as ``--set`` takes them, whichever option asked for one."""
    further = [] if request.model is None else [override("model", data["model"])]
    if request.probe and request.rollouts is not None:
        further.append(override("rollouts.n", request.rollouts))
    return (*request.overrides, *further)


def _probing(data: dict[str, Any], request: SweepRequest, notes: list[str]) -> dict[str, Any]:
    """Return a preset's data as that of a probe; of a training preset, its grid is not one for probes."""
    if data.get("kind") != RunKind.ROLLOUTS:
        gone = [name for name in _OF_TRAINING if data.pop(name, None)]
        of_sweep = parted(data.pop("contract", None))[1]
        if "sweep" in data:
            data["sweep"] = {
                key: value
                for key, value in data["sweep"].items()
                if key not in ("grid", "baseline", "metric")
            }
            of_sweep = of_sweep if _says(request, "contract") else {}
        data["contract"] = of_sweep
        data["kind"] = str(RunKind.ROLLOUTS)
        if "curriculum" in gone:
            notes.append("a probe has no stages: its prompts are those of [task]")
    if request.rollouts is not None and isinstance(data.get("rollouts", {}), dict):
        data["rollouts"] = {**_table(data, "rollouts"), "n": request.rollouts}
    return data


def _search_tables(data: dict[str, Any], request: SweepRequest, notes: list[str]) -> None:
    """Put what the request says into ``[sweep]``; a baseline that is no point of its grid goes."""
    table = data.get("sweep", {})
    if not isinstance(table, dict):
        raise PresetError("sweep: expected a table")
    seeds = len(request.seed_values) or request.seeds
    said = {"random": request.random, "seeds": seeds, "max_parallel": request.max_parallel}
    data["sweep"] = table = {**table, **{key: value for key, value in said.items() if value is not None}}
    if not request.grid:
        return
    axes = typed_axes(request.grid)
    table["grid"] = {field: list(values) for field, values in axes.items()}
    if request.random is None:
        table.pop("random", None)
    if _says(request, "sweep.baseline"):
        return
    try:
        baseline_of(data, axes)
    except PresetError as error:
        table.pop("baseline", None)
        notes.append(f"the preset's baseline is no point of this grid, so there is none: {error}")
        if not _says(request, "contract"):
            of_runs, of_sweep = parted(data.get("contract"))
            data["contract"] = {**of_runs, **without_baseline(of_sweep)}


def _table(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a table of a preset, which need not be valid."""
    found = data.get(name)
    return found if isinstance(found, dict) else {}


def _says(request: SweepRequest, field: str) -> bool:
    """True when the command line itself sets a field, or something below it."""
    paths = (text.partition("=")[0].strip() for text in request.overrides)
    return any(path == field or path.startswith(f"{field}.") for path in paths)


def _policies(stop: tuple[str, ...]) -> dict[str, str]:
    return {f"on_{verdict.replace('-', '_')}": STOP for verdict in stop}


def _asked(base: Preset, request: SweepRequest, same_prompts: bool) -> dict[str, Any]:
    return {
        "data": base.data,
        "preset_file": str(base.path),
        "folders": [str(folder) for folder in base.folders],
        "tags": [redact(tag) for tag in request.tags],
        "device": request.device,
        "same_prompts": same_prompts,
    }


def base_of(sweep: Sweep) -> Preset | None:
    """Return what the runs of a sweep are made of, as it stands in its line; None where it does not."""
    data, folders = sweep.asked.get("data"), sweep.asked.get("folders")
    if not isinstance(data, dict):
        return None
    listed = folders if isinstance(folders, list) else []
    path = Path(str(sweep.asked.get("preset_file") or sweep.preset))
    return Preset(sweep.preset, path, data, tuple(Path(str(folder)) for folder in listed))


def _fresh(workspace: Workspace, name: str) -> str:
    """Return an id that no run has."""
    while (found := new_id(name)) and workspace.run(found).path.exists():
        continue
    return found
