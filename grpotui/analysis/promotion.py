"""The winner of a sweep, or a run, as values for a preset: which, why, and what speaks against it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from grpotui.analysis.sweep.axes import name_of, text_of
from grpotui.analysis.sweep.chance import Sample
from grpotui.analysis.sweep.records import Outcome, Point, Study
from grpotui.analysis.sweep.study import study
from grpotui.analysis.sweep.trace import counted, listed, valued
from grpotui.errors import UserError
from grpotui.presets import Preset, parse_value
from grpotui.presets.grid import same
from grpotui.presets.overrides import value_of
from grpotui.presets.promoting import Rewrite, base_for, changes, rewrite, write
from grpotui.presets.resolve import promote_settings
from grpotui.records import RunKind
from grpotui.records.promotions import Promoted
from grpotui.records.sweeps import Role
from grpotui.registry.promotions import write_promoted
from grpotui.registry.queries import Registry
from grpotui.workspace import Workspace

SAMPLING = (
    *("max_completion_length", "temperature", "top_p", "top_k", "min_p", "repetition_penalty"),
    "generation_kwargs",
)
"""Fields of GRPOConfig that completions are sampled with, in training as in a probe."""
_OF_SAMPLING = (*SAMPLING, "num_generations", "chat_template_kwargs")
"""Fields that a point of a probe says something about."""
_NAMED = 8


@dataclass(frozen=True, slots=True)
class Winner:
    """Values that were found good, and what they rest on."""

    origin: str
    """``sweep verse-probe-ab2c point 8``, or ``run study-x3f2``."""
    values: Mapping[str, Any]
    """Dotted field -> value."""
    into: str
    """The preset that they are for."""
    kind: RunKind
    config: Mapping[str, Any]
    """What it was measured with."""
    sweep: str = ""
    point: int | None = None
    runs: tuple[str, ...] = ()
    metric: str = ""
    sample: Sample | None = None
    confirmed: bool = False
    doubts: tuple[str, ...] = ()
    """What speaks against it, a line each."""
    left_out: tuple[str, ...] = ()
    """What it had and is not written, a line each."""


@dataclass(frozen=True, slots=True)
class Promotion:
    """What would be written, and what a person should know of it, a line each."""

    winner: Winner
    change: Rewrite
    notes: tuple[str, ...]


class NothingNewError(UserError):
    """The preset has all of the winner's values already."""


def winner_of(registry: Registry, found: Study, number: int | None = None) -> Winner:
    """Return the best point of a sweep, or another one by its number. Raises UserError for none."""
    sweep = found.sweep
    if number is not None and not any(point.number == number for point in found.points):
        raise UserError(f"{sweep.id} has no point {number}: it has {len(found.points)}")
    point = found.best if number is None else found.point(number)
    if point is None:
        raise UserError(f"{sweep.id} has no winner yet: 'grpotui sweep show {sweep.id}' tells how far it is")
    config = _asked(registry, point.runs[0].run.id) if point.runs else {}
    origin = f"sweep {sweep.id} point {point.number}"
    into = promote_settings({"promote": sweep.promote}).into or sweep.preset
    role = Role.CONFIRM if point.confirmed is not None else Role.POINT
    runs = tuple(one.run.id for one in point.runs if one.sample is not None and one.role is role)
    winner = Winner(origin, dict(point.values), into, sweep.kind, config, sweep.id, point.number, runs)
    search = ("sweep.", "confirm.", "promote.", "rollouts.")
    shared = [text for text in sweep.overrides if not text.startswith(search)]
    left_out = (f"all its runs had {' '.join(shared)}, which is not written",) if shared else ()
    measured = replace(
        winner,
        metric=found.metric,
        sample=point.standing,
        confirmed=point.confirmed is not None,
        doubts=tuple(_doubts(found, point)),
        left_out=left_out,
    )
    return _of_probe(measured) if sweep.kind is RunKind.ROLLOUTS else measured


def _doubts(found: Study, point: Point) -> Iterator[str]:
    if not found.over:
        yield f"{found.counts.done} of {counted(found.counts.planned, 'run')} are done: another may be better"
    if point.confirmed is None:
        yield "unconfirmed: the best of many looks better than it is; 'grpotui confirm' repeats it"
    elif point.found is not None and point.confirmed.value < point.found.value:
        yield f"its repeats are below what the search found, {valued(point.found)} (winner's curse)"
    if point.outcome is Outcome.COLLAPSED:
        yield f"its runs collapsed: {', '.join(point.verdicts)}"
    if point.number != found.ranking.best:
        yield "it is not the best of the sweep"
        return
    if found.ranking.ties:
        tied = [found.point(number) for number in found.ranking.ties]
        yield f"not to be told from it: {listed(found, tied)}"
    for edge in found.ranking.edges:
        at, further = text_of(edge.value), text_of(edge.beyond)
        yield f"at the edge of the grid: {name_of(edge.axis)} {at}, {further} was not tried"


