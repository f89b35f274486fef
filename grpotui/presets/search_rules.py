"""What is wrong with the tables about many runs: ``[sweep]``, ``[confirm]``, ``[promote]``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from grpotui import contract
from grpotui.presets.fields import GRPO_FIELDS
from grpotui.presets.grid import MOST_AXES, MOST_VALUES, axes_of, flat, points_of, same, size
from grpotui.presets.hints import MISTAKES
from grpotui.presets.overrides import value_of
from grpotui.presets.preset import Preset, PresetError, Problem
from grpotui.presets.reader import is_file
from grpotui.presets.searching import SEARCH_SECTIONS
from grpotui.presets.sections import DECLARED, TOP_LEVEL
from grpotui.presets.shipped import shipped_dir
from grpotui.presets.unset import is_set
from grpotui.records.sweeps import MOST_POINTS
from grpotui.tasks.settings import nearest, shown

GRID = "sweep.grid"
STOPS = ("collapsed", "no-signal", "solved")
"""Verdicts that may end a run of a sweep early."""
_NEVER: Mapping[str, str] = {
    "grpo.seed": "seeds are no axis: sweep.seeds, or --seeds N, runs every point with the same N seeds",
    "seed": "seeds are no axis: sweep.seeds, or --seeds N, runs every point with the same N seeds",
    "kind": "all runs of a sweep are of one kind",
    "extends": "a sweep is of one preset",
    "unset": "a sweep is of one preset",
    "notify": "commands are no axis",
    "contract": "what is expected is no axis",
    "launch": "where a run goes is no axis",
}
"""Fields and tables that no axis can be over, and why."""

Check = Callable[[str, object], Iterator[Problem]]
"""What is wrong with one value of a field by itself."""


def problems(preset: Preset, check: Check) -> Iterator[Problem]:
    """Yield what is wrong with the tables of a preset whose values are of the right kinds."""
    data = preset.data
    sweep = data.get("sweep")
    if isinstance(sweep, dict):
        yield from _sweep(data, sweep, check)
    into = (data.get("promote") or {}).get("into") if isinstance(data.get("promote"), dict) else None
    if isinstance(into, str) and into and not _exists(into, preset):
        yield Problem("promote.into", f"no preset {shown(into)}: 'grpotui presets' lists them")


def _sweep(data: Mapping[str, Any], sweep: Mapping[str, Any], check: Check) -> Iterator[Problem]:
    for verdict in sweep.get("stop") or () if isinstance(sweep.get("stop"), list) else ():
        if verdict not in STOPS:
            yield Problem("sweep.stop", f"{shown(verdict)} ends no run; one of {', '.join(STOPS)}")
    metric = sweep.get("metric")
    if isinstance(metric, str) and metric.strip():
        try:
            contract.measure(metric)
        except contract.ContractError as error:
            yield Problem("sweep.metric", str(error))
    if not isinstance(sweep.get("grid"), dict):
        return
    try:
        axes = axes_of(sweep["grid"])
    except PresetError as error:
        yield Problem(GRID, str(error).removeprefix("grid: "))
        return
    found = list(axis_problems(data, axes, check))
    yield from found
    if found:
        return
    draw = sweep.get("random") or 0
    if isinstance(draw, int) and (min(draw, size(axes)) if draw else size(axes)) > MOST_POINTS:
        try:
            points_of(axes, draw)
        except PresetError as error:
            yield Problem(GRID, str(error).removeprefix("grid: "))
    try:
        baseline_of(data, axes)
    except PresetError as error:
        yield Problem("sweep.baseline", str(error))


def axis_problems(data: Mapping[str, Any], axes: Mapping[str, Any], check: Check) -> Iterator[Problem]:
    """Yield what is wrong with the axes of a sweep of a preset, value by value."""
    if len(axes) > MOST_AXES:
        yield Problem(GRID, f"{len(axes)} fields, and a grid has at most {MOST_AXES}")
        return
    for field, values in axes.items():
        path, top = f"{GRID}.{field}", field.partition(".")[0]
        if refused := _NEVER.get(field) or _NEVER.get(top) or _of_sweeps(top):
            yield Problem(path, refused)
        elif not values:
            yield Problem(path, "has no values")
        elif len(values) > MOST_VALUES:
            yield Problem(path, f"has {len(values)} values, and a field takes at most {MOST_VALUES}")
        elif twice := _repeated(values):
            yield Problem(path, f"{twice} stands there twice")
        elif meant := _unknown(data, field):
            yield Problem(path, meant)
        else:
            wrong = (problem for value in values for problem in check(field, value))
            yield from (Problem(path, problem.message) for problem in list(wrong)[:1])


def _of_sweeps(top: str) -> str:
    return f"[{top}] is about the whole sweep" if top in SEARCH_SECTIONS else ""


def _repeated(values: tuple[Any, ...]) -> str:
    for place, value in enumerate(values):
        if any(same(value, before) for before in values[:place]):
            return shown(value)
    return ""


def _unknown(data: Mapping[str, Any], field: str) -> str:
    """Return what to say of a field that stands in no table; the others are checked by their tables."""
    top, _, rest = field.partition(".")
    if not rest and top in ("model", "summary"):
        return ""
    if top not in TOP_LEVEL or not rest:
        if top in GRPO_FIELDS:
            return f"unknown field; did you mean grpo.{top}?"
        hint = MISTAKES.get(top, "")
        return f"unknown field{f'; {hint}' if hint else nearest(top, TOP_LEVEL)}: write it such as grpo.beta"
    if top in ("grpo", *DECLARED):
        return ""
    *parents, _ = field.split(".")
    if top in ("rewards", "curriculum") and not is_set(data, parents):
        return f"{'.'.join(parents)} does not stand in the preset: entries of lists are counted from 0"
    return ""


def baseline_of(data: Mapping[str, Any], axes: Mapping[str, tuple[Any, ...]]) -> dict[str, Any]:
    """Return the point that ``sweep.baseline`` names, as the grid writes it; empty for none.

    An axis that it does not name has the preset's own value there. Raises PresetError when it is no point.
    """
    sweep = data.get("sweep")
    wanted = flat(sweep.get("baseline")) if isinstance(sweep, Mapping) else {}
    if not wanted:
        return {}
    for field in wanted:
        if field not in axes:
            raise PresetError(f"{field} is no field of the grid{nearest(field, axes)}")
    point = {}
    for field, values in axes.items():
        value = wanted[field] if field in wanted else value_of(data, field)
        match = [one for one in values if same(one, value)]
        if not match:
            what = "names no" if field not in wanted else f"has {shown(value)} as"
            known = ", ".join(shown(one) for one in values[:8])
            raise PresetError(f"{what} {field}: one of {known}{', …' if len(values) > 8 else ''}")
        point[field] = match[0]
    return point


def _exists(name: str, preset: Preset) -> bool:
    """True when a name finds a preset in the workspace, beside the preset itself, or among those shipped."""
    if "/" in name or "\0" in name:
        return False
    folders = [*(folder / "presets" for folder in preset.folders), *preset.folders, shipped_dir()]
    return any(is_file(folder / f"{name.removesuffix('.toml')}.toml") for folder in folders)
