"""A search by rollouts alone, as its log is kept: method, experiments, confirmation, what was applied."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from grpotui import format as fmt
from grpotui.analysis.compare.config import short
from grpotui.analysis.report import cells
from grpotui.analysis.report.columns import reward_text, text_of
from grpotui.analysis.report.entry import Entry
from grpotui.analysis.report.statement import (
    Block,
    Code,
    Section,
    Source,
    Statement,
    Words,
    bullets,
    section,
)
from grpotui.analysis.report.studies import Part, sentences
from grpotui.analysis.sweep.axes import text_of as value_text
from grpotui.analysis.sweep.pooling import means
from grpotui.analysis.sweep.promise import baseline_of
from grpotui.analysis.sweep.records import Point, Reading
from grpotui.analysis.sweep.trace import valued
from grpotui.records import Status, keys
from grpotui.records.promotions import Promoted
from grpotui.records.sweeps import Role

SAMPLING = ("temperature", "top_p", "top_k", "min_p", "repetition_penalty", "max_completion_length")
"""Fields that completions are sampled with."""
ANALYSED = ("metric", "effect", "interaction", "confound", "failed")
CONCLUDED = ("best", "ties", "edge", "confirm", "contract")
TIME = "%Y-%m-%d %H:%M"


def chapters(part: Part, promoted: Sequence[Promoted], brief: bool = False) -> list[Section]:
    """Return the sections about one probe; ``promoted`` is what was written into presets since.

    ``brief`` leaves out the log of the experiments one by one: their results stand in a list too.
    """
    study = part.study
    hypothesis = str(study.sweep.contract.get("hypothesis") or "")
    goal = [Statement(hypothesis, part.sources)] if hypothesis else []
    return [
        *section("Hypothesis", *([Words(tuple(goal), "")] if goal else [])),
        *section("Method", *bullets(_method(part))),
        *([] if brief else _log(part)),
        *section("All experiment results", *_code([_line(point) for point in study.points])),
        *section("Confirmation runs", *_code(_confirmation(part))),
        *section("Analysis", *bullets(sentences(part, *ANALYSED))),
        *section("Conclusion", *bullets(sentences(part, *CONCLUDED))),
        *section("Final parameters", *bullets(_final(part, promoted))),
    ]


def _log(part: Part) -> list[Section]:
    head = Words((Statement(name_of(part), part.sources, "Probe"),), "")
    return [Section("Experiment log", (head,)), *(_experiment(part, point) for point in part.study.points)]


def name_of(part: Part) -> str:
    """Return what a probe is called."""
    return part.study.sweep.id or part.name


def _code(lines: Sequence[Statement]) -> tuple[Block, ...]:
    return (Code(tuple(lines)),) if lines else ()


def _method(part: Part) -> list[Statement]:
    study, first = part.study, part.entries[0]
    asked = next((entry.rollouts for entry in part.entries if entry.rollouts), {})
    config = first.subject.config
    said = [("Model", text_of(config, "model")), ("Task", text_of(config, "task.name"))]
    said.append(("Reward", reward_text(config)))
    if keys.ROLLOUTS_N in asked:
        n, prompts = asked[keys.ROLLOUTS_N], asked.get(keys.ROLLOUTS_PROMPTS, 0)
        said.append(("Rollouts per experiment", f"{n:.0f}, of {prompts:.0f} prompts"))
    fixed = [f"{name}={text_of(config, f'grpo.{name}')}" for name in SAMPLING if _is_fixed(part, name)]
    said.append(("Fixed parameters", ", ".join(fixed)))
    said += [
        (f"Variable: {short(axis)}", f"[{', '.join(map(value_text, values))}]")
        for axis, values in study.sweep.axes.items()
    ]
    said.append(("Metric", study.metric))
    top, repeat = (study.sweep.confirm.get(name) for name in ("top", "repeat"))
    if repeat and study.sweep.id:
        said.append(("Confirmation", f"the best {top or 2} repeated {repeat} times each with fresh seeds"))
    return [Statement(text, part.sources, label) for label, text in said if text and text != "-"]


def _is_fixed(part: Part, name: str) -> bool:
    field = f"grpo.{name}"
    return field not in part.study.sweep.axes and part.entries[0].subject.config.get(field) is not None


def _params(values: Mapping[str, Any]) -> str:
    return (
        ", ".join(f"{short(axis)}={value_text(value)}" for axis, value in values.items()) or "as the preset"
    )


def _experiment(part: Part, point: Point) -> Section:
    """Return one point of the search; nothing is open once its runs have ended."""
    runs = [one for one in point.runs if one.role is Role.POINT]
    baseline = baseline_of(part.study.sweep, part.study.points)
    mark = " (baseline)" if baseline is not None and baseline.number == point.number else ""
    said = [Statement(f"{_params(point.values)}{mark}", _sources(runs), "Params")]
    started = min((one.run.started_at for one in runs if one.run.started_at), default=None)
    if started is not None:
        when = time.strftime(TIME, time.localtime(started))
        said.insert(0, Statement(when, _sources(runs), "Timestamp"))
    if point.found is not None:
        said.append(Statement(valued(point.found), _sources(runs), "Mean reward"))
    notes = _figures(means(runs))
    notes += [_state(part, one) for one in runs if one.run.status is not Status.FINISHED]
    if notes:
        said.append(Statement("; ".join(notes), _sources(runs), "Notes"))
    return Section(f"Experiment {point.number}", bullets(said), 3)


def _state(part: Part, one: Reading) -> str:
    entry = next(entry for entry in part.entries if entry.id == one.run.id)
    return f"{entry.id} {cells.state(entry)}"


def _figures(columns: Mapping[str, float]) -> list[str]:
    """Return the shares that a point's rollouts came to."""
    words = (
        ("nonzero", "{:.1%} nonzero"),
        ("passed", "{:.1%} passed"),
        ("learnable", "{:.1%} of prompts learnable"),
        ("no signal", "{:.1%} of groups without signal"),
        ("truncated", "{:.1%} cut off"),
        ("length", "{:.0f} tokens long"),
    )
    return [form.format(columns[name]) for name, form in words if name in columns]