def winner_of_run(registry: Registry, run_id: str) -> Winner:
    """Return a run's point in its sweep; of one in none, what it changed. Raises UserError."""
    place = registry.place(run_id)
    if place is not None:
        return winner_of(registry, study(registry, registry.sweep(place.sweep)), place.number)
    summary, asked = registry.run(run_id), registry.document(run_id, "run")
    overrides = asked.get("overrides")
    values, gone = {}, []
    for text in overrides if isinstance(overrides, list) else ():
        field, _, value = str(text).partition("=")
        if value.strip() and field.strip() != "grpo.seed":
            values[field.strip()] = parse_value(value)
        elif not value.strip():
            values.pop(field.strip(), None)
            gone.append(f"{field.strip()} was taken out, which is not written")
    sample = None if summary.reward is None else Sample(summary.reward)
    winner = Winner(
        f"run {run_id}",
        values,
        summary.preset,
        summary.kind,
        _asked(registry, run_id),
        runs=(run_id,),
        metric="mean reward at the end",
        sample=sample,
        doubts=("unconfirmed: one run, and none beside it",),
        left_out=tuple(gone),
    )
    return _of_probe(winner) if summary.kind is RunKind.ROLLOUTS else winner


def _asked(registry: Registry, run_id: str) -> dict[str, Any]:
    config = registry.document(run_id, "run").get("config")
    return config if isinstance(config, dict) else {}


def _of_probe(winner: Winner) -> Winner:
    """Return a winner with nothing but what completions are sampled with: a probe tells of no other field."""
    sampled = {f"grpo.{name}" for name in _OF_SAMPLING}
    kept = {field: value for field, value in winner.values.items() if field in sampled}
    left = [
        f"{field}: a probe says nothing of it in training" for field in winner.values if field not in kept
    ]
    return replace(winner, values=kept, left_out=(*winner.left_out, *left))


def plan(workspace: Workspace, winner: Winner, into: str | None = None, name: str | None = None) -> Promotion:
    """Return what a preset will be; ``name`` makes a new one of it.

    Raises UserError where the preset would be wrong, NothingNewError where nothing changes.
    """
    preset, path = base_for(into or winner.into, workspace, name)
    beside, notes = _sampled_with(winner, preset)
    values = changes(preset, {**winner.values, **beside})
    if not values:
        had = ", ".join(winner.values) if winner.values else "no field that could be written"
        raise NothingNewError(
            f"{preset.name}: nothing to write, it has all of {winner.origin} already ({had})"
        )
    change = rewrite(preset, path, values, comment_of(winner, values), workspace)
    said = [f"{field} too, since the probe sampled with it" for field in beside if field in values]
    notes += _measured_on_other(winner, preset)
    return Promotion(winner, change, (*winner.doubts, *winner.left_out, *said, *notes))


def _measured_on_other(winner: Winner, preset: Preset) -> Iterator[str]:
    """Say that the preset's task or rewards are not those that the winner was measured with."""
    if not winner.config:
        return
    pairs = (
        ("task", _tasks(winner.config), _tasks(preset.data)),
        ("rewards", _names(winner.config.get("rewards")), _names(preset.data.get("rewards"))),
    )
    told = [
        f"{', '.join(had) or 'none'} as {part}, {preset.name} has {', '.join(has) or 'none'}"
        for part, had, has in pairs
        if had != has and not any(field.startswith(f"{part}.") for field in winner.values)
    ]
    if told:
        yield f"{winner.origin} had {'; '.join(told)}: what is best for one need not be for the other"


def _tasks(config: Mapping[str, Any]) -> list[str]:
    task = config.get("task")
    parts = task.get("parts") if isinstance(task, Mapping) else None
    return sorted(map(str, parts)) if isinstance(parts, Mapping) else _names([task])


def _names(entries: object) -> list[str]:
    found = entries if isinstance(entries, list) else []
    return sorted(str(entry["name"]) for entry in found if isinstance(entry, Mapping) and "name" in entry)


def _sampled_with(winner: Winner, preset: Preset) -> tuple[dict[str, Any], list[str]]:
    """Return what a probe sampled with everywhere, where the preset differs: its result rests on it."""
    if winner.kind is not RunKind.ROLLOUTS or not winner.config:
        return {}, []
    found: dict[str, Any] = {}
    notes = []
    for field in (f"grpo.{name}" for name in SAMPLING):
        had, has = value_of(winner.config, field), value_of(preset.data, field)
        if field in winner.values or same(had, has):
            continue
        if not had and has:
            notes.append(f"{preset.name} has {field} = {text_of(has)}, and the probe had none: take it out")
        elif had:
            found[field] = had
    return found, notes


def comment_of(winner: Winner, values: Mapping[str, Any]) -> list[str]:
    """Return where values come from, as lines of a comment."""
    told = ", ".join(f"{name_of(field)}={text_of(value)}" for field, value in values.items())
    more = len(winner.runs) - _NAMED
    runs = ", ".join(winner.runs[:_NAMED]) + (f" and {more} more" if more > 0 else "")
    how = "confirmed by repeats with fresh seeds" if winner.confirmed else "unconfirmed"
    metric = f"{winner.metric[:1].upper()}{winner.metric[1:]}"
    return [
        f"Promoted {time.strftime('%Y-%m-%d')} from {winner.origin}: {told}.",
        f"{metric} {valued(winner.sample)}, {how}; runs: {runs or 'none'}.",
    ]


def promote(workspace: Workspace, promotion: Promotion) -> Promoted:
    """Write the preset, and keep that it was written. Raises UserError."""
    winner, change = promotion.winner, promotion.change
    path = write(change, workspace)
    found = winner.sample.interval() if winner.sample is not None else None
    done = Promoted(
        preset=change.name,
        file=str(path),
        values=change.values,
        before=change.was,
        sweep=winner.sweep,
        point=winner.point,
        runs=winner.runs,
        metric=winner.metric,
        value=found.value if found else None,
        low=found.low if found else None,
        high=found.high if found else None,
        confirmed=winner.confirmed,
        time=time.time(),
    )
    write_promoted(workspace, done)
    return done
