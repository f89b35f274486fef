"""A launch that makes a sweep: its axes and seeds, how many runs that is, and how long they take."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from grpotui.errors import UserError
from grpotui.presets.grid import axes_of, points_of
from grpotui.presets.resolve import sweep_settings
from grpotui.presets.steps import planned_steps
from grpotui.records import RunKind
from grpotui.registry import connect
from grpotui.registry.pace import Pace
from grpotui.tui.launch.draft import SEED, Draft
from grpotui.tui.launch.view import Extent
from grpotui.workspace import Workspace

if TYPE_CHECKING:
    from grpotui.launch.sweeps.plan import SweepRequest


def request_of(draft: Draft, device: str, force: bool = False, own: bool = False) -> SweepRequest:
    """Return the sweep that a draft's lists and seeds make; ``own``: that of the preset's ``[sweep]``."""
    from grpotui.launch.sweeps.plan import SweepRequest

    listed = [path for path in draft.edits if path in draft.many and path != SEED]
    plain = {path: text for path, text in draft.edits.items() if path not in draft.many}
    return SweepRequest(
        draft.preset,
        grid=() if own else tuple(f"{path}={draft.edits[path]}" for path in listed),
        seeds=None if own and draft.seeds == 1 else draft.seeds,
        seed_values=draft.seed_values if SEED in draft.many else (),
        overrides=tuple(f"{path}={text}" for path, text in plain.items()),
        name=draft.name or None,
        device=device,
        force=force,
    )


def launch(workspace: Workspace, draft: Draft, device: str, force: bool = False, own: bool = False) -> str:
    """Check every point, queue all runs, and return the sweep's id. Raises UserError."""
    from grpotui.launch.sweeps.start import launch_sweep

    return launch_sweep(workspace, request_of(draft, device, force, own))


def own_points(draft: Draft) -> int:
    """Return how many points the preset's own ``[sweep]`` has; 0 without one that can be read."""
    try:
        settings = sweep_settings(draft.preset.data)
        axes = axes_of(settings.grid)
        return len(points_of(axes, settings.random)) if axes else 0
    except UserError:
        return 0


def extent_of(workspace: Workspace, draft: Draft) -> Extent:
    """Return how much a draft launches, and the seconds of one device that it takes as earlier runs tell.

    Reads the registry: not for the app's own thread.
    """
    points = draft.points
    try:
        runs = [one.edited.data for one in points]
        with closing(connect(workspace)) as connection:
            pace = Pace(connection)
            took = [_seconds(pace, draft.preset.name, data) for data in runs]
    except UserError:
        took = []
    known = [seconds for seconds in took if seconds is not None]
    seeds = max(len(draft.seed_values), 1)
    seconds = sum(known) * seeds if known and len(known) == len(took) else None
    return Extent(len(points), seeds, seconds, own_points(draft))


def _seconds(pace: Pace, preset: str, data: dict[str, object]) -> float | None:
    kind = data.get("kind", RunKind.TRAIN)
    steps = planned_steps(data) if kind == RunKind.TRAIN else None
    return pace.ahead(RunKind(str(kind)), preset, data.get("model"), steps)