def _sources(runs: Sequence[Reading]) -> tuple[Source, ...]:
    return tuple(Source(one.run.id, 1, one.run.step) if one.run.step else Source(one.run.id) for one in runs)


def _line(point: Point) -> Statement:
    """Return ``max_completion_length=32: reward=0.115 [0.08 to 0.15] (43.8% nonzero)``."""
    runs = [one for one in point.runs if one.role is Role.POINT]
    if point.found is None:
        counts = point.counts
        open_ = (
            "not begun"
            if not runs
            else "waiting"
            if counts.waiting
            else "running"
            if counts.running
            else "failed"
        )
        return Statement(f"{_params(point.values)}: {open_}", _sources(runs))
    nonzero = means(runs).get("nonzero")
    share = f" ({nonzero:.1%} nonzero)" if nonzero is not None else ""
    return Statement(f"{_params(point.values)}: reward={valued(point.found)}{share}", _sources(runs))


def _confirmation(part: Part) -> list[Statement]:
    """Return a line for each repeat with a fresh seed."""
    said = []
    for point in part.study.points:
        fresh = [one for one in point.runs if one.role is Role.CONFIRM]
        for number, one in enumerate(fresh, 1):
            entry = next((entry for entry in part.entries if entry.id == one.run.id), None)
            told = _repeat(one, entry)
            said.append(Statement(f"{_params(point.values)}, run {number}: {told}", _sources([one])))
    return said


def _repeat(one: Reading, entry: Entry | None) -> str:
    if one.sample is None:
        return cells.state(entry) if entry is not None else str(one.run.status)
    share = entry.rollouts.get(keys.ROLLOUTS_NONZERO) if entry is not None else None
    return f"reward={valued(one.sample)}" + (f" ({share:.1%} nonzero)" if share is not None else "")


def _final(part: Part, promoted: Sequence[Promoted]) -> list[Statement]:
    """Return the best point's values, and the presets that they were written into."""
    point = part.best
    if point is None:
        return []
    runs = list(point.runs)
    said = [Statement(value_text(value), _sources(runs), short(axis)) for axis, value in point.values.items()]
    said.append(Statement(valued(point.standing), _sources(runs), "mean reward"))
    for one in promoted:
        if one.sweep and one.sweep == part.study.sweep.id:
            when = time.strftime(TIME, time.localtime(one.time))
            sure = "confirmed" if one.confirmed else "unconfirmed"
            values = ", ".join(f"{short(name)}={value_text(value)}" for name, value in one.values.items())
            text = f"preset {one.preset} on {when}: {values} ({sure}, {fmt.number(one.value)})"
            said.append(Statement(text, tuple(map(Source, one.runs)), "Promoted into"))
    return said
