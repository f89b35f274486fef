"""The runs that a sweep asks for, in the order in which they are queued, and those that are not there."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from grpotui.format import middle
from grpotui.launch.request import LaunchRequest
from grpotui.presets import Preset
from grpotui.presets.grid import labels
from grpotui.presets.overrides import value_of
from grpotui.presets.rows import edit_text
from grpotui.records import RunKind, as_int
from grpotui.records.sweeps import Place, Role, Sweep
from grpotui.registry.queries import Registry

LONGEST_VALUE = 40
"""Characters of a value in the name of a run."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A point and a seed: one run."""

    number: int
    """Of the point, from 1."""
    seed: int
    role: Role = Role.POINT


def wanted(sweep: Sweep) -> Iterator[Pair]:
    """Yield the runs of a sweep: all points with the first seed, then all with the second, then the repeats.

    An early look is fair then. Points of a probe are shuffled by the sweep's seed, so that what drifts on the
    machine follows no axis.
    """
    for place, seed in enumerate(sweep.seeds):
        numbers = list(range(1, len(sweep.points) + 1))
        if sweep.kind is RunKind.ROLLOUTS:
            random.Random(f"{sweep.seed}/{place}").shuffle(numbers)
        yield from (Pair(number, seed) for number in numbers)
    for repeats in sweep.repeats:
        known = [number for number in repeats.numbers if 0 < number <= len(sweep.points)]
        yield from (Pair(number, seed, Role.CONFIRM) for seed in repeats.seeds for number in known)


def made(registry: Registry, sweep: str) -> list[Pair]:
    """Return the runs of a sweep that are there, by what was asked of them at their launch."""
    found = []
    for run in registry.members(sweep):
        asked = registry.document(run.id, "run")
        place = Place.from_json(asked.get("sweep"))
        if place is not None:
            found.append(Pair(place.number, as_int(asked.get("seed")), place.role))
    return found


def missing(sweep: Sweep, there: Iterable[Pair]) -> list[Pair]:
    """Return the wanted runs that are not ``there``, each once."""
    known = set(there)
    return [pair for pair in dict.fromkeys(wanted(sweep)) if pair not in known]


def request_of(sweep: Sweep, base: Preset, pair: Pair, force: bool = True) -> LaunchRequest:
    """Return what one run of a sweep is launched with; ``base`` has all changes that the points share."""
    point = sweep.points[pair.number - 1]
    asked = sweep.asked
    overrides = [override(field, value) for field, value in point.items()]
    if asked.get("same_prompts") is False and "task.seed" not in point:
        overrides.append(f"task.seed={_task_seed(base) + _place(sweep, pair)}")
    tags = asked.get("tags")
    return LaunchRequest(
        preset=base,
        overrides=tuple(overrides),
        inherited=sweep.overrides,
        seed=pair.seed,
        name=run_name(sweep, pair),
        tags=tuple(map(str, tags)) if isinstance(tags, list) else (),
        device=str(asked.get("device") or "auto"),
        kind=sweep.kind,
        place=Place(sweep.id, pair.number, point, pair.role),
        force=force,
    )


def override(field: str, value: object) -> str:
    """Return a value of a point as ``--set`` takes it."""
    return f"{field}={edit_text(value) or json.dumps('')}"


def run_name(sweep: Sweep, pair: Pair) -> str:
    """Return what tells a run from its sisters: ``beta=0.02 seed=1``."""
    return " ".join(filter(None, (point_name(sweep, pair.number), f"seed={pair.seed}")))


def point_name(sweep: Sweep, number: int) -> str:
    """Return a point in short: ``beta=0.02 num_generations=8``; empty where nothing is swept."""
    point = sweep.points[number - 1]
    named = labels(list(point))
    return " ".join(f"{named[f]}={middle(edit_text(value), LONGEST_VALUE)}" for f, value in point.items())


def _task_seed(base: Preset) -> int:
    seed = value_of(base.data, "task.seed")
    return seed if isinstance(seed, int) else 0


def _place(sweep: Sweep, pair: Pair) -> int:
    """Return how far a run's prompts are from the preset's, where each run has its own."""
    return pair.number - 1 + pair.seed * len(sweep.points)
